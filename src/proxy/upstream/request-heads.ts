// proxy/upstream/request-heads.ts: the request heads for the two sides, with names, values and order of the client's

import type { Socket } from "node:net";
import { type Fields, fieldValues } from "../../model/fields.ts";
import type { ForwardedOptions } from "../options.ts";
import { CONDITIONAL, type Incoming, MARK } from "../server/request.ts";
import { trusts } from "../server/trusted-proxies.ts";
import { NO_REWRITE, rewrittenFields, rewrittenTarget } from "../shadow/path-mapping.ts";
import { HOP_BY_HOP } from "./http1/framing.ts";
import { UpstreamHead } from "./upstream.ts";

/** The client of a request, where the config forwards it. `trusted`: a proxy whose `X-Forwarded-*` fields are believed. */
export type Peer = { readonly address: string; readonly secure: boolean; readonly trusted: boolean };

/** The client, if the config forwards it. An IPv4 address that came by an IPv6 socket is written as IPv4. */
export function peerOf(socket: Socket, options: ForwardedOptions): Peer | undefined {
  if (!options.xForwarded && !options.forwarded) return undefined;
  const address = (socket.remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "");
  return { address, secure: "encrypted" in socket, trusted: trusts(options, address) };
}

/** The head that legacy is sent: the client's own without what was for one connection. */
export function legacyHead(incoming: Incoming, options: ForwardedOptions, peer: Peer | undefined): UpstreamHead {
  const { method, target, fields, codingAt } = incoming;
  if (codingAt < 0 && peer === undefined) return new UpstreamHead(method, target, fields);
  const sent: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    if (i === codingAt) sent.push("Transfer-Encoding", "chunked");
    if (peer !== undefined && replaced(fields[i]!, options)) continue;
    sent.push(fields[i]!, fields[i + 1]!);
  }
  if (codingAt >= fields.length) sent.push("Transfer-Encoding", "chunked");
  if (peer !== undefined) sent.push(...forwardedFields(incoming, options, peer));
  return new UpstreamHead(method, target, sent);
}

/**
 * The head that the candidate is sent: legacy's with the mark, and with the body's length where it has one. Conditions are
 * left out: they hold validators that legacy gave, and could make one side answer 304 or 412 where the other answers in full.
 */
export function candidateHead(
  incoming: Incoming,
  body: Uint8Array | undefined,
  host: string | undefined,
  options: ForwardedOptions,
  peer: Peer | undefined,
  rewrite = NO_REWRITE,
): UpstreamHead {
  const fields = rewrittenFields(incoming.fields, rewrite);
  const sent: string[] = [];
  const isSet = (lower: string) => rewrite.set.some(([name]) => name === lower);
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (peer !== undefined && replaced(name, options)) continue;
    if (incoming.conditional || host !== undefined || body !== undefined) {
      const lower = name.toLowerCase();
      if (CONDITIONAL.has(lower) || (body !== undefined && (lower === "content-length" || lower === "expect")))
        continue;
      if (host !== undefined && lower === "host" && !isSet("host")) {
        sent.push(name, host);
        continue;
      }
    }
    sent.push(name, fields[i + 1]!);
  }
  if (body !== undefined) sent.push("Content-Length", String(body.length));
  if (peer !== undefined) sent.push(...forwardedFields(incoming, options, peer));
  sent.push(MARK, "candidate");
  return new UpstreamHead(incoming.method, rewrittenTarget(incoming.target, rewrite), sent);
}

/**
 * The same made from the head that legacy was sent, for requests without conditions, body and another `Host`. Most requests
 * are like that, and their fields need not be encoded a second time.
 */
export function markedHead(sent: UpstreamHead): UpstreamHead {
  return sent.with(MARK, "candidate");
}

/** The fields with which a side is asked again: those of the request, without conditions, marked if it is the candidate. */
export function askedFields(
  fields: Fields,
  bodyLength: number | undefined,
  host: string | undefined,
  marked: boolean,
): string[] {
  const kept: string[] = [];
  const named = new Set<string>();
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i]!.length !== 10 || fields[i]!.toLowerCase() !== "connection") continue;
    for (const option of fields[i + 1]!.toLowerCase().split(",")) named.add(option.trim());
  }
  named.delete("host");
  let measured = false;
  for (let i = 0; i < fields.length; i += 2) {
    const lower = fields[i]!.toLowerCase();
    if (lower === "content-length" || lower === "transfer-encoding") {
      // A body that came in chunks is whole now; where the length stood, it stays.
      if (bodyLength !== undefined && !measured) kept.push("Content-Length", String(bodyLength));
      measured = true;
      continue;
    }
    if (HOP_BY_HOP.has(lower) || named.has(lower) || CONDITIONAL.has(lower) || lower === "expect") continue;
    if (lower === MARK) continue;
    kept.push(fields[i]!, lower === "host" && host !== undefined ? host : fields[i + 1]!);
  }
  if (bodyLength !== undefined && !measured) kept.push("Content-Length", String(bodyLength));
  if (marked) kept.push(MARK, "candidate");
  return kept;
}

/** Which of the client's own claims ours take the place of. */
function replaced(name: string, { xForwarded, forwarded }: ForwardedOptions): boolean {
  const lower = name.toLowerCase();
  return (xForwarded && lower.startsWith("x-forwarded-") && OURS.has(lower)) || (forwarded && lower === "forwarded");
}

const OURS: ReadonlySet<string> = new Set(["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"]);

/**
 * A trusted proxy's claims about those before it stay in front of our own, and its scheme and host are used. Claims of any
 * other client are dropped, because it could claim anything.
 */
function forwardedFields(
  { fields, host }: Incoming,
  { xForwarded, forwarded }: ForwardedOptions,
  peer: Peer,
): string[] {
  const proto = peer.secure ? "https" : "http";
  const claimed = (name: string) => (peer.trusted ? fieldValues(fields, name) : []);
  const sent: string[] = [];
  if (xForwarded) {
    const chain = [...claimed("x-forwarded-for"), peer.address].join(", ");
    const [scheme = proto] = claimed("x-forwarded-proto");
    const [authority = host] = claimed("x-forwarded-host");
    sent.push("X-Forwarded-For", chain, "X-Forwarded-Proto", scheme, "X-Forwarded-Host", authority);
  }
  if (forwarded) {
    const address = peer.address.includes(":") ? `"[${peer.address}]"` : peer.address;
    const own = `for=${address};host="${host}";proto=${proto}`;
    sent.push("Forwarded", [...claimed("forwarded"), own].join(", "));
  }
  return sent;
}
