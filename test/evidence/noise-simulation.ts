// test/evidence/noise-simulation.ts: a place of a route where legacy varies, looked at after every request

import { createNoiseBook, type Look } from "../../src/evidence/index.ts";
import type { ClassifiedDifference } from "../../src/model/comparison.ts";
import type { Difference, JsonText } from "../../src/model/difference.ts";
import { judge, look } from "./differences.ts";

/** Numbers from 0 to 1 by a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Random = () => number;

/** What one side says when it is asked at a moment (milliseconds since the epoch); undefined: nothing. */
export type Side = (random: Random, at: number) => JsonText | undefined;

/** Both sides of one kind of place: each is made once a run, so that it may keep a state. */
export type Scenario = { readonly legacy: () => Side; readonly candidate: () => Side };

const ROUTE = "GET /things/{id}";

type Options = {
  readonly requests: number;
  /** Milliseconds from one request to the next. */
  readonly everyMs?: number;
  /** Shares of the requests that are rechecked, and for which legacy is asked twice. */
  readonly recheck?: number;
  readonly sample?: number;
  /** At most so many rechecks in all: a busy proxy has no more to give. */
  readonly rechecks?: number;
  readonly alpha?: number;
};

/**
 * Asks both sides as the proxy does. @returns the number of the differing request, from 1, that was the first to be called
 * a mismatch, and why; undefined when none was.
 */
export function simulate(
  { legacy, candidate }: Scenario,
  random: Random,
  { requests, everyMs = 50, recheck = 0.2, sample = 0.01, rechecks = Infinity, alpha }: Options,
): { readonly after: number; readonly why: string } | undefined {
  const book = createNoiseBook(alpha === undefined ? {} : { alpha });
  const [one, other] = [legacy(), candidate()];
  let differing = 0;
  let rechecked = 0;
  for (let i = 0; i < requests; i++) {
    const at = 1_700_000_000_000 + i * everyMs;
    const legacyFirst = one(random, at);
    const first = pair(legacyFirst, other(random, at + 3));
    if (book.wantsSample(ROUTE) !== "no" || random() < sample) {
      book.observe(ROUTE, pair(legacyFirst, one(random, at + 6)), first, at);
    }
    if (first.length === 0) continue;
    differing += 1;
    const isWanted = book.need(ROUTE, first, at) !== "nothing" || random() < recheck;
    const recheckIt = isWanted && rechecked < rechecks;
    if (recheckIt) rechecked += 1;
    const looks: Look[] = [];
    let judged = judge(first, looks, { book, route: ROUTE, at, cut: "budget" });
    for (let tries = 0; recheckIt && tries < 3; tries++) {
      const later = at + 500 * (tries + 1);
      const [l, c] = [one(random, later), other(random, later + 3)];
      const between = Array.from({ length: [1, 4, 8][tries]! }, (_, i) => pair(l, one(random, later + 6 + i)));
      looks.push(look({ legacyTwice: pair(legacyFirst, l), now: pair(l, c), between }));
      const isLast = tries === 2;
      judged = judge(first, looks, { book, route: ROUTE, at, ...(isLast ? {} : { cut: "budget" }) });
      const isDecided = isLast || judged.every(({ standing }) => standing !== "unconfirmed");
      if (isDecided) break;
    }
    book.learn(ROUTE, judged, { looks }, { at, written: false });
    const [{ standing, note = "differs, and legacy stood still" }] = judged as [ClassifiedDifference];
    if (standing === "mismatch") return { after: differing, why: note };
    // Every tenth request is for one of a few resources.
    const resource = i % 10 === 0 ? (i / 10) % 4 : i;
    book.see(ROUTE, first, { at, askedAt: at, spanMs: 6, resource, written: false });
  }
  return undefined;
}

function pair(legacy: JsonText | undefined, candidate: JsonText | undefined): Difference[] {
  if (legacy === candidate) return [];
  const kind = legacy === undefined ? "extra" : candidate === undefined ? "missing" : "value";
  return [
    {
      where: "body",
      path: "$.place",
      kind,
      ...(legacy !== undefined && { legacy }),
      ...(candidate !== undefined && { candidate }),
    },
  ];
}

const json = (value: unknown): JsonText => JSON.stringify(value);
const hex = (random: Random, length: number) =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
const uuid = (random: Random) =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;
const isoTime = (at: number) => json(new Date(at).toISOString());
const oneOf = (names: readonly string[], random: Random) => json(names[Math.floor(random() * names.length)]);
/** The same for both sides, and another every 37 ms. */
const stateAt = (names: readonly string[], at: number) => oneOf(names, seeded(Math.floor(at / 37)));
const texts = (what: string, count: number) => Array.from({ length: count }, (_, i) => `${what} number ${i}`);
const jitter = (random: Random) => 100 + Math.round((random() - 0.5) * 1000) / 100;
const stateless = (side: Side) => () => side;
const same = (side: Side): Scenario => ({ legacy: stateless(side), candidate: stateless(side) });

/** Another price every 150 ms, for all who ask. */
const priceAt = (at: number) => json(100 + Math.floor(seeded(Math.floor(at / 150))() * 900));

/** A counter of its own on each side: it grows with each request, and by what others ask. */
const counter = (start: number, most: number) => (): Side => {
  let count = start;
  return (random) => {
    count += 1 + Math.floor(random() * most);
    return json(count);
  };
};
const turns = (names: readonly string[]) => (): Side => {
  let asked = 0;
  return () => json(names[asked++ % names.length]);
};

/** The candidate varies as legacy does: nothing may be held against it. */
export const NOISE: Readonly<Record<string, Scenario>> = {
  "request ids": same((random) => json(uuid(random))),
  "times of writing": same((_, at) => isoTime(at)),
  "times of writing in whole seconds": same((_, at) => json(new Date(at).toISOString().replace(/\.\d+Z/, "Z"))),
  "expiry at random": same((random, at) => isoTime(at + 900_000 + Math.floor(random() * 60_000))),
  "a jittering number": same((random) => json(jitter(random))),
  "a jittering whole number": same((random) => json(95 + Math.floor(random() * 11))),
  "durations with a long tail": same((random) => json(Math.round(-Math.log(1 - random()) * 1000) / 100)),
  "a number around zero": same((random) => json(Math.round((random() - 0.5) * 1000) / 100)),
  "two server names": same((random) => oneOf(["app-1", "app-2"], random)),
  "two server names, one seldom": same((random) => json(random() < 0.9 ? "app-1" : "app-2")),
  "four server names": same((random) => oneOf(["app-1", "app-2", "app-3", "app-4"], random)),
  "servers in turn": { legacy: turns(["app-1", "app-2"]), candidate: turns(["app-1", "app-2"]) },
  "one ad of fifty": same((random) => oneOf(texts("ad", 50), random)),
  "a member that is there at times": same((random) => (random() < 0.4 ? undefined : json("promotion"))),
  "counters that grow": { legacy: counter(100_000, 3), candidate: counter(10, 1) },
  "uptime in seconds": {
    legacy: stateless((_, at) => json(Math.floor((at - 1_690_000_000_000) / 1000))),
    candidate: stateless((_, at) => json(Math.floor((at - 1_699_999_000_000) / 1000))),
  },
  "a price that changes all the time": same((_, at) => priceAt(at)),
  "a price of now or of before, at random": same((random, at) => priceAt(random() < 0.5 ? at : at - 1_500)),
  "a position that moves with the clock": same((_, at) => json(52 + Math.sin(at / 300_000) / 10)),
  "a state that changes now and then": same((_, at) => stateAt(["open", "closed"], at)),
  "one of five states that changes now and then": same((_, at) => stateAt(["a", "b", "c", "d", "e"], at)),
};

/** The candidate is wrong in a place where legacy varies. */
export const FAULTS: Readonly<Record<string, Scenario>> = {
  "always the nil UUID": {
    legacy: stateless((random) => json(uuid(random))),
    candidate: stateless(() => json("00000000-0000-0000-0000-000000000000")),
  },
  "always the same UUID": {
    legacy: stateless((random) => json(uuid(random))),
    candidate: stateless(() => json("7d444840-9dc0-41d1-b245-5ffdce74fad2")),
  },
  "always a date in 2019": {
    legacy: stateless((_, at) => isoTime(at)),
    candidate: stateless(() => isoTime(Date.UTC(2019, 2, 1))),
  },
  "always an error message": {
    legacy: stateless((random) => oneOf(texts("ad", 50), random)),
    candidate: stateless(() => json("cannot load the ad")),
  },
  "always one of the two server names": {
    legacy: stateless((random) => oneOf(["app-1", "app-2"], random)),
    candidate: stateless(() => json("app-1")),
  },
  "names that legacy never shows": {
    legacy: stateless((random) => oneOf(["app-1", "app-2"], random)),
    candidate: stateless((random) => oneOf(["node-1", "node-2"], random)),
  },
  "a hundred times the size": {
    legacy: stateless((random) => json(jitter(random))),
    candidate: stateless((random) => json(jitter(random) * 100)),
  },
  "a hundred times the size, around zero": {
    legacy: stateless((random) => json(Math.round((random() - 0.5) * 1000) / 100)),
    candidate: stateless((random) => json(Math.round((random() - 0.5) * 100_000) / 100)),
  },
  "with value added tax": {
    legacy: stateless((random) => json(jitter(random))),
    candidate: stateless((random) => json(Math.round(jitter(random) * 119) / 100)),
  },
  "the other sign": {
    legacy: stateless((random) => json(jitter(random))),
    candidate: stateless((random) => json(-jitter(random))),
  },
  "a clock two hours ahead": {
    legacy: stateless((_, at) => isoTime(at)),
    candidate: stateless((_, at) => isoTime(at + 7_200_000)),
  },
  "expiry two hours ahead, at random": {
    legacy: stateless((random, at) => isoTime(at + 900_000 + Math.floor(random() * 60_000))),
    candidate: stateless((random, at) => isoTime(at + 8_100_000 + Math.floor(random() * 60_000))),
  },
  "never there": {
    legacy: stateless((random) => (random() < 0.4 ? undefined : json("promotion"))),
    candidate: stateless(() => undefined),
  },
  "a price of a second and a half ago": {
    legacy: stateless((_, at) => priceAt(at)),
    candidate: stateless((_, at) => priceAt(at - 1_500)),
  },
  "a counter that stands still": { legacy: counter(100_000, 3), candidate: stateless(() => json(17)) },
};
