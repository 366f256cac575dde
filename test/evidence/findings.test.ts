import { describe, expect, test } from "vitest";
import { comparison, createEvidence, difference } from "./comparisons.ts";

const HOUR = 3_600_000;
const price = () => difference("$.items[3].price", "value", "10", "11");

function evidence() {
  return createEvidence({ startedAt: 0, epoch: "v1" });
}

describe("findings", () => {
  test("differences alike in route, place and kind are one finding, whatever the element", () => {
    const folded = evidence();
    const first = folded.add(
      comparison({ differences: [price(), difference("$.items[7].price", "value", "1", "2")] }),
      5,
    );
    const second = folded.add(comparison({ target: "/orders/2", differences: [price()] }), 9);
    expect(first).toHaveLength(1);
    expect(first[0]).toMatchObject({ first: true });
    expect(second).toEqual([{ finding: first[0]!.finding, first: false }]);
    const [finding, ...others] = folded.report(10).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      route: "GET /orders/{id}",
      where: "body",
      path: "$.items[*].price",
      kind: "value",
      state: "new",
      count: 2,
      distinct: 2,
      share: 1,
      firstSeen: 5,
      lastSeen: 9,
    });
    expect(finding!.samples.map(({ path }) => path)).toEqual(["$.items[3].price", "$.items[3].price"]);
  });

  test("another kind at the same place is another finding", () => {
    const folded = evidence();
    folded.add(comparison({ differences: [price(), difference("$.items[3].price", "missing", "1", undefined)] }), 1);
    expect(folded.report(2).findings.map(({ kind }) => kind)).toEqual(["missing", "value"]);
  });

  test("noise and transients are told apart from findings", () => {
    const folded = evidence();
    folded.add(
      comparison({
        differences: [
          difference("$.a[0].at", "value", "1", "2", "noise"),
          difference("$.a[1].at", "value", "1", "2", "noise"),
          difference("$.b", "value", "1", "2", "transient"),
          price(),
        ],
      }),
      1,
    );
    const { findings, unsteady } = folded.report(2);
    expect(findings.map(({ path }) => path)).toEqual(["$.items[*].price"]);
    expect(unsteady.map(({ path, standing, count }) => [path, standing, count])).toEqual([
      ["$.a[*].at", "noise", 1],
      ["$.b", "transient", 1],
    ]);
  });

  test("a finding is new for an hour, then open", () => {
    const folded = evidence();
    folded.add(comparison({ differences: [price()] }), 0);
    expect(folded.report(HOUR - 1).findings[0]!.state).toBe("new");
    expect(folded.report(HOUR).findings[0]!.state).toBe("open");
  });

  test("a finding is fixed once its absence cannot be chance, and regressed when it comes back", () => {
    const folded = evidence();
    for (let i = 0; i < 100; i++) folded.add(comparison({ differences: i % 10 === 0 ? [price()] : [] }), i);
    for (let i = 0; i < 50; i++) folded.add(comparison(), 200 + i);
    // 10 of 91 showed it; the lower end of that share is 0.068, so 66 clean ones are needed, and 9 came before these.
    expect(folded.report(300).findings[0]!.state).toBe("new");
    for (let i = 0; i < 10; i++) folded.add(comparison(), 300 + i);
    expect(folded.report(400).findings[0]!.state).toBe("fixed");
    folded.add(comparison({ differences: [price()] }), 500);
    expect(folded.report(500).findings[0]!.state).toBe("regressed");
    expect(folded.report(500).findings[0]!.count).toBe(11);
  });

  test("what always showed is fixed only after twenty clean comparisons", () => {
    const folded = evidence();
    for (let i = 0; i < 100; i++) folded.add(comparison({ differences: [price()] }), i);
    for (let i = 0; i < 19; i++) folded.add(comparison(), 200);
    expect(folded.report(200).findings[0]!.state).toBe("new");
    folded.add(comparison(), 200);
    expect(folded.report(200).findings[0]!.state).toBe("fixed");
  });

  test("gauges show of routes and findings what the report says", () => {
    const folded = evidence();
    for (let i = 0; i < 60; i += 1) {
      folded.add(comparison({ route: `GET /r${i % 4}`, ...(i % 3 === 0 && { differences: [price()] }) }), i);
    }
    const { routes, findings } = folded.report(2 * HOUR);
    const byName = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
    const gauges = folded.gauges(2 * HOUR);
    expect(byName(gauges.routes)).toEqual(byName(routes.map(({ route, readiness }) => ({ route, readiness }))));
    expect(byName(gauges.findings)).toEqual(byName(findings.map(({ route, state }) => ({ route, state }))));
    expect(gauges.findings).toHaveLength(4);
  });

  test("an acceptance covers its own kind alone, counts what it masked, and ends at its expiry", () => {
    const folded = evidence();
    const id = folded.add(comparison({ differences: [price()] }), 0)[0]!.finding;
    const accepted = folded.accept(id, { by: "ann", why: "known", at: 10, until: 100 });
    expect(accepted).toMatchObject({ state: "accepted", acceptance: { by: "ann", masked: 0 } });
    expect(folded.accepts("GET /orders/{id}", difference("$.items[9].price", "value", "1", "2"), [], 99)).toBe(true);
    expect(folded.accepts("GET /orders/{id}", difference("$.items[9].price", "missing", "1", undefined), [], 99)).toBe(
      false,
    );
    expect(folded.accepts("GET /orders", difference("$.items[9].price", "value", "1", "2"), [], 99)).toBe(false);
    folded.add(comparison({ differences: [{ ...price(), standing: "accepted" }] }), 50);
    expect(folded.finding(id, 99)).toMatchObject({ state: "accepted", count: 2, acceptance: { masked: 1 } });
    expect(folded.finding(id, 100)).toMatchObject({ state: "new" });
    expect(folded.accepts("GET /orders/{id}", price(), [], 100)).toBe(false);
    expect(folded.unaccept(id, 100)?.acceptance).toBeUndefined();
    expect(folded.accept("nothing", { by: "ann", why: "", at: 0 })).toBeUndefined();
  });

  test("severity: status is worst, what is missing or of another type is worse than another value", () => {
    const folded = evidence();
    for (let i = 0; i < 9; i++) folded.add(comparison({ target: `/orders/${i}` }), 0);
    folded.add(
      comparison({
        differences: [
          difference("$.x", "extra", undefined, "1"),
          difference("$.v", "value", "1", "2"),
          difference("$.m", "missing", "1", undefined),
          difference("", "value", "200", "404"),
          difference("etag", "value", '"a"', '"b"'),
        ],
      }),
      0,
    );
    expect(folded.report(1).findings.map(({ path, severity }) => [path, severity])).toEqual([
      ["", "critical"],
      ["$.m", "high"],
      ["$.v", "medium"],
      expect.anything(),
      expect.anything(),
    ]);
  });

  test("places beyond the limit go to one finding for all others, which nobody can accept", () => {
    const folded = createEvidence({ startedAt: 0, limits: { findingsPerRoute: 3 } });
    const touched = Array.from({ length: 10 }, (_, i) =>
      folded.add(comparison({ differences: [difference(`$.name${i}`, "value", "1", "2")] }), i),
    );
    const { findings } = folded.report(20);
    expect(findings).toHaveLength(4);
    expect(findings.find(({ path }) => path === "*")).toMatchObject({ count: 7 });
    expect(folded.accept(touched[9]![0]!.finding, { by: "ann", why: "", at: 0 })).toBeUndefined();
  });

  test("so do those beyond the limit of all routes together", () => {
    const folded = createEvidence({ startedAt: 0, limits: { findings: 3 } });
    for (let i = 0; i < 10; i++) {
      folded.add(comparison({ route: `GET /${i}`, differences: [difference("$.a", "value", "1", "2")] }), i);
    }
    const { findings } = folded.report(20);
    expect(findings.filter(({ path }) => path !== "*")).toHaveLength(3);
    expect(findings.filter(({ path }) => path === "*")).toHaveLength(7);
  });

  test("a finding keeps `findings.samples` samples, of as many different values and requests as there are", () => {
    const folded = createEvidence({ startedAt: 0, limits: { samples: 8 } });
    for (let i = 0; i < 300; i++) {
      const differences = [difference("$.state", "value", i % 100 === 0 ? '"RARE"' : '"A"', '"B"')];
      folded.add(comparison({ target: `/orders/${i}`, differences, at: i }), i);
    }
    const { samples } = folded.report(400).findings[0]!;
    expect(samples).toHaveLength(8);
    expect(samples.map(({ legacy }) => legacy)).toContain('"RARE"');
    expect(samples.map(({ legacy }) => legacy)).toContain('"A"');
    expect(new Set(samples.map(({ target }) => target)).size).toBe(8);
  });
});
