// compare/origins.ts: each side's own origin, mapped onto one, so that a link to oneself is no difference

import { Buffer } from "node:buffer";
import type { Side } from "../model/answer.ts";

/** Each side's own origins, `http://legacy:8080`; the first is the one that is shown. */
export type Origins = { readonly legacy: readonly string[]; readonly candidate: readonly string[] };

/** One way an origin may be spelled in a body, and what stands for it. */
type Spelling = { readonly bytes: Buffer; readonly text: string; readonly becomes: string };

export type OriginMap = {
  readonly legacy: readonly Spelling[];
  readonly candidate: readonly Spelling[];
  /** How the one onto which all are mapped is spelled. */
  readonly common: readonly string[];
};

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": ":80", "https:": ":443" };

/** As it is; as JSON writers that escape the slash have it; inside a query or a form. */
const spell = (origin: string) => [origin, origin.replaceAll("/", "\\/"), encodeURIComponent(origin)];

export function compileOrigins(origins: Origins): OriginMap | undefined {
  const common = trimmed(origins.legacy[0] ?? origins.candidate[0] ?? "");
  if (common === "") return undefined;
  const spellings = (side: readonly string[]) =>
    [...new Set(side.map(trimmed).flatMap(withAndWithoutPort))]
      .filter((origin) => origin !== common)
      .sort((a, b) => b.length - a.length)
      .flatMap((origin) =>
        spell(origin).map((text, form) => ({ bytes: Buffer.from(text), text, becomes: spell(common)[form]! })),
      );
  return { legacy: spellings(origins.legacy), candidate: spellings(origins.candidate), common: spell(common) };
}

function trimmed(origin: string): string {
  return origin.replace(/\/+$/, "");
}

function withAndWithoutPort(origin: string): string[] {
  if (origin === "") return [];
  const scheme = origin.slice(0, origin.indexOf(":") + 1);
  const port = Object.hasOwn(DEFAULT_PORTS, scheme) ? DEFAULT_PORTS[scheme]! : undefined;
  if (port === undefined) return [origin];
  if (origin.endsWith(port)) return [origin, origin.slice(0, -port.length)];
  return /:\d+$/.test(origin) ? [origin] : [origin, origin + port];
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
  for (const spelling of map[side]) {
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

function replaceBytes(whole: Buffer, { bytes, becomes }: Spelling): Buffer {
  let at = whole.indexOf(bytes);
  if (at < 0) return whole;
  const pieces: Uint8Array[] = [];
  const replacement = Buffer.from(becomes);
  let from = 0;
  for (; at >= 0; at = whole.indexOf(bytes, at + bytes.length)) {
    if (goesOn(whole[at + bytes.length])) continue;
    pieces.push(whole.subarray(from, at), replacement);
    from = at + bytes.length;
  }
  if (pieces.length === 0) return whole;
  pieces.push(whole.subarray(from));
  return Buffer.concat(pieces);
}

/** Whether the authority goes on after what was found: then it is another origin. */
function goesOn(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return /[A-Za-z0-9.:@_-]/.test(String.fromCharCode(byte)) || byte > 0x7f;
}
