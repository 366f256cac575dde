// config/places.ts: the places that rules name: paths into the body, fields, the status

import { parsePath } from "../jsonpath/parse.ts";
import type { Path } from "../jsonpath/path.ts";
import type { Place } from "../model/rules.ts";
import { readFieldName } from "./scalars.ts";
import { type Read, scalar } from "./section.ts";

/** A path into the body (RFC 9535 without filters). */
export const readPath: Read<Path> = (value) => {
  if (typeof value !== "string") return { says: "is not a path", hint: "RFC 9535: $.items[*].price" };
  const parsed = parsePath(value);
  if ("path" in parsed) return { value: parsed.path };
  return { says: `is not a path: ${parsed.fault.message}`, offset: parsed.fault.column - 1 };
};

/** An RFC 9535 path without filters. */
export const path = () =>
  scalar({ type: "string", pattern: "^\\$", examples: ["$.items[*].price", "$..updatedAt"] }, readPath);

/** `status`, `field etag`, or a path into the body. */
export const place = () =>
  scalar(
    { type: "string", pattern: "^(\\$.*|status|field +\\S+)$", examples: ["$.meta.requestId", "field etag", "status"] },
    readPlace,
  );

const readPlace: Read<Place> = (value) => {
  const hint = "a path into the body as $.meta.id, or status, or field etag";
  if (typeof value !== "string") return { says: "is not a place", hint };
  if (value === "status") return { value: { where: "status" } };
  if (value.startsWith("$")) {
    const found = readPath(value);
    return "says" in found ? found : { value: { where: "body", path: found.value } };
  }
  const name = /^field +(\S.*)$/.exec(value)?.[1];
  if (name !== undefined) {
    const field = readFieldName(name);
    if ("says" in field)
      return { says: "names no field", hint: "as in field etag", offset: value.length - name.length };
    return { value: { where: "field", name: field.value } };
  }
  const header = /^(?:header|headers|response header)[ .:]+([A-Za-z0-9_-]+)$/i.exec(value)?.[1];
  if (header !== undefined) return { says: "is not a place", hint: `did you mean field ${header.toLowerCase()}?` };
  if (/^\.+[A-Za-z_*[]/.test(value)) return { says: "is not a place", hint: `did you mean $${value}?` };
  const word = /^[A-Za-z0-9_-]+$/.test(value);
  return { says: "is not a place", hint: word ? `did you mean $.${value} or field ${value.toLowerCase()}?` : hint };
};

/** A place as the config writes it. */
export function placeText(at: Place): string {
  if (at.where === "status") return "status";
  return at.where === "field" ? `field ${at.name}` : at.path.text;
}
