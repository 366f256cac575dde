// proxy/admission/path-spellings.ts: the other spellings of a path that some server takes for the same resource

import { Buffer } from "node:buffer";

/**
 * Paths that a server may take the given one for. A rule that forbids must hold for all of them, since legacy's and the
 * candidate's routing are not known: percent-encoded characters (RFC 3986, 2.3, also encoded repeatedly, and `%u006c` as IIS
 * reads it), path parameters (`;jsessionid=1`), empty and dot segments, backslashes, a trailing slash, blanks around a
 * segment and dots at its end, what follows a NUL or an encoded `?` or `#`, overlong UTF-8, full-width letters, a folder's index file, and an authority (`//host/path`, which is a
 * network-path reference by RFC 3986, 4.2, to servers that resolve the target).
 * @param path without the query, as it is on the wire
 * @returns at least one path; each begins with a slash and has no empty segment
 */
export function spellingsOf(path: string): readonly string[] {
  const found = new Set<string>();
  const whollyDecoded = decode(path, EVERYTHING);
  for (const decoded of new Set([path, decode(path, UNRESERVED), whollyDecoded, folded(whollyDecoded)])) {
    const slashed = decoded.replaceAll("\\", "/");
    const whole = slashed.split("/");
    const bare = slashed
      .replace(/[\0?#].*$/s, "")
      .split("/")
      .map((segment) => trimmed(segment.replace(/;.*$/s, "")));
    const read = slashed.startsWith("//")
      ? [whole, bare, withoutAuthority(whole), withoutAuthority(bare)]
      : [whole, bare];
    for (const segments of read) {
      found.add(joined(resolved(segments)));
      found.add(joined(withoutIndex(resolved(segments))));
      found.add(joined(segments.filter((segment) => segment !== "." && segment !== "..")));
    }
  }
  return [...found];
}

/** Whether a path has no other spelling but for its case: true for most paths, and cheap. */
export function isPlain(path: string): boolean {
  return !/[^A-Za-z0-9/_~-]|\/\/|\/$/.test(path);
}

/**
 * The same path without the last segment's extension: `/logout.json` is `/logout` to servers that choose a format by it
 * (Rails, Spring). Undefined without one.
 */
export function withoutExtension(path: string): string | undefined {
  const end = path.lastIndexOf("/") + 1;
  const dot = path.indexOf(".", end);
  return dot > end ? path.slice(0, dot) : undefined;
}

/** Text with its percent-encoding undone, as often as it was applied; bytes beyond ASCII become latin1 characters. */
export function decodePercent(text: string): string {
  return decode(text, EVERYTHING);
}

const UNRESERVED = /^[A-Za-z0-9._~-]$/;
const EVERYTHING = /^.$/s;
/** How often a path may be encoded, where an encoded `%` that is encoded again (`%2525`) counts once. */
const ROUNDS = 4;

function decode(path: string, wanted: RegExp): string {
  let text = path;
  for (let round = 0; round < ROUNDS && text.includes("%"); round += 1) {
    const next = text
      .replace(/%(?:25)+/g, "%")
      .replace(/%(?:([0-9A-Fa-f]{2})|[uU]([0-9A-Fa-f]{4}))/g, (written, hex, unit) => {
        const character = String.fromCharCode(Number.parseInt(hex ?? unit, 16));
        return wanted.test(character) ? character : written;
      });
    if (next === text) break;
    text = next;
  }
  return text;
}

/**
 * Characters as decoders read them that accept overlong UTF-8 (`%c0%af` is a slash, RFC 3629, 10) or fold full-width letters
 * (Unicode NFKC).
 */
function folded(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  const shortest = latin1
    .replace(/\xf0\x80(?=[\x80-\x9f])/g, "\xe0")
    .replace(/\xe0([\x80-\x81])([\x80-\xbf])/g, (_, high, low) => ascii(high.charCodeAt(0), low.charCodeAt(0)))
    .replace(/([\xc0\xc1])([\x80-\xbf])/g, (_, high, low) => ascii(high.charCodeAt(0), low.charCodeAt(0)));
  return Buffer.from(shortest, "latin1").toString("utf8").normalize("NFKC");
}

const ascii = (high: number, low: number) => String.fromCharCode(((high & 1) << 6) | (low & 0x3f));

/** Without the file that servers look for in a folder: `/logout/index.html` may be `/logout`. */
function withoutIndex(segments: readonly string[]): readonly string[] {
  return /^(?:index|default)\.\w+$/i.test(segments.at(-1) ?? "") ? segments.slice(0, -1) : segments;
}

function trimmed(segment: string): string {
  if (/^\.\.?$/.test(segment)) return segment;
  return segment.replace(/^(?:\u00c2?\u00a0|\s)+/, "").replace(/[\s.\u00c2]+$/, "");
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

/** After `//host`, or after any number of slashes, as URL parsers of browsers and Node read `https` references. */
function withoutAuthority(segments: readonly string[]): string[] {
  const at = segments.findIndex((segment) => segment !== "");
  return segments.slice(at < 0 ? segments.length : at + 1);
}

function joined(segments: readonly string[]): string {
  return `/${segments.filter((segment) => segment !== "").join("/")}`;
}
