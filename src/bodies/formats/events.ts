// bodies/formats/events.ts: a text/event-stream as the list of its events (WHATWG HTML, 9.2.6)

import { Buffer } from "node:buffer";
import type { JsonText } from "../../model/difference.ts";
import { isJsonDocument } from "../body-type.ts";
import { textFrom } from "../lines.ts";
import { list, object, type Reader } from "../reader.ts";
import { ANY_INDEX, type Rewriter } from "../redaction.ts";

/** Comments have no weight. An event that the end cut off, which a browser drops, is marked `incomplete`. */
export const readEvents: Reader = ({ bytes }) => {
  const text = textFrom(bytes);
  const events: JsonText[] = [];
  let fields = new Map<string, string>();
  let data: string[] = [];
  let type = "";
  const dispatch = (complete: boolean) => {
    // no type, an empty one and `message` are the same
    if (type !== "" && type !== "message") fields.set("event", JSON.stringify(type));
    if (fields.size > 0 || data.length > 0) events.push(event(fields, data, complete));
    fields = new Map();
    data = [];
    type = "";
  };
  const lines = text.split(/\r\n|\n|\r/);
  const unfinished = lines.pop()!;
  const read = (line: string) => {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "event") type = value;
    else if (name === "id" && !value.includes("\0")) fields.set("id", JSON.stringify(value));
    else if (name === "retry" && /^\d+$/.test(value))
      fields.set("retry", JSON.stringify(value.replace(/^0+(?=\d)/, "")));
  };
  for (const line of lines) {
    if (line === "") dispatch(true);
    else read(line);
  }
  read(unfinished);
  dispatch(false);
  return { document: list(events) };
};

function event(fields: ReadonlyMap<string, string>, data: readonly string[], complete: boolean): JsonText {
  const members: (readonly [string, JsonText])[] = [...fields];
  if (data.length > 0) members.push(["data", dataOf(data.join("\n"))]);
  if (!complete) members.push(["incomplete", "true"]);
  return object(members);
}

/** Only objects and arrays are taken for JSON: else the text `1.0` would be the text `1`. */
function dataOf(data: string): JsonText {
  return isJsonDocument(Buffer.from(data)) ? data : JSON.stringify(data);
}

/** The `data` lines of an event are one value. A place in one event counts for all events. */
export const rewriteEvents: Rewriter = ({ bytes }, redaction, at) => {
  const { places, mark } = redaction;
  const event = places.step(at, ANY_INDEX);
  const dataAt = places.both(at, places.step(event, "data"));
  const lines = textFrom(bytes).split(/(\r\n|\r|\n)/);
  let out = "";
  for (let i = 0; i < lines.length; ) {
    const line = lines[i]!;
    if (!line.startsWith("data:")) {
      const [, name = "", gap = "", value = ""] = /^(event|id|retry)(: ?)(.*)$/s.exec(line) ?? [];
      const isSecret = name !== "" && (places.secret(places.step(event, name)) || redaction.hides(name, value));
      out += isSecret ? name + gap + mark(value) : redaction.value(line, dataAt);
      out += lines[i + 1] ?? "";
      i += 2;
      continue;
    }
    const lineEnd = lines[i + 1] ?? "";
    const data: string[] = [];
    const first = i;
    for (; i < lines.length && lines[i]!.startsWith("data:"); i += 2) data.push(lines[i]!.replace(/^data: ?/, ""));
    const last = lines[i - 1] ?? "";
    const whole = data.join("\n");
    const isSecret = places.secret(dataAt) || redaction.hides("data", whole);
    const redacted = isSecret ? mark(whole) : redaction.value(whole, dataAt);
    if (redacted === whole) out += lines.slice(first, i).join("");
    else {
      const shown = redacted.split("\n").map((one) => `data: ${one}`);
      out += shown.join(lineEnd || "\n") + last;
    }
  }
  return out;
};
