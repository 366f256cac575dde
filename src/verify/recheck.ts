// verify/recheck.ts: asks both sides again where they differ, legacy then candidate, within a budget

import { setTimeout as wait } from "node:timers/promises";
import { askedOf } from "../compare/index.ts";
import type { Look, Need, Recheck } from "../evidence/index.ts";
import { remembering } from "../lib/memoize.ts";
import type { Answer, Response, Side } from "../model/answer.ts";
import type { Body } from "../model/body.ts";
import type { Undecided } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import type { Exchange } from "../model/exchange.ts";
import type { Job, Verdict } from "./comparer.ts";
import { LARGE_BYTES, sizeOf } from "./job-buffer.ts";
import type { Priority } from "./recheck-budget.ts";
import { createTurns, type RecheckCapacity } from "./recheck-capacity.ts";
import type { Answered } from "./without-comparing.ts";

/** How often and how soon differing answers are rechecked. Read each time. */
export type RecheckOptions = {
  /** Milliseconds before the first look; later ones wait longer, up to four times this. */
  readonly delayMs: number;
  /** Rechecks a second, over all routes; 0: none. */
  readonly perSecond: number;
  /** Looks at most, unless the candidate may lag behind for longer than they take. */
  readonly tries: number;
};

/** What rechecks use of the other parts. */
export type RecheckPorts = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether anything is asked again just now, for this exchange. */
  readonly on: (exchange: Answered) => boolean;
  /** Takes one look from the budget, if there is one for this priority. */
  readonly take: (priority: Priority) => boolean;
  /** What a recheck of these differences would be for. */
  readonly need: (exchange: Answered, differences: readonly Difference[]) => Need;
  /** Which request it is, as a hash. */
  readonly identity: (exchange: Answered) => number;
  /** Whether these looks leave nothing unconfirmed, even if no further one comes. */
  readonly decided: (exchange: Answered, first: readonly Difference[], looks: readonly Look[]) => boolean;
  /**
   * Asks a side the same request once more; resolves, never rejects. A legacy replica may be asked in place of legacy.
   * `beside`: the body that the answer will be compared with, and need not be read far beyond.
   */
  readonly ask: (side: Side, exchange: Exchange, beside?: Body) => Promise<Answer>;
  /** Equal where it matters, cheaply: never true for different answers, may be false for equal ones. */
  readonly identical: (route: string, one: Response, other: Response) => boolean;
  /** Bounds the exchanges that wait for a recheck, and the bytes of their bodies. */
  readonly capacity: RecheckCapacity;
  readonly compare: (job: Job) => Promise<Verdict>;
  /** Whether two responses to this exchange's request may be compared. */
  readonly comparable: (exchange: Answered) => boolean;
  /** Whether the resource, or a parent of it, was written through the proxy a moment ago. */
  readonly written: (exchange: Answered) => boolean;
  /** How long the candidate may be behind legacy on this route, in milliseconds. */
  readonly lagMs: (route: string) => number;
};

/** A resource that was written a moment ago is asked later and longer. */
const WRITTEN_DELAY = 2;
const WRITTEN_TRIES = 2;
/** No two looks are further apart than so many delays. */
const LONGEST_DELAY = 4;
/** How often a difference that was never confirmed waits for the budget, a delay each time. */
const PATIENCE = 8;
/** Exchanges with the same places, never confirmed, that are rechecked at once before others, which may learn from these. */
const ALIKE_AT_ONCE = 3;
/** Where differences that are known stand in hundreds of places, one exchange in so long is rechecked. */
const WIDE_EVERY_MS = 10_000;
const REMEMBERED = 4000;
/**
 * How often legacy is asked once more after the candidate, by the number of the look, while its place is not confirmed:
 * whether it was chance that legacy agreed with itself shows only in many pairs. Two of them cost as much as a look.
 */
const FURTHER_ASKS = [1, 4, 8];

/** Large exchanges that are asked again at the same time, at most: each may have several more answers as large meanwhile. */
const LARGE_AT_ONCE = 4;
const NO_DIFFERENCES: readonly Difference[] = [];

/** Rechecks exchanges; `stop` ends all waiting at once. Bounded by the budget behind `take` and by `capacity`. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: to be divided
export function createRecheck(options: RecheckOptions, ports: RecheckPorts, stop: AbortSignal) {
  let waiting = 0;
  const turns = createTurns(LARGE_AT_ONCE, stop);
  /** How many exchanges with the same places are being rechecked to confirm them. */
  const confirming = new Map<string, number>();
  /** When the same wide places were last rechecked, and which requests with the same places were. */
  const wide = new Map<string, number>();
  const identities = new Map<string, true>();

  async function recheck(exchange: Answered, first: readonly Difference[]): Promise<Recheck> {
    if (stop.aborted || !ports.on(exchange)) return { looks: [], cut: "stopped" };
    if (options.perSecond <= 0) return { looks: [], cut: "budget" };
    const key = placesOf(exchange.route, first);
    const need = ports.need(exchange, first);
    const id = `${ports.identity(exchange)} ${key}`;
    const isCrowded = (confirming.get(key) ?? 0) >= ALIKE_AT_ONCE;
    const priority = priorityOf(need, isCrowded, identities.has(id));
    const held = ports.capacity.acquire(sizeOf(exchange), priority);
    if (held === "bytes") return { looks: [], cut: "room" };
    if (held === "count") return { looks: [], cut: "budget" };
    using _ = held;
    waiting += 1;
    try {
      if (need === "confirm") return await confirm(exchange, first, key);
      if (need === "nothing" && !isDue(key, first)) return { looks: [], cut: "budget" };
      remember(identities, id, true);
      return await verify(exchange, first, priority);
    } finally {
      waiting -= 1;
    }
  }

  function priorityOf(need: Need, isCrowded: boolean, isKnown: boolean): Priority {
    if (need === "confirm") return isCrowded ? "new_identity" : "confirm";
    return need === "verify" || !isKnown ? "new_identity" : "known";
  }

  /** Nothing is known of some of these places: looks until they are confirmed, or the tries run out. */
  async function confirm(exchange: Answered, first: readonly Difference[], key: string): Promise<Recheck> {
    const ahead = confirming.get(key) ?? 0;
    confirming.set(key, ahead + 1);
    try {
      const written = ports.written(exchange);
      const tries = options.tries + (written ? WRITTEN_TRIES : 0);
      return await looks(exchange, first, { tries, written, priority: "confirm", crowded: ahead >= ALIKE_AT_ONCE });
    } finally {
      const left = confirming.get(key)! - 1;
      if (left > 0) confirming.set(key, left);
      else confirming.delete(key);
    }
  }

  /** The places are known: one look shows whether what is known still holds. Without budget for it nothing waits. */
  async function verify(exchange: Answered, first: readonly Difference[], priority: Priority): Promise<Recheck> {
    if (!ports.take(priority)) return { looks: [], cut: "budget" };
    const written = ports.written(exchange);
    const tries = written ? options.tries : 1;
    return await looks(exchange, first, { tries, written, priority, crowded: false, isPaid: true });
  }

  type Plan = {
    readonly tries: number;
    readonly written: boolean;
    readonly priority: Priority;
    /** Enough others with the same places are being rechecked: this one takes only what is left over, for a while. */
    readonly crowded: boolean;
    /** The first look has been taken from the budget. */
    readonly isPaid?: boolean;
  };

  async function looks(exchange: Answered, first: readonly Difference[], plan: Plan): Promise<Recheck> {
    const found: Look[] = [];
    const lagMs = ports.lagMs(exchange.route);
    let delay = options.delayMs * (plan.written ? WRITTEN_DELAY : 1);
    let cut: Undecided | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const untilLag = lagMs - elapsed(exchange);
      // One look has to be after the lag: then what still differs is no lag.
      if (!(await pause(untilLag > 0 && (attempt >= plan.tries || untilLag < delay) ? untilLag : delay))) {
        return { looks: found, cut: "stopped" };
      }
      const isPaid = attempt === 1 && plan.isPaid === true && ports.on(exchange);
      if (!isPaid && !(await affords(exchange, first, plan))) return { looks: found, cut: whyCut(exchange) };
      using _ = sizeOf(exchange) < LARGE_BYTES ? undefined : await turns();
      if (stop.aborted) return { looks: found, cut: "stopped" };
      const isLast = attempt >= plan.tries && elapsed(exchange) >= lagMs;
      const seen = await look(exchange, first, plan.priority === "confirm" ? furtherAsks(found.length) : 0);
      if (seen === undefined) cut ??= "second_answers";
      else {
        found.push(seen);
        cut = undefined;
        if (ports.decided(exchange, first, found) && !(plan.written && stands(first, seen))) return { looks: found };
      }
      if (isLast) return cut === undefined ? { looks: found } : { looks: found, cut };
      delay = Math.min(delay * 2, options.delayMs * LONGEST_DELAY);
    }
  }

  const whyCut = (exchange: Answered): Undecided => (stop.aborted || !ports.on(exchange) ? "stopped" : "budget");
  const elapsed = (exchange: Answered) => ports.now() - exchange.at;

  /** Waits for the budget where nothing is known yet. Meanwhile others may find out what this difference is. */
  async function affords(exchange: Answered, first: readonly Difference[], plan: Plan): Promise<boolean> {
    const { priority, crowded } = plan;
    for (let waited = 0; ports.on(exchange); waited += 1) {
      if (ports.take(crowded && waited < PATIENCE / 2 ? "known" : priority)) return true;
      if (priority !== "confirm" || waited >= PATIENCE || ports.need(exchange, first) !== "confirm") return false;
      if (!(await pause(options.delayMs))) return false;
    }
    return false;
  }

  /**
   * Asks legacy, the candidate, and legacy so many times more. Undefined when that decides nothing: a side gave no answer,
   * none that is comparable, or one of another status class than its first.
   */
  async function look(exchange: Answered, first: readonly Difference[], further: number): Promise<Look | undefined> {
    const { route } = exchange;
    // Legacy first: if the data moves in between, the candidate is the one to have the newer.
    const legacy = await ports.ask("legacy", exchange, exchange.legacy.body);
    if (legacy.kind !== "response") return undefined;
    const isSteady = ports.identical(route, exchange.legacy, legacy);
    // Captured beside the first answer that it most likely equals, so that it takes no memory of its own.
    const candidate = await ports.ask("candidate", exchange, (isSteady ? exchange.candidate : legacy).body);
    if (candidate.kind !== "response" || !decides(exchange, legacy, candidate)) return undefined;
    const isAsBefore = isSteady && ports.identical(route, exchange.candidate, candidate);
    const [legacyTwice, now] = await Promise.all([
      isSteady ? NO_DIFFERENCES : compare(exchange, exchange.legacy, legacy),
      isAsBefore ? first : compare(exchange, legacy, candidate),
    ]);
    if (legacyTwice === undefined || now === undefined) return undefined;
    const between: (readonly Difference[])[] = [];
    for (let asked = 0; asked < further && !stop.aborted; asked += 1) {
      const after = await ports.ask("legacy", exchange, legacy.body);
      if (after.kind !== "response") break;
      const differences = await compare(exchange, legacy, after);
      if (differences === undefined) break;
      between.push(differences);
      // Legacy fails at random: that is seen now, and of its values nothing more is to be learned.
      if (classOf(after) !== classOf(legacy)) break;
    }
    return {
      legacyTwice,
      now,
      between,
      statuses: { legacy: legacy.status, candidate: candidate.status },
      afterMs: Math.max(0, elapsed(exchange)),
    };
  }

  /** What differs between two answers to this request; undefined when that cannot be said. */
  async function compare(
    exchange: Answered,
    one: Response,
    other: Response,
  ): Promise<readonly Difference[] | undefined> {
    const { route, request } = exchange;
    if (ports.identical(route, one, other)) return NO_DIFFERENCES;
    const verdict = await ports.compare({ route, asked: askedOf(request), legacy: one, candidate: other });
    return verdict.kind === "failed" || verdict.incomparable ? undefined : verdict.compared.differences;
  }

  function furtherAsks(look: number): number {
    const wanted = FURTHER_ASKS[Math.min(look, FURTHER_ASKS.length - 1)]!;
    let granted = 1;
    while (granted + 2 <= wanted && ports.take("confirm")) granted += 2;
    return Math.min(wanted, granted);
  }

  function decides(exchange: Answered, legacy: Response, candidate: Response): boolean {
    if (!ports.comparable({ ...exchange, legacy, candidate })) return false;
    // A difference in status class is classified by the statuses of the rechecks.
    if (classOf(exchange.legacy) !== classOf(exchange.candidate)) return true;
    return classOf(legacy) === classOf(exchange.legacy) && classOf(candidate) === classOf(exchange.candidate);
  }

  /** A look at hundreds of differences costs as many; where they are known, one in a while will do. */
  function isDue(key: string, first: readonly Difference[]): boolean {
    if (!first.some(({ alike }) => alike !== undefined)) return true;
    if (ports.now() - (wide.get(key) ?? Number.NEGATIVE_INFINITY) < WIDE_EVERY_MS) return false;
    remember(wide, key, ports.now()); // this one is it, though it waits first
    return true;
  }

  /** Waits; false when stopping came first. */
  async function pause(ms: number): Promise<boolean> {
    try {
      await wait(ms, undefined, { signal: stop });
      return true;
    } catch {
      return false;
    }
  }

  return { recheck, waiting: () => waiting };
}

const classOf = ({ status }: Response) => Math.trunc(status / 100);

/** Whether some difference of the first comparison is still there, at a place where legacy has not changed. */
function stands(first: readonly Difference[], { now, legacyTwice }: Look): boolean {
  const still = new Set(now.map(placeOf));
  const moved = new Set(legacyTwice.map(placeOf));
  return first.some((difference) => still.has(placeOf(difference)) && !moved.has(placeOf(difference)));
}

const placeOf = ({ where, path }: Difference): string => `${where} ${anyIndex(path)}`;
const anyIndex = remembering((path) => path.replace(/\[\d+\]/g, "[*]"));

function placesOf(route: string, differences: readonly Difference[]): string {
  return `${route}\n${[...new Set(differences.map((d) => `${placeOf(d)} ${d.kind}`))].sort().join("\n")}`.slice(
    0,
    4096,
  );
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value!);
}
