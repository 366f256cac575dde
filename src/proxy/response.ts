// proxy/response.ts: writes a response head to the client. The one place that knows ServerResponse from inside

import type { ServerResponse } from "node:http";
import type { Fields } from "../model/fields.ts";
import { gatewayStatus, type Trouble } from "./failure.ts";
import type { ResponseHead } from "./wire/frame.ts";

/**
 * What `writeHead` would set. It cannot be used: it re-encodes `Content-Disposition`, refuses `Trailer` beside a
 * length, and spends more on checking each field again than our parser did on reading it.
 */
type Inside = {
  _header: string | null;
  _headerSent: boolean;
  _contentLength: number | null;
  _hasBody: boolean;
  _last: boolean;
  chunkedEncoding: boolean;
  shouldKeepAlive: boolean;
  useChunkedEncodingByDefault: boolean;
  _trailer: string;
  _send(data: string): boolean;
  _writeRaw(data: string, encoding: "latin1"): boolean;
};

/**
 * Puts legacy's head in place, to be sent with the first bytes of the body or by `flushHead`. Says how the body ends for this client: with its
 * length, by chunks, or with the connection.
 */
export function putHead(response: ServerResponse, head: ResponseHead, http10: boolean, close: boolean): void {
  const inside = response as unknown as Inside;
  const { framing, fields, codingAt } = head;
  const chunked = !http10 && (framing === "chunked" || framing === "close");
  let last = close || !inside.shouldKeepAlive;
  if (http10 && (framing === "chunked" || framing === "close")) last = true;

  let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
  for (let i = 0; i < fields.length; i += 2) {
    if (chunked && i === codingAt) text += "Transfer-Encoding: chunked\r\n";
    text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  }
  if (chunked && (codingAt < 0 || codingAt >= fields.length)) text += "Transfer-Encoding: chunked\r\n";
  if (last) text += "Connection: close\r\n";
  else if (http10) text += "Connection: keep-alive\r\n";

  response.statusCode = head.status;
  if (framing === "none") inside._hasBody = false;
  inside.chunkedEncoding = chunked;
  inside._contentLength = typeof framing === "number" ? framing : null;
  inside._last = last;
  inside._header = `${text}\r\n`;
  inside._headerSent = false;
}

/** Sends the head now, where no body has come yet. */
export function flushHead(response: ServerResponse): void {
  const inside = response as unknown as Inside;
  if (!inside._headerSent) inside._send("");
}

/** Sends an informational response, its reason and fields as they came. */
export function putInformation(response: ServerResponse, status: number, reason: string, fields: Fields): void {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  (response as unknown as Inside)._writeRaw(`${text}\r\n`, "latin1");
}

/** Trailers, where this client's body is one that can have them. */
export function putTrailers(response: ServerResponse, trailers: Fields): void {
  const inside = response as unknown as Inside;
  if (!inside.chunkedEncoding) return;
  let text = "";
  for (let i = 0; i < trailers.length; i += 2) {
    if (!UNFIT_TRAILERS.has(trailers[i]!.toLowerCase())) text += `${trailers[i]}: ${trailers[i + 1]}\r\n`;
  }
  inside._trailer = text;
}

/** What no trailer may say, since it would have had to be known before the body (RFC 9110, 6.5.1). */
const UNFIT_TRAILERS: ReadonlySet<string> = new Set([
  "content-length",
  "transfer-encoding",
  "connection",
  "host",
  "trailer",
]);

/**
 * Our own answer where legacy gave none: 502 or 504 with `Proxy-Status` (RFC 9209). Without a trouble it is the client that
 * was too slow: 408.
 */
export function answerTrouble(response: ServerResponse, trouble: Trouble | undefined, close: boolean): void {
  const { status, phrase } =
    trouble === undefined ? { status: 408, phrase: "Request Timeout" } : gatewayStatus(trouble);
  const why = trouble === undefined ? "the request did not come in time" : `legacy gave no answer: ${words(trouble)}`;
  const text = `parallel-run: ${why}\n`;
  const fields = ["Content-Type", "text/plain; charset=utf-8", "Content-Length", String(Buffer.byteLength(text))];
  if (trouble !== undefined) fields.push("Proxy-Status", `parallel-run; error=${trouble.error}`);
  if (close) fields.push("Connection", "close");
  response.writeHead(status, phrase, fields);
  response.end(text);
}

/** The failure in a client's words: which kind, and no address or name of what lies behind us. */
function words(trouble: Trouble): string {
  return trouble.error.replaceAll("_", " ");
}
