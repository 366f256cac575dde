import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Trail } from "../../src/jsonpath/path.ts";
import { normalizedPath } from "../support/normalized-path.ts";
import { selectPath } from "../support/select-path.ts";

const HOSTILE = [
  "__proto__",
  "constructor",
  "toString",
  "a/b",
  "m~n",
  "0",
  "",
  "a.b",
  "'",
  '"',
  "\\",
  "\n",
  "[0]",
  "é",
  "\u202e",
];
const name = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary" }), fc.string());
const trail: fc.Arbitrary<Trail> = fc.array(fc.oneof(name, fc.nat()), { maxLength: 8 });

/** The names and indexes of a path that names one place. */
function trailOf(text: string): Trail {
  const parsed = parsePath(text);
  if ("fault" in parsed) throw new Error(`${text}: ${parsed.fault.message}`);
  return parsed.path.segments.map(({ selectors: [selector] }) => {
    if (selector?.kind === "name") return selector.name;
    if (selector?.kind === "index") return selector.index;
    throw new Error(`${text} is not a normalized path`);
  });
}

describe("a normalized path", () => {
  test("reads back as the very trail it was spelled from", () => {
    fc.assert(
      fc.property(trail, (steps) => {
        expect(trailOf(normalizedPath(steps))).toEqual(steps);
      }),
    );
  });

  test("is the same text for the same place only", () => {
    fc.assert(
      fc.property(trail, trail, (a, b) => {
        expect(normalizedPath(a) === normalizedPath(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test("is spelled in its short form", () => {
    expect(normalizedPath([])).toBe("$");
    expect(normalizedPath(["items", 1, "price"])).toBe("$.items[1].price");
    expect(normalizedPath(["a.b", "it's", "a\\b", "", "0"])).toBe("$['a.b']['it\\'s']['a\\\\b']['']['0']");
    expect(normalizedPath(["\n\u0001\u000b", "größe", "\ud800"])).toBe("$['\\n\\u0001\\u000b'].größe['\\ud800']");
    expect(normalizedPath(["a\u202eb"])).toBe("$['a\u202eb']");
  });
});

describe("a path that is refused", () => {
  test.each([
    ["", 1, /begins with `\$`/],
    ["items", 1, /begins with `\$`/],
    ["$.items[?@.price > 1]", 9, /filters are not supported/],
    ["$.a.length()", 5, /functions are not supported/],
    ["$[length(@)]", 3, /functions are not supported/],
    ["$.items[sku]", 9, /quoted: `\['sku'\]`/],
    ["$.a[01]", 5, /leading zero/],
    ["$.a[9007199254740992]", 5, /within/],
    ["$['a", 3, /closing/],
    ["$['\\x']", 4, /not an escape/],
    ["$.a ", 4, /white space/],
    ["$.a..", 6, /ends where/],
    ["$.a[1 2]", 7, /`,` or `\]`/],
    ["$.1", 3, /a name or `\*`/],
  ])("%s says what is wrong, and at which column", (text, column, message) => {
    const parsed = parsePath(text);
    expect(parsed).toMatchObject({ fault: { column, message: expect.stringMatching(message) } });
  });

  test("never throws, and its column is within the text or right behind it", () => {
    const pieces = fc.constantFrom(
      "$",
      ".",
      "..",
      "[",
      "]",
      "*",
      "?",
      "@",
      ",",
      ":",
      "-",
      "0",
      "12",
      "'",
      '"',
      "\\u",
      "d800",
      "a",
      " ",
      "(",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => `$${parts.join("")}`),
        ),
        (text) => {
          const parsed = parsePath(text);
          if (!("fault" in parsed)) return;
          expect(parsed.fault.column).toBeGreaterThanOrEqual(1);
          expect(parsed.fault.column).toBeLessThanOrEqual(text.length + 1);
        },
      ),
    );
  });
});

describe("selecting", () => {
  const found = (text: string, value: unknown) => {
    const parsed = parsePath(text);
    if ("fault" in parsed) throw new Error(parsed.fault.message);
    return [...selectPath(parsed.path, value)].map(({ path }) => path);
  };

  test("a name that lives on a prototype is not found", () => {
    for (const member of ["constructor", "toString", "__proto__"])
      expect(found(`$..${member}`, { a: [{}] })).toEqual([]);
    expect(found("$.__proto__", JSON.parse('{"__proto__":1}'))).toEqual(["$.__proto__"]);
  });

  test("a normalized path selects its own place", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        for (const { path } of selectPath((parsePath("$..*") as { path: never }).path, value))
          expect(found(path, value)).toEqual([path]);
      }),
    );
  });

  test("a body nested 100,000 deep does not overflow the stack", () => {
    let deep: unknown = { password: 1 };
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    expect(found("$..password", deep)).toHaveLength(1);
  });
});
