// evidence/evidence.ts: comparisons -> tallies, findings, readiness; a fold in bounded memory
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import { type Digest, digest } from "../lib/digest.ts";
import type { ClassifiedDifference, Comparison, Settled } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import type { Document } from "../model/document.ts";
import type { Exchange } from "../model/exchange.ts";
import type { Shown } from "../model/finding-observation.ts";
import { generalOf } from "../model/place.ts";
import type { EpochSummary, Finding, FindingSample, Report, RouteReport } from "../model/report.ts";
import { AGREED, distinctCapacity } from "./distinct.ts";
import { type Compared, type Growing, gradeOf, keepSample, see } from "./finding.ts";
import { showingOf } from "./finding-observation.ts";
import { createFindings, type Decision } from "./findings.ts";
import { join } from "./join.ts";
import { restoreLatencyPairs, type StoredLatencyPairs, storeLatencyPairs } from "./latency-pairs.ts";
import { lookAlikes } from "./look-alikes.ts";
import { createNames, type Joined } from "./names.ts";
import { NAMELESS } from "./recent.ts";
import { type Extra, readinessOf as readinessByRoute, render, summarise } from "./render.ts";
import {
  createLedger,
  enter,
  isLedger,
  type Ledger,
  restoreLedger,
  storeLedger,
  watch,
  waver,
} from "./route-record.ts";
import { type EvidenceSettings, LIFE, LIMITS, type ReadinessSettings } from "./settings.ts";
import { hasShape } from "./stored.ts";
import { count, rates } from "./tally.ts";

/** A finding that a comparison showed; `first` if it was not known before. */
type Touched = { readonly finding: string; readonly first: boolean };

/** What the gauges of `/metrics` show of the evidence. */
export type Gauges = {
  readonly routes: readonly Pick<RouteReport, "route" | "readiness">[];
  readonly findings: readonly Pick<Finding, "route" | "state">[];
};

/** Everything that is counted of outcomes, findings and readiness. Pure: times are arguments, in milliseconds since the epoch. */
export type Evidence = {
  /** Takes in a comparison. @param at when it came, in milliseconds since the epoch */
  readonly add: (comparison: Comparison, at: number) => readonly Touched[];
  /** Takes in a request that ended without an exchange. */
  readonly settle: (settled: Settled, at: number) => void;
  /** The route under which requests of this one count: one that differs in a name only is joined with its siblings. */
  readonly routeOf: (route: string) => string;
  readonly report: (at: number, extra?: Extra) => Report;
  /** What gauges show of it, in a fraction of the time: no samples and no causes. */
  readonly gauges: (at: number) => Gauges;
  readonly finding: (id: string, at: number) => Finding | undefined;
  /** Undefined: there is no such finding, or it cannot be accepted (it represents all further places of a route). */
  readonly accept: (id: string, decision: Decision) => Finding | undefined;
  readonly unaccept: (id: string, at: number) => Finding | undefined;
  /** Whether an acceptance covers this difference now. @param all differences of its comparison */
  readonly accepts: (route: string, difference: Difference, all: readonly Difference[], at: number) => boolean;
  /** The id of the finding that a difference belongs to, whether or not there is one. */
  readonly findingOf: (route: string, difference: Difference, all: readonly Difference[], at: number) => string;
  /**
   * The candidate changed: what was counted so far is summed up and no longer counts. Findings live on.
   * @returns false if the current epoch already has that name: a deploy that is declared twice is one deploy, and nothing changes
   */
  readonly newEpoch: (name: string, at: number) => boolean;
  /** What changed since the last call, for the store. */
  readonly changes: () => readonly Document[];
  /** Takes back what was kept, before anything is added. What cannot be read is passed over, and counted. */
  readonly restore: (documents: readonly Document[]) => { readonly unreadable: number };
};

/** The route under which requests are counted beyond the limit of routes. */
const OTHER = "other";
const NONE: readonly Touched[] = [];

/** Evidence without any comparison. Its settings are read at each use, so that a getter may follow a reloaded config. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a closure whose methods share one state
export function createEvidence(settings: EvidenceSettings): Evidence {
  const limits = { ...LIMITS, ...settings.limits };
  const life = { ...LIFE, ...settings.life };
  const { explainer, identity, redact = (sample: FindingSample) => sample } = settings;
  const { redactDifference = (_: string, difference: Difference) => difference } = settings;
  /** Comparisons of each route over all epochs: what findings are measured against. */
  const compared = new Map<string, number>();
  const routes = new Map<string, Ledger>();
  const findings = createFindings(limits, life, explainer, (route) => routes.has(route));
  /** What the config says of a route it says of that route alone. */
  const names = createNames((route) => isAlways(route));
  const epochs: EpochSummary[] = [];
  /** Keys of tallies and chunks that an epoch left behind. */
  const left = { tally: new Set<string>(), distinct: new Set<string>(), answers: new Set<string>() };
  const written = { distinct: new Set<string>(), answers: new Set<string>() };
  let since = settings.startedAt;
  let epoch = { name: settings.epoch ?? "", startedAt: settings.startedAt };
  let epochDirty = true;

  const readinessOf = (route: string): ReadinessSettings => settings.routeReadiness?.(route) ?? settings.readiness;

  const capacityOf = (route: string) => distinctCapacity(readinessOf(route).tolerance, limits.distinct);

  function open(route: string): Ledger {
    const version = identity?.version() ?? "";
    const known = routes.get(route);
    if (known !== undefined && (known.identity === version || identity === undefined)) return known;
    if (known === undefined && !isAlways(route) && isFull() && !forgetOne()) return open(OTHER);
    return make(route, version, known);
  }

  function make(route: string, version: string, known?: Ledger): Ledger {
    const made = createLedger(route, version, capacityOf(route), readinessOf(route).tolerance);
    // The identity of requests has changed: requests known by the old one would be counted again.
    if (known !== undefined) leaveDistinct(route);
    const { distinct, answers, growth } = made;
    const ledger = known === undefined ? made : { ...known, identity: version, distinct, answers, growth };
    routes.set(route, ledger);
    return ledger;
  }

  /** `other` and the declared routes: never removed. */
  const isAlways = (route: string) => route === OTHER || settings.routeReadiness?.(route) !== undefined;

  const isFull = () => [...routes.keys()].filter((route) => !isAlways(route)).length >= limits.routes;

  /** Frees capacity for a route: the oldest route without current requests is merged into `other`. */
  function forgetOne(): boolean {
    const living = new Set([...(settings.living?.() ?? routes.keys())].map(names.routeOf));
    const gone = routes.keys().find((route) => !isAlways(route) && !living.has(route));
    if (gone === undefined) return false;
    fold(open(OTHER), gone);
    return true;
  }

  /** Adds what a route has counted to another. Its findings are left as they are. */
  function fold(into: Ledger, name: string): void {
    const other = routes.get(name);
    if (other === undefined) return;
    join(into, other);
    compared.set(into.route, (compared.get(into.route) ?? 0) + (compared.get(name) ?? 0));
    // What its findings are measured against.
    if (!findings.has(name)) compared.delete(name);
    if (compared.size > limits.routes + limits.findings) pruneCompared();
    leaveDistinct(name);
    left.tally.add(name);
    routes.delete(name);
  }

  function pruneCompared(): void {
    for (const route of compared.keys()) {
      if (routes.has(route) || findings.has(route)) continue;
      compared.delete(route);
      left.tally.add(route);
    }
  }

  function leaveDistinct(route: string): void {
    for (const kind of ["distinct", "answers"] as const) {
      for (const key of written[kind]) if (key.slice(0, key.lastIndexOf("\n")) === route) left[kind].add(key);
    }
  }

  /** Routes that turn out to be one count as one from now on, with all that each of them has counted. */
  function joinRoutes({ into, routes: names }: Joined): void {
    const own = names.filter((name) => name !== into && routes.has(name));
    if (own.length === 0) return;
    // It replaces the others, so there is capacity for it.
    const ledger = routes.get(into) ?? make(into, identity?.version() ?? "");
    for (const name of own) {
      findings.leave(name);
      fold(ledger, name);
    }
  }

  function add(comparison: Comparison, at: number): readonly Touched[] {
    const { legacy, route } = comparison.exchange;
    const joined = legacy.kind === "response" ? names.note(route, legacy) : undefined;
    if (joined !== undefined) joinRoutes(joined);
    const ledger = open(names.routeOf(route));
    const request = identity?.digest(comparison.exchange) ?? fingerprint(comparison.exchange);
    const entered = enter(ledger, comparison, request, at, limits, readinessOf(ledger.route));
    if (entered !== undefined) {
      compared.set(ledger.route, (compared.get(ledger.route) ?? 0) + 1);
    }
    const shown: Shown[] = [];
    const touched = comparison.differences.length === 0 ? NONE : group(ledger, comparison, request, at, shown);
    if (entered !== undefined || shown.length > 0) {
      explainer?.observe(showingOf(comparison, ledger.route, shown, request, entered, redact, redactDifference));
    }
    return touched;
  }

  /** Sorts a comparison's differences: what stayed goes to findings, each once a comparison; the rest wavers. */
  function group(
    ledger: Ledger,
    comparison: Comparison,
    request: Digest,
    at: number,
    shown: Shown[],
  ): readonly Touched[] {
    const seen = new Map<Growing, { first: boolean; sample: boolean; masked: boolean; request: boolean }>();
    const wavering = new Set<string>();
    const total = compared.get(ledger.route) ?? 0;
    for (const difference of comparison.differences.slice(0, limits.differences)) {
      const place = generalOf(difference).path;
      const { standing } = difference;
      if (standing === "noise" || standing === "transient" || standing === "unconfirmed") {
        const key = `${standing} ${difference.undecided} ${difference.where} ${difference.kind} ${place}`;
        if (!wavering.has(key)) waver(ledger, difference, place, standing, limits);
        wavering.add(key);
        continue;
      }
      const finding = findings.at(ledger.route, difference, comparison.differences, place, total, at);
      const sample = redact(sampleOf(comparison, difference), ledger.route);
      let touched = seen.get(finding);
      if (touched === undefined) {
        touched = { first: finding.count + finding.earlier === 0, sample: false, masked: false, request: false };
        seen.set(finding, touched);
        if (see(finding, total, at, life)) explainer?.forget(finding.id);
        if (!comparison.unconfirmed) finding.confirmed += 1;
        touched.request = finding.requests.add(request, AGREED) === "new";
        touched.sample = keepSample(finding, sample, limits);
      }
      touched.masked ||= difference.standing === "accepted";
      shown.push({
        finding: finding.id,
        where: finding.where,
        place: finding.path,
        kind: finding.kind,
        sample,
        candidateVaries: difference.hint === "unstable",
        ...(difference.alike === undefined ? {} : { alike: difference.alike }),
        ...(difference.list === undefined ? {} : { list: difference.list }),
      });
    }
    for (const [finding, touched] of seen) findings.touch(finding, touched);
    return [...seen].map(([finding, { first }]) => ({ finding: finding.id, first }));
  }

  function find(id: string, at: number): Finding | undefined {
    const finding = findings.get(id);
    return finding === undefined ? undefined : findings.present(finding, comparedOf(finding.route), at);
  }

  function comparedOf(route: string): Compared {
    const ledger = routes.get(route);
    return { ever: compared.get(route) ?? 0, now: ledger === undefined ? 0 : rates(ledger.counter.outcomes).compared };
  }

  function context(at: number) {
    const underWay = byName(settings.underWay?.());
    return {
      ...{ at, since, epoch, epochs, underWay, capacityOf, readinessOf },
      routes: withThoseUnderWay(underWay),
      standing: standing(at),
      pending: byName(settings.pending?.()),
      base: settings.readiness,
    };
  }

  /** A route of which no request has its outcome yet has no ledger, and must not be left out of the whole. */
  function withThoseUnderWay(underWay: ReadonlyMap<string, number>): ReadonlyMap<string, Ledger> {
    const all = new Map(routes);
    for (const route of underWay.keys()) {
      if (all.has(route)) continue;
      all.set(route, createLedger(route, identity?.version() ?? "", capacityOf(route), readinessOf(route).tolerance));
    }
    return all;
  }

  /** Counts by the routes under which their requests count. */
  function byName(counts: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const [route, count] of counts) {
      const name = names.routeOf(route);
      found.set(name, (found.get(name) ?? 0) + count);
    }
    return found;
  }

  /** Open findings that stand in the way of `ready`, by route, each in a few words. */
  function standing(at: number): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const finding of findings.all()) {
      if (finding.confirmed === 0 || finding.lastSeen < epoch.startedAt) continue;
      const total = comparedOf(finding.route);
      const grade = gradeOf(finding, total);
      if (grade !== "high" && grade !== "critical") continue;
      const state = findings.state(finding, total.ever, at);
      if (state === "accepted" || state === "fixed") continue;
      const words = `${finding.where === "body" ? finding.path : `${finding.where} ${finding.path}`.trim()} ${finding.kind} (${finding.id})`;
      // Requests of a removed route count as `other`.
      const route = routes.has(finding.route) ? finding.route : OTHER;
      const known = found.get(route);
      if (known === undefined) found.set(route, [words]);
      else known.push(words);
    }
    return found;
  }

  return {
    add,
    routeOf: names.routeOf,
    settle: ({ route, outcome }, at) => {
      const ledger = open(names.routeOf(route));
      ledger.dirty = true;
      count(ledger.counter, outcome);
      const isBreaker = outcome.outcome === "skipped" && outcome.reason === "breaker";
      if (isBreaker) watch(ledger, NAMELESS, true, false, at, readinessOf(ledger.route));
    },
    report: (at, extra) =>
      render(
        context(at),
        [...findings.all()].map((finding) => findings.present(finding, comparedOf(finding.route), at)),
        { ...extra, lookAlikes: lookAlikes(names.suggestions(), (route) => routes.has(route)) },
      ),
    gauges: (at) => ({
      routes: readinessByRoute(context(at)),
      findings: [...findings.all()].map((finding) => ({
        route: finding.route,
        state: findings.state(finding, compared.get(finding.route) ?? 0, at),
      })),
    }),
    finding: find,
    accept: (id, decision) => (findings.accept(id, decision) ? find(id, decision.at) : undefined),
    unaccept: (id, at) => (findings.unaccept(id) ? find(id, at) : undefined),
    accepts: (route, difference, all, at) =>
      findings.accepts(names.routeOf(route), difference, all, at, (one) => redactDifference(route, one)),
    findingOf: (route, difference, all, at) => findings.idOf(names.routeOf(route), difference, all, at),
    newEpoch: (name, at) => {
      if (name === epoch.name) return false;
      epochs.unshift(summarise(context(at)));
      epochs.length = Math.min(epochs.length, limits.epochs);
      for (const route of routes.keys()) left.tally.add(route);
      for (const kind of ["distinct", "answers"] as const) for (const key of written[kind]) left[kind].add(key);
      explainer?.newEpoch();
      findings.newEpoch();
      routes.clear();
      epoch = { name, startedAt: at };
      epochDirty = true;
      return true;
    },
    changes: () => {
      const documents: Document[] = findings.changes();
      if (epochDirty)
        documents.push({ kind: "epoch", key: "current", value: { ...epoch, since, epochs: [...epochs] } });
      epochDirty = false;
      const fresh = {
        tally: new Set<string>(),
        latency: new Set<string>(),
        distinct: new Set<string>(),
        answers: new Set<string>(),
      };
      for (const ledger of routes.values()) {
        if (!ledger.dirty) continue;
        ledger.dirty = false;
        fresh.tally.add(ledger.route);
        const value = storeLedger(ledger, compared.get(ledger.route) ?? 0);
        documents.push({ kind: "tally", key: ledger.route, value });
        if (changedLatency(ledger)) {
          fresh.latency.add(ledger.route);
          documents.push({ kind: "latency", key: ledger.route, value: storeLatencyPairs(ledger.latencyPairs) });
        }
        for (const kind of ["distinct", "answers"] as const) {
          for (const { chunk, data } of ledger[kind].changes()) {
            const key = `${ledger.route}\n${chunk}`;
            fresh[kind].add(key);
            if (data === null) written[kind].delete(key);
            else written[kind].add(key);
            documents.push({ kind, key, value: data === null ? null : { data } });
          }
        }
      }
      for (const key of left.tally) {
        // A route that has not come again in this epoch: its findings still need to know how often it was compared.
        const times = compared.get(key);
        const value = times === undefined ? null : { compared: times };
        if (!fresh.tally.has(key)) documents.push({ kind: "tally", key, value });
        if (!fresh.latency.has(key)) documents.push({ kind: "latency", key, value: null });
      }
      for (const kind of ["distinct", "answers"] as const) {
        for (const key of left[kind]) {
          if (fresh[kind].has(key)) continue;
          written[kind].delete(key);
          documents.push({ kind, key, value: null });
        }
      }
      for (const keys of Object.values(left)) keys.clear();
      if (explainer !== undefined) documents.push(...explainer.changes());
      return documents;
    },
    restore: (documents) => {
      let unreadable = 0;
      const causes: Document[] = [];
      for (const kind of RESTORING) {
        for (const document of documents) {
          if (document.kind !== kind || document.value === null) continue;
          // What a document of another shape held is lost, the rest is not.
          if (!restored(document)) unreadable += 1;
        }
      }
      for (const document of documents) if (!RESTORING.includes(document.kind)) causes.push(document);
      unreadable += explainer?.restore(causes).unreadable ?? 0;
      return { unreadable };
    },
  };

  function restored(document: Document): boolean {
    if (!hasShape(document.kind, document.value)) return false;
    try {
      restoreOne(document);
      return true;
    } catch {
      return false;
    }
  }

  function restoreOne(document: Document): void {
    const { kind, key, value } = document;
    if (kind === "epoch") {
      const stored = value as typeof epoch & { since: number; epochs: EpochSummary[] };
      epoch = { name: String(stored.name), startedAt: Number(stored.startedAt) };
      since = Number(stored.since);
      epochs.splice(0, epochs.length, ...stored.epochs.slice(0, limits.epochs));
    } else if (kind === "tally") {
      const { compared: times, outcomes } = value as { readonly compared?: number; readonly outcomes?: unknown };
      if (outcomes !== undefined && !isLedger(value)) throw new Error("a tally of another shape");
      compared.set(key, Number(times ?? 0));
      names.know(key);
      if (isLedger(value)) restoreLedger(open(key), value, identity !== undefined);
    } else if (kind === "latency") {
      const ledger = routes.get(key);
      if (ledger !== undefined) ledger.latencyPairs = restoreLatencyPairs(value as StoredLatencyPairs);
    } else if (kind === "distinct" || kind === "answers") {
      const { data } = value as { readonly data?: unknown };
      const cut = key.lastIndexOf("\n");
      const ledger = routes.get(key.slice(0, cut));
      if (typeof data !== "string" || cut < 0) throw new Error("a chunk of another shape");
      written[kind].add(key);
      if (ledger === undefined || !ledger.distinctRestores) left[kind].add(key);
      else ledger[kind].restore(0, Number(key.slice(cut + 1)), data);
    } else findings.restore(document);
  }
}

const RESTORING: readonly string[] = [
  "epoch",
  "tally",
  "latency",
  "distinct",
  "answers",
  "finding",
  "samples",
  "requests",
  "acceptance",
];

/**
 * Whether so many more latencies were counted that they are to be stored again: they take more room than all else of a
 * route, and a fiftieth of them is no loss.
 */
function changedLatency(ledger: Ledger): boolean {
  const { total } = ledger.latencyPairs;
  if (total - ledger.latencyPairsStored < Math.max(1, total / 50)) return false;
  ledger.latencyPairsStored = total;
  return true;
}

/** One request, however often it is asked: method, target and body. */
function fingerprint(exchange: Exchange): Digest {
  const { method, target } = exchange.request;
  return digest(`${method} ${target}`, exchange.requestBody);
}

function sampleOf({ exchange }: Comparison, difference: ClassifiedDifference): FindingSample {
  const { path, legacy, candidate, note } = difference;
  return {
    id: exchange.id,
    at: exchange.at,
    method: exchange.request.method,
    target: exchange.request.target,
    path,
    ...(legacy === undefined ? {} : { legacy }),
    ...(candidate === undefined ? {} : { candidate }),
    ...(note === undefined ? {} : { note }),
  };
}
