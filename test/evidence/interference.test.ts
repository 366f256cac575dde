import { describe, expect, test } from "vitest";
import { createInterference, interferenceText } from "../../src/evidence/index.ts";
import type { Answer } from "../../src/model/answer.ts";
import { response } from "./comparisons.ts";

const SETTINGS = { latency: 1.2, errors: 0.01 };
const ROUTE = "GET /a";

/** Numbers in [0, 1), the same for a seed on every machine. */
function random(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

const normal = (next: () => number) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

type Traffic = {
  readonly requests: number;
  /** The share that is shadowed at the nth request. */
  readonly share?: (n: number) => number;
  /** What legacy takes, in milliseconds. */
  readonly ms?: (next: () => number, shadowed: boolean, n: number) => number;
  readonly fails?: (next: () => number, shadowed: boolean, n: number) => boolean;
};

const ANY_MS = (next: () => number) => 20 * Math.exp(normal(next));

/** At which request it was called interference, if it was; and the book. */
function run(seed: number, { requests, share = () => 0.5, ms = ANY_MS, fails = () => false }: Traffic) {
  const next = random(seed);
  const book = createInterference(() => SETTINGS);
  let fired: number | undefined;
  for (let n = 0; n < requests; n++) {
    const shadowed = next() < share(n);
    const answer = response(fails(next, shadowed, n) ? 503 : 200, ms(next, shadowed, n));
    if (book.note(ROUTE, shadowed, answer, n * 50) !== undefined) fired ??= n;
  }
  return { fired, book };
}

const firings = (runs: number, traffic: Traffic) =>
  Array.from({ length: runs }, (_, i) => run(77_000 + i, traffic).fired).filter((at) => at !== undefined);

describe("without an effect", () => {
  test("nothing is called interference, whatever legacy's latency does and however the share rises", () => {
    expect(firings(60, { requests: 5000 })).toEqual([]);
    // Slower by the hour while more and more is shadowed: the pooled groups would differ fourfold.
    const rising = (n: number) => 0.01 + (0.98 * n) / 5000;
    const day = (next: () => number, _: boolean, n: number) => ANY_MS(next) * (1 + (n / 5000) * 9);
    expect(firings(60, { requests: 5000, share: rising, ms: day })).toEqual([]);
    // Bursts: nine times slower for hundreds of requests on end.
    const bursts = (next: () => number, _: boolean, n: number) => ANY_MS(next) * (n % 700 < 200 ? 9 : 1);
    expect(firings(60, { requests: 5000, share: () => 0.05, ms: bursts })).toEqual([]);
  });

  test("errors that come to all alike are not laid at its door", () => {
    expect(firings(60, { requests: 5000, fails: (next) => next() < 0.1 })).toEqual([]);
    expect(firings(50, { requests: 5000, fails: (_, __, n) => n % 1000 < 300 })).toEqual([]);
  });

  test("the interval holds the truth, and excludes the limit after some thousands", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [one] = run(seed, { requests: 20_000 }).book.read();
      expect(one!.low).toBeLessThan(1);
      expect(one!.high).toBeGreaterThan(1);
      expect(one!.high).toBeLessThan(1.2);
      expect(one!.interferes).toBe(false);
    }
  });
});

describe("an effect at the very limit", () => {
  test("is called interference in next to none of the runs, looking after every pair", () => {
    const ms = (next: () => number, shadowed: boolean) => (ANY_MS(next) + 1) * (shadowed ? 1.2 : 1) - 1;
    expect(firings(150, { requests: 3000, ms }).length).toBeLessThanOrEqual(1);
  });
});

describe("an effect", () => {
  test("that doubles legacy's latency is found within some hundred requests, and told once", () => {
    const ms = (next: () => number, shadowed: boolean) => ANY_MS(next) * (shadowed ? 2 : 1);
    const found = firings(50, { requests: 3000, ms });
    expect(found).toHaveLength(50);
    expect(Math.max(...found)).toBeLessThan(3000);
    const { book } = run(5, { requests: 20_000, ms });
    const [one] = book.read();
    expect(one).toMatchObject({ route: ROUTE, interferes: true });
    expect(one!.low).toBeGreaterThan(1.2);
    expect(one!.ratio).toBeCloseTo(2, 0);
    expect(interferenceText(one!)).toMatch(
      /^Shadowing hurts legacy on GET \/a: when shadowed it takes [\d.]+ times as long \([\d.]+ to [\d.]+\), over \d+ pairs of requests\.$/,
    );
  });

  test("on errors is found, and said with what it is at least", () => {
    const fails = (next: () => number, shadowed: boolean) => next() < (shadowed ? 0.1 : 0.01);
    expect(firings(50, { requests: 6000, fails })).toHaveLength(50);
    const [one] = run(5, { requests: 6000, fails }).book.read();
    expect(interferenceText(one!)).toMatch(/when shadowed it fails more often by [\d.]+ % \(at least [\d.]+ %\), over/);
  });

  test("of the microseconds that we add ourselves is none", () => {
    const ms = (next: () => number, shadowed: boolean) => 0.1 + next() * 0.1 + (shadowed ? 0.1 : 0);
    expect(firings(50, { requests: 5000, ms })).toEqual([]);
  });

  test("of last week does not count against today, nor for it", () => {
    const book = createInterference(() => SETTINGS);
    const pairs = (from: number, count: number, slower: number) => {
      const told = [];
      for (let i = 0; i < count; i++) {
        told.push(
          book.note(ROUTE, true, response(200, 30 * slower), from + i),
          book.note(ROUTE, false, response(200, 30), from + i),
        );
      }
      return told.filter((one) => one !== undefined);
    };
    expect(pairs(0, 5000, 1)).toEqual([]);
    expect(pairs(3_600_000, 150, 2)).toHaveLength(1);
    expect(pairs(3_610_000, 150, 2)).toHaveLength(0);
    book.restart(ROUTE, 3_620_000);
    expect(book.read()).toMatchObject([{ interferes: true }]); // what led to it can still be read
    expect(pairs(3_630_000, 150, 1)).toEqual([]);
    expect(book.read()).toMatchObject([{ interferes: false }]);
  });
});

describe("pairs", () => {
  test("are of one route and one minute, and of answers that were seen", () => {
    const book = createInterference(() => SETTINGS);
    const gone: Answer = { kind: "unseen", reason: "client_gone", durationMs: 1 };
    book.note(ROUTE, true, response(200, 1), 0);
    book.note(ROUTE, false, gone, 1);
    book.note("constructor", false, response(200, 1), 1);
    book.note(ROUTE, false, response(200, 1), 60_001);
    book.note(ROUTE, true, response(200, 1), 130_000);
    expect(book.read()).toEqual([]);
    book.note(ROUTE, false, { kind: "failure", reason: "reset", detail: "", durationMs: 1 }, 130_001);
    expect(book.read()).toMatchObject([{ route: ROUTE, pairs: 1, errors: { more: -1 }, interferes: false }]);
    expect(JSON.parse(JSON.stringify(book.read()))).toEqual(book.read()); // no number that JSON cannot hold
  });

  test("counted against other limits are forgotten with them", () => {
    let limits = SETTINGS;
    const book = createInterference(() => limits);
    const pair = () =>
      [true, false].map((shadowed) => book.note(ROUTE, shadowed, response(200, shadowed ? 60 : 30), 0));
    for (let i = 0; i < 90; i++) pair();
    limits = { latency: 3, errors: 0.01 };
    for (let i = 0; i < 500; i++) expect(pair()).toEqual([undefined, undefined]);
  });
});
