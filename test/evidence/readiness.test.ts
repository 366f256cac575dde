import { describe, expect, test } from "vitest";
import type { Answer } from "../../src/model/answer.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import type { Readiness } from "../../src/model/report.ts";
import { comparison, createEvidence, difference, response } from "./comparisons.ts";

const wrong = difference("$.x", "value", "1", "2");
const MINUTE = 60_000;

describe("readiness", () => {
  const ready = (requests: number, settings = {}) => {
    const evidence = createEvidence({ startedAt: 0, ...settings });
    for (let i = 0; i < requests; i++) evidence.add(comparison({ target: `/orders/${i}` }), i * 10);
    return { evidence, at: requests * 10 };
  };
  const reasonOf = ({ reasons }: Readiness) => reasons[0];

  test("with nothing wrong and 0.1 % at 95 %, ready comes at 3,433 distinct requests: a fixed sample needs 2,995", () => {
    const { evidence, at } = ready(3432);
    const before = evidence.report(at).routes[0]!.readiness;
    expect(before).toMatchObject({ verdict: "hold", distinct: 3432, wrong: 0, needed: 1, etaSeconds: 1 });
    evidence.add(comparison({ target: "/orders/last" }), at);
    const { routes, total } = evidence.report(at);
    expect(routes[0]!.readiness).toMatchObject({ verdict: "ready", distinct: 3433, lower: 0 });
    expect(routes[0]!.readiness.upper).toBeLessThan(0.001);
    expect(total.readiness.verdict).toBe("ready");
  });

  test("the whole waits for every route: one that fails on each of its 7 requests beside a busy clean one rejects it", () => {
    const { evidence, at } = ready(5000);
    for (let i = 0; i < 7; i++)
      evidence.add(comparison({ route: "GET /b", target: `/b/${i}`, differences: [wrong] }), at);
    evidence.add(comparison({ route: "GET /c", target: "/c" }), at);
    const { routes, total } = evidence.report(at);
    expect(routes.map(({ route, readiness }) => [route, readiness.verdict])).toEqual([
      ["GET /b", "reject"],
      ["GET /c", "hold"],
      ["GET /orders/{id}", "ready"],
    ]);
    expect(total.readiness.verdict).toBe("reject");
    expect(total.readiness.reasons[0]).toMatch(/^GET \/b is rejected: at least .* readiness\.tolerance is 0\.1 %/);
    expect(total.readiness.reasons[1]).toMatch(/^GET \/c is on hold: /);
  });

  test("two wrong requests hold, three reject", () => {
    const { evidence, at } = ready(5000);
    const add = (i: number) =>
      evidence.add(comparison({ route: "GET /b", target: `/b/${i}`, differences: [wrong] }), at);
    add(0);
    add(1);
    expect(evidence.report(at).routes[0]!.readiness.verdict).toBe("hold");
    add(2);
    expect(evidence.report(at).routes[0]!.readiness.verdict).toBe("reject");
  });

  test("a route is left out on purpose only, and is named", () => {
    const { evidence, at } = ready(5000, {
      routeReadiness: (route: string) => (route === "GET /b" ? { excludedBy: "readiness: off" } : undefined),
    });
    evidence.add(comparison({ route: "GET /b", target: "/b", differences: [wrong] }), at);
    evidence.settle({ id: "1", route: "POST /orders", outcome: { outcome: "skipped", reason: "method" } }, at);
    const { routes, total } = evidence.report(at);
    expect(routes.map(({ part }) => part)).toEqual(["excluded", "counts", "not_shadowed"]);
    expect(total.readiness.verdict).toBe("ready");
    expect(total.readiness.reasons.at(-1)).toBe("Excluded: GET /b (readiness: off).");
    // A route that somebody switched off at runtime is not left out: nothing is known of it.
    evidence.settle({ id: "2", route: "GET /c", outcome: { outcome: "skipped", reason: "off" } }, at);
    expect(evidence.report(at).total.readiness.verdict).toBe("hold");
  });

  test("one URL with 40 % of the traffic that is always wrong is never ready, though it is one request of a thousand", () => {
    const { evidence, at } = ready(1000, { readiness: { tolerance: 0.01 } });
    for (let i = 0; i < 700; i++)
      evidence.add(comparison({ target: "/orders/0", differences: [difference("$.x", "extra", undefined, "2")] }), at);
    const { readiness } = evidence.report(at).routes[0]!;
    expect(readiness).toMatchObject({ verdict: "hold", distinct: 1000, wrong: 1 });
    expect(reasonOf(readiness)).toMatch(/700 of 1700|700 of 7/);
  });

  test("requests that the candidate does not answer are wrong, by distinct request and by request", () => {
    const reset: Outcome = { outcome: "candidate_error", reason: "reset" };
    const { evidence, at } = ready(1000, { readiness: { tolerance: 0.01 } });
    for (let i = 0; i < 50; i++) evidence.add(comparison({ target: `/orders/reset/${i}`, outcome: reset }), at);
    for (let i = 0; i < 1000; i++) for (let n = 0; n < 9; n++) evidence.add(comparison({ target: `/orders/${i}` }), at);
    const { readiness } = evidence.report(at).routes[0]!;
    expect(readiness.verdict).toBe("reject"); // 5 % of the distinct requests, and 0.5 % of the requests
    expect(readiness).toMatchObject({ distinct: 1050, wrong: 50 });
  });

  test("a failure that comes and goes does not count against each request that it ever met", () => {
    const reset: Outcome = { outcome: "candidate_error", reason: "reset" };
    const { evidence, at } = ready(500, { readiness: { tolerance: 0.01 } });
    for (let n = 0; n < 40; n++) {
      for (let i = 0; i < 500; i++) {
        const isFailure = (n * 500 + i) % 997 === 0;
        evidence.add(comparison({ target: `/orders/${i}`, ...(isFailure ? { outcome: reset } : {}) }), at);
      }
    }
    const { readiness } = evidence.report(at).routes[0]!;
    expect(readiness).toMatchObject({ verdict: "ready", wrong: 0 });
    expect(readiness.traffic.wrong).toBe(21);
  });

  test("what the breaker keeps from a candidate that is down half of the time counts as wrong", () => {
    const { evidence, at } = ready(6000, { readiness: { tolerance: 0.01 } });
    for (let i = 0; i < 6000; i++)
      evidence.settle(
        { id: `${i}`, route: "GET /orders/{id}", outcome: { outcome: "skipped", reason: "breaker" } },
        at,
      );
    const { readiness } = evidence.report(at).routes[0]!;
    expect(readiness).toMatchObject({ verdict: "hold", traffic: { requests: 12_000, wrong: 6000 }, unseen: 0.5 });
  });

  describe("a candidate that alone refuses 8 % of the requests", () => {
    const respond = (legacy: number, candidate: number, fields: string[] = []) => {
      const { evidence, at } = ready(1000, { readiness: { tolerance: 0.01, unseen: 0.5 } });
      const outcome: Outcome = {
        outcome: "not_comparable",
        reason: legacy === 304 || candidate === 304 ? "not_modified" : "refused",
      };
      for (let i = 0; i < 80; i++) {
        const one = comparison({ target: `/orders/${i}`, outcome });
        const exchange = {
          ...one.exchange,
          request: { ...one.exchange.request, fields },
          legacy: response(legacy, 1) satisfies Answer,
          candidate: response(candidate, 1),
        };
        evidence.add({ ...one, exchange }, at);
      }
      return evidence.report(at).routes[0]!.readiness;
    };

    test("by 429 is not ready", () => {
      expect(respond(200, 429)).toMatchObject({ verdict: "hold", traffic: { wrong: 80 } });
    });

    test("is not held to what legacy refuses, and not to a condition of the client", () => {
      expect(respond(503, 429)).toMatchObject({ verdict: "ready", traffic: { wrong: 0 } });
      expect(respond(304, 304)).toMatchObject({ verdict: "ready", traffic: { wrong: 0 } });
    });
  });

  test("requests that hang count as wrong for as long as nothing is known of them", () => {
    let hanging = 0;
    const { evidence, at } = ready(5000, { pending: () => new Map([["GET /orders/{id}", hanging]]) });
    expect(evidence.report(at).total.readiness.verdict).toBe("ready");
    hanging = 15;
    const { readiness } = evidence.report(at).routes[0]!;
    expect(readiness).toMatchObject({ verdict: "hold", wrong: 0 });
    expect(reasonOf(readiness)).toBe(
      "15 requests have had no outcome for more than a second; if they are wrong, too many are, and readiness.tolerance is 0.1 %.",
    );
    hanging = 0;
    expect(evidence.report(at).total.readiness.verdict).toBe("ready");
  });

  test("a route whose first requests have no outcome yet holds the whole, and is listed", () => {
    const underWay = new Map([["GET /invoices/{id}", 1]]);
    const { evidence, at } = ready(5000, { underWay: () => underWay });
    const { total, routes, underWay: all } = evidence.report(at);
    expect(total.readiness).toMatchObject({
      verdict: "hold",
      reasons: ["GET /invoices/{id} is on hold: nothing has been compared yet."],
    });
    expect(routes.map(({ route, requests }) => `${route} ${requests}`)).toEqual([
      "GET /invoices/{id} 0",
      "GET /orders/{id} 5000",
    ]);
    expect(all).toBe(1);
    underWay.clear();
    expect(evidence.report(at).total.readiness.verdict).toBe("ready");
    expect(evidence.report(at).routes).toHaveLength(1);
  });

  test("requests that are not seen hold: too large, overload, not comparable, each named with its limit", () => {
    const hold = (outcome: Outcome) => {
      const { evidence, at } = ready(6000);
      for (let i = 0; i < 400; i++) {
        if (outcome.outcome === "skipped") evidence.settle({ id: "1", route: "GET /orders/{id}", outcome }, at);
        else evidence.add(comparison({ target: `/orders/${i}`, outcome }), at);
      }
      const report = evidence.report(at);
      return [report.total.readiness.verdict, reasonOf(report.routes[0]!.readiness), report.coverage[0]?.note];
    };
    const text = (why: string) =>
      `6.25 % of the requests were not compared, and readiness.unseen allows 5 %: 400 of 6400 (mostly ${why}).`;
    expect(hold({ outcome: "skipped", reason: "body_too_large" })).toEqual([
      "hold",
      text("skipped/body_too_large: see shadow.maxRequestBody"),
      "400 of 6400 requests were never shadowed: their bodies are above shadow.maxRequestBody",
    ]);
    expect(hold({ outcome: "skipped", reason: "overload" })[1]).toContain("skipped/overload");
    expect(hold({ outcome: "not_comparable", reason: "unconfirmed" })[1]).toContain("not_comparable/unconfirmed");
    expect(hold({ outcome: "not_comparable", reason: "client_gone" })[1]).toBe(text("not_comparable/client_gone"));
  });

  test("a candidate that fails more than readiness.errors allows, or is slow, stays on hold", () => {
    const why = (bad: Parameters<typeof comparison>[0], times: number) => {
      const { evidence, at } = ready(3000, { readiness: { tolerance: 0.05 } });
      for (let i = 0; i < 3000; i++) {
        const isBad = i % Math.floor(3000 / Math.max(1, times)) === 1 && times > 0;
        evidence.add(comparison({ target: `/more/${i}`, ...(isBad ? bad : {}) }), at);
      }
      const { verdict, reasons } = evidence.report(at).routes[0]!.readiness;
      return [verdict, reasons[0]];
    };
    const failing: Outcome = { outcome: "candidate_error", reason: "timeout" };
    expect(why({ outcome: failing }, 55)).toEqual([
      "hold",
      expect.stringMatching(
        /^The candidate may fail in up to 1\.\d+ % of requests, and readiness\.errors allows 1 %: 56 of 6000 so far\.$/,
      ),
    ]);
    expect(why({ candidateMs: 30 }, 600)).toEqual([
      "hold",
      "The candidate is too slow: p95 is 3.00 times legacy's (between 2.97 and 3.09), and readiness.latency.p95 allows 1.20.",
    ]);
    expect(why({}, 0)[0]).toBe("ready");
  });

  test("an open finding of high severity holds, however rare, until it is accepted; what only an earlier epoch saw does not", () => {
    const missing = difference("$.id", "missing", "1", undefined);
    const { evidence, at } = ready(20_000, { readiness: { tolerance: 0.01 } });
    evidence.add(comparison({ target: "/orders/7", differences: [missing] }), at);
    const { routes, findings } = evidence.report(at);
    expect(routes[0]!.readiness.verdict).toBe("hold");
    expect(reasonOf(routes[0]!.readiness)).toBe(
      `1 finding of high or critical severity is open, and 0 are allowed: $.id missing (${findings[0]!.id}). Fix or accept them.`,
    );
    evidence.accept(findings[0]!.id, { by: "ann", why: "known", at });
    expect(evidence.report(at).total.readiness.verdict).toBe("ready");
    evidence.unaccept(findings[0]!.id, at);
    expect(evidence.report(at).total.readiness.verdict).toBe("hold");
    evidence.newEpoch("v2", at);
    for (let i = 0; i < 5000; i++) evidence.add(comparison({ target: `/orders/${i}` }), at + i);
    expect(evidence.report(at + 5000).total.readiness.verdict).toBe("ready");
  });

  test("the reasons of a rejected route begin with what rejects it, and end with what is slow", () => {
    const { evidence, at } = ready(1000, { readiness: { tolerance: 0.01 } });
    for (let i = 0; i < 900; i++)
      evidence.add(comparison({ target: `/bad/${i}`, differences: [wrong], candidateMs: 900 }), at);
    const { reasons } = evidence.report(at).routes[0]!.readiness;
    expect(reasons[0]).toMatch(/^At least .* % of distinct requests are wrong/);
    expect(reasons.at(-1)).toMatch(/too slow/);
  });

  test("a request that was wrong once counts as wrong in this epoch, though it is right later", () => {
    const evidence = createEvidence({ startedAt: 0, epoch: "v1", readiness: { tolerance: 0.5 } });
    evidence.add(comparison({ differences: [wrong] }), 0);
    for (let i = 0; i < 9; i++) evidence.add(comparison(), i);
    expect(evidence.report(10).total.readiness).toMatchObject({ distinct: 1, wrong: 1, lower: 0 });
    evidence.newEpoch("v2", 10);
    evidence.add(comparison(), 11);
    const report = evidence.report(12);
    expect(report.total.readiness).toMatchObject({ distinct: 1, wrong: 0 });
    expect(report.epoch).toEqual({ name: "v2", startedAt: 10 });
    expect(report.epochs).toMatchObject([{ name: "v1", startedAt: 0, endedAt: 10, readiness: { wrong: 1 } }]);
    expect(report.findings).toHaveLength(1);
  });

  test("a deploy that is told twice is one deploy", () => {
    const { evidence, at } = ready(50, { epoch: "v1" });
    expect(evidence.newEpoch("v2", at)).toBe(true);
    evidence.add(comparison(), at);
    expect(evidence.newEpoch("v2", at + 1)).toBe(false);
    const { total, epochs } = evidence.report(at + 2);
    expect([total.compared, epochs!.length]).toEqual([1, 1]);
    expect(evidence.newEpoch("v1", at + 3)).toBe(true); // back to the old one: that is a deploy
  });

  test("a body is part of what makes a request distinct", () => {
    const evidence = createEvidence({ startedAt: 0 });
    for (const text of ["a", "b", "a"]) {
      evidence.add(comparison({ method: "POST", target: "/search", requestBody: new TextEncoder().encode(text) }), 0);
    }
    expect(evidence.report(1).total.readiness.distinct).toBe(2);
  });

  test("a route may set its own tolerance", () => {
    const { evidence, at } = ready(500, { routeReadiness: () => ({ tolerance: 0.01 }) });
    const { routes, total } = evidence.report(at);
    expect(routes[0]!.readiness).toMatchObject({ verdict: "ready", tolerance: 0.01 });
    expect(total.readiness).toMatchObject({ verdict: "ready", tolerance: 0.001 });
  });
});

describe("a route with few possible requests", () => {
  /** `n` requests, one each second, of which the i-th is `targets(i)` and right unless `isWrong(i)`. */
  const poll = (n: number, targets: (i: number) => string, isWrong: (i: number) => boolean = () => false) => {
    const evidence = createEvidence({ startedAt: 0, readiness: { tolerance: 0.01 } });
    for (let i = 0; i < n; i++) {
      const differences = isWrong(i) ? [wrong] : [];
      evidence.add(comparison({ route: "GET /", target: targets(i), differences }), i * 1000);
    }
    return evidence.report(n * 1000).routes[0]!.readiness;
  };

  test("is ready once all were seen and each was right again and again, and says what is missing until then", () => {
    expect(poll(100, () => "/")).toMatchObject({ verdict: "hold", distinct: 1 });
    expect(poll(100, () => "/").reasons.join(" ")).toContain(
      "Or, if these are all requests of the route: no new one for 368 requests (readiness.tolerance; 99 so far).",
    );
    expect(poll(400, () => "/")).toMatchObject({ verdict: "ready", distinct: 1 });
    expect(poll(400, () => "/").upper).toBeLessThan(0.01);
    expect(poll(2000, (i) => `/?page=${i % 20}`)).toMatchObject({ verdict: "ready", distinct: 20 });
  });

  test("is not ready when one of them was asked too seldom", () => {
    const { verdict, reasons } = poll(3000, (i) => (i % 400 === 399 ? "/?rare" : "/"));
    expect(verdict).toBe("hold");
    expect(reasons.join(" ")).toContain("each without a mismatch 10 times (readiness.repeat; at least 7 so far)");
  });

  test("is not ready when the answers to the same request alternate", () => {
    expect(
      poll(
        3000,
        () => "/",
        (i) => i % 2 === 1,
      ).verdict,
    ).not.toBe("ready");
    expect(
      poll(
        3000,
        () => "/",
        (i) => i % 500 === 499,
      ).verdict,
    ).not.toBe("ready");
  });

  test("cannot use this way while new requests keep coming, however slowly", () => {
    for (const gap of [10, 100, 1000]) {
      let ready = 0;
      const evidence = createEvidence({ startedAt: 0, readiness: { tolerance: 0.01 } });
      for (let i = 0; i < 20_000; i++) {
        const target = i % gap === gap - 1 ? `/new/${i}` : "/";
        evidence.add(comparison({ route: "GET /", target }), i * 1000);
        if (i % 50 === 0 && i > 2 * gap && evidence.report(i * 1000).routes[0]!.readiness.verdict === "ready")
          ready += 1;
        if (i > 250 * gap) break; // so many are enough for the bound over distinct requests
      }
      expect(ready, `one in ${gap}`).toBe(0);
    }
  });

  test("needs its bake time, however fast the requests come", () => {
    const evidence = createEvidence({ startedAt: 0, readiness: { tolerance: 0.01 } });
    for (let i = 0; i < 5000; i++) evidence.add(comparison({ route: "GET /", target: "/" }), i);
    const at = (ms: number) => evidence.report(ms).routes[0]!.readiness;
    expect(at(5000)).toMatchObject({ verdict: "hold" });
    expect(at(5000).reasons.join(" ")).toContain("no new one for 60 s (readiness.bake; 5 s so far)");
    expect(at(MINUTE + 1).verdict).toBe("ready");
  });

  test("that is wrong each time is rejected", () => {
    expect(
      poll(
        9,
        () => "/",
        () => true,
      ).verdict,
    ).toBe("hold");
    const { verdict, reasons } = poll(
      20,
      () => "/",
      () => true,
    );
    expect(verdict).toBe("reject");
    expect(reasons[0]).toContain("All of its distinct requests (1) are wrong each time, at least 20 times");
  });
});

describe("recent evidence", () => {
  const known = (requests: number) => {
    const evidence = createEvidence({ startedAt: 0 });
    for (let i = 0; i < requests; i++) evidence.add(comparison({ target: `/orders/${i % 10_000}` }), i);
    return evidence;
  };
  const verdict = (evidence: ReturnType<typeof known>, at: number) => evidence.report(at).routes[0]!.readiness.verdict;

  test("after 250,000 clean requests a break of known ones holds within a few requests, then rejects, and is over only by new evidence", () => {
    const evidence = known(250_000);
    expect(verdict(evidence, 250_000)).toBe("ready");
    const shown: string[] = [];
    for (let i = 0; i < 40; i++) {
      const rare = difference("$.x", "extra", undefined, "2");
      evidence.add(comparison({ target: `/orders/${i}`, differences: [rare] }), 250_000 + i);
      shown.push(verdict(evidence, 250_000 + i));
    }
    expect(shown.indexOf("hold")).toBeGreaterThan(-1);
    expect(shown.indexOf("hold")).toBeLessThan(5);
    expect(shown.indexOf("reject")).toBeLessThan(10);
    expect(shown.at(-1)).toBe("reject");
    const { reasons } = evidence.report(250_040).routes[0]!.readiness;
    expect(reasons[0]).toBe(
      "Since 1970-01-01 00:04:10 UTC 40 of 40 requests were wrong, and readiness.tolerance is 0.1 %: earlier evidence no longer counts.",
    );
    // Forty clean ones are not enough to forget it.
    for (let i = 0; i < 4000; i++) evidence.add(comparison({ target: `/orders/${100 + i}` }), 251_000 + i);
    expect(verdict(evidence, 255_000)).not.toBe("ready");
  });

  test("a single URL that breaks is noticed within some dozens of requests, beside others that are right", () => {
    const evidence = known(250_000);
    let noticed = 0;
    for (let i = 0; i < 400 && noticed === 0; i++) {
      const broken = i % 5 < 2;
      evidence.add(
        comparison(broken ? { target: "/orders/0", differences: [wrong] } : { target: `/orders/${i}` }),
        250_000 + i,
      );
      if (verdict(evidence, 250_000 + i) !== "ready") noticed = i;
    }
    expect(noticed).toBeGreaterThan(0);
    expect(noticed).toBeLessThan(60);
  });

  test("one bad request that a client repeats three times is no break", () => {
    const evidence = known(50_000);
    for (let i = 0; i < 3; i++)
      evidence.add(
        comparison({ target: "/orders/0", differences: [difference("$.x", "extra", undefined, "2")] }),
        50_000 + i,
      );
    expect(verdict(evidence, 50_010)).toBe("ready");
  });
});

describe("coverage", () => {
  test("what is not covered is said: never compared, never seen, a status never compared", () => {
    const evidence = createEvidence({ startedAt: 0 });
    evidence.settle({ id: "1", route: "POST /orders", outcome: { outcome: "skipped", reason: "method" } }, 0);
    evidence.add(comparison({ status: 503, outcome: { outcome: "not_comparable", reason: "refused" } }), 0);
    evidence.add(comparison(), 0);
    expect(evidence.report(1, { declaredRoutes: ["GET /orders/{id}", "GET /never"] }).coverage).toEqual([
      { route: "POST /orders", note: "seen and never compared (mostly skipped/method)" },
      { route: "GET /never", note: "declared and never seen" },
      { route: "GET /orders/{id}", note: "legacy's 503 was never compared" },
    ]);
  });

  test("an operation of the API description is met by a route of its shape, whatever its parameters are called", () => {
    const evidence = createEvidence({ startedAt: 0 });
    for (const route of ["GET /orders/{id}", "GET /users/bob", "GET /orders/latest"]) {
      evidence.add(comparison({ route }), 0);
    }
    const describedRoutes = [
      ...["GET /orders/{orderId}", "GET /users/{name}", "GET /orders/latest", "GET /orders/{orderId}/items"],
      ...["DELETE /orders/{orderId}", "GET /users/{name}/__proto__"],
    ];
    expect(evidence.report(1, { describedRoutes }).coverage.map(({ route }) => route)).toEqual([
      "GET /orders/{orderId}/items",
      "DELETE /orders/{orderId}",
      "GET /users/{name}/__proto__",
    ]);
  });
});
