import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { bodies, said } from "../compare/support.ts";

const utf16le = (text: string) => Buffer.from(text, "utf16le");
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();
const latin1 = (text: string) => Buffer.from(text, "latin1");
const differ = (type: string | undefined, a: string | Uint8Array, b: string | Uint8Array) => said(bodies(type, a, b));

describe("bytes go before what is declared", () => {
  test("UTF-8 with an XML declaration, a meta or a parameter of UTF-16 is read as UTF-8, with a note", () => {
    const xml = (text: string) => `<?xml version="1.0" encoding="utf-16"?><a>${text}</a>`;
    expect(differ("application/xml", xml("é"), "<a>é</a>")).toEqual([]);
    expect(differ("application/xml", xml("é"), xml("è"))).toEqual(['body $.a value "é" -> "è"']);
    expect(bodies("application/xml", xml("é"), "<a>è</a>").notes).toEqual([
      "legacy's body was read as utf-8, which its bytes are, though it is declared to be utf-16le",
    ]);
    expect(bodies("application/xml", xml("é"), "<a>è</a>").differences[0]?.note).toContain("read as utf-8");
    expect(differ("application/json; charset=utf-16", '{"a":"é"}', '{ "a": "\\u00e9" }')).toEqual([]);
  });

  test("UTF-16 without a byte order mark is known by its zero bytes, whatever is declared", () => {
    for (const wide of [utf16le, utf16be]) {
      expect(differ("application/json", wide('{"a":"é"}'), '{"a": "é"}')).toEqual([]);
      expect(differ("application/json", wide('{"a":1}'), '{"a":2}')).toEqual(["body $.a value 1 -> 2"]);
      expect(differ("application/json; charset=utf-8", wide('{"a":1}'), '{"a":1.0}')).toEqual([]);
      expect(differ("application/xml", wide('<?xml version="1.0" encoding="utf-8"?><a>é</a>'), "<a>é</a>")).toEqual([]);
      expect(differ("text/plain", wide('{"a":1}'), '{"a":1.0}')).toEqual([]);
      expect(differ(undefined, wide("one\ntwo\n"), "one\ntwo\n")).toEqual([]);
      expect(differ(undefined, wide("one\ntwo\n"), "one\nthree\n")).toEqual(['body $[1] value "two" -> "three"']);
    }
  });

  test("a byte order mark goes before a parameter", () => {
    const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le("<a>é</a>")]);
    expect(differ("application/xml; charset=iso-8859-1", marked, "\ufeff<a>é</a>")).toEqual([]);
  });

  test("UTF-16 that is declared and has no ASCII at its beginning is read as declared", () => {
    expect(differ("text/plain; charset=utf-16le", utf16le("日本語"), utf16le("日本語\n"))).toHaveLength(1);
    expect(differ("text/plain; charset=utf-16be", utf16be("日本"), utf16be("日本"))).toEqual([]);
  });
});

describe("what is declared counts where the bytes do not tell", () => {
  test("one byte a character, by parameter, meta and XML declaration", () => {
    expect(differ("text/plain; charset=iso-8859-1", latin1("caf\xe9"), latin1("caf\xe9"))).toEqual([]);
    expect(differ("application/xml", latin1('<?xml version="1.0" encoding="latin1"?><a>\xe9</a>'), "<a>é</a>")).toEqual(
      [],
    );
    expect(differ("text/html", latin1("<meta charset=latin1><p>\xe9"), "<meta charset=latin1><p>é")).toHaveLength(1);
  });

  test("a side that is not in its charset is `format`, and what both are not in is compared all the same", () => {
    expect(differ("text/plain; charset=utf-8", latin1("caf\xe9"), "café")).toEqual(["body $ format"]);
    expect(differ("text/plain; charset=utf-8", latin1("caf\xe9"), latin1("caf\xe8"))).toHaveLength(1);
    expect(differ("text/plain; charset=made-up", "café", "café!")).toHaveLength(1);
  });

  test("binary data with zeros is not taken for text", () => {
    const image = (last: number) => Buffer.from([0x89, 0, 0x50, 0, 0x4e, 0, 0x47, 0, 1, 2, 3, last]);
    expect(bodies("image/png", image(1), image(2)).differences[0]?.note).toContain("first difference at byte 11");
  });
});
