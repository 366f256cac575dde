// proxy/incoming.ts: a client's request head, read once: what goes on, how its body is framed, or why it is refused

import type { IncomingMessage } from "node:http";
import type { Fields } from "../model/fields.ts";
import type { BodyFraming } from "./wire/call.ts";
import { HOP_BY_HOP, NEVER_NAMED } from "./wire/frame.ts";

/** The mark on what the candidate is sent, so that a shadow is never shadowed again. */
export const MARK = "x-parallel-run";

export type Incoming = {
  readonly method: string;
  /** Origin form (or `*`), byte for byte as the client sent it, or the end of an absolute one. */
  readonly target: string;
  /** What goes on: no hop-by-hop fields, `Host` as the target says, all else as it came. */
  readonly fields: Fields;
  /** Where in `fields` a `Transfer-Encoding` is to be put when the body goes on in chunks. */
  readonly codingAt: number;
  readonly framing: BodyFraming;
  /** The body's length where it was told. */
  readonly length: number | undefined;
  readonly conditional: boolean;
  /** It carries the mark of a shadow request. */
  readonly marked: boolean;
  readonly host: string;
};

/** Why a request is not relayed: it has no meaning, or more than one. */
export type Refusal = { readonly status: 400 | 405 | 417 | 501; readonly says: string };

/** What makes an answer depend on what the client has already (RFC 9110, 13.1). */
export const CONDITIONAL: ReadonlySet<string> = new Set([
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
]);

/** Lengths of the field names that mean something here: most names are passed by on this test alone. */
const TELLING = new Uint8Array(256);
for (const name of [...HOP_BY_HOP, ...CONDITIONAL, "host", "content-length", MARK]) TELLING[name.length] = 1;

/** Reads a head. `upstream` is the `Host` for a client of HTTP/1.0 that sent none, or for all if `rewrite`. */
export function readIncoming(request: IncomingMessage, upstream: string, rewrite: boolean): Incoming | Refusal {
  const method = request.method ?? "";
  const raw = request.rawHeaders;
  let length: number | undefined;
  let chunked = false;
  let host: string | undefined;
  let hostAt = -1;
  let conditional = false;
  let marked = false;
  let stopped = false;
  let named: string[] | undefined;

  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (TELLING[name.length] !== 1) continue;
    const lower = name.toLowerCase();
    const value = raw[i + 1]!;
    switch (lower) {
      case "host":
        if (host !== undefined) return refuse(400, "more than one Host");
        host = value;
        hostAt = i;
        break;
      case "content-length":
        if (length !== undefined) return refuse(400, "more than one Content-Length");
        if (!/^\d{1,15}$/.test(value)) return refuse(400, "Content-Length is not a number");
        length = Number(value);
        break;
      case "transfer-encoding":
        if (chunked) return refuse(400, "more than one Transfer-Encoding");
        if (value.toLowerCase() !== "chunked") return refuse(501, "a Transfer-Encoding other than chunked");
        if (request.httpVersionMinor === 0) return refuse(400, "Transfer-Encoding in HTTP/1.0");
        chunked = stopped = true;
        break;
      case "connection":
        stopped = true;
        for (const option of value.toLowerCase().split(",")) {
          const token = option.trim();
          if (token !== "" && token !== "close" && token !== "keep-alive") named = [...(named ?? []), token];
        }
        break;
      case MARK:
        marked ||= value.trim().toLowerCase() === "candidate";
        break;
      default:
        if (HOP_BY_HOP.has(lower)) stopped = true;
        else if (CONDITIONAL.has(lower)) conditional = true;
    }
  }
  if (chunked && length !== undefined) return refuse(400, "both Content-Length and Transfer-Encoding");
  if (request.httpVersionMajor !== 1) return refuse(400, "not HTTP/1");
  if (host === undefined && request.httpVersionMinor > 0) return refuse(400, "no Host");
  if (host !== undefined && !isAuthority(host)) return refuse(400, "a malformed Host");

  let target = request.url ?? "";
  let effective = host;
  if (target.charCodeAt(0) !== 47) {
    if (target === "*") {
      if (method !== "OPTIONS") return refuse(400, "the target * is for OPTIONS");
    } else {
      const absolute = /^https?:\/\/([^/?#]+)(.*)$/is.exec(target);
      if (absolute === null) return refuse(400, "a malformed request target");
      if (!isAuthority(absolute[1]!)) return refuse(400, "a malformed request target");
      // The target's authority counts, and Host does not (RFC 9112, 3.2.2): from here on there is one of them.
      effective = absolute[1]!;
      target = absolute[2]!.startsWith("/") ? absolute[2]! : `/${absolute[2]}`;
    }
  }
  if (target.includes("#")) return refuse(400, "a fragment in the request target");
  if (rewrite || effective === undefined) effective = upstream;

  let fields: Fields = raw;
  let codingAt = -1;
  if (stopped || effective !== host) {
    const kept: string[] = [];
    if (hostAt < 0) kept.push("Host", effective);
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i]!;
      const lower = name.toLowerCase();
      if (i === hostAt) kept.push(name, effective);
      else if (lower === "transfer-encoding") codingAt = kept.length;
      else if (lower === "te") {
        if (/(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(raw[i + 1]!)) kept.push(name, "trailers");
      } else if (!HOP_BY_HOP.has(lower) && !(named?.includes(lower) && !NEVER_NAMED.has(lower))) {
        kept.push(name, raw[i + 1]!);
      }
    }
    fields = kept;
  }
  const framing = chunked ? "chunked" : length !== undefined ? "length" : "none";
  return { method, target, fields, codingAt, framing, length, conditional, marked, host: effective };
}

/** A host and perhaps a port: no user, no path, no space, nothing that another reader could split in another place. */
function isAuthority(text: string): boolean {
  return /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::\d{0,5})?$/.test(text);
}

function refuse(status: Refusal["status"], says: string): Refusal {
  return { status, says };
}
