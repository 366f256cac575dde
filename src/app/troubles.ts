// app/troubles.ts: problems with clients and services, in the log, the report and /readyz, with the config key to change

import type { Config } from "../config/index.ts";
import type { Side } from "../model/answer.ts";
import type { Observation } from "../model/comparison.ts";
import type { Exchange } from "../model/exchange.ts";
import type { BreakerChange, BreakerState, Trouble } from "../proxy/index.ts";
import type { Log } from "../telemetry/index.ts";
import { adviceOn } from "./advice.ts";

/** Collects failures of the two services and refused requests. */
export type Troubles = {
  /** A side gave no answer. */
  readonly failed: (side: Side, trouble: Trouble, route: string) => void;
  /** A request was refused because of how it was sent. */
  readonly refused: (reason: string) => void;
  /** The candidate is left alone from now on, or asked again as before. */
  readonly breaker: (change: BreakerChange) => void;
  /** A request to a side ended. */
  readonly observed: (observation: Observation) => void;
  /** Both sides answered. */
  readonly compared: (exchange: Exchange) => void;
  /** Sentences for the report, the gravest first: what went wrong in the last minutes. */
  readonly warnings: () => string[];
  /** The same of one side in one sentence, for `/readyz`. */
  readonly note: (side: Side) => string | undefined;
};

/** Minutes that warnings cover. */
const MINUTES = 10;
const MINUTE_MS = 60_000;
/** Reasons that have lines of their own in the log; those beyond share one. */
const MAX_REASONS = 50;
/** Of so many answers or more, nearly all with one status where legacy has another are no chance. */
const ENOUGH = 10;
const NEARLY_ALL = 0.9;
/** Statuses by which a service says: not here, or not to you. */
const TURNED_AWAY = [401, 403, 404];

/** What happened within one minute, by side. */
type Minute = {
  readonly at: number;
  readonly asked: Record<Side, number>;
  readonly failed: Record<Side, Map<string, { count: number; detail: string }>>;
  compared: number;
  /** The candidate's answers with a status of `TURNED_AWAY` where legacy's was a success. */
  readonly turnedAway: Map<number, number>;
};

/** Keeps counts of the last ten minutes; log lines are limited to one a minute and reason. */
export function watchTroubles(
  config: () => Config,
  breakerState: () => BreakerState,
  log: Log,
  now: () => number,
): Troubles {
  const minutes = createMinutes(now);
  const lines = createQuota(now);
  const minute = minutes.current;
  const advice = (side: Side, error: string, detail: string) => {
    const found = adviceOn(side, error, detail, config()[side]);
    return found === undefined ? "" : `; ${found}`;
  };
  const failures = (side: Side) => failuresOf(minutes.recent(), side, advice);
  const turnedAway = () => turnedAwayOf(minutes.recent());
  const open = () =>
    breakerState() === "closed"
      ? []
      : ["the breaker is open: requests are skipped until probes to the candidate succeed."];

  return {
    failed(side, { reason, error, detail }, route) {
      const { failed } = minute();
      const known = failed[side].get(error);
      failed[side].set(error, { count: (known?.count ?? 0) + 1, detail });
      const suppressed = lines.take(`${side} ${error} ${detail}`);
      if (suppressed === undefined) return;
      const fields = { event: "no_answer", side, reason, error, detail, route, ...(suppressed > 0 && { suppressed }) };
      log.warn(fields, `${side} did not answer: ${said(error, detail)}${advice(side, error, detail)}`);
    },
    refused(reason) {
      const suppressed = lines.take(`refused ${reason}`);
      if (suppressed === undefined) return;
      log.info({ event: "refused", reason, ...(suppressed > 0 && { suppressed }) }, "a request was not relayed");
    },
    breaker(change) {
      const fields = { event: "breaker", ...change };
      if (change.state === "closed") log.info(fields, "the breaker has closed: the candidate answers again");
      else log.warn(fields, "the breaker has opened: too many requests to the candidate failed or were slow");
    },
    observed({ side }) {
      minute().asked[side]++;
    },
    compared({ legacy, candidate }) {
      if (legacy.kind !== "response" || candidate.kind !== "response" || legacy.status >= 400) return;
      const one = minute();
      one.compared++;
      const { status } = candidate;
      if (!TURNED_AWAY.includes(status)) return;
      one.turnedAway.set(status, (one.turnedAway.get(status) ?? 0) + 1);
      const [sentence] = turnedAway();
      const suppressed = sentence === undefined ? undefined : lines.take("turned_away");
      if (suppressed === undefined) return;
      log.warn({ event: "turned_away", status, ...(suppressed > 0 && { suppressed }) }, sentence);
    },
    warnings: () => [...failures("legacy"), ...failures("candidate"), ...turnedAway(), ...open()],
    note: (side) =>
      [...failures(side), ...(side === "candidate" ? [...turnedAway(), ...open()] : [])].join(" ") || undefined,
  };
}

/** The counts of the last minutes. Memory is bounded by their number and by the reasons of failures. */
function createMinutes(now: () => number): {
  readonly current: () => Minute;
  readonly recent: () => readonly Minute[];
} {
  let minutes: Minute[] = [];
  const recent = () => {
    const since = Math.floor(now() / MINUTE_MS) - MINUTES;
    return minutes.filter(({ at }) => at > since);
  };
  const current = () => {
    const at = Math.floor(now() / MINUTE_MS);
    let last = minutes.at(-1);
    if (last === undefined || last.at !== at) {
      const failed = { legacy: new Map(), candidate: new Map() };
      last = { at, asked: { legacy: 0, candidate: 0 }, failed, compared: 0, turnedAway: new Map() };
      minutes = [...recent(), last];
    }
    return last;
  };
  return { current, recent };
}

/** A sentence for each error of a side, the most frequent first. */
function failuresOf(
  minutes: readonly Minute[],
  side: Side,
  advice: (side: Side, error: string, detail: string) => string,
): string[] {
  const sums = new Map<string, { count: number; detail: string }>();
  let asked = 0;
  for (const one of minutes) {
    asked += one.asked[side];
    for (const [error, { count, detail }] of one.failed[side]) {
      sums.set(error, { count: count + (sums.get(error)?.count ?? 0), detail });
    }
  }
  return [...sums]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([error, { count, detail }]) => {
      const of = `${count} of ${Math.max(count, asked)} requests`;
      return `${side} did not answer ${of} in the last ${MINUTES} minutes: ${said(error, detail)}${advice(side, error, detail)}.`;
    });
}

/** A sentence where the candidate answered nearly all requests with a status by which a service refuses. */
function turnedAwayOf(minutes: readonly Minute[]): string[] {
  const counts = new Map<number, number>();
  let compared = 0;
  for (const one of minutes) {
    compared += one.compared;
    for (const [status, count] of one.turnedAway) counts.set(status, count + (counts.get(status) ?? 0));
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (all < ENOUGH || all < compared * NEARLY_ALL) return [];
  const [status] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
  const why =
    status === 404
      ? "it may use another path or Host, or not implement these routes yet: check the path in `candidate.url`, `candidate.path`, `candidate.serves` and `candidate.host`"
      : "it may require other credentials: set them with `candidate.fields`; or another Host: check `candidate.host`";
  return [`candidate answered ${status} to ${all} of ${compared} requests that legacy answered with success; ${why}.`];
}

/** The word of RFC 9209 in plain words, with what was found. */
function said(error: string, detail: string): string {
  return `${error.replaceAll("_", " ")} (${detail})`;
}

/** One line a minute and key, the first at once. `take` returns how many were left out since the last line, or no line. */
function createQuota(now: () => number): { take(key: string): number | undefined } {
  const keys = new Map<string, { until: number; suppressed: number }>();
  return {
    take(key) {
      const own = keys.has(key) || keys.size < MAX_REASONS ? key : "";
      const known = keys.get(own) ?? { until: Number.NEGATIVE_INFINITY, suppressed: 0 };
      keys.set(own, known);
      if (now() < known.until) {
        known.suppressed++;
        return undefined;
      }
      const { suppressed } = known;
      Object.assign(known, { until: now() + MINUTE_MS, suppressed: 0 });
      return suppressed;
    },
  };
}
