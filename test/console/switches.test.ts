import { describe, expect, test } from "vitest";
import { switchWarnings } from "../../src/console/index.ts";
import type { Switch } from "../../src/model/control.ts";
import { HOSTILE, NOW } from "./some.ts";

const off: Switch = { on: false, by: "ann", why: "incident 4711", at: NOW };

describe("switches in the report", () => {
  test("are told in a sentence while they are in force: what, who, since when, why", () => {
    const control = {
      everything: off,
      routes: [{ route: "GET /a", switch: { ...off, on: true, share: 0.1, until: NOW + 60_000 } }],
    };
    expect(switchWarnings(control, NOW)).toEqual([
      "Shadowing is switched off (ann, 2026-11-21 12:00 UTC: incident 4711).",
      "Shadowing of GET /a is switched on, 10 %, until 2026-11-21 12:01 UTC (ann, 2026-11-21 12:00 UTC: incident 4711).",
    ]);
    expect(switchWarnings(control, NOW + 60_000)).toHaveLength(1);
    expect(switchWarnings({ routes: [] }, NOW)).toEqual([]);
  });

  test("are few, however many there are, and plain", () => {
    const routes = Array.from({ length: 100 }, (_, i) => ({ route: `GET /${i}`, switch: off }));
    expect(switchWarnings({ routes }, NOW).at(-1)).toBe("Switches are set for 95 more routes.");
    for (const text of HOSTILE) {
      const [line] = switchWarnings({ everything: { ...off, by: text, why: text }, routes: [] }, NOW);
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
  });
});
