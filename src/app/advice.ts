// app/advice.ts: which key of the config mends a side that gives no answer

import type { Config } from "../config/index.ts";
import type { Side } from "../model/answer.ts";

type Upstream = Config["legacy"] | Config["candidate"];

/** What to do about a failure, as the end of a sentence. @param error the word of RFC 9209 @param detail what was found */
export function adviceOn(side: Side, error: string, detail: string, { url }: Upstream): string | undefined {
  const key = (name: string) => `\`${side}.${name}\``;
  switch (error) {
    case "dns_error":
      return `check the name in ${key("url")} (${url})`;
    case "connection_refused":
    case "destination_ip_unroutable":
      return `is it running? Check ${key("url")} (${url})`;
    case "connection_timeout":
      return `check ${key("url")} (${url}), or raise ${key("connectTimeout")}`;
    case "connection_limit_reached":
      return `raise ${key("maxConnections")}, if ${side} can take more`;
    case "http_response_timeout":
      return `raise ${key(detail === STOOD_STILL ? "idleTimeout" : "timeout")}, if it may take that long`;
    case "tls_certificate_error":
      return certificateAdvice(detail, key);
    case "tls_protocol_error":
      return /wrong version|packet length/i.test(detail)
        ? `it does not use TLS there: http:// in ${key("url")}?`
        : `it may ask for a client certificate: ${key("tls.cert")} and ${key("tls.key")}`;
    case "http_protocol_error":
      return protocolAdvice(detail, key);
    case "connection_terminated":
      return `if its keep-alive timeout is shorter than the proxy's, lower ${key("keepAlive")}`;
    default:
      return undefined;
  }
}

/** `BODY_TIMEOUT.detail` of the proxy. */
const STOOD_STILL = "the answer stood still";

function certificateAdvice(detail: string, key: (name: string) => string): string {
  if (/expired|not yet valid/i.test(detail)) return "renew its certificate";
  if (/altname|hostname/i.test(detail)) return `set ${key("tls.serverName")} to a name that the certificate has`;
  return `set ${key("tls.ca")} to the certificate authority that signed it`; // self-signed, or by an unknown issuer
}

/** Deviations that `lenient` allows, by what the parser says of them. */
const LENIENT: readonly (readonly [says: string, word: string])[] = [
  ["a line that ends without CR", "bare-lf"],
  ["a folded field line", "folding"],
  ["a space between a field's name and its colon", "space-before-colon"],
  ["both Content-Length and Transfer-Encoding", "length-and-chunks"],
];

function protocolAdvice(detail: string, key: (name: string) => string): string | undefined {
  const word = LENIENT.find(([says]) => detail.includes(says))?.[1];
  if (word !== undefined) return `fix the response, or accept it with ${key("lenient")}: [${word}]`;
  if (/^a head of more than/.test(detail)) return `raise ${key("maxHeaderSize")}`;
  return detail.startsWith("not an HTTP/1")
    ? `does ${key("url")} name an HTTP/1.1 server, and https:// if it is TLS?`
    : undefined;
}
