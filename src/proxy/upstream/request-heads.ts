// proxy/upstream/request-heads.ts: request heads for the two sides, written as the client wrote them

import type { Socket } from "node:net";
import { type Fields, fieldValues } from "../../model/fields.ts";
import type { ForwardedOptions } from "../options.ts";
import { CONDITIONAL, type Incoming, MARK } from "../server/request.ts";
import { trusts } from "../server/trusted-proxies.ts";
import { NO_REWRITE, rewrittenFields, rewrittenTarget } from "../shadow/path-mapping.ts";
import { HOP_BY_HOP } from "./http1/framing.ts";

/** The client behind a request, where it is to be told; `trusted`: a proxy of ours, which knows who is behind it. */
export type Peer = { readonly address: string; readonly secure: boolean; readonly trusted: boolean };

/** The client, if either side is to be told of it. An IPv4 address is told as one, whatever socket it came by. */
export function peerOf(socket: Socket, options: ForwardedOptions): Peer | undefined {
  if (!options.xForwarded && !options.forwarded) return undefined;
  const address = (socket.remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "");
  return { address, secure: "encrypted" in socket, trusted: trusts(options, address) };
}

/** Legacy's head: the client's own, less what was for one connection. */
export function legacyHead(incoming: Incoming, options: ForwardedOptions, peer: Peer | undefined): string {
  const { fields, codingAt } = incoming;
  let head = `${incoming.method} ${incoming.target} HTTP/1.1\r\n`;
  for (let i = 0; i < fields.length; i += 2) {
    if (i === codingAt) head += "Transfer-Encoding: chunked\r\n";
    if (peer !== undefined && replaced(fields[i]!, options)) continue;
    head += `${fields[i]}: ${fields[i + 1]}\r\n`;
  }
  if (codingAt >= fields.length) head += "Transfer-Encoding: chunked\r\n";
  if (peer !== undefined) head += forwardedLines(incoming, options, peer);
  return `${head}\r\n`;
}

/**
 * The candidate's head: legacy's with the mark, and with the body's length where it has one. Conditions are left out:
 * they hold tokens that legacy gave, and would make one side say 304 or 412 where the other answers in full.
 */
export function candidateHead(
  incoming: Incoming,
  body: Uint8Array | undefined,
  host: string | undefined,
  options: ForwardedOptions,
  peer: Peer | undefined,
  rewrite = NO_REWRITE,
): string {
  const fields = rewrittenFields(incoming.fields, rewrite);
  let head = `${incoming.method} ${rewrittenTarget(incoming.target, rewrite)} HTTP/1.1\r\n`;
  const isSet = (lower: string) => rewrite.set.some(([name]) => name === lower);
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (peer !== undefined && replaced(name, options)) continue;
    if (incoming.conditional || host !== undefined || body !== undefined) {
      const lower = name.toLowerCase();
      if (CONDITIONAL.has(lower) || (body !== undefined && (lower === "content-length" || lower === "expect")))
        continue;
      if (host !== undefined && lower === "host" && !isSet("host")) {
        head += `${name}: ${host}\r\n`;
        continue;
      }
    }
    head += `${name}: ${fields[i + 1]}\r\n`;
  }
  if (body !== undefined) head += `Content-Length: ${body.length}\r\n`;
  if (peer !== undefined) head += forwardedLines(incoming, options, peer);
  return `${head}${MARK}: candidate\r\n\r\n`;
}

/**
 * The same from what legacy was sent, where that is all there is to it: no conditions, no body, and no other `Host`.
 * Most requests are such, and their fields need not be gone through a second time.
 */
export function markedHead(sent: string): string {
  return `${sent.slice(0, -2)}${MARK}: candidate\r\n\r\n`;
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
 * A trusted proxy's claims of those before it stay in front of what we know, and its scheme and host count. Anyone else
 * could claim to be whom they please: their claims end here.
 */
function forwardedLines({ fields, host }: Incoming, { xForwarded, forwarded }: ForwardedOptions, peer: Peer): string {
  const proto = peer.secure ? "https" : "http";
  const claimed = (name: string) => (peer.trusted ? fieldValues(fields, name) : []);
  let lines = "";
  if (xForwarded) {
    const chain = [...claimed("x-forwarded-for"), peer.address].join(", ");
    const [scheme = proto] = claimed("x-forwarded-proto");
    const [authority = host] = claimed("x-forwarded-host");
    lines += `X-Forwarded-For: ${chain}\r\nX-Forwarded-Proto: ${scheme}\r\nX-Forwarded-Host: ${authority}\r\n`;
  }
  if (forwarded) {
    const address = peer.address.includes(":") ? `"[${peer.address}]"` : peer.address;
    const own = `for=${address};host="${host}";proto=${proto}`;
    lines += `Forwarded: ${[...claimed("forwarded"), own].join(", ")}\r\n`;
  }
  return lines;
}
