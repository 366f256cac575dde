import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Lenient, STRICT } from "../../../src/proxy/upstream/http1/lines.ts";
import { ResponseParser } from "../../../src/proxy/upstream/http1/parser.ts";

type Told = readonly [string, ...unknown[]];

/** Feeds `text` in pieces cut at `cuts` and tells what came of it. */
function parse(
  text: string,
  { cuts = [] as readonly number[], toHead = false, maxHead = 1000, lenient = STRICT as Lenient } = {},
) {
  const told: Told[] = [];
  let body = "";
  const parser = new ResponseParser(
    {
      onInformation: (status, reason, fields) => void told.push(["information", status, reason, fields]),
      onUpgrade: (reason, fields) => void told.push(["upgrade", reason, fields]),
      onHead: ({ status, reason, fields, framing, persistent }) =>
        void told.push(["head", status, reason, fields, framing, persistent]),
      onData(bytes) {
        body += bytes.toString("latin1");
      },
      onEnd: (trailers) => void told.push(["end", body, trailers]),
    },
    { maxHead, maxInformation: 3, lenient },
  );
  parser.begin(toHead);
  const bytes = Buffer.from(text, "latin1");
  const shared = Buffer.alloc(65536, "\r\n\r\nHTTP/1.1 200 OK\r\n");
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let used = 0;
  for (let i = 1; i < places.length; i++) {
    const length = bytes.copy(shared, 0, places[i - 1], places[i]);
    const read = parser.read(shared, length);
    if (typeof read === "string") return { told, fault: read, rest: "" };
    used += read;
    if (read < length) break;
  }
  const fault = parser.finish();
  return { told, fault, rest: text.slice(used) };
}

const SHAPES = {
  length: "HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 5\r\n\r\nhello",
  chunked:
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n00B ;a=b\r\n\r\n\r\n0\r\nabcd\r\n0\r\nX: y\r\nx: z\r\n\r\n",
  close: "HTTP/1.1 200\r\n\r\nhello\r\n\r\n",
  empty: "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
  old: "HTTP/1.0 404 Not \xe9\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
  informed: "HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 100 \r\n\r\nHTTP/1.1 204 None\r\n\r\n",
};

describe("the response parser", () => {
  test("reads each shape of response", () => {
    expect(parse(SHAPES.length).told).toEqual([
      ["head", 200, "OK", ["A", "1", "Content-Length", "5"], 5, true],
      ["end", "hello", []],
    ]);
    expect(parse(SHAPES.chunked).told).toEqual([
      ["head", 200, "OK", ["Trailer", "X"], "chunked", true],
      ["end", "hello\r\n\r\n0\r\nabcd", ["X", "y", "x", "z"]],
    ]);
    expect(parse(SHAPES.close).told).toEqual([
      ["head", 200, "", [], "close", false],
      ["end", "hello\r\n\r\n", []],
    ]);
    expect(parse(SHAPES.old).told[0]).toEqual(["head", 404, "Not \xe9", ["Content-Length", "1"], 1, true]);
    expect(parse(SHAPES.informed).told.map(([kind]) => kind)).toEqual(["information", "information", "head", "end"]);
  });

  test("reads the same however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(SHAPES)), fc.array(fc.nat(500), { maxLength: 12 }), (text, cuts) => {
        expect(parse(text, { cuts })).toEqual(parse(text));
      }),
    );
    for (const text of Object.values(SHAPES)) {
      const each = Array.from({ length: text.length }, (_, i) => i);
      expect(parse(text, { cuts: each })).toEqual(parse(text));
    }
  });

  test("gives back any body in any chunks", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 40, unit: "binary-ascii" }), { maxLength: 8 }),
        fc.array(fc.nat(800)),
        (parts, cuts) => {
          const chunks = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("");
          const { told, fault, rest } = parse(
            `HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n${chunks}0\r\n\r\nmore`,
            { cuts },
          );
          expect(fault).toBeUndefined();
          expect(told.at(-1)).toEqual(["end", parts.join(""), []]);
          if (cuts.length === 0) expect(rest).toBe("more");
        },
      ),
    );
  });

  test("never throws, and says a fault or a response", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: "binary-ascii" }), fc.array(fc.nat(200)), (text, cuts) => {
        const { told, fault } = parse(`HTTP/1.1 ${text}`, { cuts });
        expect(fault !== undefined || told.at(-1)?.[0] === "end").toBe(true);
      }),
    );
  });

  test("a HEAD answer, 204 and 304 have no body whatever they say", () => {
    for (const [text, toHead] of [
      ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true],
      ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true],
      ["HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false],
      ["HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false],
    ] as const) {
      expect(parse(text, { toHead }).told.at(-1)).toEqual(["end", "", []]);
    }
  });

  test("what follows a response is not part of it", () => {
    expect(parse(`${SHAPES.length}HTTP/1.1 200 OK\r\n`).rest).toBe("HTTP/1.1 200 OK\r\n");
    expect(parse(`${SHAPES.chunked}x`).rest).toBe("x");
  });

  const HEAD = "HTTP/1.1 200 OK\r\n";
  const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  test.each([
    ["another protocol", "SSH-2.0-x\r\n\r\n"],
    ["another version", "HTTP/2.0 200 OK\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["a control character in the reason", "HTTP/1.1 200 O\x01K\r\n\r\n"],
    ["a bare line feed", "HTTP/1.1 200 OK\nA: b\r\n\r\n"],
    ["a bare line feed in a value", `${HEAD}A: b\nC: d\r\n\r\n`],
    ["a bare carriage return", `${HEAD}A: b\rC: d\r\n\r\n`],
    ["a null in a value", `${HEAD}A: \0\r\n\r\n`],
    ["obsolete folding", `${HEAD}A: b\r\n c\r\n\r\n`],
    ["a space before the colon", `${HEAD}A : b\r\n\r\n`],
    ["no colon", `${HEAD}A\r\n\r\n`],
    ["no name", `${HEAD}: b\r\n\r\n`],
    ["a name that is no token", `${HEAD}A(b): c\r\n\r\n`],
    ["a name beyond ASCII", `${HEAD}\xe9: c\r\n\r\n`],
    ["two lengths", `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    ["a list of lengths that differ", `${HEAD}Content-Length: 1, 2\r\n\r\na`],
    ["an empty member in a list of lengths", `${HEAD}Content-Length: 1,\r\n\r\na`],
    ["a signed length", `${HEAD}Content-Length: +1\r\n\r\na`],
    ["an empty length", `${HEAD}Content-Length:\r\n\r\na`],
    ["a length beyond counting", `${HEAD}Content-Length: 99999999999999999999\r\n\r\na`],
    ["length and chunks", `${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["chunks twice", `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["another coding", `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ["a coding in disguise", `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ["chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["an upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
    ["a chunk size that is none", `${CHUNKED}g\r\n`],
    ["an empty chunk size", `${CHUNKED}\r\n`],
    ["a negative chunk size", `${CHUNKED}-1\r\n`],
    ["a prefixed chunk size", `${CHUNKED}0x1\r\na\r\n`],
    ["a chunk size without end", `${CHUNKED}${"0".repeat(13)}`],
    ["a chunk line that ends in a bare line feed", `${CHUNKED}1\na\r\n`],
    ["a chunk longer than its size", `${CHUNKED}1\r\nab\r\n`],
    ["a chunk not ended by CRLF", `${CHUNKED}1\r\na\n`],
    ["extensions without end", `${CHUNKED}1;${"x".repeat(20_000)}`],
    ["a line feed in an extension", `${CHUNKED}1;a\nb\r\n`],
    ["a malformed trailer", `${CHUNKED}0\r\nA b\r\n\r\n`],
    ["a bare line feed among trailers", `${CHUNKED}0\r\nA: b\n\r\n`],
    ["trailers without end", `${CHUNKED}0\r\nA: ${"x".repeat(2000)}`],
    ["a head without end", `${HEAD}A: ${"x".repeat(2000)}`],
    ["a large head at once", `${HEAD}A: ${"x".repeat(2000)}\r\n\r\n`],
    ["too many informational responses", "HTTP/1.1 102 P\r\n\r\n".repeat(4)],
    ["an end within the head", "HTTP/1.1 200 OK\r\nA"],
    ["an end within the body", `${HEAD}Content-Length: 3\r\n\r\nab`],
    ["an end within a chunk", `${CHUNKED}3\r\nab`],
    ["an end before the last chunk", `${CHUNKED}1\r\na\r\n`],
    ["no answer at all", ""],
  ])("%s is a fault", (_name, text) => {
    const { told, fault } = parse(text);
    expect(fault).toBeTypeOf("string");
    expect(told.filter(([kind]) => kind === "end")).toEqual([]);
  });
});

describe("a deviation with one meaning", () => {
  const HEAD = "HTTP/1.1 200 OK\r\n";
  const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const ALL: Lenient = { bareLf: true, folding: true, spaceBeforeColon: true, lengthAndChunks: true };

  test.each([
    [
      "the same length twice",
      `${HEAD}Content-Length: 1\r\nA: b\r\ncontent-length: 1\r\n\r\na`,
      ["Content-Length", "1", "A", "b"],
    ],
    ["a list of equal lengths", `${HEAD}content-length: 1, 1,1\r\n\r\na`, ["content-length", "1"]],
    ["zeros before a chunk's size", `${CHUNKED}0000000000000001\r\na\r\n000000000000000000000\r\n\r\n`, []],
    ["a chunk's size of eight digits", `${CHUNKED}00000001\r\na\r\n00000000\r\n\r\n`, []],
  ])("is always read: %s", (_name, text, fields) => {
    const { told, fault, rest } = parse(text);
    expect([fault, rest]).toEqual([undefined, ""]);
    expect(told[0]![3]).toEqual(fields);
    expect(told.at(-1)).toEqual(["end", "a", []]);
  });

  const allowed: [keyof Lenient, string, string][] = [
    ["bareLf", "in the head", "HTTP/1.1 200 OK\nA: b\nContent-Length: 1\n\na"],
    ["bareLf", "in some lines", "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 1\r\n\na"],
    ["bareLf", "between chunks", `${HEAD}A: b\r\nTransfer-Encoding: chunked\r\n\r\n1;x\na\n0\n\n`],
    [
      "bareLf",
      "in an informational response",
      "HTTP/1.1 103 Early\nA: c\n\nHTTP/1.1 200 OK\nA: b\nContent-Length: 1\n\na",
    ],
    ["folding", "behind a space", `${HEAD}A: \r\n  b\r\nContent-Length: 1\r\n\r\na`],
    ["folding", "behind a tab", `${HEAD}A: b\r\n\t\r\nContent-Length: 1\r\n\r\na`],
    ["spaceBeforeColon", "one", `${HEAD}A : b\r\nContent-Length\t: 1\r\n\r\na`],
    [
      "lengthAndChunks",
      "length first",
      `${HEAD}A: b\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    ],
    [
      "lengthAndChunks",
      "chunks first",
      `${HEAD}Transfer-Encoding: chunked\r\nA: b\r\ncontent-length: 9\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    ],
  ];
  test.each(allowed)("is read where it is allowed, however it is cut: %s %s", (key, _name, text) => {
    const strict = parse(text, { lenient: { ...ALL, [key]: false } });
    expect(strict.fault ?? "cut short").toBeTypeOf("string");
    expect(strict.told.at(-1)).not.toEqual(["end", "a", []]);
    const each = Array.from({ length: text.length }, (_, i) => i);
    for (const cuts of [[], each, [20], [30, 31]]) {
      const { told, fault, rest } = parse(text, { cuts, lenient: { ...STRICT, [key]: true } });
      expect([fault, rest]).toEqual([undefined, ""]);
      const head = told.find(([kind]) => kind === "head")!;
      expect((head[3] as string[]).slice(0, 2)).toEqual(["A", "b"]);
      expect((head[3] as string[]).join()).not.toContain("9");
      expect(told.at(-1)).toEqual(["end", "a", []]);
    }
  });

  test("does not change what is read of responses without one", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(SHAPES)), fc.array(fc.nat(500), { maxLength: 12 }), (text, cuts) => {
        expect(parse(text, { cuts, lenient: ALL })).toEqual(parse(text));
      }),
    );
  });

  test("that is allowed never makes the parser throw or wait for ever", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: "binary-ascii" }), fc.array(fc.nat(200)), (text, cuts) => {
        const { told, fault } = parse(`HTTP/1.1 ${text}`, { cuts, lenient: ALL });
        expect(fault !== undefined || told.at(-1)?.[0] === "end").toBe(true);
      }),
    );
  });
});
