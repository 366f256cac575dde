import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { nearest } from "../../src/lib/nearest.ts";

const names = [...COMMANDS.keys()];

describe("the nearest known word", () => {
  const known = ["listen", "legacy", "candidate", "timeout", "maxInFlight"];

  test("is found after one slip of a longer word", () => {
    const slip = fc.constantFrom(...known).chain((word) =>
      fc.tuple(fc.nat(word.length - 2), fc.constantFrom("drop", "double", "swap", "change")).map(([at, kind]) => {
        if (kind === "drop") return [word, word.slice(0, at) + word.slice(at + 1)] as const;
        if (kind === "double") return [word, word.slice(0, at) + word[at] + word.slice(at)] as const;
        if (kind === "swap") return [word, word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2)] as const;
        return [word, `${word.slice(0, at)}_${word.slice(at + 1)}`] as const;
      }),
    );
    fc.assert(
      fc.property(slip, ([word, typed]) => {
        expect(nearest(typed, known)).toBe(word);
      }),
    );
  });

  test("is none where nothing is near", () => {
    expect(nearest("xyz", known)).toBeUndefined();
    expect(nearest("x".repeat(100_000), known)).toBeUndefined();
  });

  test("is the command itself for a command, and is found when a letter is swapped or dropped", () => {
    for (const name of names) {
      expect(nearest(name, names)).toBe(name);
      expect(nearest(name.slice(1), names)).toBe(name);
      expect(nearest(name[1]! + name[0]! + name.slice(2), names)).toBe(name);
    }
    for (const typed of ["", "x", "zzzzzzzz", "constructor"]) expect(nearest(typed, names)).toBeUndefined();
  });

  test("is found whatever its case, and by its beginning", () => {
    expect(nearest("Get /orders/{ID}", ["GET /orders/{id}"])).toBe("GET /orders/{id}");
    expect(nearest("cand", known)).toBe("candidate");
  });
});
