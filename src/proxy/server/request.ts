// proxy/server/request.ts: what a client's request head means: what goes on, how its body is framed, or why it is refused

import type { Fields } from "../../model/fields.ts";
import { HOP_BY_HOP, NEVER_NAMED } from "../upstream/http1/framing.ts";
import type { RawHead } from "../upstream/http1/request-head.ts";
import type { BodyFraming } from "../upstream/upstream.ts";

/** The mark on what the candidate is sent, so that a shadow is never shadowed again. */
export const MARK = "x-parallel-run";

/** A request head of a client, read and checked. */
export type Incoming = {
  readonly method: string;
  /** Origin form (or `*`), byte for byte as the client sent it, or the end of an absolute one. */
  readonly target: string;
  /** As they came. */
  readonly raw: Fields;
  /** What goes on: no hop-by-hop fields, `Host` as the target says, all else as it came. */
  readonly fields: Fields;
  /** Where in `fields` a `Transfer-Encoding` is to be put when the body goes on in chunks. */
  readonly codingAt: number;
  readonly framing: BodyFraming;
  /** The body's length where it was stated. */
  readonly length: number | undefined;
  readonly http10: boolean;
  /** The client keeps its connection open after this request. */
  readonly persistent: boolean;
  /** It may wait for a `100 Continue` before it sends its body. */
  readonly expects: boolean;
  /** It asks to go on in another protocol (RFC 9110, 7.8), and that may be passed on. */
  readonly upgrades: boolean;
  readonly conditional: boolean;
  /** It carries the mark of a shadow request. */
  readonly marked: boolean;
  readonly host: string;
};

/** Why a request is not relayed: it has no meaning, or more than one. */
export type Refusal = { readonly status: 400 | 405 | 501; readonly says: string };

/** What makes an answer depend on what the client has already (RFC 9110, 13.1). */
export const CONDITIONAL: ReadonlySet<string> = new Set([
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
]);

/** Lengths of the field names that mean something here: most names are passed by on this test alone. */
const LENGTHS_OF_KNOWN_NAMES = new Uint8Array(256);
for (const name of [...HOP_BY_HOP, ...CONDITIONAL, "host", "content-length", "expect", MARK])
  LENGTHS_OF_KNOWN_NAMES[name.length] = 1;

const NOTHING_NAMED = new Set<string>();

/** Protocols that would carry further requests past the proxy: their upgrade is not passed on. */
const CARRIES_HTTP = /(?:^|,)[ \t]*(?:h2c?|http|tls)[ \t]*(?:\/|,|$)/i;

/** Reads a head. `upstream` is the `Host` for a client of HTTP/1.0 that sent none, or for all if `rewrite`. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one pass over the fields of each request, whose cases depend on each other
export function readIncoming(head: RawHead, upstream: string, rewrite: boolean): Incoming | Refusal {
  const { method, fields: raw } = head;
  const http10 = head.version === "HTTP/1.0";
  let length: number | undefined;
  let chunked = false;
  let host: string | undefined;
  let hostAt = -1;
  let conditional = false;
  let marked = false;
  let expects = false;
  let stopped = false;
  let close = false;
  let keepAlive = false;
  let upgrade = "";
  let named = NOTHING_NAMED;

  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (LENGTHS_OF_KNOWN_NAMES[name.length] !== 1) continue;
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
        if (!/^\d{1,15}$/.test(value)) return refuse(400, "a Content-Length that is not a number");
        length = Number(value);
        break;
      case "transfer-encoding":
        if (chunked) return refuse(400, "more than one Transfer-Encoding");
        if (http10) return refuse(400, "Transfer-Encoding in HTTP/1.0");
        if (value.toLowerCase() !== "chunked") {
          const last = value !== "" && !/(?:^|,)[ \t]*chunked[ \t]*,/i.test(value);
          return last
            ? refuse(501, "a Transfer-Encoding other than chunked")
            : refuse(400, "a Transfer-Encoding that does not end with chunked"); // RFC 9112, 6.3
        }
        chunked = stopped = true;
        break;
      case "connection":
        stopped = true;
        for (const option of value.toLowerCase().split(",")) {
          const token = option.trim();
          if (token === "close") close = true;
          else if (token === "keep-alive") keepAlive = true;
          else if (token !== "") named = named === NOTHING_NAMED ? new Set([token]) : named.add(token);
        }
        break;
      case "upgrade":
        stopped = true;
        upgrade = upgrade === "" ? value : `${upgrade},${value}`;
        break;
      case "expect":
        expects = true;
        break;
      case MARK:
        marked ||= value.toLowerCase() === "candidate";
        break;
      default:
        if (HOP_BY_HOP.has(lower)) stopped = true;
        else if (CONDITIONAL.has(lower)) conditional = true;
    }
  }
  if (chunked && length !== undefined) return refuse(400, "both Content-Length and Transfer-Encoding");
  if (method === "CONNECT") return refuse(405, "CONNECT");
  if (host === undefined && !http10) return refuse(400, "no Host");
  if (host !== undefined && !isAuthority(host)) return refuse(400, "a malformed Host");

  let { target } = head;
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
  // HTTP/1.0 has no upgrades (RFC 9110, 7.8).
  const upgrades = !http10 && upgrade !== "" && named.has("upgrade") && !CARRIES_HTTP.test(upgrade);

  let fields: Fields = raw;
  let codingAt = -1;
  if (stopped || effective !== host) [fields, codingAt] = keptFields(raw, hostAt, effective, named, upgrades);
  return {
    method,
    target,
    raw,
    fields,
    codingAt,
    framing: chunked ? "chunked" : length !== undefined ? "length" : "none",
    length,
    http10,
    persistent: !close && (!http10 || keepAlive),
    expects,
    upgrades,
    conditional,
    marked,
    host: effective,
  };
}

/**
 * The fields that go on, and where `Transfer-Encoding` stood among them, or -1. Of an upgrade its own two fields go on.
 * @param hostAt where `Host` stands in `raw`, or -1 @param named lower-case names that `Connection` takes away
 */
function keptFields(
  raw: Fields,
  hostAt: number,
  host: string,
  named: ReadonlySet<string>,
  upgrades: boolean,
): [fields: Fields, codingAt: number] {
  const kept: string[] = [];
  let codingAt = -1;
  let connection = false;
  if (hostAt < 0) kept.push("Host", host);
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const lower = name.toLowerCase();
    const value = raw[i + 1]!;
    if (i === hostAt) kept.push(name, host);
    else if (lower === "transfer-encoding") codingAt = kept.length;
    else if (lower === "te") {
      if (/(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(value)) kept.push(name, "trailers");
    } else if (upgrades && lower === "upgrade") kept.push(name, value);
    else if (upgrades && lower === "connection") {
      const option = /(?:^|[ \t,])(upgrade)(?:$|[ \t,])/i.exec(value)?.[1];
      if (option !== undefined && !connection) kept.push(name, option);
      connection ||= option !== undefined;
    } else if (!HOP_BY_HOP.has(lower) && !(named.has(lower) && !NEVER_NAMED.has(lower))) kept.push(name, value);
  }
  return [kept, codingAt];
}

/** A host and perhaps a port: no user, no path, no space, nothing that another reader could split in another place. */
function isAuthority(text: string): boolean {
  return /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::\d{0,5})?$/.test(text);
}

function refuse(status: Refusal["status"], says: string): Refusal {
  return { status, says };
}
