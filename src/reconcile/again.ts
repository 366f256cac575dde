// reconcile/again.ts: a first mismatch is asked again, legacy then candidate, before it counts (DESIGN: telling truth from noise)

import type { Answer, Side } from "../model/answer.ts";
import type { Body } from "../model/body.ts";
import type { Difference } from "../model/difference.ts";
import { remembering } from "../model/remember.ts";
import type { Job, Verdict } from "./comparer.ts";
import type { Answered } from "./judge.ts";
import { sizeOf } from "./pack.ts";

export type AgainOptions = {
  /** Milliseconds before the first further look; later ones wait longer, up to four times this. */
  readonly delayMs: number;
  /** Looks at most. */
  readonly tries: number;
  /** Exchanges waiting to be asked again, at most; beyond it they are decided without. */
  readonly maxWaiting: number;
  /** Bytes of bodies that those keep meanwhile, at most. */
  readonly maxBytes: number;
};

export type AgainPorts = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether anything is asked again just now, for this exchange. */
  readonly on: (exchange: Answered) => boolean;
  /** Takes one look from the budget, if there is one. `spare`: only while there is plenty. */
  readonly take: (spare: boolean) => boolean;
  /** Whether enough is known of each of these differences to decide without asking. */
  readonly knows: (exchange: Answered, differences: readonly Difference[]) => boolean;
  /** Told of each look as it comes; `last` when no more will. */
  readonly looked: (exchange: Answered, first: readonly Difference[], looks: readonly Look[], last: boolean) => void;
  /**
   * Asks a side the same request once more; resolves, never rejects. A legacy replica may be asked in place of legacy.
   * `beside`: the body that the answer will be compared with, and need not be read far beyond.
   */
  readonly ask: (side: Side, exchange: Answered, beside?: Body) => Promise<Answer>;
  readonly compare: (job: Job) => Promise<Verdict>;
  /** Whether the resource, or a parent of it, was written through the proxy a moment ago. */
  readonly written: (exchange: Answered) => boolean;
};

/** One further look at both sides. */
export type Look = {
  /** Legacy's first answer against its answer now. */
  readonly legacyTwice: readonly Difference[];
  /** Both sides now. */
  readonly now: readonly Difference[];
  /** Milliseconds since the request came. */
  readonly afterMs: number;
};

/** What asking again has seen; no looks when there was no budget, or a side did not answer. */
export type Again = { readonly looks: readonly Look[] };

const NO_LOOKS: Again = { looks: [] };
/** A resource that was written a moment ago is asked later and longer. */
const WRITTEN_DELAY = 2;
const WRITTEN_TRIES = 2;
/** No two looks are further apart than so many delays. */
const LONGEST_DELAY = 4;
/** After so many confirmed mismatches alike, the next ones get one look each, and only while the budget has plenty. */
const KNOWN_AFTER = 3;
/** And one look in so long, where they have a thousand places. */
const WIDE_EVERY_MS = 10_000;
/** How often a difference of which nothing is known waits for the budget, a delay each time. */
const PATIENCE = 4;
const KNOWN_LIMIT = 2000;

/** Asks again; `stop` ends all waiting at once. Bounded by the budget behind `allowed` and by `maxWaiting`. */
export function createAgain(options: AgainOptions, ports: AgainPorts, stop: AbortSignal) {
  let waiting = 0;
  let bytes = 0;
  /** How often in a row the same places of a route stood when asked again, and when they did so last. */
  const known = new Map<string, { readonly times: number; readonly at: number }>();

  async function look(exchange: Answered): Promise<Look | undefined> {
    // Legacy first: if the data moves in between, the candidate is the one to have the newer.
    const legacy = await ports.ask("legacy", exchange);
    if (legacy.kind !== "response") return undefined;
    const candidate = await ports.ask("candidate", exchange, legacy.body);
    if (candidate.kind !== "response") return undefined;
    const [twice, pair] = await Promise.all([
      ports.compare({ route: exchange.route, legacy: exchange.legacy, candidate: legacy }),
      ports.compare({ route: exchange.route, legacy, candidate }),
    ]);
    if (twice.kind === "failed" || pair.kind === "failed" || pair.incomparable) return undefined;
    return {
      legacyTwice: twice.compared.differences,
      now: pair.compared.differences,
      afterMs: Math.max(0, ports.now() - exchange.at),
    };
  }

  /** Waits for a place in the budget. Meanwhile others may find out what this difference is. */
  async function affords(exchange: Answered, first: readonly Difference[], waits: number): Promise<boolean> {
    for (let waited = 0; ports.on(exchange); waited += 1) {
      if (ports.take(false)) return true;
      if (waited >= waits || ports.knows(exchange, first) || !(await pause(options.delayMs, stop))) return false;
    }
    return false;
  }

  /** Looks until nothing of the first comparison stands that legacy's own changes would not explain, or tries run out. */
  async function again(exchange: Answered, first: readonly Difference[]): Promise<Again> {
    const size = sizeOf(exchange);
    if (!ports.on(exchange)) return NO_LOOKS;
    if (stop.aborted || waiting >= options.maxWaiting || bytes + size > options.maxBytes) return NO_LOOKS;
    const written = ports.written(exchange);
    const key = placesOf(exchange.route, first);
    const isKnown = !written && (known.get(key)?.times ?? 0) >= KNOWN_AFTER;
    if (isKnown && !(isDue(key, first) && ports.take(true))) return NO_LOOKS;
    waiting += 1;
    bytes += size;
    try {
      const tries = isKnown ? 1 : options.tries + (written ? WRITTEN_TRIES : 0);
      const looks: Look[] = [];
      let delay = options.delayMs * (written ? WRITTEN_DELAY : 1);
      for (let attempt = 0; attempt < tries; attempt += 1) {
        if (!(await pause(delay, stop))) break;
        if (!isKnown && !(await affords(exchange, first, attempt === 0 || written ? PATIENCE : 0))) break;
        const seen = await look(exchange);
        if (!seen) break;
        looks.push(seen);
        const last = attempt + 1 === tries || !stands(first, seen);
        ports.looked(exchange, first, looks, last);
        if (last) break;
        delay = Math.min(delay * 2, options.delayMs * LONGEST_DELAY);
      }
      if (looks.length > 0) remember(key, stands(first, looks.at(-1)!));
      return { looks };
    } finally {
      waiting -= 1;
      bytes -= size;
    }
  }

  /** A look at a thousand differences costs as many; where they have stood again and again, one in a while will do. */
  function isDue(key: string, first: readonly Difference[]): boolean {
    const one = known.get(key);
    if (one === undefined || !first.some(({ alike }) => alike !== undefined)) return true;
    if (ports.now() - one.at < WIDE_EVERY_MS) return false;
    known.set(key, { ...one, at: ports.now() }); // this one is it, though it waits first
    return true;
  }

  function remember(key: string, stood: boolean): void {
    const times = stood ? (known.get(key)?.times ?? 0) + 1 : 0;
    known.delete(key);
    if (times > 0) known.set(key, { times, at: ports.now() });
    if (known.size > KNOWN_LIMIT) known.delete(known.keys().next().value!);
  }

  return { again, waiting: () => waiting };
}

/** Whether some difference of the first comparison is still there, at a place where legacy has not changed. */
function stands(first: readonly Difference[], seen: Look): boolean {
  const now = new Set(seen.now.map(placeOf));
  const moved = new Set(seen.legacyTwice.map(placeOf));
  return first.some((difference) => now.has(placeOf(difference)) && !moved.has(placeOf(difference)));
}

const placeOf = ({ where, path }: Difference): string => `${where} ${anyIndex(path)}`;
const anyIndex = remembering((path) => path.replace(/\[\d+\]/g, "[*]"));

function placesOf(route: string, differences: readonly Difference[]): string {
  return `${route}\n${[...new Set(differences.map((d) => `${placeOf(d)} ${d.kind}`))].sort().join("\n")}`.slice(
    0,
    4096,
  );
}

/** Waits; false when `stop` came first. */
function pause(ms: number, stop: AbortSignal): Promise<boolean> {
  if (stop.aborted) return Promise.resolve(false);
  return new Promise((done) => {
    const end = (whole: boolean) => () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", cut);
      done(whole);
    };
    const cut = end(false);
    const timer = setTimeout(end(true), ms);
    stop.addEventListener("abort", cut);
  });
}
