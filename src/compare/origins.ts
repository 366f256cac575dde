// compare/origins.ts: each side's own origin, mapped onto one, so that a link to oneself is no difference

import { Buffer } from "node:buffer";
import type { Side } from "../model/answer.ts";
import type { Origins, PathPrefix } from "../model/library.ts";
import type { Asked } from "./request-context.ts";

export type { Origins } from "../model/library.ts";

/** One way an origin may be spelled in a body, and what stands for it. */
type Spelling = {
  readonly bytes: Buffer;
  readonly text: string;
  readonly becomes: string;
  /** What must stand before it: anything, or the beginning of a reference, as a quote is. */
  readonly after: "any" | "quote";
  /** What may stand behind it: not what goes on with an authority or with a path segment, or anything. */
  readonly before: "end of authority" | "end of segment" | "any";
  /** Where this does not occur, in whatever way it is spelled, the spelling does not either. */
  readonly needle: string;
};

type Spellings = Readonly<Record<Side, readonly Spelling[]>>;

/** Every spelling of the origins of both sides, compiled, and what each becomes. */
export type OriginMap = Spellings & {
  readonly origins: Origins;
  /** The origin onto which all are mapped, and how it is spelled. */
  readonly origin: string;
  readonly common: readonly string[];
  /** Maps that know a client's names for us too, by those names. */
  readonly byNames: Map<string, OriginMap>;
};

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": ":80", "https:": ":443" };
/** Clients may send any Host: so many names are remembered. */
const MOST_NAMES = 100;

/** As it is; as JSON writers that escape the slash have it; inside a query or a form, in capitals and in small letters. */
function spell(text: string): string[] {
  const encoded = encodeURIComponent(text);
  return [text, text.replaceAll("/", "\\/"), encoded, encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())];
}

/** Compiles the origins of both sides; undefined where neither side has one. */
export function compileOrigins(origins: Origins): OriginMap | undefined {
  const origin = trimmed(origins.legacy[0] ?? origins.candidate[0] ?? "");
  if (origin === "") return undefined;
  return {
    origins,
    origin,
    common: spell(origin),
    legacy: spellings(origins.legacy, origin, []),
    candidate: spellings(origins.candidate, origin, origins.paths ?? []),
    byNames: new Map(),
  };
}

/**
 * The map that also knows the names by which a client knows us. A link by such a name is one's own under the scheme that the
 * client used; where nobody said which, under the one that the texts use, if it is one.
 */
export function mapForRequest(
  map: OriginMap | undefined,
  asked: Asked | undefined,
  texts: readonly Uint8Array[],
): OriginMap | undefined {
  if (map === undefined || asked === undefined || asked.authorities.length === 0) return map;
  const buffers = texts.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const authorities = asked.authorities.filter((one) => buffers.some((text) => text.includes(hostOf(one))));
  if (authorities.length === 0) return map;
  const scheme = asked.scheme ?? map.origins.scheme ?? schemeIn(buffers, authorities);
  if (scheme === undefined) return map;
  const names = authorities.map((authority) => `${scheme}://${authority}`);
  const key = names.join(" ");
  let known = map.byNames.get(key);
  if (known === undefined) {
    if (map.byNames.size >= MOST_NAMES) map.byNames.clear();
    const { origins, origin } = map;
    known = {
      ...map,
      legacy: spellings([...origins.legacy, ...names], origin, []),
      candidate: spellings([...origins.candidate, ...names], origin, origins.paths ?? []),
    };
    map.byNames.set(key, known);
  }
  return known;
}

const hostOf = (authority: string): string => authority.replace(/:\d+$/, "");

/** The one scheme that texts use with these authorities, any one if they use none; undefined where they use both. */
function schemeIn(texts: readonly Buffer[], authorities: readonly string[]): "http" | "https" | undefined {
  const used = (["http", "https"] as const).filter((scheme) =>
    authorities.some((authority) =>
      spell(`${scheme}://${authority}`).some((spelled) => texts.some((text) => text.includes(spelled))),
    ),
  );
  return used.length > 1 ? undefined : (used[0] ?? "http");
}

function trimmed(origin: string): string {
  return origin.replace(/\/+$/, "");
}

/** How a side may spell its own origins, with and without a scheme, the longest first. */
function spellings(own: readonly string[], common: string, paths: readonly PathPrefix[]): Spelling[] {
  const origins = [...new Set(own.map(trimmed).flatMap(withAndWithoutPort))].sort((a, b) => b.length - a.length);
  const spelled = (from: string, to: string, how: Pick<Spelling, "after" | "before">): Spelling[] => {
    const becomes = spell(to);
    const needle = /\/\/([A-Za-z0-9._-]+)/.exec(from)?.[1] ?? "";
    const all = spell(from).map((text, form) => ({
      ...how,
      needle,
      bytes: Buffer.from(text),
      text,
      becomes: becomes[form]!,
    }));
    return all.filter(
      ({ text, becomes: other }, k) => text !== other && all.findIndex((one) => one.text === text) === k,
    );
  };
  const authority = (origin: string) => origin.slice(origin.indexOf("//"));
  return [
    ...origins.flatMap((origin) =>
      paths.flatMap((prefix) =>
        spelled(origin + prefix.candidate, common + prefix.legacy, { after: "any", before: endOf(prefix) }),
      ),
    ),
    ...origins.flatMap((origin) => spelled(origin, common, { after: "any", before: "end of authority" })),
    ...origins.flatMap((origin) =>
      paths.flatMap((prefix) =>
        spelled(authority(origin) + prefix.candidate, authority(common) + prefix.legacy, {
          after: "quote",
          before: endOf(prefix),
        }),
      ),
    ),
    ...origins.flatMap((origin) =>
      spelled(authority(origin), authority(common), { after: "quote", before: "end of authority" }),
    ),
    // behind no origin, `/` alone is a prefix of too much to be anyone's own
    ...paths
      .filter((prefix) => prefix.candidate !== "/")
      .flatMap((prefix) => spelled(prefix.candidate, prefix.legacy, { after: "quote", before: endOf(prefix) })),
  ];
}

/** As requests are mapped: a prefix of legacy without a slash at its end fits at the end of a segment only. */
const endOf = ({ legacy }: PathPrefix) => (legacy.endsWith("/") ? "any" : "end of segment");

/** The first prefix of the candidate that a path of its own begins with. */
export function prefixOf(path: string, paths: readonly PathPrefix[]): PathPrefix | undefined {
  return paths.find((prefix) => path.startsWith(prefix.candidate) && endsAt(path, prefix.candidate.length, prefix));
}

/** Whether a path begins with the prefix that legacy has. */
export function isUnder(path: string, prefix: PathPrefix): boolean {
  return path.startsWith(prefix.legacy) && endsAt(path, prefix.legacy.length, prefix);
}

function endsAt(path: string, length: number, prefix: PathPrefix): boolean {
  return endOf(prefix) === "any" || /^[/?#]?$/.test(path.charAt(length));
}

function withAndWithoutPort(origin: string): string[] {
  if (origin === "") return [];
  const scheme = origin.slice(0, origin.indexOf(":") + 1);
  const port = Object.hasOwn(DEFAULT_PORTS, scheme) ? DEFAULT_PORTS[scheme]! : undefined;
  if (port === undefined) return [origin];
  if (origin.endsWith(port)) return [origin, origin.slice(0, -port.length)];
  return /:\d+$/.test(origin) ? [origin] : [origin, origin + port];
}

/** Where a side itself is: its host names, and the path prefixes that it has in place of legacy's. */
export type OwnPlace = { readonly hosts: ReadonlySet<string>; readonly paths: readonly PathPrefix[] };

/** The hosts and path prefixes of one side, with the authorities of the request; undefined without origins. */
export function ownOf(map: OriginMap | undefined, side: Side, asked: Asked | undefined): OwnPlace | undefined {
  if (map === undefined) return undefined;
  const authorities = [
    ...map.origins[side].map((origin) => origin.slice(origin.indexOf("//") + 2)),
    ...(asked?.authorities ?? []),
  ];
  const hosts = new Set(authorities.map((authority) => hostOf(trimmed(authority)).toLowerCase()));
  return { hosts, paths: side === "candidate" ? (map.origins.paths ?? []) : [] };
}

/** A body with its side's origins mapped, and the way back for the values that are shown. */
export type MappedBody = { readonly bytes: Uint8Array; readonly asWritten?: (shown: string) => string };

/**
 * Maps a side's own origins in bytes that are ASCII or UTF-8. The same bytes come back, uncopied, where none occurs.
 * `http://legacy` is not found in `http://legacy.example`, nor in `http://legacy:81`.
 */
export function mapBody(map: OriginMap | undefined, side: Side, bytes: Uint8Array): MappedBody {
  if (map === undefined || map[side].length === 0) return { bytes };
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let mapped = whole;
  const used: Spelling[] = [];
  const needles = new Map<string, boolean>([["", true]]);
  for (const spelling of map[side]) {
    const { needle } = spelling;
    if (!needles.has(needle)) needles.set(needle, whole.includes(needle));
    if (needles.get(needle) === false) continue;
    const next = replaceBytes(mapped, spelling);
    if (next !== mapped) used.push(spelling);
    mapped = next;
  }
  if (used.length === 0) return { bytes };
  if (used.length > 1 || map.common.some((text) => whole.includes(text))) return { bytes: mapped };
  const [{ text, becomes }] = used as [Spelling];
  return { bytes: mapped, asWritten: (shown) => shown.replaceAll(becomes, text) };
}

/** Maps a side's own origins in a field's value. */
export function mapText(map: OriginMap | undefined, side: Side, text: string): string {
  if (map === undefined || map[side].length === 0) return text;
  const { bytes } = mapBody(map, side, Buffer.from(text, "latin1"));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function replaceBytes(whole: Buffer, spelling: Spelling): Buffer {
  const { bytes, becomes } = spelling;
  let at = whole.indexOf(bytes);
  if (at < 0) return whole;
  const pieces: Uint8Array[] = [];
  const replacement = Buffer.from(becomes);
  let from = 0;
  for (; at >= 0; at = whole.indexOf(bytes, at + bytes.length)) {
    if (!isWhole(whole, at, spelling)) continue;
    pieces.push(whole.subarray(from, at), replacement);
    from = at + bytes.length;
  }
  if (pieces.length === 0) return whole;
  pieces.push(whole.subarray(from));
  return Buffer.concat(pieces);
}

/** Whether what was found is a reference's beginning, or at least an authority that does not go on. */
function isWhole(whole: Buffer, at: number, { bytes, after, before }: Spelling): boolean {
  if (after === "quote" && (at === 0 || !BEGINS.has(whole[at - 1]!))) return false;
  if (before === "any") return true;
  const end = at + bytes.length;
  return before === "end of segment" ? endsSegment(whole, end) : !goesOn(whole[end]);
}

/** Whether a path's segment ends here: at a slash, a query or a fragment, encoded too, or with the reference. */
function endsSegment(whole: Buffer, at: number): boolean {
  const byte = whole[at];
  if (byte === undefined) return true;
  if (byte === PERCENT) return /^%(?:2f|3f|23|22|26)/i.test(whole.toString("latin1", at, at + 3));
  return byte <= 0x7f && !/[A-Za-z0-9._~!$&*+=:@-]/.test(String.fromCharCode(byte));
}

const PERCENT = 0x25;

/** Quotes, and what else stands before a reference. */
const BEGINS: ReadonlySet<number> = new Set(Buffer.from("\"'`=(<"));

/** Whether the authority goes on after what was found: then it is another origin. */
function goesOn(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return /[A-Za-z0-9.:@_-]/.test(String.fromCharCode(byte)) || byte > 0x7f;
}
