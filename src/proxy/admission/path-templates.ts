// proxy/admission/path-templates.ts: route templates of paths: what looks like a name stays, what looks like a value becomes a parameter

import { isSecretSegment } from "../../lib/path-token.ts";
import { looksRandom } from "../../lib/random-text.ts";
import { createNameTest, type NameVerdict } from "../../lib/secret-names.ts";

/** Methods that may stand in a template; any other is `OTHER`, since a client can invent them without end. */
export const METHODS: ReadonlySet<string> = new Set(
  "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE QUERY PROPFIND REPORT SEARCH".split(" "),
);
const MAX_SEGMENTS = 12;
const MAX_NAME = 48;

/** The name of a request's route by its method and path: `GET /users/{id}/avatar`. */
export function templateOf(method: string, path: string): string {
  return `${METHODS.has(method) ? method : "OTHER"} ${template(path)}`;
}

/**
 * A path's template: `/users/42/avatar` -> `/users/{id}/avatar`. Path parameters (RFC 3986, 3.3) are no part of it:
 * `/cart;jsessionid=A1` is `/cart`.
 */
export function template(path: string): string {
  const segments = path.split("/").map((segment) => segment.split(";", 1)[0]!);
  const cut = segments.length > MAX_SEGMENTS + 1;
  const kept = cut ? segments.slice(0, MAX_SEGMENTS + 1) : segments;
  const shown = kept.map((segment, i) => generalise(segment, i === 0 ? "plain" : verdict(kept[i - 1]!))).join("/");
  return cut ? `${shown}/*` : shown;
}

const verdict = createNameTest();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^\d{4}-\d{2}(?:-\d{2}(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?)?$/i;
const NUMBER = /^-?\d+(?:[.,]\d+)*$/;
/** `A-1001`, `sku_20345`: a short word and a number. `v2` and `top-10` stay names. */
const NUMBERED = /^[A-Za-z]{1,10}[-_.:]\d{3,}$/;
const HEX = /^(?=.*\d)[0-9a-f]{12,}$/i;
const EMAIL = /^[^@]+(?:@|%40)[^@]+\.[^@]+$/;
/** Letters beyond ASCII, escapes and controls: content, rather than the name of a resource. */
const PLAIN = /^[A-Za-z0-9._~!$&'()*+,;=:@-]*$/;
const EXTENSION = /^(.+)(\.[A-Za-z][A-Za-z0-9]{0,4})$/;

/** @param before what the name of the segment before says: behind `session` stands a session */
function generalise(segment: string, before: NameVerdict): string {
  const file = EXTENSION.exec(segment);
  const stem = file && parameter(file[1]!);
  if (file && stem !== file[1]) return stem + file[2]!;
  const shown = parameter(segment);
  return shown === segment && isSecretSegment(segment, before) ? "{token}" : shown;
}

function parameter(segment: string): string {
  if (segment === "") return segment;
  if (NUMBER.test(segment)) return "{id}";
  if (UUID.test(segment)) return "{uuid}";
  if (DATE.test(segment)) return "{date}";
  if (HEX.test(segment)) return "{hash}";
  if (EMAIL.test(segment)) return "{email}";
  if (NUMBERED.test(segment)) return "{id}";
  if (segment.length > MAX_NAME || !PLAIN.test(segment) || looksRandom(segment)) return "{token}";
  return segment;
}
