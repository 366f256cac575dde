import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifying } from "../../src/app/verification.ts";
import { createNoiseBook } from "../../src/evidence/index.ts";
import type { Answer, Side } from "../../src/model/answer.ts";
import type { Comparison } from "../../src/model/comparison.ts";
import type { Exchange } from "../../src/model/exchange.ts";
import { createVerifier, type VerifyOptions, type VerifyPorts } from "../../src/verify/index.ts";
import { createInlineComparer } from "../support/inline-comparer.ts";
import { exchange, json, ROUTE, SETUP } from "./support.ts";

const OPTIONS: VerifyOptions = {
  maxPending: 1000,
  queueBytes: 1_000_000,
  recheck: { delayMs: 1, tries: 3, maxCount: 10, maxBytes: 1_000_000, perSecond: 1000, sample: 0 },
};

/** A verifier over real comparing, with the sides of its further looks given by `ask`. */
function open(options: Partial<VerifyOptions> = {}, ports: Partial<VerifyPorts> = {}) {
  const emitted: Comparison[] = [];
  const bugs: unknown[] = [];
  const verifier = createVerifier(
    { ...OPTIONS, ...options },
    {
      now: Date.now,
      random: () => 0.5,
      comparer: createInlineComparer(SETUP, () => performance.now()),
      comparable: () => undefined,
      identical: (_, a, b) =>
        a.body.kind === "kept" &&
        b.body.kind === "kept" &&
        Buffer.concat(a.body.chunks).equals(Buffer.concat(b.body.chunks)),
      ask: async (side, { legacy, candidate }) => (side === "legacy" ? legacy : candidate),
      ...classifying({
        noise: createNoiseBook(),
        now: Date.now,
        written: () => false,
        lagMs: () => 0,
        identity: ({ id }) => Number(id.slice(1)),
      }),
      on: () => true,
      accepted: () => false,
      emit: (comparison) => emitted.push(comparison),
      bug: (error) => bugs.push(error),
      ...ports,
    },
  );
  const give = (...exchanges: Exchange[]) => exchanges.map((one) => verifier.offer(ROUTE, async () => one));
  const settle = async (...exchanges: Exchange[]) => {
    give(...exchanges);
    await expect.poll(() => emitted.length + bugs.length, { interval: 1 }).toBe(exchanges.length);
    return emitted;
  };
  return { verifier, emitted, bugs, give, settle };
}

const UNCONFIRMED = { outcome: "not_comparable", reason: "unconfirmed" } as const;
const failure = (reason: "timeout" | "reset"): Answer => ({ kind: "failure", reason, detail: "", durationMs: 1 });
const gone: Answer = { kind: "unseen", reason: "client_gone", durationMs: 1 };

describe("the verifier", () => {
  test("gives every exchange the outcome that its answers say", async () => {
    const { settle } = open();
    const one = json({ a: 1 });
    const emitted = await settle(
      exchange(one, json({ a: 1 })),
      exchange(one, failure("timeout")),
      exchange(failure("reset"), one),
      exchange(gone, failure("reset")),
      exchange(one, json({ a: 2 })),
    );
    const told = emitted.map(({ outcome }) =>
      "reason" in outcome ? `${outcome.outcome} ${outcome.reason}` : outcome.outcome,
    );
    expect(told.sort()).toEqual([
      "candidate_error timeout",
      "legacy_error reset",
      "match",
      "mismatch",
      "not_comparable client_gone",
    ]);
  });

  test("never emits more or fewer comparisons than offers it took, whatever comes in", async () => {
    const answer = fc.oneof(
      fc.constantFrom(failure("timeout"), failure("reset"), gone),
      fc.jsonValue({ maxDepth: 2 }).map((value) => json(value)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(answer, answer), { maxLength: 40 }), async (pairs) => {
        const { verifier, give, emitted, bugs } = open({ maxPending: 25 });
        const taken = give(...pairs.map(([legacy, candidate]) => exchange(legacy, candidate)));
        await verifier.drain(5000);
        expect(bugs).toEqual([]);
        expect(emitted.length).toBe(taken.filter(Boolean).length);
        expect(taken.filter(Boolean).length).toBe(Math.min(25, pairs.length));
      }),
      { numRuns: 60 },
    );
  });

  test("says of each exchange that it took, once and at the end, that nobody reads it any more", async () => {
    const told: string[] = [];
    const answers = { same: json(1), other: json(2), failure: failure("reset") };
    const { verifier } = open({}, { emit: ({ exchange }) => told.push(`emitted ${exchange.id}`) });
    for (const [id, candidate] of Object.entries(answers)) {
      verifier.offer(
        ROUTE,
        async () => exchange(json(1), candidate, { id }),
        () => told.push(`done ${id}`),
      );
    }
    await verifier.drain(5000);
    expect(told.toSorted()).toEqual(
      ["done", "emitted"].flatMap((what) =>
        Object.keys(answers)
          .toSorted()
          .map((id) => `${what} ${id}`),
      ),
    );
    for (const id of Object.keys(answers))
      expect(told.indexOf(`emitted ${id}`)).toBeLessThan(told.indexOf(`done ${id}`));
    expect(told.filter((one) => one.startsWith("done"))).toHaveLength(3);
  });

  test("what is known in hundreds of places is rechecked once in a while, and what is narrow each time", async () => {
    const wide = (n: number) => json(Array.from({ length: 400 }, (_, i) => ({ id: i, n: i + n })));
    const rechecks = async (legacy: Answer, candidate: Answer) => {
      let [at, asked] = [1_000_000, 0];
      const noise = createNoiseBook();
      const { give, emitted } = open(
        { recheck: { ...OPTIONS.recheck, tries: 1 } },
        {
          ...classifying({
            noise,
            now: () => at,
            written: () => false,
            lagMs: () => 0,
            identity: ({ id }) => Number(id.slice(1)),
          }),
          now: () => at,
          ask: async (side) => {
            if (side === "candidate") asked += 1;
            return side === "legacy" ? legacy : candidate;
          },
        },
      );
      for (let n = 1; n <= 20; n += 1) {
        at += 700;
        give(exchange(legacy, candidate));
        await expect.poll(() => emitted.length, { interval: 1 }).toBe(n);
      }
      expect(emitted.every(({ outcome }) => outcome.outcome === "mismatch")).toBe(true);
      return asked;
    };
    expect(await rechecks(wide(0), wide(1000))).toBe(4);
    expect(await rechecks(json({ n: 1 }), json({ n: 2 }))).toBe(20);
  });

  test("a difference that is gone when asked again is transient where the candidate may lag, with the time it took", async () => {
    let asked = 0;
    const ask = async (side: Side) => (side === "legacy" ? json({ n: 2 }) : json({ n: ++asked < 3 ? 1 : 2 }));
    const noise = createNoiseBook();
    const { settle } = open(
      {},
      {
        ask,
        ...classifying({
          noise,
          now: Date.now,
          written: () => true,
          lagMs: () => 0,
          identity: ({ id }) => Number(id.slice(1)),
        }),
      },
    );
    const [comparison] = await settle(exchange(json({ n: 2 }), json({ n: 1 }), { at: Date.now() }));
    expect(asked).toBe(3);
    expect(comparison).toMatchObject({ outcome: { outcome: "transient" }, unconfirmed: false });
    expect(comparison!.convergedMs).toBeGreaterThanOrEqual(1);
  });

  test("looks go on until the lag that the route allows has passed, and what settled in it is transient", async () => {
    const lagging = (settlesAfterMs: number) => {
      const from = Date.now();
      const ask = async (side: Side) => json({ n: side === "legacy" || Date.now() - from >= settlesAfterMs ? 2 : 1 });
      const ports = classifying({
        noise: createNoiseBook(),
        now: Date.now,
        written: () => false,
        lagMs: () => 400,
        identity: ({ id }) => Number(id.slice(1)),
      });
      return { from, ...open({}, { ask, ...ports }) };
    };
    for (const [settlesAfterMs, outcome] of [
      [100, "transient"],
      [60_000, "mismatch"],
    ] as const) {
      const { from, settle } = lagging(settlesAfterMs);
      const [comparison] = await settle(exchange(json({ n: 2 }), json({ n: 1 }), { at: from }));
      expect(comparison!.outcome.outcome).toBe(outcome);
      expect(Date.now() - from).toBeGreaterThanOrEqual(outcome === "mismatch" ? 400 : 100);
    }
  });

  test("a candidate that is right only when asked again is a mismatch", async () => {
    const { settle } = open({}, { ask: async () => json({ n: 2 }) });
    const [comparison] = await settle(exchange(json({ n: 2 }), json({ n: 1 })));
    expect(comparison).toMatchObject({
      outcome: { outcome: "mismatch" },
      differences: [{ standing: "mismatch", hint: "unstable" }],
    });
  });

  test("second answers of another status class, or that cannot be compared, decide nothing: legacy's or the candidate's", async () => {
    for (const status of [401, 429, 500]) {
      for (const failing of ["legacy", "candidate"] as const) {
        const asks: Side[] = [];
        const ask = async (side: Side) => {
          asks.push(side);
          return side === failing ? json({ error: "no" }, status) : json({ n: 1 });
        };
        const { settle } = open({}, { ask });
        const [comparison] = await settle(exchange(json({ n: 1 }), json({ n: 2 })));
        expect(comparison).toMatchObject({
          outcome: { outcome: "not_comparable", reason: "unconfirmed" },
          differences: [{ standing: "unconfirmed", undecided: "second_answers" }],
        });
        expect(asks.filter((side) => side === "legacy")).toHaveLength(OPTIONS.recheck.tries);
      }
    }
  });

  test("a recheck in which one second answer fails goes on to the next", async () => {
    let asked = 0;
    const ask = async (side: Side, { legacy, candidate }: Exchange) => {
      asked += 1;
      if (asked === 1) return failure("timeout");
      return side === "legacy" ? legacy : candidate;
    };
    const { settle } = open({}, { ask });
    const [comparison] = await settle(exchange(json({ n: 1 }), json({ n: 2 })));
    expect(comparison!.outcome).toEqual({ outcome: "mismatch" });
  });

  test("a candidate that answers 500 now and then is a mismatch each time, whatever it says when asked again", async () => {
    const { settle } = open({}, { ask: async (_, { legacy }) => legacy });
    const [comparison] = await settle(exchange(json({ n: 1 }), json({ error: "oops" }, 500)));
    expect(comparison).toMatchObject({
      outcome: { outcome: "mismatch" },
      differences: [{ where: "status", legacy: "200", candidate: "500", hint: "unstable" }],
    });
  });

  test("a place where legacy disagrees with itself is noise, and the mismatch beside it stays one", async () => {
    let n = 0;
    const noisy = (price: number) => json({ at: ++n, price });
    const { settle } = open({}, { ask: async (side) => noisy(side === "legacy" ? 10 : 11) });
    const [comparison] = await settle(exchange(noisy(10), noisy(11)));
    expect(comparison!.outcome.outcome).toBe("mismatch");
    expect(comparison!.differences.map(({ path, standing }) => [path, standing])).toEqual([
      ["$.at", "noise"],
      ["$.price", "mismatch"],
    ]);
  });

  test("without a budget nobody is asked again, and what differs is unconfirmed", async () => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return json(1);
    };
    const { settle } = open({ recheck: { ...OPTIONS.recheck, perSecond: 0, sample: 1 } }, { ask });
    const [comparison] = await settle(exchange(json(1), json(2)));
    expect(comparison).toMatchObject({ outcome: UNCONFIRMED, differences: [{ undecided: "budget" }] });
    expect(asked).toBe(0);
  });

  test("nobody is asked again while shadowing is switched off", async () => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return json(1);
    };
    const { settle } = open({ recheck: { ...OPTIONS.recheck, sample: 1 } }, { ask, on: () => false });
    const [comparison] = await settle(exchange(json(1), json(2)));
    expect(comparison).toMatchObject({ outcome: UNCONFIRMED, differences: [{ undecided: "stopped" }] });
    expect(asked).toBe(0);
  });

  test("where nobody will be asked again a difference, and its bodies, do not wait for it", async () => {
    for (const [perSecond, on] of [
      [0, true],
      [1000, false],
    ] as const) {
      const { verifier, emitted } = open(
        { recheck: { ...OPTIONS.recheck, perSecond, delayMs: 3_600_000 } },
        { on: () => on, ask: () => expect.unreachable() },
      );
      verifier.offer(ROUTE, async () => exchange(json(1), json(2)));
      await expect.poll(() => emitted).toHaveLength(1);
      expect(emitted[0]!.outcome).toEqual(UNCONFIRMED);
      expect(verifier.stats()).toEqual({ pending: 0, bytes: 0, asking: 0 });
    }
  });

  test("differences that were all accepted are not asked again", async () => {
    const { settle } = open({}, { accepted: () => true, ask: () => expect.unreachable() });
    const [comparison] = await settle(exchange(json(1), json(2)));
    expect(comparison!.outcome.outcome).toBe("accepted");
    expect(comparison!.differences.map(({ standing }) => standing)).toEqual(["accepted"]);
  });

  test("room is refused before anything is begun, and given back when a comparison has ended", async () => {
    const { verifier, emitted } = open({ maxPending: 1 });
    let finish = (_: Exchange) => {};
    expect(verifier.offer(ROUTE, () => new Promise((done) => (finish = done)))).toBe(true);
    expect(verifier.hasCapacity(ROUTE)).toBe(false);
    expect(verifier.offer(ROUTE, () => expect.unreachable())).toBe(false);
    finish(exchange(json(1), json(1)));
    await expect.poll(() => emitted.length).toBe(1);
    await expect.poll(() => verifier.stats().pending).toBe(0);
    expect(verifier.hasCapacity(ROUTE)).toBe(true);
    expect(verifier.offer(ROUTE, async () => exchange(json(1), json(1)))).toBe(true);
  });

  test("what exchanges with a slow candidate may bring counts as waiting", async () => {
    const { verifier, settle } = open({ queueBytes: 200_000, recheck: { ...OPTIONS.recheck, perSecond: 0 } });
    const pairs = Array.from({ length: 100 }, () => exchange(json("a".repeat(1000)), json("b".repeat(1000))));
    await settle(...pairs); // what a pair brings is known now
    const slow = () => verifier.offer(ROUTE, () => new Promise(() => {}));
    const begun = Array.from({ length: 40 }, slow); // some 70 KB
    expect(begun).not.toContain(false);
    const more = Array.from({ length: 200 }, slow);
    expect(more[0]).toBe(true);
    expect(more.at(-1)).toBe(false);
  });

  test("draining cuts the waiting short, and what was begun still ends in a comparison", async () => {
    const { verifier, give, emitted } = open({ recheck: { ...OPTIONS.recheck, delayMs: 60_000 } });
    give(exchange(json(1), json(2)));
    await expect.poll(() => verifier.stats().asking).toBe(1);
    await verifier.drain(30_000);
    expect(emitted).toMatchObject([{ outcome: UNCONFIRMED }]);
    expect(give(exchange(json(1), json(1)))).toEqual([false]);
  });

  test("a begin that fails is reported as a bug and gives its room back", async () => {
    const { verifier, bugs, settle } = open({ maxPending: 1, queueBytes: 10_000 });
    await settle(exchange(json("a".repeat(1000)), json("b".repeat(1000))));
    const failing = [
      () => Promise.reject(new Error("boom")),
      () => {
        throw new Error("boom");
      },
    ];
    for (let n = 1; n <= 1000; n += 1) {
      expect(verifier.offer(ROUTE, failing[n % 2]!)).toBe(true);
      while (bugs.length < n || verifier.stats().pending > 0) await nextTurn();
    }
  });

  test("a bug in classifying is told and the request has its outcome all the same, once", async () => {
    const broken = () => {
      throw new Error("boom");
    };
    const { emitted, bugs, give, verifier } = open({}, { classify: broken });
    give(exchange(json(1), json(2)));
    await expect.poll(() => verifier.stats().pending).toBe(0);
    expect([bugs.length, emitted.map(({ outcome }) => outcome)]).toEqual([
      1,
      [{ outcome: "not_comparable", reason: "partial" }],
    ]);
    let told = 0;
    const deaf = open(
      {},
      {
        emit: () => {
          told += 1;
          broken();
        },
        random: () => 1,
      },
    );
    deaf.give(exchange(json(1), json(1)));
    await expect.poll(() => deaf.verifier.stats().pending).toBe(0);
    expect([told, deaf.bugs.length]).toEqual([1, 1]);
  });

  test("legacy is asked twice for the share of the requests that is configured, and for 100 times that of a new route", async () => {
    for (const [sample, isNew, expected] of [
      [0, true, 0],
      [0.001, true, 100],
      [0.01, true, 1_000],
      [1, true, 1_000],
      [0, false, 0],
      [0.01, false, 10],
      [1, false, 1_000],
    ] as const) {
      let asked = 0;
      let n = 0;
      const { verifier, settle } = open(
        { maxPending: 2_000, recheck: { ...OPTIONS.recheck, perSecond: 1e6, maxCount: 10_000, sample } },
        {
          random: () => n++ / 1_000, // evenly: every thousandth once
          wantsSample: () => (isNew ? "much" : "no"),
          ask: async () => {
            asked += 1;
            return json(1);
          },
        },
      );
      await settle(...Array.from({ length: 1_000 }, () => exchange(json(1), json(1))));
      await expect.poll(() => verifier.stats().pending).toBe(0);
      expect({ asked, n, sample }).toEqual({ asked: expected, n: 1_000, sample });
    }
  });

  test("a sampled request asks legacy twice and tells what changed", async () => {
    const noticed: string[][] = [];
    let n = 0;
    const { settle } = open(
      { recheck: { ...OPTIONS.recheck, sample: 1 } },
      {
        ask: async () => json({ id: ++n, a: 1 }),
        sampled: (_, differences) => noticed.push(differences.map((d) => d.path)),
      },
    );
    const same = json({ id: 0, a: 1 });
    await settle(exchange(same, same));
    await expect.poll(() => noticed).toEqual([["$.id"]]);
  });

  test("a candidate that fails does not prevent legacy from being asked twice", async () => {
    const noticed: unknown[] = [];
    const { settle, bugs } = open(
      { recheck: { ...OPTIONS.recheck, sample: 1 } },
      {
        ask: async () => json({ id: 2 }),
        sampled: (_, differences, first) => noticed.push([differences.map((d) => d.path), first]),
      },
    );
    const [emitted] = await settle(exchange(json({ id: 1 }), failure("reset")));
    expect(emitted?.outcome).toEqual({ outcome: "candidate_error", reason: "reset" });
    await expect.poll(() => noticed, { timeout: 20_000 }).toEqual([[["$.id"], undefined]]);
    expect(bugs).toEqual([]);
  });
});
