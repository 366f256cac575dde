// proxy/upstream/http1/framing.ts: where a response ends (RFC 9112, 6), and which of its fields stop here

import type { Fields } from "../../../model/fields.ts";
import { type Fault, type Lenient, STRICT } from "./lines.ts";

/** The head of a response, its hop-by-hop fields read and taken out. */
export type ResponseHead = {
  readonly status: number;
  readonly reason: string;
  readonly fields: Fields;
  /** How the body ends: after so many bytes, by chunks, or with the connection. `none` has no body whatever it says. */
  readonly framing: number | "chunked" | "close" | "none";
  /** Where `Transfer-Encoding` stood among the fields (an index into `fields`), or -1. */
  readonly codingAt: number;
  /** The peer keeps the connection open afterwards. */
  readonly persistent: boolean;
  /** What `Keep-Alive: timeout=` promised, in milliseconds. */
  readonly keepAliveMs: number | undefined;
};

/**
 * Reads a final response's fields. Framing that two recipients could read in two ways is a fault. A length that is repeated
 * with the same value has one meaning (RFC 9110, 8.6) and goes on once.
 */
export function frame(
  version: string,
  status: number,
  reason: string,
  raw: Fields,
  toHead: boolean,
  lenient: Lenient = STRICT,
): ResponseHead | Fault {
  let length: number | undefined;
  let lengthAt = -1;
  let lengthText = "";
  let chunked = false;
  let codingAt = -1;
  let persistent = version === "HTTP/1.1";
  let keepAliveMs: number | undefined;
  let named: Set<string> | undefined;
  let stopped = false;

  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const size = name.length;
    if (size !== 10 && size !== 14 && size !== 16 && size !== 17 && size !== 7 && size !== 2) continue;
    const lower = name.toLowerCase();
    const value = raw[i + 1]!;
    if (lower === "content-length") {
      const stated = /^\d{1,15}$/.test(value) ? value : repeated(value);
      if (stated === undefined) return "a Content-Length that is not a number";
      if (length !== undefined && length !== Number(stated)) return "more than one Content-Length";
      if (length !== undefined || stated !== value) stopped = true;
      length ??= Number(stated);
      if (lengthAt < 0) [lengthAt, lengthText] = [i, stated];
    } else if (lower === "transfer-encoding") {
      if (chunked) return "more than one Transfer-Encoding";
      if (value.toLowerCase() !== "chunked") return "a Transfer-Encoding other than chunked";
      if (version !== "HTTP/1.1") return "Transfer-Encoding in HTTP/1.0";
      chunked = stopped = true;
    } else if (lower === "connection") {
      stopped = true;
      for (const option of value.toLowerCase().split(",")) {
        const token = option.trim();
        if (token === "close") persistent = false;
        else if (token === "keep-alive" && version === "HTTP/1.0") persistent = true;
        else if (token !== "") named = (named ?? new Set()).add(token);
      }
    } else if (lower === "keep-alive") {
      stopped = true;
      const promised = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value);
      if (promised) keepAliveMs = Number(promised[1]) * 1000;
    } else if (HOP_BY_HOP.has(lower)) stopped = true;
  }
  if (chunked && length !== undefined) {
    if (!lenient.lengthAndChunks) return "both Content-Length and Transfer-Encoding";
    length = undefined;
    lengthAt = -1;
  }

  let fields = raw;
  if (stopped) {
    const kept: string[] = [];
    for (let i = 0; i < raw.length; i += 2) {
      const lower = raw[i]!.toLowerCase();
      if (lower === "transfer-encoding") codingAt = kept.length;
      if (HOP_BY_HOP.has(lower) || (named?.has(lower) && !NEVER_NAMED.has(lower))) continue;
      if (lower !== "content-length") kept.push(raw[i]!, raw[i + 1]!);
      else if (i === lengthAt) kept.push(raw[i]!, lengthText);
    }
    fields = kept;
  }
  const none = toHead || status === 204 || status === 304;
  const framing = none ? "none" : chunked ? "chunked" : (length ?? "close");
  if (framing === "close") persistent = false;
  return { status, reason, fields, framing, codingAt, persistent, keepAliveMs };
}

/** The one number of which a list of lengths consists. */
function repeated(value: string): string | undefined {
  const all = value.split(",").map((part) => part.trim());
  const [first = ""] = all;
  return /^\d{1,15}$/.test(first) && all.every((part) => part === first) ? first : undefined;
}

/** Fields for one connection only (RFC 9110, 7.6.1). `Trailer` and the `Proxy-Auth` pair go on: they are not for us. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Fields that `Connection` cannot take away: without them the message would mean something else. */
export const NEVER_NAMED: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding"]);

/** Fields that would have had to be known before the body (RFC 9110, 6.5.1). */
const NO_TRAILERS: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...NEVER_NAMED, "trailer"]);

/** Trailers less those that mean nothing after a body. */
export function fitTrailers(trailers: Fields): Fields {
  return trailers.filter((_, i) => !NO_TRAILERS.has(trailers[i - (i % 2)]!.toLowerCase()));
}

/** Whether a trailer states again where the message ends or whom it is for: two recipients could disagree about it. */
export function contradicts(trailers: Fields): boolean {
  return trailers.some((name, i) => i % 2 === 0 && NEVER_NAMED.has(name.toLowerCase()));
}
