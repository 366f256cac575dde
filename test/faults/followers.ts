// test/faults/followers.ts: two requests on one connection, the first or the second of them odd: what each is to become

import { AMBIGUOUS } from "./ambiguous.ts";

/** Bytes that a client sends at once before it shuts its write side. */
export type Follower = { readonly first: string; readonly next: string; readonly raw: string };

const H = "Host: shop.example\r\n";
const AFTER = `GET /after HTTP/1.1\r\n${H}\r\n`;

/** Requests that are sound. The answer of each stands, whatever follows. */
export const SOUND: Readonly<Record<string, string>> = {
  "a GET": `GET /good HTTP/1.1\r\n${H}\r\n`,
  "a GET that closes": `GET /good HTTP/1.1\r\n${H}Connection: close\r\n\r\n`,
  "a GET of HTTP/1.0": `GET /good HTTP/1.0\r\n${H}\r\n`,
  "a GET of HTTP/1.0 that keeps alive": `GET /good HTTP/1.0\r\n${H}Connection: keep-alive\r\n\r\n`,
  "a HEAD": `HEAD /good HTTP/1.1\r\n${H}\r\n`,
  "a POST with a length": `POST /good HTTP/1.1\r\n${H}Content-Length: 5\r\n\r\nhello`,
  "a POST in chunks": `POST /good HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
};

/** What comes behind them. */
const FOLLOWERS: Readonly<Record<string, string>> = {
  nothing: "",
  "a GET": AFTER,
  "an empty line and a GET": `\r\n${AFTER}`,
  "a byte too many and a GET": `x${AFTER}`,
  garbage: "\x00\xff\x00\xff\r\n\r\n",
  "a TLS hello": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "the HTTP/2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "a head that is too large": `GET /large HTTP/1.1\r\n${H}X: ${"x".repeat(140_000)}\r\n\r\n`,
  "no Host and a GET": `GET /bad HTTP/1.1\r\n\r\n${AFTER}`,
  "two Hosts and a GET": `GET /bad HTTP/1.1\r\n${H}${H}\r\n${AFTER}`,
  "length and chunks": `POST /bad HTTP/1.1\r\n${H}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${AFTER}`,
  "gzip, chunked": `POST /bad HTTP/1.1\r\n${H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${AFTER}`,
  "a chunk size that is none": `POST /bad HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\nzz\r\n${AFTER}`,
  "half a head": "GET /half HT",
  CONNECT: `CONNECT shop.example:443 HTTP/1.1\r\n${H}\r\n${AFTER}`,
};

export const CASES: readonly Follower[] = [
  ...AMBIGUOUS.map(({ name, raw }) => ({ first: name, next: "a GET", raw: raw + AFTER })),
  ...Object.entries(SOUND).flatMap(([first, raw]) =>
    Object.entries(FOLLOWERS).map(([next, more]) => ({ first, next, raw: raw + more })),
  ),
];

/** Where nginx does something else, by the first request or, behind a sound one, by what follows it; and why we do not. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  "chunked twice": "nginx says 501. A body that does not end with chunked once has no known end: 400 (RFC 9112, 6.3).",
  "chunked, then identity": "nginx says 501. Chunked has to come last: 400 (RFC 9112, 6.3).",
  "chunked in disguise: a vertical tab": "nginx says 501. A control character is malformed in any value: 400.",
  "chunked behind a tab": "nginx says 501. A tab is optional white space before a value (RFC 9110, 5.6.3).",
  "an empty transfer coding": "nginx says 501. There is no coding to implement: 400.",
  "an empty transfer coding and a length": "nginx says 501. There is no coding to implement: 400.",
  "a chunk that ends in a bare line feed": "nginx takes it. Another server may see the chunk end elsewhere.",
  "a chunk extension without end": "nginx takes 40 KB of it. It means nothing, and is bounded here.",
  "a length among the trailers": "nginx drops it. It may be smuggling, and is never sent by mistake.",
  "bare line feeds": "nginx takes them (RFC 9112, 2.2 allows it). Another server may see one line where we see two.",
  "a bare line feed between fields": "nginx takes it. Another server may see one line where we see two.",
  "a field without a colon": "nginx drops the line. What is dropped may have meant something to legacy.",
  "a control character in a value": "nginx passes it on. RFC 9110, 5.5 has it refused or replaced.",
  "a DEL in a value": "nginx passes it on. RFC 9110, 5.5 has it refused or replaced.",
  "a letter that is not ASCII in a name": "nginx drops the field. What is dropped may have meant something to legacy.",
  "brackets in a name": "nginx drops the field. What is dropped may have meant something to legacy.",
  "more fields than anyone needs": "nginx says 400. The status for it is 431 (RFC 6585).",
  "a head that is too large": "nginx says 400. The status for it is 431 (RFC 6585).",
  "no version": "nginx answers it as HTTP/0.9, which RFC 9110 no longer knows.",
  "HTTP/1.2": "nginx takes it for HTTP/1.1. There is no such version: 505.",
  "a method in small letters": "nginx says 400. Any token is a method (RFC 9110, 9.1); it is never shadowed.",
  "a fragment in the target":
    "nginx passes it on. A fragment is no part of a target; caches and routes read it in two ways.",
  "an asterisk for OPTIONS": "nginx says 400. It is a valid target (RFC 9112, 3.2.4).",
  "the absolute form with another scheme": "nginx drops the scheme. We do not speak ftp.",
  CONNECT: "nginx says 400. The method is understood and not allowed: 405.",
  TRACE: "nginx says 405. Whether it is allowed is for legacy to say.",
  "the HTTP/2 preface": "nginx says 400. It is a version that is not spoken here: 505.",
  "a host with user information": "nginx passes it on. It is no Host (RFC 9110, 7.2).",
  "a byte too many and a GET":
    "nginx says 400. xGET is a token, so it is a method (RFC 9110, 9.1); it is never shadowed.",
  "half a head": "nginx closes without a word. A client that only shut its write side can still be told why.",
};
