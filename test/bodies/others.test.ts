import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { bodies, differ, said } from "../compare/support.ts";

const as =
  (type: string) =>
  (a: string | Uint8Array, b: string | Uint8Array, words = {}) =>
    said(bodies(type, a, b, words));

describe("NDJSON", () => {
  const lines = as("application/x-ndjson");

  test("is compared on every line, with exact numbers", () => {
    expect(lines('{"id":1,"a":1}\n{"id":2,"a":2}\n', '{"id":1, "a": 1}\r\n{"a":3,"id":2}')).toEqual([
      "body $[1].a value 2 -> 3",
    ]);
    expect(lines('{"a":1}\n', '{"a":1}\n\n')).toEqual([]);
  });

  test("a line that is no document is `format`, also one that would be two in a list", () => {
    expect(lines("1\n2\n", "1,2\n")).toEqual(["body $ format"]);
    expect(lines("[1]\n[2]\n", "[1],[2]\n")).toEqual(["body $ format"]);
    expect(bodies("application/x-ndjson", "{}\n{}\n", "{}\n{\n").differences[0]!.note).toBe(
      "the candidate: line 2 is not JSON",
    );
  });
});

describe("a JSON text sequence", () => {
  const sequence = as("application/json-seq");

  test("is the list of its documents", () => {
    expect(sequence('\x1e{"a":1}\n\x1e{"b":1,"a":2}\n', '\x1e{ "a":1}\n\x1e{"b":1,"a":5}\n')).toEqual([
      "body $[1].a value 2 -> 5",
    ]);
  });

  test("a number that may be cut is not taken for one", () => {
    expect(sequence("\x1e123\n", "\x1e123")).toEqual(["body $ format"]);
  });
});

describe("a form", () => {
  const form = as("application/x-www-form-urlencoded");

  test("is its names and values, however they are written", () => {
    expect(form("a=1&b=x+y&c", "c=&b=x%20y&a=%31")).toEqual([]);
  });

  test("differs in a value, in the order of one name's values, in a name", () => {
    expect(form("a=1&b=2", "a=1&b=3")).toEqual(['body $.b value "2" -> "3"']);
    expect(form("a=1&a=2", "a=2&a=1")).not.toEqual([]);
    expect(form("__proto__=1", "constructor=1")).toEqual([
      'body $.__proto__ missing "1" ->',
      'body $.constructor extra -> "1"',
    ]);
  });

  test("bytes that are no UTF-8 stay different", () => {
    expect(form("a=%ff", "a=%fe")).toHaveLength(1);
    expect(form("a=%ff", "a=%25ff")).toHaveLength(1);
    expect(form("a=%ff", "a=%c3%bf")).toHaveLength(1);
  });
});

describe("CSV", () => {
  const csv = as("text/csv");

  test("is its rows by the header, however they are quoted", () => {
    expect(csv('id,name\n1,"a"\n2,"b ""c"""\n', 'id,name\r\n"1",a\r\n2,"b ""c"""')).toEqual([]);
    expect(csv("id,price\n1,10\n2,20\n", "id,price\n1,10\n2,21\n")).toEqual(['body $[1].price value "20" -> "21"']);
  });

  test("a column of one side only is one difference, columns in another order are one", () => {
    const rows = Array.from({ length: 50 }, (_, i) => i);
    const [a, b] = [["id,x", ...rows.map((i) => `${i},${i}`)].join("\n"), ["id", ...rows].join("\n")];
    expect(csv(a, b)).toEqual(['body $[0].x missing "0" ->']);
    expect(csv(b, a)).toEqual(['body $[0].x extra -> "0"']);
    expect(csv(a, b, { ignore: ["$[*].x"] })).toEqual([]);
    expect(csv("a,b\n1,2\n", "b,a\n2,1\n")).toEqual(['body $ order ["a","b"] -> ["b","a"]']);
  });

  test("rows of other lengths are compared cell by cell", () => {
    expect(csv("a,b\n1,2\n", "a,b\n1,2,3\n")).toEqual(['body $[1][2] extra -> "3"']);
    expect(csv("a,a\n1,2\n", "a,a\n1,3\n")).toEqual(['body $[1][1] value "2" -> "3"']);
  });

  test("another delimiter is one difference", () => {
    expect(said(bodies("text/csv", "a;b\n1;2\n", "a,b\n1,2\n"))).toEqual(["body $ value"]);
  });

  test("a quote inside of a cell that is not quoted is read as the cell's text, with a note", () => {
    const result = bodies("text/csv", 'id,name\n1,5" pipe\n2,b\n', 'id,name\r\n1,"5"" pipe"\n2,c\n');
    expect(said(result)).toEqual(['body $[1].name value "b" -> "c"']);
    expect(result.notes).toEqual(["legacy's CSV has a quote inside of a cell that is not quoted"]);
    expect(result.differences[0]?.note).toContain("a quote inside");
    expect(csv('a,b\n1,x"y"z\n', 'a,b\n1,"x""y""z"\n')).toEqual([]);
    expect(csv('a,b\n1,x"y\n', "a,b\n1,xy\n")).toEqual(['body $[0].b value "x\\"y" -> "xy"']);
  });

  test("broken quotes are `format`", () => {
    expect(csv('a\n"b"\n', 'a\n"b\n')).toEqual(["body $ format"]);
  });
});

describe("server-sent events", () => {
  const events = as("text/event-stream");

  test("are compared event by event, their data as JSON where it is", () => {
    expect(
      events('event: a\ndata: {"x":1,"y":2}\n\n', 'data:{"y":2,\ndata: "x":1}\r\nevent:a\r\n\r\n: ping\n\n'),
    ).toEqual([]);
    expect(events('data: {"x":1}\n\nid: 2\ndata: b\n\n', 'data: {"x":1}\n\nid: 2\ndata: c\n\n')).toEqual([
      'body $[1].data value "b" -> "c"',
    ]);
  });

  test("data that is text is text: 1.0 is not 1", () => {
    expect(events("data: 1.0\n\n", "data: 1\n\n")).toHaveLength(1);
  });

  test("an event without a type is a message, and retry is a number", () => {
    expect(events("event: message\ndata: a\n\n", "data: a\n\n")).toEqual([]);
    expect(events("event:\ndata: a\n\n", "event:message\ndata:a\n\n")).toEqual([]);
    expect(events("event: message\n\ndata: a\n\n", ": ping\n\ndata: a\n\n")).toEqual([]);
    expect(events("retry: 0500\ndata: a\n\n", "retry: 500\ndata: a\n\n")).toEqual([]);
    expect(events("event: Message\ndata: a\n\n", "data: a\n\n")).toEqual(['body $[0].event missing "Message" ->']);
    expect(events("\ufeffdata: a\r\rdata: b\r\r", "data: a\n\ndata: b\n\n")).toEqual([]);
    expect(events("id: 1\ndata: a\n\n", "id\ndata: a\n\n")).toHaveLength(1);
  });

  test("an event cut off at the end is not a whole one", () => {
    expect(events("data: a\n\n", "data: a\n")).toEqual(["body $[0].incomplete extra -> true"]);
  });
});

describe("a multipart", () => {
  const part = (boundary: string, ...parts: string[]) =>
    `${parts.map((one) => `--${boundary}\r\n${one}\r\n`).join("")}--${boundary}--\r\n`;
  const multi = (a: string, b: string) =>
    said(
      differ(
        { type: "multipart/form-data; boundary=aaa", body: a },
        { type: 'multipart/form-data; boundary="b.b?b"', body: b },
      ),
    );
  const name = (text: string, rest = "") => `Content-Disposition: form-data; name="${text}"${rest}\r\n\r\n`;

  test("is the list of its parts, whatever its boundary", () => {
    expect(
      multi(part("aaa", `${name("x")}1`, `${name("y")}2`), part("b.b?b", `${name("x")}1`, `${name("y")}2`)),
    ).toEqual([]);
    expect(multi(part("aaa", `${name("x")}1`), part("b.b?b", `${name("x")}2`))).toEqual([
      'body $[0].body value "1" -> "2"',
    ]);
  });

  test("compares a part by the part's own type", () => {
    const json = (text: string) => `Content-Type: application/json\r\n\r\n${text}`;
    expect(multi(part("aaa", json('{"a":1,"b":2}')), part("b.b?b", json('{ "b":2, "a":7 }')))).toEqual([
      "body $[0].body.a value 1 -> 7",
    ]);
    const bytes = (text: string) => `Content-Type: image/png\r\n\r\n${text}`;
    expect(multi(part("aaa", bytes("\x00\x01")), part("b.b?b", bytes("\x00\x02")))).toEqual([
      'body $[0].body.base64 value "AAE=" -> "AAI="',
    ]);
  });

  test("without its closing delimiter is `format`", () => {
    expect(multi(part("aaa", `${name("x")}1`), part("b.b?b", `${name("x")}1`).replace("?b--", "?b"))).toEqual([
      "body $ format",
    ]);
  });
});

describe("text", () => {
  const text = as("text/plain");

  test("a change in a long line says where in it", () => {
    const line = (word: string) => `${"x".repeat(300)}${word}${"y".repeat(300)}`;
    const result = bodies("text/plain", `a\n${line("\u0007one")}`, `a\n${line("\u0007two")}`);
    expect(result.differences).toMatchObject([{ path: "$[1]", kind: "value", note: "line 2, from character 302 on" }]);
  });

  test("an inserted line is one difference, with its line number", () => {
    const result = bodies("text/plain", "a\nb\nc\n", "a\nx\nb\nc\n");
    expect(result.differences).toMatchObject([{ path: "$[1]", kind: "extra", candidate: '"x"', note: "line 2" }]);
  });

  test("other line ends are one difference, and a missing last one is one", () => {
    expect(text("a\nb\nc\n", "a\r\nb\r\nc\r\n")).toEqual(["body $ value"]);
    expect(text("a\nb\n", "a\nb")).toEqual(['body $[2] missing "" ->']);
    expect(text("a\r\nb\n", "a\nb\r\n")).toEqual(["body $ value"]);
  });

  test("is read in its charset", () => {
    const result = differ(
      { type: "text/plain; charset=iso-8859-1", body: Buffer.from("caf\xe9", "latin1") },
      { type: "text/plain; charset=utf-8", body: "café" },
    );
    expect(said(result)).toEqual([
      'field content-type value "text/plain; charset=iso-8859-1" -> "text/plain; charset=utf-8"',
    ]);
  });

  test("bytes that are not in the charset are `format`, on both sides they are compared", () => {
    const sjis = (...bytes: number[]) => Buffer.from(bytes);
    expect(as("text/plain; charset=shift_jis")(sjis(0x82, 0xa0), sjis(0x82))).toEqual(["body $ format"]);
    expect(as("text/plain; charset=shift_jis")(sjis(0x81), sjis(0x82))).toHaveLength(1);
    const bad = (byte: number) => Buffer.from([0x61, byte]);
    expect(text("aé", bad(0xff))).toEqual(["body $ format"]);
    expect(text(bad(0xfe), bad(0xff))).toHaveLength(1);
  });
});

describe("the type", () => {
  test("is looked for where it is absent or says text", () => {
    for (const type of [undefined, "text/plain", "text/html", "application/octet-stream", "nonsense"]) {
      expect(said(bodies(type, '{"a":1,"b":1}', '{"b":1,"a":2}'))).toEqual(["body $.a value 1 -> 2"]);
    }
    expect(
      said(bodies(undefined, '<?xml version="1.0"?><a b="1" c="2"/>', '<?xml version="1.0"?><a c="2" b="1"/>')),
    ).toEqual([]);
  });

  test("JSON on one side only is `format`", () => {
    expect(said(bodies("text/plain", '{"a":1}', "a is 1"))).toEqual(["body $ format"]);
    expect(said(bodies("application/json", '{"a":1}', "<h1>sorry</h1>"))).toEqual(["body $ format"]);
    expect(said(bodies("application/json", "<h1>sorry</h1>", '{"a":1}'))).toEqual(["body $ format"]);
  });

  test("where neither is what it says, they are compared as what they look like", () => {
    expect(said(bodies("application/json", "sorry 1", "sorry 2"))).toEqual(['body $[0] value "sorry 1" -> "sorry 2"']);
  });

  test("bytes differ at an offset", () => {
    const result = bodies("image/png", Buffer.from([1, 2, 3]), Buffer.from([1, 2, 4, 5]));
    expect(result.differences).toEqual([
      { where: "body", path: "$", kind: "value", note: "first difference at byte 2; legacy has 3 bytes, candidate 4" },
    ]);
  });
});
