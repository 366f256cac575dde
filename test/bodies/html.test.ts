import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { bodies, said } from "../compare/support.ts";
import { cpuRatio } from "../support/growth.ts";

const html = (a: string | Uint8Array, b: string | Uint8Array, words = {}) => said(bodies("text/html", a, b, words));
const page = (body: string, head = "") => `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;

describe("HTML that a browser reads the same", () => {
  test.each([
    ["case, quotes and attribute order", page('<P CLASS=a ID="b">x</P>'), page("<p id='b' class=\"a\">x</p>")],
    ["tags that may be left out", "<!doctype html><p>a<p>b", page("<p>a</p><p>b</p>")],
    [
      "indentation",
      page("<ul><li>a</li><li>b <b>c</b></li></ul>"),
      page("\n  <ul>\n <li>a</li>\n <li>b\n<b>c</b>\n</li></ul>\n"),
    ],
    ["comments", page("<p>a<!-- x -->b</p>"), page("<p>ab</p>")],
    ["character references", page("<p>&eacute;&lt;</p>"), page("<p>é&#60;</p>")],
    [
      "data islands in another layout",
      page('<script type="application/json">{"a":1,"b":2}</script>'),
      page('<script type="application/json">{ "b": 2, "a": 1 }</script>'),
    ],
  ])("%s", (_, a, b) => {
    expect(html(a, b)).toEqual([]);
    expect(html(b, a)).toEqual([]);
  });

  test("a noscript as a browser without scripting reads it", () => {
    const hidden = (text: string) => page(`<noscript>${text}</noscript>`, `<noscript>${text}</noscript>`);
    expect(html(hidden("<img src=a width=1>"), hidden('<img  width="1" src="a" />'))).toEqual([]);
    expect(html(hidden("<!-- x --><link rel=a>"), hidden("<link rel='a'>"))).toEqual([]);
    expect(html(page("<noscript><p>a</p></noscript>"), page("<noscript><p>b</p></noscript>"))).toEqual([
      'body $.html[1].body[0].noscript[0].p value "a" -> "b"',
    ]);
  });

  test("in UTF-8 although its meta names UTF-16, with a note", () => {
    const said16 = page("<p>é</p>", "<meta charset=utf-16>");
    const result = bodies("text/html", said16, said16.replace("é", "è"));
    expect(said(result)).toEqual(['body $.html[1].body[0].p value "é" -> "è"']);
    expect(result.notes?.[0]).toContain("read as utf-8, which its bytes are, though it is declared to be utf-16le");
    expect(html(said16, said16.replace("<p>", "<P>"))).toEqual([]);
  });

  test("of no declared charset, as a browser would guess", () => {
    expect(html(Buffer.from(page("<p>caf\xe9</p>"), "latin1"), page("<p>café</p>"))).toEqual([]);
  });

  test("in another charset, by its meta", () => {
    const latin = Buffer.from(page("<p>caf\xe9</p>", "<meta charset=iso-8859-1>"), "latin1");
    const utf8 = page("<p>café</p>", "<meta charset=utf-8>");
    expect(html(latin, utf8)).toEqual(['body $.html[0].head[0][\'@charset\'] value "iso-8859-1" -> "utf-8"']);
  });
});

describe("HTML that differs", () => {
  test.each([
    ["text", page("<p>a</p>"), page("<p>b</p>"), ['body $.html[1].body[0].p value "a" -> "b"']],
    [
      "a script",
      page("<script>go(1)</script>"),
      page("<script>go(2)</script>"),
      ['body $.html[1].body[0].script value "go(1)" -> "go(2)"'],
    ],
    [
      "a style",
      page("", "<style>a{}</style>"),
      page("", "<style>b{}</style>"),
      ['body $.html[0].head[0].style value "a{}" -> "b{}"'],
    ],
    [
      "an attribute",
      page("<a href=/x>y</a>"),
      page("<a href=/z>y</a>"),
      ['body $.html[1].body[0][\'@href\'] value "/x" -> "/z"'],
    ],
    [
      "space between words",
      page("<b>a</b> <b>c</b>"),
      page("<b>a</b><b>c</b>"),
      expect.arrayContaining([expect.any(String)]),
    ],
    [
      "space in pre",
      page("<pre>a  b</pre>"),
      page("<pre>a b</pre>"),
      ['body $.html[1].body[0].pre value "a  b" -> "a b"'],
    ],
    ["the document type", "<!doctype html><p>a", "<p>a", ['body $[\'!doctype\'] type ["html","",""] -> null']],
    [
      "a template's content",
      page("<template><p>a</p></template>"),
      page("<template><p>b</p></template>"),
      [expect.stringContaining('"a" -> "b"')],
    ],
    [
      "data in an island",
      page('<script type="application/ld+json">{"a":1}</script>'),
      page('<script type="application/ld+json">{"a":2}</script>'),
      ["body $.html[1].body[0].script.a value 1 -> 2"],
    ],
  ])("%s", (_, a, b, expected) => {
    expect(html(a, b)).toEqual(expected);
  });

  test("a body without markup where legacy has a page is `format`", () => {
    expect(html(page("x"), "Internal error")).toEqual(["body $ format"]);
  });
});

describe("hostile HTML", () => {
  test("elements left open, which a browser opens again in each block, do not multiply", () => {
    const open = Array.from({ length: 300 }, (_, i) => `<b a=${i}>`).join("");
    const comparing = (paragraphs: number) => {
      const page = (leaf: string) => `<p>${open}${"</p><p>x".repeat(paragraphs)}${leaf}`;
      return () => expect(bodies("text/html", page("1"), page("2")).differences).toHaveLength(1);
    };
    // Read as a browser would, each paragraph opens all 300 elements again.
    expect(cpuRatio(comparing(5_000), comparing(625), 24)).toBeLessThanOrEqual(24);
  });

  test("100,000 open elements are read in no time, and not called equal", () => {
    const deep = (leaf: string) => `${"<div>".repeat(100_000)}${leaf}`;
    expect(bodies("text/html", deep("1"), deep("2")).differences).toHaveLength(1);
  });
});
