// verify/verifier.ts: exchanges in, comparisons out; bounded, and every offer ends in exactly one comparison
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import { askedOf } from "../compare/index.ts";
import type { Recheck } from "../evidence/index.ts";
import type { ClassifiedDifference, Comparison } from "../model/comparison.ts";
import type { Difference, Masked } from "../model/difference.ts";
import type { Exchange } from "../model/exchange.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Comparer, Job } from "./comparer.ts";
import { abridge, fold, standsForOthers } from "./group-differences.ts";
import { sizeOf } from "./job-buffer.ts";
import { createRecheck, type RecheckOptions, type RecheckPorts } from "./recheck.ts";
import { createBudget } from "./recheck-budget.ts";
import { createRecheckCapacity } from "./recheck-capacity.ts";
import { createReservations } from "./reservations.ts";
import { type Answered, type LegacyAnswered, type OutcomePorts, outcomeWithoutComparing } from "./without-comparing.ts";

/** Read whenever they are needed, so that they may follow a config that changes. */
export type VerifyOptions = {
  /** Exchanges begun and without an outcome yet, at most. */
  readonly maxPending: number;
  /** Bytes of bodies that wait for a comparison, at most: beyond it nothing more is shadowed. */
  readonly queueBytes: number;
  readonly recheck: RecheckOptions & {
    /** Exchanges that are rechecked at the same time, at most; beyond it they are decided without. */
    readonly maxCount: number;
    /** Bytes of bodies that those keep meanwhile, at most. */
    readonly maxBytes: number;
    /** Share of the shadowed requests for which legacy is asked twice, 0 to 1. */
    readonly sample: number;
  };
};

/** What the verifier uses of the other parts. */
export type VerifyPorts = OutcomePorts &
  Pick<RecheckPorts, "now" | "ask" | "written" | "need" | "identity" | "lagMs"> & {
    /** 0 to 1. */
    readonly random: () => number;
    readonly comparer: Comparer;
    /** Whether asking again is allowed at all just now: false while shadowing is switched off. */
    readonly on: (route: string) => boolean;
    /** Whether someone accepted what this difference is, given all differences of its comparison. */
    readonly accepted: (route: string, difference: Difference, all: readonly Difference[]) => boolean;
    /** What each difference is, given the recheck; without any look, from what is known of the route's noise. */
    readonly classify: (
      exchange: Answered,
      differences: readonly Difference[],
      recheck: Recheck,
    ) => readonly ClassifiedDifference[];
    /** Each comparison with differences, once, with what its recheck saw. */
    readonly classified: (exchange: Answered, judged: readonly ClassifiedDifference[], recheck: Recheck) => void;
    /** How much a sample of this route is wanted: at all, {@link EAGERNESS} times the share of its requests are sampled. */
    readonly wantsSample: (route: string) => "much" | "little" | "no";
    /** Legacy's first answer against its second, and against the candidate's where they were compared. */
    readonly sampled: (
      exchange: Exchange,
      legacyTwice: readonly Difference[],
      first: readonly Difference[] | undefined,
    ) => void;
    /** Every comparison, once. */
    readonly emit: (comparison: Comparison) => void;
    /** A bug of ours that must not cost a client anything. */
    readonly bug: (error: unknown) => void;
  };

/** Takes exchanges and ends each in one comparison. */
export type Verifier = {
  /** Whether an offer of this route made now would be accepted. While it would not, a request need not be prepared for shadowing. */
  readonly hasCapacity: (route: string) => boolean;
  /** False: no capacity, and nothing was begun. `done` is called when the exchange and its bodies will not be read any more. */
  readonly offer: (route: string, begin: () => Promise<Exchange>, done?: () => void) => boolean;
  readonly stats: () => { readonly pending: number; readonly bytes: number; readonly asking: number };
  /** Lets what has begun come to its end, without asking again, for at most so many milliseconds. */
  readonly drain: (graceMs: number) => Promise<void>;
};

/**
 * How much more of a route's requests are sampled while little is known of it. With the default share of 1 % that is every one, so
 * that noise is known before it is taken for findings; who sets a smaller share gets fewer in proportion.
 */
const EAGERNESS = 100;

/** `options` are read each time. Call `drain` before the ports are closed. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: to be divided
export function createVerifier(options: VerifyOptions, ports: VerifyPorts): Verifier {
  const stopping = new AbortController();
  const perSecond = () => options.recheck.perSecond;
  const budget = createBudget(perSecond, ports.now);
  const sampling = createBudget(perSecond, ports.now);
  const capacity = createRecheckCapacity(options.recheck);
  const rechecking = createRecheck(
    options.recheck,
    {
      now: ports.now,
      ask: ports.ask,
      written: ports.written,
      need: ports.need,
      identity: ports.identity,
      lagMs: ports.lagMs,
      on: (exchange) => ports.on(exchange.route),
      take: budget.take,
      capacity,
      identical: ports.identical,
      compare: (job) => ports.comparer.compare({ ...job, recheck: true }),
      comparable: (exchange) => ports.comparable(exchange) === undefined,
      decided: (exchange, first, looks) =>
        ports
          .classify(exchange, first, { looks, cut: "budget" })
          .every(({ undecided }) => undecided === undefined || undecided === "opaque"),
    },
    stopping.signal,
  );
  let pending = 0;
  const reservations = createReservations(() => options.queueBytes);
  let idle: (() => void) | undefined;
  const ended = new WeakSet<Exchange>();

  function hasCapacity(route: string): boolean {
    if (stopping.signal.aborted || pending >= options.maxPending) return false;
    return reservations.fits(route, ports.comparer.stats());
  }

  async function reconcile(route: string, begin: () => Promise<Exchange>): Promise<void> {
    const arrived = reservations.reserve(route);
    const exchange = await begun(begin, arrived);
    const from = performance.now();
    try {
      const judged = judgedOf(exchange, arrived);
      if ("outcome" in judged) {
        emit(exchange, judged, from);
        const { legacy } = exchange;
        if (legacy.kind === "response") {
          await sample({ ...exchange, legacy }, judged.outcome === "match" ? NONE : undefined);
        }
      } else {
        await compare(judged, from);
      }
    } catch (error) {
      // A bug of ours must not cost the request its outcome: the outcomes would no longer add up.
      ports.bug(error);
      if (!ended.has(exchange)) emit(exchange, UNDECIDED, from);
    }
  }

  async function begun(begin: () => Promise<Exchange>, arrived: (bytes: number) => void): Promise<Exchange> {
    try {
      return await begin();
    } catch (error) {
      arrived(0);
      throw error;
    }
  }

  function judgedOf(exchange: Exchange, arrived: (bytes: number) => void): Outcome | Answered {
    let bytes = 0;
    try {
      const judged = outcomeWithoutComparing(exchange, ports);
      if (!("outcome" in judged)) bytes = sizeOf(judged);
      return judged;
    } finally {
      arrived(bytes);
    }
  }

  async function compare(exchange: Answered, from: number): Promise<void> {
    const { route, legacy, candidate } = exchange;
    const job = { route, legacy, candidate, asked: askedOf(exchange.request) };
    const verdict = await ports.comparer.compare({ ...job, folded: true });
    const undecided = verdict.kind === "failed" || (verdict.incomparable && verdict.compared.differences.length === 0);
    if (undecided) {
      emit(exchange, UNDECIDED, from);
      return;
    }
    const { differences, approximate, masked } = verdict.compared;
    await sample(exchange, differences);
    const more = { approximate, masked };
    if (differences.length === 0) {
      emit(exchange, { outcome: "match" }, from, more);
      return;
    }
    const sides = await sorted(job, differences);
    if (sides === undefined) {
      emit(exchange, UNDECIDED, from);
      return;
    }
    const { open, settled } = sides;
    if (open.length === 0) {
      tell(exchange, { outcome: "accepted" }, from, { ...more, differences: settled });
      return;
    }
    const recheck = await rechecking.recheck(exchange, open);
    const classified = await classify(exchange, open, recheck, job);
    if (classified === undefined) {
      emit(exchange, UNDECIDED, from);
      return;
    }
    ports.classified(exchange, classified, recheck);
    const outcome = outcomeOf(classified);
    const last = recheck.looks.at(-1);
    tell(exchange, outcome, from, {
      ...more,
      differences: [...classified, ...settled],
      unconfirmed: last === undefined && outcome.outcome !== "not_comparable",
      ...(outcome.outcome === "transient" && last ? { convergedMs: last.afterMs } : {}),
    });
  }

  /** Which differences belong to findings that someone accepted. Undefined: that cannot be said. */
  async function sorted(job: Job, listed: readonly Difference[]) {
    const sides = split(job.route, listed);
    if (!standsForOthers(listed, sides.settled)) return sides;
    const all = await whole(job);
    return all && split(job.route, all);
  }

  function split(route: string, listed: readonly Difference[]) {
    const open: Difference[] = [];
    const settled: ClassifiedDifference[] = [];
    for (const difference of listed) {
      if (ports.accepted(route, difference, listed)) settled.push({ ...difference, standing: "accepted" });
      else open.push(difference);
    }
    // What the comparing thread listed is folded already.
    return settled.length === 0 ? { open: listed, settled } : { open: fold(open), settled: fold(settled) };
  }

  async function whole(job: Job): Promise<readonly Difference[] | undefined> {
    const verdict = await ports.comparer.compare(job);
    return verdict.kind === "failed" ? undefined : verdict.compared.differences;
  }

  /** Classifies the few that were listed; where those could mislead, all of them. Undefined: they cannot be had. */
  async function classify(exchange: Answered, listed: readonly Difference[], recheck: Recheck, job: Job) {
    const judged = ports.classify(exchange, listed, recheck);
    const excused = judged.filter(({ standing }) => standing !== "mismatch" && standing !== "unconfirmed");
    if (!standsForOthers(judged, excused)) return judged;
    const all = await whole(job);
    if (all === undefined) return undefined;
    const open = all.filter((difference) => !ports.accepted(job.route, difference, all));
    const each = ports.classify(exchange, open, recheck);
    return fold(each, ({ standing, hint = "" }) => `${standing} ${hint}`);
  }

  /**
   * For a sample of the requests: asks legacy once more, whatever the candidate said, to learn where legacy disagrees with
   * itself. Before any recheck, so that no more time lies between legacy's two answers than has to.
   */
  async function sample(exchange: LegacyAnswered, first: readonly Difference[] | undefined): Promise<void> {
    const { route } = exchange;
    const wanted = ports.wantsSample(route);
    const share = options.recheck.sample * (wanted === "no" ? 1 : EAGERNESS);
    if (stopping.signal.aborted || ports.random() >= share) return;
    using held = roomFor(exchange);
    // Where many routes are new at once, those that vary go first.
    if (held === undefined || !ports.on(route) || !sampling.take(wanted === "little" ? "known" : "confirm")) return;
    const again = await ports.ask("legacy", exchange, exchange.legacy.body);
    if (again.kind !== "response") return;
    if (ports.identical(route, exchange.legacy, again)) return ports.sampled(exchange, [], first);
    const asked = askedOf(exchange.request);
    const job = { route, legacy: exchange.legacy, candidate: again, asked, recheck: true };
    const verdict = await ports.comparer.compare(job);
    if (verdict.kind === "compared" && !verdict.incomparable) {
      ports.sampled(exchange, verdict.compared.differences, first);
    }
  }

  /** For a sample, which needs it least. The candidate may have given no response. */
  function roomFor(exchange: LegacyAnswered): Disposable | undefined {
    const held = capacity.acquire(sizeOf(exchange), "known");
    return typeof held === "string" ? undefined : held;
  }

  type More = Partial<Pick<Comparison, "approximate" | "masked" | "unconfirmed" | "convergedMs" | "differences">>;
  type Found = More & Pick<Comparison, "differences">;

  function emit(exchange: Exchange, outcome: Outcome, from: number, more: More = {}): void {
    ended.add(exchange);
    ports.emit({ ...comparisonOf(exchange, outcome, from), ...more });
  }

  function tell(exchange: Answered, outcome: Outcome, from: number, { differences, ...more }: Found): void {
    emit(exchange, outcome, from, { ...more, differences: abridge(differences) });
  }

  return {
    hasCapacity,
    offer: (route, begin, done) => {
      if (!hasCapacity(route)) return false;
      pending += 1;
      reconcile(route, begin)
        .catch(ports.bug)
        .finally(() => {
          pending -= 1;
          done?.();
          if (pending === 0) idle?.();
        });
      return true;
    },
    stats: () => ({ pending, bytes: ports.comparer.stats().bytes, asking: rechecking.waiting() }),
    drain: async (graceMs) => {
      stopping.abort();
      if (pending === 0) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((done) => {
        idle = done;
        timer = setTimeout(done, graceMs);
      });
      clearTimeout(timer);
    },
  };
}

const UNDECIDED: Outcome = { outcome: "not_comparable", reason: "partial" };
const NONE: readonly ClassifiedDifference[] = [];
const NOTHING: readonly Masked[] = [];

function comparisonOf(exchange: Exchange, outcome: Outcome, from: number): Comparison {
  return {
    exchange,
    outcome,
    differences: NONE,
    approximate: false,
    masked: NOTHING,
    unconfirmed: false,
    tookMs: performance.now() - from,
  };
}

/** The worst standing of any difference is the exchange's: one true mismatch is not hidden by noise beside it. */
function outcomeOf(differences: readonly ClassifiedDifference[]): Outcome {
  const standings = new Set(differences.map(({ standing }) => standing));
  if (standings.has("mismatch")) return { outcome: "mismatch" };
  if (standings.has("unconfirmed")) {
    const isUnconfirmed = differences.some(({ undecided }) => undecided !== undefined && undecided !== "opaque");
    return { outcome: "not_comparable", reason: isUnconfirmed ? "unconfirmed" : "partial" };
  }
  return { outcome: standings.has("transient") ? "transient" : standings.has("noise") ? "noise" : "accepted" };
}
