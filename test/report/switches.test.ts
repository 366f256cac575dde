import { describe, expect, test } from "vitest";
import type { Switch } from "../../src/model/control.ts";
import { controlText, switchWarnings } from "../../src/report/index.ts";
import { HOSTILE, NOW } from "../admin/some.ts";

const off: Switch = { on: false, by: "ann", why: "incident 4711", at: NOW };

describe("switches in the report", () => {
  test("are told in a sentence while they are in force: what, who, since when, why", () => {
    const control = {
      everything: off,
      routes: [{ route: "GET /a", switch: { ...off, on: true, share: 0.1, until: NOW + 60_000 } }],
    };
    expect(switchWarnings(control, NOW)).toEqual([
      "Shadowing is switched off (by ann, 2026-11-21 12:00 UTC: incident 4711).",
      "Shadowing of GET /a is switched on, share 10 %, until 2026-11-21 12:01 UTC (by ann, 2026-11-21 12:00 UTC: incident 4711).",
    ]);
    expect(switchWarnings(control, NOW + 60_000)).toHaveLength(1);
    expect(switchWarnings({ routes: [] }, NOW)).toEqual([]);
  });

  test("say which of them wins, what follows, and no value of a cohort", () => {
    const cohort = { by: { field: "x-user" }, values: ["ada@example.com", "bob"] };
    const text = controlText({
      everything: off,
      routes: [
        { route: "GET /a", switch: { ...off, on: true, cohort, until: NOW + 60_000, previous: off } },
        { route: "GET /b", switch: off },
      ],
    });
    expect(text.split("\n")).toEqual([
      "everything: off (by ann, 2026-11-21 12:00 UTC: incident 4711)",
      expect.stringMatching(/^GET \/a: on, only 2 values of field x-user, until .* UTC, then off .*no effect, because/),
      expect.stringMatching(/^GET \/b: off \(by ann.*4711\)$/),
      "Shadowing is off for every route. `parallel-run control on` switches it on.",
      "",
    ]);
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
