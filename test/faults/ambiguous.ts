// test/faults/ambiguous.ts: requests that two readers could read in two ways, raw, and what is to become of each

/**
 * `refused`: a 4xx (or 501) from us, and not a byte reaches legacy. `relayed`: exactly one request reaches legacy, in a
 * form that has one meaning. A pair says that it is relayed as so many requests.
 */
export type Ambiguous = {
  readonly name: string;
  readonly raw: string;
  readonly becomes: "refused" | "relayed" | number;
};

const H = "Host: shop.example\r\n";
const get = (name: string, lines: string, becomes: Ambiguous["becomes"]): Ambiguous => ({
  name,
  raw: `GET /orders/7 HTTP/1.1\r\n${H}${lines}\r\n`,
  becomes,
});
const post = (name: string, lines: string, body: string, becomes: Ambiguous["becomes"]): Ambiguous => ({
  name,
  raw: `POST /orders HTTP/1.1\r\n${H}${lines}\r\n${body}`,
  becomes,
});
const line = (name: string, first: string, becomes: Ambiguous["becomes"], host = H): Ambiguous => ({
  name,
  raw: `${first}\r\n${host}\r\n`,
  becomes,
});
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n";

export const AMBIGUOUS: readonly Ambiguous[] = [
  // where a message ends
  post("two lengths that differ", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello!", "refused"),
  post("two lengths that agree", "Content-Length: 5\r\nContent-Length: 5\r\n", "hello", "refused"),
  post("a list of lengths that differ", "Content-Length: 5, 6\r\n", "hello!", "refused"),
  post("a list of lengths that agree", "Content-Length: 5, 5\r\n", "hello", "refused"),
  post("a negative length", "Content-Length: -5\r\n", "hello", "refused"),
  post("a signed length", "Content-Length: +5\r\n", "hello", "refused"),
  post("a hexadecimal length", "Content-Length: 0x5\r\n", "hello", "refused"),
  post("a length with a fraction", "Content-Length: 5.0\r\n", "hello", "refused"),
  post("a length beyond all numbers", "Content-Length: 99999999999999999999999\r\n", "hello", "refused"),
  post("an empty length", "Content-Length: \r\n", "", "refused"),
  post("a length in words", "Content-Length: five\r\n", "hello", "refused"),
  post("a length with a space in it", "Content-Length: 1 0\r\n", "hello", "refused"),
  post("leading zeros in a length", "Content-Length: 0005\r\n", "hello", "relayed"),
  post("a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "refused"),
  post("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", "refused"),
  post(
    "a smuggled request behind chunks and a length",
    `Content-Length: ${5 + SMUGGLED.length}\r\nTransfer-Encoding: chunked\r\n`,
    `0\r\n\r\n${SMUGGLED}`,
    "refused",
  ),
  post("chunked twice", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n", "refused"),
  post(
    "chunked twice in two fields",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "0\r\n\r\n",
    "refused",
  ),
  post("chunked, then identity", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n", "refused"),
  post("an unknown coding", "Transfer-Encoding: cow\r\n", "0\r\n\r\n", "refused"),
  post("an unknown coding before chunked", "Transfer-Encoding: cow, chunked\r\n", "0\r\n\r\n", "refused"),
  post("gzip before chunked", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", "refused"),
  post("chunked in disguise: a prefix", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", "refused"),
  post("chunked in disguise: quotes", 'Transfer-Encoding: "chunked"\r\n', "0\r\n\r\n", "refused"),
  post("chunked in disguise: a vertical tab", "Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n", "refused"),
  post("chunked in disguise: a leading comma", "Transfer-Encoding: , chunked\r\n", "0\r\n\r\n", "refused"),
  post("chunked in capitals", "Transfer-Encoding: CHUNKED\r\n", "5\r\nhello\r\n0\r\n\r\n", "relayed"),
  post("chunked behind a tab", "Transfer-Encoding:\tchunked\r\n", "5\r\nhello\r\n0\r\n\r\n", "relayed"),
  post("an empty transfer coding", "Transfer-Encoding:\r\n", "", "refused"),
  post("an empty transfer coding and a length", "Transfer-Encoding:\r\nContent-Length: 5\r\n", "hello", "refused"),
  post("a transfer coding with a space before the colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n", "refused"),
  post(
    "a transfer coding on a folded line",
    "X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "hello",
    "refused",
  ),
  {
    name: "chunks in HTTP/1.0",
    raw: `POST /orders HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    becomes: "refused",
  },
  // chunks
  post("a chunk size in words", "Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n", "refused"),
  post("a chunk size with a sign", "Transfer-Encoding: chunked\r\n", "+5\r\nhello\r\n0\r\n\r\n", "refused"),
  post("a chunk size with 0x", "Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "refused"),
  post(
    "a chunk size beyond all numbers",
    "Transfer-Encoding: chunked\r\n",
    "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    "refused",
  ),
  post("a chunk that is longer than its size", "Transfer-Encoding: chunked\r\n", "4\r\nhello\r\n0\r\n\r\n", "refused"),
  post("a chunk that ends in a bare line feed", "Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n", "refused"),
  post("a chunk size behind a space", "Transfer-Encoding: chunked\r\n", " 5\r\nhello\r\n0\r\n\r\n", "refused"),
  post("a chunk extension", "Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n", "relayed"),
  post("a quoted chunk extension", "Transfer-Encoding: chunked\r\n", '5;a="b;c"\r\nhello\r\n0\r\n\r\n', "relayed"),
  post(
    "a chunk extension with a bare carriage return",
    "Transfer-Encoding: chunked\r\n",
    "5;a\rb\r\nhello\r\n0\r\n\r\n",
    "refused",
  ),
  post(
    "a chunk extension without end",
    "Transfer-Encoding: chunked\r\n",
    `5;${"a".repeat(40_000)}\r\nhello\r\n0\r\n\r\n`,
    "refused",
  ),
  post(
    "a length among the trailers",
    "Transfer-Encoding: chunked\r\n",
    "5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n",
    "refused",
  ),
  // lines
  { name: "bare line feeds", raw: "GET /orders/7 HTTP/1.1\nHost: shop.example\n\n", becomes: "refused" },
  get("a bare carriage return in a value", "X-A: b\rc\r\n", "refused"),
  get("a bare line feed between fields", "X-A: b\nX-B: c\r\n", "refused"),
  get("a folded value", "X-A: b\r\n c\r\n", "refused"),
  get("a folded value behind a tab", "X-A: b\r\n\tc\r\n", "refused"),
  get("a space before the first field", " X-A: b\r\n", "refused"),
  get("a space before the colon", "X-A : b\r\n", "refused"),
  get("a tab before the colon", "X-A\t: b\r\n", "refused"),
  get("a field without a colon", "X-A\r\n", "refused"),
  get("a field without a name", ": b\r\n", "refused"),
  get("a space in a name", "X A: b\r\n", "refused"),
  get("a NUL in a name", "X\x00A: b\r\n", "refused"),
  get("a NUL in a value", "X-A: b\x00c\r\n", "refused"),
  get("a control character in a value", "X-A: b\x01c\r\n", "refused"),
  get("a DEL in a value", "X-A: b\x7fc\r\n", "refused"),
  get("a letter that is not ASCII in a name", "X-\xe9: b\r\n", "refused"),
  get("bytes that are not ASCII in a value", "X-A: caf\xe9\r\n", "relayed"),
  get("brackets in a name", "X[A]: b\r\n", "refused"),
  get("an empty value", "X-A:\r\n", "relayed"),
  get("one field a hundred times", "X-A: b\r\n".repeat(100), "relayed"),
  get("more fields than anyone needs", Array.from({ length: 5000 }, (_, i) => `X-${i}: b\r\n`).join(""), "refused"),
  get("a head that is too large", `X-A: ${"b".repeat(200_000)}\r\n`, "refused"),
  // the request line
  line("no version", "GET /orders/7", "refused"),
  line("HTTP/2.0 in words", "GET /orders/7 HTTP/2.0", "refused"),
  line("HTTP/1.2", "GET /orders/7 HTTP/1.2", "refused"),
  line("a version in small letters", "GET /orders/7 http/1.1", "refused"),
  line("two spaces after the method", "GET  /orders/7 HTTP/1.1", "relayed"),
  line("two spaces before the version", "GET /orders/7  HTTP/1.1", "relayed"),
  line("a tab in place of a space", "GET\t/orders/7\tHTTP/1.1", "refused"),
  line("a space in the target", "GET /orders/7 8 HTTP/1.1", "refused"),
  line("a method in small letters", "get /orders/7 HTTP/1.1", "relayed"),
  line("a method that nobody knows", "GURGLE /orders/7 HTTP/1.1", "relayed"),
  line("a target without a slash", "GET orders/7 HTTP/1.1", "refused"),
  line("a fragment in the target", "GET /orders/7#top HTTP/1.1", "refused"),
  line("bytes that are not ASCII in the target", "GET /caf\xe9 HTTP/1.1", "relayed"),
  line("a NUL in the target", "GET /a\x00b HTTP/1.1", "refused"),
  line("a target beyond all lengths", `GET /${"a".repeat(200_000)} HTTP/1.1`, "refused"),
  line("an asterisk for GET", "GET * HTTP/1.1", "refused"),
  line("an asterisk for OPTIONS", "OPTIONS * HTTP/1.1", "relayed"),
  line("the absolute form for this host", "GET http://shop.example/orders/7 HTTP/1.1", "relayed"),
  line("the absolute form for another host", "GET http://other.example/orders/7 HTTP/1.1", "relayed"),
  line("the absolute form with another scheme", "GET ftp://shop.example/orders/7 HTTP/1.1", "refused"),
  line("the authority form for GET", "GET shop.example:80 HTTP/1.1", "refused"),
  line("CONNECT", "CONNECT shop.example:443 HTTP/1.1", "refused"),
  line("TRACE", "TRACE /orders/7 HTTP/1.1", "relayed"),
  line("the HTTP/2 preface", "PRI * HTTP/2.0", "refused", ""),
  // the host
  line("no host", "GET /orders/7 HTTP/1.1", "refused", ""),
  line("two hosts", "GET /orders/7 HTTP/1.1", "refused", `${H}Host: other.example\r\n`),
  line("two hosts that agree", "GET /orders/7 HTTP/1.1", "refused", `${H}${H}`),
  line("a host with a path", "GET /orders/7 HTTP/1.1", "refused", "Host: shop.example/x\r\n"),
  line("a host with user information", "GET /orders/7 HTTP/1.1", "refused", "Host: me@shop.example\r\n"),
  line("a list of hosts", "GET /orders/7 HTTP/1.1", "refused", "Host: shop.example, other.example\r\n"),
  // connections and expectations
  get(
    "an upgrade to h2c",
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    "relayed",
  ),
  get("Connection that names Host", "Connection: Host\r\n", "relayed"),
  get("Connection that names Content-Length", "Connection: Content-Length, close\r\n", "relayed"),
  post(
    "Connection that names Content-Length with a body",
    "Connection: Content-Length\r\nContent-Length: 5\r\n",
    "hello",
    "relayed",
  ),
  post(
    "Connection that names Transfer-Encoding",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n",
    "5\r\nhello\r\n0\r\n\r\n",
    "relayed",
  ),
  get("a body on a GET", `Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED.slice(0, -2)}`, "relayed"),
  { name: "two requests in one packet", raw: `GET /a HTTP/1.1\r\n${H}\r\nGET /b HTTP/1.1\r\n${H}\r\n`, becomes: 2 },
  { name: "an empty line before the request", raw: `\r\nGET /orders/7 HTTP/1.1\r\n${H}\r\n`, becomes: "relayed" },
  {
    name: "a request behind a body",
    raw: `POST /a HTTP/1.1\r\n${H}Content-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\n${H}\r\n`,
    becomes: 2,
  },
  { name: "a TLS hello on a plain port", raw: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", becomes: "refused" },
  { name: "noise", raw: "\x00\xff\x00\xff\r\n\r\n", becomes: "refused" },
];
