// proxy/learn.ts: route templates learned from paths: what looks like a name stays, what looks like a value becomes a parameter

/** Methods that may stand in a template; any other is `OTHER`, since a client can invent them without end. */
export const METHODS: ReadonlySet<string> = new Set(
  "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE QUERY PROPFIND REPORT SEARCH".split(" "),
);
const MAX_SEGMENTS = 12;
const MAX_NAME = 48;

/** Turns a method and a path into a template; at most `max` different ones, then `other`. */
export function createLearner(max: number): (method: string, path: string) => string {
  const known = new Set<string>();
  return (method, path) => {
    const name = `${METHODS.has(method) ? method : "OTHER"} ${template(path)}`;
    if (known.has(name)) return name;
    if (known.size >= max) return "other";
    known.add(name);
    return name;
  };
}

/** A path's template: `/users/42/avatar` -> `/users/{id}/avatar`. */
export function template(path: string): string {
  const segments = path.split("/");
  const cut = segments.length > MAX_SEGMENTS + 1;
  const kept = (cut ? segments.slice(0, MAX_SEGMENTS + 1) : segments).map(generalise).join("/");
  return cut ? `${kept}/*` : kept;
}

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

function generalise(segment: string): string {
  const file = EXTENSION.exec(segment);
  const stem = file && parameter(file[1]!);
  return file && stem !== file[1] ? stem + file[2]! : parameter(segment);
}

function parameter(segment: string): string {
  if (segment === "") return segment;
  if (NUMBER.test(segment)) return "{id}";
  if (UUID.test(segment)) return "{uuid}";
  if (DATE.test(segment)) return "{date}";
  if (HEX.test(segment)) return "{hash}";
  if (EMAIL.test(segment)) return "{email}";
  if (NUMBERED.test(segment)) return "{id}";
  if (segment.length > MAX_NAME || !PLAIN.test(segment) || opaque(segment)) return "{token}";
  return segment;
}

/** Letters and digits mixed as no word mixes them: a ULID, a base64 token, a short random id. */
function opaque(segment: string): boolean {
  if (segment.length < 8) return false;
  const digits = segment.replace(/\D/g, "").length;
  if (digits < 2) return false;
  const turns = segment.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return turns >= 3 || (segment.length >= 16 && digits >= 4 && turns >= 1);
}
