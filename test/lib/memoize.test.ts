import fc from "fast-check";
import { expect, test } from "vitest";
import { remembering } from "../../src/lib/memoize.ts";
import { generalise } from "../../src/model/place.ts";

test("gives what the function gives, whatever came before, and asks it once for what it remembers", () => {
  const asked = new Map<string, number>();
  const length = remembering((text) => {
    asked.set(text, (asked.get(text) ?? 0) + 1);
    return { length: text.length };
  });
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      expect(length(text)).toEqual({ length: text.length });
      expect(length(text)).toEqual({ length: text.length });
      if (text.length <= 200) expect(asked.get(text)).toBe(1);
    }),
    { numRuns: 2_000 },
  );
});

test("keeps a bounded number of texts, however many come", () => {
  let asked = 0;
  const same = remembering((text) => {
    asked += 1;
    return text;
  });
  for (let n = 0; n < 10_000; n += 1) expect(same(String(n))).toBe(String(n));
  expect(same("0")).toBe("0");
  expect(asked).toBe(10_001); // it was forgotten meanwhile
});

test("a place is the same when it comes again", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.nat(99).map((n) => `[${n}]`),
          fc.constantFrom(".a", ".b", "['x.y']", "['12']"),
        ),
      ),
      (steps) => {
        const path = `$${steps.join("")}`;
        expect(generalise(path)).toEqual(generalise(path));
        expect(generalise(path).path).not.toMatch(/\[\d+\]/);
      },
    ),
  );
});
