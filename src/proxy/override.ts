// proxy/override.ts: requests whose method is not the one that the server acts on

import type { Fields } from "../model/fields.ts";

/** Fields by which frameworks replace the method, in lower case. */
const FIELDS: ReadonlySet<string> = new Set([
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  "x-method",
  "http-method-override",
]);
const LENGTHS: ReadonlySet<number> = new Set([...FIELDS].map((name) => name.length));
/** Parameters of a query or a form that do the same. */
const PARAMETERS = "_method|_http_method|_httpmethod|x-http-method-override|x-http-method|x-method-override";
const PARAMETER = new RegExp(`^(?:${PARAMETERS})$`, "i");
const IN_BODY = new RegExp(`(?:^|[^a-z0-9-])(?:${PARAMETERS})(?:$|[^a-z0-9_-])`, "i");

/**
 * Whether a field or a query parameter may make a server act on another method than the one in the request line. A
 * value that names a read is no override.
 */
export function overridesMethod(target: string, fields: Fields): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (LENGTHS.has(name.length) && FIELDS.has(name.toLowerCase().replaceAll("_", "-")) && !isRead(fields[i + 1]!)) {
      return true;
    }
  }
  const query = target.indexOf("?");
  if (query < 0 || !/method/i.test(decoded(target.slice(query)))) return false;
  return target
    .slice(query + 1)
    .split(/[&;]/)
    .some((pair) => {
      const [name = "", value = ""] = decoded(pair).split("=", 2);
      // As PHP and Rails read it, `_method[]` is a parameter `_method` too.
      return PARAMETER.test(name.replace(/\[.*$/s, "").trim()) && !isRead(value);
    });
}

/** Whether a body names such a parameter: as a form, as a part of a multipart body, or as a member of a JSON object. */
export function bodyOverridesMethod(body: Uint8Array): boolean {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
  return /method/i.test(text) && IN_BODY.test(decoded(text));
}

const isRead = (method: string) => /^\s*(?:GET|HEAD|OPTIONS)\s*$/i.test(method);

/** Percent-decoded as far as ASCII goes; what is no escape stays. */
function decoded(text: string): string {
  return text.replace(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
