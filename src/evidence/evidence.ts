// evidence/evidence.ts: comparisons -> tallies, findings, readiness; a fold in bounded memory

import type { Comparison, JudgedDifference, Settled } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import { type Digest, digest } from "../model/digest.ts";
import type { Document } from "../model/document.ts";
import type { Exchange } from "../model/exchange.ts";
import { generalise } from "../model/place.ts";
import type { EpochSummary, Finding, FindingSample, Report, RouteReport } from "../model/report.ts";
import type { Shown } from "../model/showing.ts";
import { AGREED, MISMATCHED } from "./distinct.ts";
import { type Growing, keepSample, see } from "./finding.ts";
import { createFindings, type Decision } from "./findings.ts";
import { createLedger, enter, type Ledger, restoreLedger, storeLedger, waver } from "./ledger.ts";
import { step } from "./pace.ts";
import { type Extra, readinessOf as readinessByRoute, render, summarise } from "./render.ts";
import { type EvidenceSettings, LIFE, LIMITS, READINESS, type ReadinessSettings } from "./settings.ts";
import { count } from "./tally.ts";

/** A finding that a comparison showed; `first` when nobody had seen it before. */
type Touched = { readonly finding: string; readonly first: boolean };

export type Gauges = {
  readonly routes: readonly Pick<RouteReport, "route" | "readiness">[];
  readonly findings: readonly Pick<Finding, "route" | "state">[];
};

export type Evidence = {
  /** Takes in a comparison. @param at when it came, in milliseconds since the epoch */
  readonly add: (comparison: Comparison, at: number) => readonly Touched[];
  /** Takes in a request that ended without an exchange. */
  readonly settle: (settled: Settled, at: number) => void;
  readonly report: (at: number, extra?: Extra) => Report;
  /** What gauges show of it, in a fraction of the time: no samples and no causes. */
  readonly gauges: (at: number) => Gauges;
  readonly finding: (id: string, at: number) => Finding | undefined;
  /** Undefined: there is no such finding, or it cannot be accepted (it stands for all further places of a route). */
  readonly accept: (id: string, decision: Decision) => Finding | undefined;
  readonly unaccept: (id: string, at: number) => Finding | undefined;
  /** Whether someone's acceptance covers this difference now. */
  readonly accepts: (route: string, difference: Difference, at: number) => boolean;
  /** The candidate changed: what was counted so far is summed up and no longer counts. Findings live on. */
  readonly newEpoch: (name: string, at: number) => void;
  /** What changed since the last call, for the store. */
  readonly changes: () => readonly Document[];
  /** Takes back what was kept, before anything is added. What cannot be read is passed over, and counted. */
  readonly restore: (documents: readonly Document[]) => { readonly unreadable: number };
};

/** Where the requests of routes go that are more than may be told apart. */
const OTHER = "other";
/** The name of the whole, which no route can have. */
const WHOLE = "*";
const NONE: readonly Touched[] = [];

export function createEvidence(settings: EvidenceSettings): Evidence {
  const limits = { ...LIMITS, ...settings.limits };
  const life = { ...LIFE, ...settings.life };
  const { explainer, redact = (sample: FindingSample) => sample } = settings;
  const findings = createFindings(limits, life, explainer);
  /** Comparisons of each route over all epochs: what findings are measured against. */
  const compared = new Map<string, number>();
  const routes = new Map<string, Ledger>();
  const epochs: EpochSummary[] = [];
  /** Keys of tallies and chunks that an epoch left behind. */
  const left = { tally: new Set<string>(), distinct: new Set<string>() };
  const written = new Set<string>();
  let since = settings.startedAt;
  let epoch = { name: settings.epoch ?? "", startedAt: settings.startedAt };
  let epochDirty = true;
  /** Only its distinct requests and their pace; the rest of the whole is the sum of its routes. */
  let whole = ledgerOf(WHOLE);

  function readinessOf(route: string): ReadinessSettings {
    const base = { ...READINESS, ...settings.readiness };
    return route === WHOLE ? base : { ...base, ...settings.routeReadiness?.(route) };
  }

  /** Room for as many requests as a decision near the tolerance may take: some fourteen times what it takes at best. */
  function capacityOf(route: string): number {
    return Math.min(limits.distinct, Math.max(4096, Math.ceil(64 / readinessOf(route).tolerance)));
  }

  function ledgerOf(route: string): Ledger {
    return createLedger(route, capacityOf(route));
  }

  function open(route: string): Ledger {
    const known = routes.get(route);
    if (known !== undefined) return known;
    if (routes.size >= limits.routes && route !== OTHER) return open(OTHER);
    const ledger = ledgerOf(route);
    routes.set(route, ledger);
    return ledger;
  }

  function add(comparison: Comparison, at: number): readonly Touched[] {
    const ledger = open(comparison.exchange.route);
    const request = fingerprint(comparison.exchange);
    if (enter(ledger, comparison, request, at, limits)) {
      compared.set(ledger.route, (compared.get(ledger.route) ?? 0) + 1);
      whole.dirty = true;
      const flag = comparison.outcome.outcome === "mismatch" ? MISMATCHED : AGREED;
      if (whole.distinct.add(request, flag) === "new") step(whole.pace, at);
    }
    return comparison.differences.length === 0 ? NONE : group(ledger, comparison, request, at);
  }

  /** Sorts a comparison's differences: what stayed goes to findings, each once a comparison; the rest wavers. */
  function group(ledger: Ledger, comparison: Comparison, request: Digest, at: number): readonly Touched[] {
    const seen = new Map<Growing, { first: boolean; sample: boolean; masked: boolean; request: boolean }>();
    const wavering = new Set<string>();
    const shown: Shown[] = [];
    const total = compared.get(ledger.route) ?? 0;
    for (const difference of comparison.differences.slice(0, limits.differences)) {
      const place = generalise(difference.path).path;
      const { standing } = difference;
      if (standing === "noise" || standing === "transient" || standing === "unconfirmed") {
        const key = `${standing} ${difference.where} ${difference.kind} ${place}`;
        if (!wavering.has(key)) waver(ledger, difference, place, standing, limits);
        wavering.add(key);
        continue;
      }
      const finding = findings.at(ledger.route, difference, place, total, at);
      const sample = redact(sampleOf(comparison, difference), ledger.route);
      let touched = seen.get(finding);
      if (touched === undefined) {
        touched = { first: finding.count === 0, sample: false, masked: false, request: false };
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
      });
    }
    for (const [finding, touched] of seen) findings.touch(finding, touched);
    if (shown.length > 0) explainer?.observe({ route: ledger.route, shown });
    return [...seen].map(([finding, { first }]) => ({ finding: finding.id, first }));
  }

  function find(id: string, at: number): Finding | undefined {
    const finding = findings.get(id);
    return finding === undefined ? undefined : findings.present(finding, compared.get(finding.route) ?? 0, at);
  }

  const context = (at: number) => ({ at, since, epoch, epochs, routes, whole, capacityOf, readinessOf });

  return {
    add,
    settle: ({ route, outcome }) => {
      const ledger = open(route);
      ledger.dirty = true;
      count(ledger.counter, outcome);
    },
    report: (at, extra) =>
      render(
        context(at),
        [...findings.all()].map((finding) => findings.present(finding, compared.get(finding.route) ?? 0, at)),
        extra,
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
    accepts: findings.accepts,
    newEpoch: (name, at) => {
      epochs.unshift(summarise(context(at)));
      epochs.length = Math.min(epochs.length, limits.epochs);
      for (const ledger of [whole, ...routes.values()]) left.tally.add(ledger.route);
      for (const key of written) left.distinct.add(key);
      routes.clear();
      whole = ledgerOf(WHOLE);
      epoch = { name, startedAt: at };
      epochDirty = true;
    },
    changes: () => {
      const documents: Document[] = findings.changes();
      if (epochDirty)
        documents.push({ kind: "epoch", key: "current", value: { ...epoch, since, epochs: [...epochs] } });
      epochDirty = false;
      const fresh = new Set<string>();
      for (const ledger of [whole, ...routes.values()]) {
        if (!ledger.dirty) continue;
        ledger.dirty = false;
        fresh.add(ledger.route);
        const value = storeLedger(ledger, compared.get(ledger.route) ?? 0);
        documents.push({ kind: "tally", key: ledger.route, value });
        for (const { chunk, data } of ledger.distinct.changes()) {
          const key = `${ledger.route}\n${chunk}`;
          fresh.add(key);
          if (data === null) written.delete(key);
          else written.add(key);
          documents.push({ kind: "distinct", key, value: data });
        }
      }
      for (const kind of ["tally", "distinct"] as const) {
        for (const key of left[kind]) {
          if (fresh.has(key)) continue;
          if (kind === "distinct") written.delete(key);
          // A route that has not come again in this epoch: its findings still need to know how often it was compared.
          const value = kind === "tally" ? { compared: compared.get(key) ?? 0 } : null;
          documents.push({ kind, key, value });
        }
        left[kind].clear();
      }
      if (explainer !== undefined) documents.push(...explainer.changes());
      return documents;
    },
    restore: (documents) => {
      let unreadable = 0;
      const causes: Document[] = [];
      for (const kind of RESTORING) {
        for (const document of documents) {
          if (document.kind !== kind || document.value === null) continue;
          try {
            restoreOne(document);
          } catch {
            unreadable += 1; // a document of another shape than ours: what it held is lost, the rest is not
          }
        }
      }
      for (const document of documents) if (!RESTORING.includes(document.kind)) causes.push(document);
      explainer?.restore(causes);
      return { unreadable };
    },
  };

  function restoreOne(document: Document): void {
    const { kind, key, value } = document;
    if (kind === "epoch") {
      const stored = value as typeof epoch & { since: number; epochs: EpochSummary[] };
      epoch = { name: String(stored.name), startedAt: Number(stored.startedAt) };
      since = Number(stored.since);
      epochs.splice(0, epochs.length, ...stored.epochs.slice(0, limits.epochs));
    } else if (kind === "tally") {
      const stored = value as { readonly compared?: number; readonly outcomes?: unknown };
      if (key !== WHOLE) compared.set(key, Number(stored.compared ?? 0));
      if (stored.outcomes !== undefined) restoreLedger(key === WHOLE ? whole : open(key), value);
    } else if (kind === "distinct") {
      const at = key.lastIndexOf("\n");
      const route = key.slice(0, at);
      written.add(key);
      (route === WHOLE ? whole : open(route)).distinct.restore(0, Number(key.slice(at + 1)), String(value));
    } else findings.restore(document);
  }
}

const RESTORING: readonly string[] = ["epoch", "tally", "distinct", "finding", "samples", "requests", "acceptance"];

/** One request, however often it is asked: method, target and body. */
function fingerprint(exchange: Exchange): Digest {
  const { method, target } = exchange.request;
  return digest(`${method} ${target}`, exchange.requestBody);
}

function sampleOf({ exchange }: Comparison, difference: JudgedDifference): FindingSample {
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
