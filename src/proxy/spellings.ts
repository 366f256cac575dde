// proxy/spellings.ts: the other spellings of a path that some server takes for the same resource

/**
 * Paths that a server may take the given one for. A rule that forbids must hold for all of them, since legacy's and the
 * candidate's routing are not known: percent-encoded characters (RFC 3986, 2.3, also encoded repeatedly), path parameters
 * (`;jsessionid=1`), empty and dot segments, backslashes, a trailing slash, dots or blanks at the end of a segment, and
 * what follows a NUL.
 * @param path without the query, as it is on the wire
 * @returns at least one path; each begins with a slash and has no empty segment
 */
export function spellingsOf(path: string): readonly string[] {
  const found = new Set<string>();
  for (const decoded of new Set([path, decode(path, UNRESERVED), decode(path, EVERYTHING)])) {
    const slashed = decoded.replaceAll("\\", "/");
    const whole = slashed.split("/");
    const bare = slashed
      .replace(/\0.*$/s, "")
      .split("/")
      .map((segment) => trimmed(segment.replace(/;.*$/s, "")));
    for (const segments of [whole, bare]) {
      found.add(joined(resolved(segments)));
      found.add(joined(segments.filter((segment) => segment !== "." && segment !== "..")));
    }
  }
  return [...found];
}

/** Whether a path has no other spelling but for its case: true for most paths, and cheap. */
export function isPlain(path: string): boolean {
  return !/[^A-Za-z0-9/_~-]|\/\/|\/$/.test(path);
}

const UNRESERVED = /^[A-Za-z0-9._~-]$/;
const EVERYTHING = /^.$/s;
/** How often a path may be encoded. Deeper than any chain of servers decodes it. */
const ROUNDS = 4;

function decode(path: string, wanted: RegExp): string {
  let text = path;
  for (let round = 0; round < ROUNDS && text.includes("%"); round += 1) {
    const next = text.replace(/%([0-9A-Fa-f]{2})/g, (written, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return wanted.test(character) ? character : written;
    });
    if (next === text) break;
    text = next;
  }
  return text;
}

function trimmed(segment: string): string {
  return /^\.\.?$/.test(segment) ? segment : segment.replace(/[. ]+$/, "");
}

/** Without dot segments, as RFC 3986, 5.2.4 resolves them. */
function resolved(segments: readonly string[]): string[] {
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "." && segment !== "") kept.push(segment);
  }
  return kept;
}

function joined(segments: readonly string[]): string {
  return `/${segments.filter((segment) => segment !== "").join("/")}`;
}
