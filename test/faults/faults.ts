// test/faults/faults.ts: the ways in which a backend fails, each as what it does to a raw socket

import type { Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** How far an answer had come when it went wrong. */
export type Stage = "connect" | "head" | "body" | "after" | "whole";

export type Fault = {
  readonly name: string;
  readonly stage: Stage;
  /** Acts on a connection once a request's head has come; `accept` acts before. */
  readonly accept?: (socket: Socket) => void;
  /** @param headRelayed resolves when the client has received the first byte of an answer */
  readonly answer?: (socket: Socket, headRelayed: Promise<void>) => void | Promise<void>;
  /** What a client of legacy gets through the proxy: its status, `cut` in the middle of the body, or legacy's answer as it is. */
  readonly client: number | "cut" | "whole";
  /** What the request counts as when legacy, or when the candidate, does this. */
  readonly legacy: string;
  readonly candidate: string;
  /** The request that shows it: a GET if nothing else is said. */
  readonly upload?: boolean;
  /** Deadlines for a fault that takes its time, in milliseconds. */
  readonly deadlineMs?: number;
};

export const GOOD_BODY = '{"id":7,"total":19.99,"items":[{"sku":"A-1","price":19.99}]}';
export const GOOD = [
  "HTTP/1.1 200 OK",
  "Content-Type: application/json",
  `Content-Length: ${GOOD_BODY.length}`,
  "X-Kept: As Is",
  "",
  GOOD_BODY,
].join("\r\n");

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const LENGTH = `Content-Length: ${GOOD_BODY.length}\r\n`;
const HALF = GOOD_BODY.slice(0, 20);
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const HELLO = `${CHUNKED}5\r\nhello\r\n`;
const MIB = 1024 * 1024;

const say = (text: string) => (socket: Socket) => void socket.write(text, "latin1");
const sayAndEnd = (text: string) => (socket: Socket) => void socket.end(text, "latin1");
const sayAndReset = (text: string) => (socket: Socket) => {
  socket.write(text, "latin1", () => setImmediate(() => socket.resetAndDestroy()));
};

/** Goes on only once the client has part of the answer: what comes too early is answered by 502 instead of a cut. */
const sayThen =
  (text: string, then: (socket: Socket) => void) => async (socket: Socket, headRelayed: Promise<void>) => {
    socket.write(text, "latin1");
    await headRelayed;
    then(socket);
  };

/** A byte every so often, until the socket is gone. */
const drip = (before: string, bytes: string) => (socket: Socket) => {
  socket.write(before, "latin1");
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length) socket.write(bytes[at++]!, "latin1");
    else clearInterval(timer);
  }, 1000);
  socket.on("close", () => clearInterval(timer));
};

/** Writes so many bytes with back-pressure. */
const pour = (head: string, bytes: number) => (socket: Socket) => {
  const block = Buffer.alloc(256 * 1024, "x");
  socket.write(head, "latin1");
  let left = bytes;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      const part = block.subarray(0, Math.min(left, block.length));
      left -= part.length;
      if (!socket.write(part)) {
        socket.once("drain", more);
        return;
      }
    }
  };
  more();
};

const bomb = (coding: string, bytes: Buffer) => (socket: Socket) => {
  socket.write(`${HEAD}Content-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n\r\n`, "latin1");
  socket.write(bytes);
};

const error = (reason: string) => ({
  legacy: `legacy_error ${reason}`,
  candidate: `candidate_error ${reason}`,
});

/** Everything that a raw backend can do wrong once it can be reached; reaching it is in unreachable.ts. */
export const FAULTS: readonly Fault[] = [
  {
    name: "resets on accept",
    stage: "connect",
    accept: (s) => void s.resetAndDestroy(),
    client: 502,
    ...error("(connect|reset)"),
  },
  { name: "closes on accept", stage: "connect", accept: (s) => void s.end(), client: 502, ...error("reset") },
  { name: "accepts and never answers", stage: "head", answer: () => {}, client: 504, ...error("timeout") },
  {
    name: "resets after the request",
    stage: "head",
    answer: (s) => void s.resetAndDestroy(),
    client: 502,
    ...error("reset"),
  },
  { name: "closes after the request", stage: "head", answer: (s) => void s.end(), client: 502, ...error("reset") },
  {
    name: "stops in the head",
    stage: "head",
    answer: say("HTTP/1.1 200 OK\r\nConte"),
    client: 504,
    ...error("timeout"),
  },
  {
    name: "resets in the head",
    stage: "head",
    answer: sayAndReset("HTTP/1.1 200 OK\r\nConte"),
    client: 502,
    ...error("reset"),
  },
  {
    name: "closes in the head",
    stage: "head",
    answer: sayAndEnd("HTTP/1.1 200 OK\r\nConte"),
    client: 502,
    ...error("reset"),
  },
  { name: "sends the head one byte a second", stage: "head", answer: drip("", HEAD), client: 504, ...error("timeout") },
  {
    name: "answers with another protocol",
    stage: "head",
    answer: sayAndEnd("SSH-2.0-OpenSSH_9.6\r\n"),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "answers with binary data",
    stage: "head",
    answer: sayAndEnd("\x16\x03\x01\x00\xff\x00\r\n\r\n"),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "never ends its fields",
    stage: "head",
    answer: pour("HTTP/1.1 200 OK\r\nX-Long: ", 4 * MIB),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "sends 50,000 fields",
    stage: "head",
    answer: say(`HTTP/1.1 200 OK\r\n${"X-Again: yes\r\n".repeat(50_000)}\r\n`),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "sends thousands of 1xx responses",
    stage: "head",
    answer: say("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(5_000)),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "switches protocols without being asked",
    stage: "head",
    answer: say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "states two lengths",
    stage: "head",
    answer: say(`${HEAD}${LENGTH}Content-Length: 5\r\n\r\n${GOOD_BODY}`),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "states a length and chunks",
    stage: "head",
    answer: say(`${HEAD}${LENGTH}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "states a negative length",
    stage: "head",
    answer: say(`${HEAD}Content-Length: -1\r\n\r\n`),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "folds a field",
    stage: "head",
    answer: say(`${HEAD}X-A: b\r\n c\r\n${LENGTH}\r\n${GOOD_BODY}`),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "puts a space before a colon",
    stage: "head",
    answer: say(`${HEAD}X-A : b\r\n${LENGTH}\r\n${GOOD_BODY}`),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "ends its lines without CR",
    stage: "head",
    answer: say(`${HEAD}${LENGTH}\r\n`.replaceAll("\r\n", "\n") + GOOD_BODY),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "has a head of 70 KB",
    stage: "head",
    answer: say(`${HEAD}${LENGTH}X-Long: ${"x".repeat(70_000)}\r\n\r\n${GOOD_BODY}`),
    client: 502,
    ...error("protocol"),
  },
  {
    name: "hangs in the body",
    stage: "body",
    answer: say(`${HEAD}${LENGTH}\r\n${HALF}`),
    client: "cut",
    ...error("timeout"),
  },
  {
    name: "resets in the body",
    stage: "body",
    answer: sayThen(`${HEAD}${LENGTH}\r\n${HALF}`, (s) => void s.resetAndDestroy()),
    client: "cut",
    ...error("reset"),
  },
  {
    name: "closes in the body",
    stage: "body",
    answer: sayThen(`${HEAD}${LENGTH}\r\n${HALF}`, (s) => void s.end()),
    client: "cut",
    ...error("reset"),
  },
  {
    name: "closes in a chunk",
    stage: "body",
    answer: sayThen(`${CHUNKED}ff\r\n${HALF}`, (s) => void s.end()),
    client: "cut",
    ...error("reset"),
  },
  {
    name: "closes before the last chunk",
    stage: "body",
    answer: sayThen(HELLO, (s) => void s.end()),
    client: "cut",
    ...error("reset"),
  },
  {
    name: "sends a malformed chunk size",
    stage: "body",
    answer: sayThen(HELLO, say("zz\r\n")),
    client: "cut",
    ...error("protocol"),
  },
  {
    name: "sends a chunk longer than its size",
    stage: "body",
    answer: sayThen(`${HELLO}5\r\nhello`, say("!!\r\n0\r\n\r\n")),
    client: "cut",
    ...error("protocol"),
  },
  {
    name: "sends a chunk size that overflows",
    stage: "body",
    answer: sayThen(HELLO, say("ffffffffffffffffff\r\nhello")),
    client: "cut",
    ...error("protocol"),
  },
  {
    name: "states too short a length",
    stage: "after",
    answer: say(`${HEAD}Content-Length: 20\r\n\r\n${GOOD_BODY}`),
    client: "whole",
    legacy: "mismatch",
    candidate: "mismatch",
  },
  {
    name: "sends two responses",
    stage: "after",
    answer: say(GOOD + GOOD.replace("19.99", "66.66")),
    client: "whole",
    legacy: "match",
    candidate: "match",
  },
  {
    name: "resets after its answer",
    stage: "after",
    answer: sayAndReset(GOOD),
    client: "whole",
    legacy: "match",
    candidate: "match",
  },
  {
    name: "ends its body by closing",
    stage: "whole",
    answer: sayAndEnd(`${HEAD}X-Kept: As Is\r\n\r\n${GOOD_BODY}`),
    client: "whole",
    legacy: "match",
    candidate: "match",
  },
  {
    name: "states one length twice",
    stage: "whole",
    answer: say(GOOD.replace(LENGTH, LENGTH + LENGTH)),
    client: "whole",
    legacy: "match",
    candidate: "match",
  },
  {
    name: "pads its chunk sizes with zeros",
    stage: "whole",
    answer: say(
      GOOD.replace(LENGTH, "Transfer-Encoding: chunked\r\n").replace(
        GOOD_BODY,
        `000000000000000000000${GOOD_BODY.length.toString(16)}\r\n${GOOD_BODY}\r\n0000000000000000\r\n\r\n`,
      ),
    ),
    client: "whole",
    legacy: "match",
    candidate: "match",
  },
  {
    name: "answers 429 with Retry-After",
    stage: "whole",
    answer: say("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"),
    client: "whole",
    legacy: "not_comparable refused",
    candidate: "not_comparable refused",
  },
  {
    name: "answers before the request is complete",
    stage: "whole",
    answer: say("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig"),
    client: "whole",
    legacy: "skipped method",
    candidate: "skipped method",
    upload: true,
  },
  {
    name: "answers with 100 MB",
    stage: "whole",
    answer: pour(`${HEAD}Content-Length: ${100 * MIB}\r\n\r\n`, 100 * MIB),
    client: "whole",
    legacy: "mismatch",
    candidate: "mismatch",
    deadlineMs: 8000,
  },
  {
    name: "answers with a gzip bomb",
    stage: "whole",
    answer: bomb("gzip", gzipSync(Buffer.alloc(64 * MIB))),
    client: "whole",
    legacy: "mismatch",
    candidate: "mismatch",
  },
  {
    name: "answers with a brotli bomb",
    stage: "whole",
    answer: bomb("br", brotliCompressSync(Buffer.alloc(64 * MIB))),
    client: "whole",
    legacy: "mismatch",
    candidate: "mismatch",
  },
];
