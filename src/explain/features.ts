// explain/features.ts: what can be told of a request: its parameters, path segments and fields

import type { Fields } from "../model/fields.ts";

/** A request as it was compared. */
export type Asked = {
  /** The target byte for byte. */
  readonly target: string;
  readonly fields: Fields;
  /** The target without secrets; worked out only where a value is to be kept. */
  readonly redacted: () => string;
};

/** A feature's name and, where it may be kept, its value: `query _sort` and `views`. */
export type Feature = { readonly name: string; readonly value?: string };

/** Parameters, segments and fields of one request that are looked at. */
const MOST = 64;
/** Characters of a name and of a value. */
const LONGEST = 60;

/** Request fields whose values come from a short list and are no secrets. */
const VALUED: ReadonlySet<string> = new Set([
  "accept",
  "accept-charset",
  "accept-encoding",
  "accept-language",
  "accept-version",
  "content-type",
  "host",
  "prefer",
  "range",
  "x-api-version",
  "x-http-method-override",
  "x-requested-with",
]);
/** Fields that belong to the connection or that each request has with a value of its own. */
const IGNORED: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "te",
  "traceparent",
  "tracestate",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-request-id",
]);

/** The features of a request, each once. Values are as they stand in the target, and may be secret. */
export function featuresOf({ target, fields }: Pick<Asked, "target" | "fields">): readonly Feature[] {
  const found: Feature[] = [];
  const at = target.indexOf("?");
  addPath(found, at === -1 ? target : target.slice(0, at));
  if (at !== -1) addQuery(found, target.slice(at + 1));
  addFields(found, fields);
  return found.length <= MOST ? found : found.slice(0, MOST);
}

function addPath(found: Feature[], path: string): void {
  let from = 1;
  for (let n = 1; from <= path.length && n <= 12; n++) {
    const slash = path.indexOf("/", from);
    const to = slash === -1 ? path.length : slash;
    const value = path.slice(from, to);
    if (value !== "" && value.length <= LONGEST) found.push({ name: `segment ${n}`, value });
    if (slash === -1) break;
    from = to + 1;
  }
  if (path.length > 1 && path.endsWith("/")) found.push({ name: "path slash" });
  if (path.includes("%")) found.push({ name: "path escaped" });
}

function addQuery(found: Feature[], query: string): void {
  const seen = new Set<string>();
  for (const part of query.split("&", MOST)) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = equals === -1 ? part : part.slice(0, equals);
    if (name.length > LONGEST) continue;
    if (seen.has(name)) {
      if (!seen.has(`${name}&`)) found.push({ name: `repeated ${name}` });
      seen.add(`${name}&`);
      continue;
    }
    seen.add(name);
    const value = equals === -1 ? "" : part.slice(equals + 1);
    found.push(value.length <= LONGEST ? { name: `query ${name}`, value } : { name: `query ${name}` });
    if (value.includes("%") || value.includes("+")) found.push({ name: `escaped ${name}` });
  }
}

function addFields(found: Feature[], fields: Fields): void {
  const seen = new Set<string>();
  for (let i = 0; i + 1 < fields.length && seen.size < MOST; i += 2) {
    const name = fields[i]!.toLowerCase();
    if (name.length > LONGEST || IGNORED.has(name) || seen.has(name)) continue;
    seen.add(name);
    const value = fields[i + 1]!;
    if (name === "cookie") {
      for (const one of value.split(";", 16)) {
        const equals = one.indexOf("=");
        const cookie = (equals === -1 ? one : one.slice(0, equals)).trim();
        if (cookie !== "" && cookie.length <= LONGEST) found.push({ name: `cookie ${cookie}` });
      }
    } else if (VALUED.has(name) && value.length <= LONGEST) found.push({ name: `field ${name}`, value });
    else found.push({ name: `field ${name}` });
  }
}
