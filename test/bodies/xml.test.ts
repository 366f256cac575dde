import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodies, said } from "../compare/support.ts";
import { cpuRatio } from "../support/growth.ts";

const xml = (a: string | Uint8Array, b: string | Uint8Array, words = {}) =>
  said(bodies("application/xml", a, b, words));

describe("XML that means the same", () => {
  test.each([
    ["attribute order", '<a b="1" c="2"/>', '<a c="2" b="1"/>'],
    ["quotes and empty tags", '<a b="1"></a>', "<a b='1'/>"],
    ["whitespace between elements", "<a><b>1</b><c/></a>", "<a>\n  <b>1</b>\n  <c/>\n</a>\n"],
    ["the declaration and comments", '<?xml version="1.0"?><!-- x --><a>1<!-- y -->2</a>', "<a>12</a>"],
    ["CDATA and entities", "<a><![CDATA[1 < 2 & 3]]></a>", "<a>1 &lt; 2 &#38; 3</a>"],
    ["prefixes", '<x:a xmlns:x="urn:u" x:b="1"><x:c/></x:a>', '<a xmlns="urn:u" xmlns:y="urn:u" y:b="1"><y:c/></a>'],
    ["prefixes in values", '<a xmlns:x="urn:u" t="x:int">x:v</a>', '<a xmlns:y="urn:u" t="y:int">y:v</a>'],
  ])("%s", (_, a, b) => {
    expect(xml(a, b)).toEqual([]);
    expect(xml(b, a)).toEqual([]);
  });

  test("in another encoding, by its declaration", () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>caf\xe9</a>', "latin1");
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("<a>café</a>", "utf16le")]);
    expect(xml(latin, "<a>café</a>")).toEqual([]);
    expect(xml(wide, "<a>café</a>")).toEqual([]);
  });
});

describe("XML that differs", () => {
  test.each([
    ["a leaf", "<o><p>10</p></o>", "<o><p>11</p></o>", ['body $.o[0].p value "10" -> "11"']],
    ["an attribute", '<o id="1"/>', '<o id="2"/>', ['body $[\'@id\'] value "1" -> "2"']],
    ["a missing attribute", '<o id="1"/>', "<o/>", ["body $['@id'] missing \"1\" ->"]],
    ["case of a name", "<Order/>", "<order/>", ['body $.Order missing "" ->', 'body $.order extra -> ""']],
    [
      "a namespace",
      '<a xmlns="urn:u"><b/></a>',
      '<a xmlns="urn:v"><b/></a>',
      ['body $[\'@xmlns\'] value "urn:u" -> "urn:v"'],
    ],
    ["a space between words", "<a>x <b>y</b> <c/></a>", "<a>x <b>y</b><c/></a>", ['body $.a[2] missing " " ->']],
    ["whitespace in a leaf", "<a> 1</a>", "<a>1</a>", ['body $.a value " 1" -> "1"']],
    ["an instruction", "<a><?go now?></a>", "<a><?go then?></a>", ['body $.a[0][\'?go\'] value "now" -> "then"']],
  ])("%s", (_, a, b, expected) => {
    expect(xml(a, b)).toEqual(expected);
  });

  test("rules reach elements and attributes by their names", () => {
    const [a, b] = ['<o at="1"><i at="2"><p>1</p></i></o>', '<o at="9"><i at="8"><p>2</p></i></o>'];
    expect(xml(a, b, { ignore: ["$..['@at']"] })).toEqual(['body $.o[0].i[0].p value "1" -> "2"']);
    expect(xml(a, b, { ignore: ["$..['@at']", "$..p"] })).toEqual([]);
  });

  test("a body that is not well-formed is `format` on its side, and says where", () => {
    const result = bodies("text/xml", "<a><b></b></a>", "<a><b></a>");
    expect(result.differences).toMatchObject([
      { path: "$", kind: "format", note: expect.stringContaining("the candidate: not well-formed XML") },
    ]);
  });

  test("two that are not well-formed are compared as text, not called equal", () => {
    expect(xml("<a>\n<b", "<a>\n<c")).toEqual(['body $[1] value "<b" -> "<c"']);
  });
});

describe("hostile XML", () => {
  const bomb = (name: string) =>
    `<!DOCTYPE a [<!ENTITY x "${name}"><!ENTITY y "&x;&x;&x;"><!ENTITY z "&y;&y;&y;">]><a>&z;</a>`;

  test("entities are not expanded, and their declarations count", () => {
    expect(xml(bomb("1"), bomb("1").replace("<a>", "<a >"))).toEqual([]);
    expect(xml(bomb("1"), bomb("2"))).toHaveLength(1);
    expect(xml("<a>&x;</a>", "<a>&amp;x;</a>")).toHaveLength(1);
  });

  test("an external entity is a reference and nothing is read", () => {
    const a = '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>';
    expect(JSON.stringify(bodies("text/xml", a, "<a>b</a>"))).not.toContain("root:");
  });

  test("a megabyte of text with carriage returns, and prefixes declared at each level, take no time", () => {
    const text = (lines: number, end: string) => `<a>${"x\r\n".repeat(lines)}${end}</a>`;
    const nested = (levels: number, leaf: string) => {
      const all = Array.from({ length: levels }, (_, i) => i);
      const [open, close] = [all.map((i) => `<x${i}:a xmlns:x${i}="urn:${i}">`), all.map((i) => `</x${i}:a>`)];
      return open.join("") + leaf + close.toReversed().join("");
    };
    const comparing = (scale: number) => {
      const lines = [text(scale * 600, "1"), text(scale * 600, "2")] as const;
      const scopes = [nested(scale, "x0:v"), nested(scale, "x1:v")] as const;
      return () => {
        expect(bodies("text/xml", ...lines).differences).toHaveLength(1);
        expect(bodies("text/xml", ...scopes).differences).toHaveLength(1);
      };
    };
    // Eight times as long: quadratic work takes 64 times as long.
    expect(cpuRatio(comparing(500), comparing(62), 30)).toBeLessThanOrEqual(30);
  });

  test("100,000 levels neither crash nor count as equal", () => {
    const deep = (leaf: string) => `${"<a>".repeat(100_000)}${leaf}${"</a>".repeat(100_000)}`;
    expect(bodies("text/xml", deep("1"), deep("2")).differences).toHaveLength(1);
  });
});

test("XML is never equal where its tree differs, and equal to itself in any layout", () => {
  const name = fc.constantFrom("a", "b", "constructor", "__proto__", "toString", "A");
  const text = fc.stringMatching(/^[a-z<&>"']{1,5}$/);
  const tree: fc.Arbitrary<unknown[]> = fc.letrec((self) => ({
    node: fc.tuple(
      name,
      fc.dictionary(name, text, { maxKeys: 2 }),
      fc.oneof({ maxDepth: 3 }, fc.tuple(text), fc.array(self("node") as fc.Arbitrary<unknown[]>, { maxLength: 3 })),
    ),
  })).node as fc.Arbitrary<unknown[]>;
  const escaped = (value: string) => value.replace(/[<&>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const write = ([tag, attributes, children]: unknown[], space: string, flip: boolean): string => {
    const pairs = Object.entries(attributes as Record<string, string>);
    const shown = (flip ? pairs.toReversed() : pairs).map(([key, value]) => ` ${key}="${escaped(value)}"`).join("");
    const inner = (children as unknown[]).map((c) =>
      typeof c === "string" ? escaped(c) : space + write(c as unknown[], space, flip),
    );
    return `<${tag}${shown}>${inner.join("")}${Array.isArray((children as unknown[])[0]) ? space : ""}</${tag}>`;
  };
  const normal = (node: unknown): unknown =>
    Array.isArray(node) ? node.map(normal) : typeof node === "object" ? Object.entries(node!).sort() : node;
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      expect(xml(write(a, "", false), write(a, "\n  ", true))).toEqual([]);
      const same = JSON.stringify(normal(a)) === JSON.stringify(normal(b));
      expect(xml(write(a, "", false), write(b, " ", false)).length === 0).toBe(same);
    }),
    { numRuns: 300 },
  );
});
