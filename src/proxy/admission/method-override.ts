// proxy/admission/method-override.ts: requests whose method, path or operation is not the one that the request line says

import type { Fields } from "../../model/fields.ts";
import { decodePercent } from "./path-spellings.ts";
import { textsOf } from "./request-text.ts";

/** Fields by which frameworks replace the method, in lower case and with hyphens. */
const FIELDS: ReadonlySet<string> = new Set([
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  "x-method",
  "http-method-override",
]);
/** Names of the same kind that are not listed. A value that names a write is an override; `X-Payment-Method: card` is none. */
const METHOD_FIELD = /method|verb/i;
/** A preflight asks whether a method is allowed and does nothing else. */
const PREFLIGHT = "access-control-request-method";
const WRITE =
  /(?:^|[^a-z])(?:post|put|patch|delete|merge|purge|link|unlink|move|copy|lock|unlock|mkcol|proppatch)(?:$|[^a-z])/i;

/** Fields by which servers behind URL rewriters (IIS, Symfony, Zend) replace the path. */
const PATH_FIELD = /^x-(?:original|rewrite|override)-ur[il]$/;
const PATH_FIELD_LENGTHS: ReadonlySet<number> = new Set([14, 13]);

/** Parameters of a query, a form or a cookie that replace the method. PHP reads `.method`, `[method` and ` _method` as `_method`, too. */
const PARAMETERS = "[_.[](?:method|http[_.]?method)|x[-_]http[-_]method(?:[-_]override)?|x[-_]method[-_]override";
/** In a target, where `;`, `/` and `?` may begin a parameter, and `_method[]` and `_method ` are `_method`. */
const IN_TARGET = new RegExp(
  `(?:^|[?&;/#\\s+\\0"])(?:${PARAMETERS})[\\s+\\0]*(?:[[.][^=&;]*)?(?:=([^&;]*)|(?=[&;/]|$))`,
  "gi",
);
const IN_BODY = new RegExp(`(?:^|[^a-z0-9-])(?:${PARAMETERS})(?:$|[^a-z0-9_-])`, "i");

/**
 * Whether a field, a cookie or a parameter in the target may make a server act on another method than the one in the
 * request line, or whether the query holds a GraphQL mutation. A value that names a read is no override.
 */
export function overridesMethod(target: string, fields: Fields): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (METHOD_FIELD.test(name)) {
      const lower = name.toLowerCase().replace(/[^a-z0-9]/g, "-");
      if (FIELDS.has(lower) ? !isRead(fields[i + 1]!) : lower !== PREFLIGHT && WRITE.test(fields[i + 1]!)) return true;
    } else if (name.length === 6 && name.toLowerCase() === "cookie" && namesMethod(fields[i + 1]!)) return true;
  }
  if (!/[?;%]/.test(target)) return false;
  return namesMethod(target) || hasMutation(decodePercent(target));
}

/** Paths in fields by which a server may replace the one of the request line. */
export function replacedPaths(fields: Fields): string[] {
  const paths: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (!PATH_FIELD_LENGTHS.has(name.length) || !PATH_FIELD.test(name.toLowerCase().replaceAll("_", "-"))) continue;
    const [path = ""] = fields[i + 1]!.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split(/[?#]/, 1);
    paths.push(path.startsWith("/") ? path : `/${path}`);
  }
  return paths;
}

/**
 * Whether a body names such a parameter: as a form, as a part of a multipart body, or as a member of a JSON object; or holds
 * a GraphQL mutation. True, too, for a body whose content coding cannot be undone, since its content is not known.
 */
export function bodyOverridesMethod(body: Uint8Array, fields: Fields): boolean {
  const texts = textsOf(body, fields);
  if (texts === undefined) return true;
  return texts.some((text) => (/method/i.test(text) && IN_BODY.test(text)) || hasMutation(text));
}

const isRead = (method: string) => /^\s*(?:GET|HEAD|OPTIONS)\s*$/i.test(method);

function namesMethod(text: string): boolean {
  const decoded = /method|%/i.test(text) ? decodePercent(text) : "";
  if (!/method/i.test(decoded)) return false;
  for (const [, value = ""] of decoded.matchAll(IN_TARGET)) if (!isRead(value)) return true;
  return false;
}

/** The operation of a GraphQL document, as it is and without what GraphQL ignores: blanks, commas and comments. */
function hasMutation(text: string): boolean {
  if (!/mutation/i.test(text)) return false;
  return [text, text.replace(/#(?:(?!\\[nr])[^\n\r])*/g, " ")].some((each) =>
    /(?:^|[^\w$])mutation(?: [A-Za-z_]\w*)? ?(?:[{@]|\( ?\$)/.test(each.replace(/(?:[\s,+\ufeff]|\\[nrt])+/g, " ")),
  );
}
