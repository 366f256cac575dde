import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findingOf } from "../../src/model/place.ts";
import { comparison, open, parse, value } from "./some.ts";

/** Controls, line separators, and characters that turn the direction of text or are invisible. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\udb40[\udc00-\udc7f]/;

const mismatch = { outcome: "mismatch" } as const;

describe("mismatch lines", () => {
  test("a line says where to look: id, route, finding, differences and both sides", () => {
    const { telemetry, logged } = open();
    telemetry.comparison(comparison("GET /orders/{id}", mismatch, [value("$.price", "10", "1000")], "req-1"));
    expect(logged()).toMatchObject([
      {
        level: "info",
        service: "parallel-run",
        version: expect.any(String),
        time: "1970-01-01T00:00:00.000Z",
        event: "mismatch",
        id: "req-1",
        route: "GET /orders/{id}",
        finding: findingOf("GET /orders/{id}", value("$.price")),
        differences: [{ where: "body", path: "$.price", kind: "value", legacy: "10", candidate: "1000" }],
        legacy: { status: 200, ms: 1 },
        candidate: { status: 200, ms: 2.3 },
      },
    ]);
  });

  test("the first of each finding is always written, the next ones few a minute, and the rest are counted", async () => {
    let now = 0;
    const often = findingOf("GET /a", value("$.a"));
    const { telemetry, logged } = open({ now: () => now, mismatchesPerMinute: 2 });
    for (let i = 0; i < 100; i += 1) telemetry.comparison(comparison("GET /a", mismatch, [value("$.a")]));
    expect(logged()).toHaveLength(3);
    telemetry.comparison(comparison("GET /a", mismatch, [value("$.a"), value("$.b")]));
    expect(logged().map((line) => line["finding"])).toEqual([often, often, often, findingOf("GET /a", value("$.b"))]);
    now = 60_000;
    telemetry.comparison(comparison("GET /a", mismatch, [value("$.a")]));
    expect(logged().at(-1)).toMatchObject({ finding: often, suppressed: 98 });
    const scrape = parse(await telemetry.metricsText());
    expect(scrape.get("parallel_run_mismatch_lines_suppressed_total")).toBe(98);
  });

  test("a hundred differences and a value of a megabyte make one short line", () => {
    const { telemetry, written } = open();
    const big = JSON.stringify("x".repeat(1_000_000));
    const many = Array.from({ length: 100 }, (_, i) => value(`$.items[${i}]`, big, big));
    telemetry.comparison(comparison("GET /a", mismatch, many));
    expect(written.join("").length).toBeLessThan(4_000);
    expect(JSON.parse(written[0]!)).toMatchObject({ more: 95 });
  });

  test("values can neither begin a line nor carry an escape sequence", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { telemetry, written } = open();
        const hostile = `${text}\u2028\u202e\u2066\u200b\u{e0041}\ufeff\n{"level":60,"event":"forged"}\r\u001b[2J\u009b2J`;
        telemetry.comparison(comparison(hostile, mismatch, [value(hostile, hostile, hostile)], hostile));
        expect(written).toHaveLength(1);
        expect(written[0]!.slice(0, -1)).not.toMatch(UNSAFE);
        expect(JSON.parse(written[0]!)).toMatchObject({ event: "mismatch", route: hostile });
      }),
    );
  });

  test("a value is redacted before it is written, and a redaction that fails lets nothing out", () => {
    const redacted = open({
      redact: { difference: (_route, one) => ({ ...one, legacy: '"***"', candidate: '"***"' }) },
    });
    const broken = open({
      redact: {
        difference: () => {
          throw new Error("secret-1 could not be redacted");
        },
      },
    });
    for (const { telemetry, written } of [redacted, broken]) {
      telemetry.comparison(comparison("GET /a", mismatch, [value("$.a", '"secret-1"', '"secret-2"')]));
      expect(written.join("")).not.toContain("secret");
      expect(written).toHaveLength(1);
    }
  });

  test("noise beside a mismatch is not part of its line", () => {
    const { telemetry, logged } = open();
    const differences = [{ ...value("$.now"), standing: "noise" as const }, value("$.a")];
    telemetry.comparison(comparison("GET /a", mismatch, differences));
    expect(logged()).toHaveLength(1);
    expect(logged()[0]).toMatchObject({ finding: findingOf("GET /a", value("$.a")), differences: [{ path: "$.a" }] });
  });
});

describe("health", () => {
  test("we are ready only while serving, and live until a bug shows", () => {
    const { health } = open().telemetry;
    expect(health.ready()).toMatchObject({ ok: false, reasons: ["starting"] });
    health.enter("serving");
    expect(health.ready()).toMatchObject({ ok: true, reasons: [] });
    health.enter("draining");
    expect(health.ready()).toMatchObject({ ok: false, reasons: ["draining"] });
    expect(health.live().ok).toBe(true);
    health.broken("an unhandled rejection");
    expect(health.live()).toMatchObject({ ok: false, reasons: ["an unhandled rejection"] });
  });

  test("trouble beside the client's path is a note, not a reason to take us out", () => {
    const { health } = open().telemetry;
    health.enter("serving");
    health.watch(() => "the store keeps to memory: disk full");
    health.watch(() => undefined);
    expect(health.ready()).toMatchObject({ ok: true, notes: ["the store keeps to memory: disk full"] });
  });
});
