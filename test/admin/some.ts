// admin/some.ts: reports to render: none, some, and far too much

import { entriesOf } from "../../src/evidence/entries.ts";
import type { Finding, Report, RouteReport, Tally } from "../../src/model/report.ts";

export const NOW = Date.UTC(2026, 10, 21, 12, 0);
const HOUR = 3_600_000;

const NO_TALLY: Tally = {
  match: 0,
  mismatch: 0,
  accepted: 0,
  noise: 0,
  transient: 0,
  candidate_error: 0,
  legacy_error: 0,
  not_comparable: 0,
  skipped: 0,
};

export function aRoute(route: string, tally: Partial<Tally>, more: Partial<RouteReport> = {}): RouteReport {
  const outcomes = { ...NO_TALLY, ...tally };
  const requests = Object.values(outcomes).reduce((all, one) => all + one, 0);
  const { match, mismatch, accepted, noise, transient, skipped } = outcomes;
  const compared = match + mismatch + accepted + noise + transient;
  return {
    route,
    part: requests > 0 && requests === skipped ? "not_shadowed" : "counts",
    outcomes,
    reasons: skipped > 0 ? { "skipped/method": skipped } : {},
    requests,
    compared,
    mismatchRate: compared === 0 ? 0 : mismatch / compared,
    comparableShare: requests === skipped ? 0 : compared / (requests - skipped),
    unconfirmed: 0,
    readiness: {
      verdict: mismatch > 0 ? "reject" : "hold",
      reasons: [],
      distinct: compared,
      wrong: mismatch,
      answers: compared,
      traffic: {
        requests: compared,
        wrong: mismatch,
        upper: compared === 0 ? 1 : Math.min(1, (mismatch + 5) / compared),
      },
      unseen: 0,
      lower: 0,
      upper: compared === 0 ? 1 : Math.min(1, (mismatch + 5) / compared),
      tolerance: 0.001,
    },
    latency: [],
    ...more,
  };
}

function aFinding(more: Partial<Finding> = {}): Finding {
  return {
    id: "f1a2b3c4",
    route: "GET /orders/{id}",
    where: "body",
    path: "$.items[*].price",
    kind: "value",
    state: "open",
    severity: "high",
    count: 412,
    distinct: 398,
    earlier: 0,
    share: 0.402,
    firstSeen: NOW - 2 * HOUR,
    lastSeen: NOW,
    samples: [
      {
        id: "req-1",
        at: NOW,
        method: "GET",
        target: "/orders/7?lang=en",
        path: "$.items[3].price",
        legacy: "10.5",
        candidate: "1050",
      },
    ],
    causes: [
      {
        kind: "factor",
        says: "candidate = legacy x 100",
        support: 412,
        of: 412,
        counterExamples: [],
        rule: {
          yaml: 'numbers:\n  - path: "$.items[*].price"\n    factor: 100\n',
          settles: 12,
          hides: 0,
          tried: 20,
        },
      },
    ],
    ...more,
  };
}

export function aReport(more: Partial<Report> = {}): Report {
  const { findings = [], routes = [] } = more;
  return {
    version: 1,
    at: NOW,
    since: NOW - 4 * HOUR,
    epoch: { name: "v2.4.1", startedAt: NOW - 4 * HOUR },
    total: aRoute("*", {}),
    routes: [],
    findings: [],
    entries: entriesOf(findings, routes.filter(({ compared }) => compared > 0).length),
    unsteady: [],
    rules: [],
    coverage: [],
    warnings: [],
    ...more,
  };
}

/** What a team sees in its first hour. */
export function someReport(): Report {
  const orders = aRoute(
    "GET /orders/{id}",
    { match: 600, mismatch: 412, noise: 12, skipped: 30 },
    {
      latency: [{ quantile: "p95", legacyMs: 40, candidateMs: 52, ratio: 1.3, low: 1.2, high: 1.4, slowerMs: 16 }],
    },
  );
  const stock = aRoute(
    "GET /stock/{sku}",
    { match: 900, transient: 41 },
    { convergence: { count: 41, p50: 800, p95: 2_600, max: 4_000 } },
  );
  const post = aRoute("POST /orders", { skipped: 250 });
  const total = aRoute(
    "*",
    { match: 1500, mismatch: 412, noise: 12, transient: 41, candidate_error: 7, skipped: 280 },
    { unconfirmed: 3, reasons: { "skipped/method": 250, "skipped/sampled_out": 30, "candidate_error/timeout": 7 } },
  );
  return aReport({
    total: {
      ...total,
      readiness: {
        ...total.readiness,
        lower: 0.18,
        reasons: [
          "GET /orders/{id} mismatches more often than tolerated",
          "candidate latency p95 is 1.3 of legacy's, 1.2 is allowed",
        ],
      },
    },
    routes: [stock, orders, post],
    findings: [
      aFinding(),
      aFinding({
        id: "0badcafe",
        where: "field",
        path: "content-type",
        kind: "value",
        severity: "medium",
        state: "new",
        count: 3,
        distinct: 3,
        share: 0.003,
        causes: [],
      }),
      aFinding({
        id: "aa11bb22",
        path: "$.updatedAt",
        state: "accepted",
        acceptance: {
          finding: "aa11bb22",
          by: "ann",
          why: "the new service rounds to seconds",
          at: NOW,
          until: NOW + 24 * HOUR,
          masked: 31,
        },
      }),
    ],
    unsteady: [
      {
        route: "GET /orders/{id}",
        where: "body",
        path: "$.meta.requestId",
        kind: "value",
        standing: "noise",
        count: 12,
      },
      { route: "GET /stock/{sku}", where: "body", path: "$.level", kind: "value", standing: "transient", count: 41 },
    ],
    rules: [
      { route: "GET /orders/{id}", rule: "ignore $..requestId", settled: 1036 },
      { route: "GET /orders/{id}", rule: "ignore $.old", settled: 0 },
    ],
    coverage: [{ route: "GET /invoices/{id}", note: "declared, and no request has come" }],
    epochs: [
      {
        name: "v2.4.0",
        startedAt: NOW - 100 * HOUR,
        endedAt: NOW - 4 * HOUR,
        outcomes: { ...NO_TALLY, match: 5_000, mismatch: 800 },
        readiness: {
          verdict: "reject",
          reasons: [],
          distinct: 4_000,
          wrong: 700,
          answers: 4_000,
          traffic: { requests: 5_800, wrong: 800, upper: 0.2 },
          unseen: 0,
          lower: 0.1,
          upper: 0.2,
          tolerance: 0.001,
        },
      },
    ],
    warnings: ["Shadowing is at 10 % of GET /stock/{sku}: switched by ann at 11:40 UTC"],
  });
}

/** Thousands of everything, and values of any length. */
export function hugeReport(): Report {
  const many = Array.from({ length: 3_000 }, (_, i) => i);
  const sample = {
    id: "r",
    at: NOW,
    method: "GET",
    target: `/${"x".repeat(8_000)}`,
    path: "$.a",
    legacy: JSON.stringify("l".repeat(100_000)),
    candidate: JSON.stringify("word ".repeat(20_000)),
  };
  return aReport({
    total: aRoute("*", { match: 98_765_432, mismatch: 1_234_567, skipped: 45_678_901, not_comparable: 12_345 }),
    routes: many.map((i) =>
      aRoute(`GET /very/long/route/number/${i}/with/{many}/{parts}/that/never/{end}/{at}/{all}`, {
        match: i,
        mismatch: i % 3,
      }),
    ),
    findings: many.map((i) =>
      aFinding({
        id: `f${i}`,
        path: `$${".deep".repeat(200)}`,
        samples: new Array(50).fill(sample),
      }),
    ),
    unsteady: many.map((i) => ({
      route: `GET /${i}`,
      where: "body",
      path: "$.a",
      kind: "value",
      standing: "noise",
      count: i,
    })),
    rules: many.map((i) => ({ route: `GET /${i}`, rule: "ignore $.a", settled: i })),
    coverage: many.map((i) => ({ route: `GET /${i}`, note: "never compared" })),
    warnings: many.map((i) => `warning ${i}`),
  });
}

/** What an attacker would put wherever text can come from. */
export const HOSTILE = [
  "\u001b[2J\u001b]0;owned\u0007",
  "\u009b31m",
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "a | b | c",
  "back\\slash \\| pipe \\\\| pipe",
  "`` ` ```",
  "```\n# heading\n```",
  "line\nbreak\r\nand more",
  "[link](javascript:alert(1)) ![image](http://evil.example/x.png) @everyone",
  "\u202e reversed \u2066 isolated \u200b",
  "\ud800 lone",
  "</style></title><!-- -->",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is hostile on purpose
  "${7*7} {{7*7}} %s %n",
  "=cmd|' /C calc'!A0",
  "__proto__",
  "constructor",
  "",
];

/** A report in which one text stands at every place where text from outside can stand. */
export function hostileReport(text: string): Report {
  const sample = {
    id: text,
    at: NOW,
    method: text,
    target: text,
    path: text,
    legacy: text,
    candidate: text,
    note: text,
  };
  const cause = {
    kind: text,
    says: text,
    support: 1,
    of: 1,
    counterExamples: [],
    rule: { yaml: text, settles: 1, hides: 1, tried: 20 },
  };
  const finding = aFinding({ id: text, route: text, path: text, samples: [sample, sample], causes: [cause, cause] });
  const route = aRoute(text, { match: 1, mismatch: 1 });
  const readiness = { ...route.readiness, reasons: [text] };
  return aReport({
    epoch: { name: text, startedAt: NOW },
    total: { ...route, readiness, reasons: { [text]: 1 } },
    routes: [{ ...route, readiness }],
    findings: [
      finding,
      { ...finding, state: "accepted", acceptance: { finding: text, by: text, why: text, at: NOW, masked: 1 } },
    ],
    unsteady: [{ route: text, where: "body", path: text, kind: "value", standing: "noise", count: 1 }],
    rules: [{ route: text, rule: text, settled: 0 }],
    coverage: [{ route: text, note: text }],
    warnings: [text],
  });
}
