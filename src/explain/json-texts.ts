// explain/json-texts.ts: two strings that each hold a JSON document

import type { Hypothesis } from "./hypothesis.ts";
import { stepOf } from "./places.ts";
import { strings } from "./strings.ts";
import { canonical, readValue, type Value } from "./value.ts";

/** Places within the documents that are named; where more differ, it is another document. */
const NAMED = 3;
/** Levels and members that are walked. */
const DEEPEST = 12;
const MOST = 500;

/** `order`, `space`: the same document; `differ|$.kg,$.to`: it differs at these places, the positions in lists aside. */
const jsonText = strings(
  {
    name: "json_text",
    says: (parameter) => {
      const [how, places = ""] = parameter.split(/\|(.*)/s);
      if (how === "order") return "both texts are the same JSON document, with its members in another order";
      if (how === "space") return "both texts are the same JSON document, and only its white space or escapes differ";
      return `both texts are JSON documents, and they differ at ${places.replaceAll("\n", ", ")}`;
    },
    least: 2,
    weight: 84,
    rule: (_, { where, place }) => {
      return where === "body" && place.startsWith("$") ? `json:\n  - ${JSON.stringify(place)}` : undefined;
    },
  },
  (legacy, candidate) => {
    const [ours, theirs] = [documentOf(legacy), documentOf(candidate)];
    if (ours === undefined || theirs === undefined) return [];
    if (canonical(ours) === canonical(theirs)) {
      return [JSON.stringify(ours.content) === JSON.stringify(theirs.content) ? "space" : "order"];
    }
    const places = new Set<string>();
    collect(ours.content, theirs.content, "$", 0, places);
    return places.size > 0 && places.size <= NAMED ? [`differ|${[...places].sort().join("\n")}`] : [];
  },
);

function documentOf(text: string): Value | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const value = readValue(text);
  return value.content === undefined ? undefined : value;
}

/** Adds the places at which two JSON values differ; more than `NAMED` when they are too many to be named. */
function collect(a: unknown, b: unknown, at: string, depth: number, places: Set<string>): void {
  if (places.size > NAMED) return;
  if (depth < DEEPEST && Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.length <= MOST) {
    for (const [i, one] of a.entries()) collect(one, b[i], `${at}[*]`, depth + 1, places);
    return;
  }
  if (depth >= DEEPEST || !isObject(a) || !isObject(b)) {
    if (JSON.stringify(a) !== JSON.stringify(b)) places.add(at);
    return;
  }
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  if (names.size > MOST) {
    places.add(at);
    return;
  }
  for (const name of names) {
    const place = `${at}${stepOf(name)}`;
    if (Object.hasOwn(a, name) && Object.hasOwn(b, name)) collect(a[name], b[name], place, depth + 1, places);
    else places.add(place);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Hypotheses about strings that contain JSON. */
export const JSON_TEXTS: readonly Hypothesis[] = [jsonText];
