// evidence/findings.ts: all findings, and what was decided of them

import type { Difference } from "../model/difference.ts";
import type { Document } from "../model/document.ts";
import { findingId, findingOf } from "../model/place.ts";
import type { Acceptance, Finding, FindingState } from "../model/report.ts";
import { type KeptAcceptance, resolve } from "./acceptances.ts";
import type { Explainer } from "./explainer.ts";
import { type Compared, createFinding, type Growing, holds, isFixed, present, renew, stateOf } from "./finding.ts";
import type { EvidenceLimits, LifeSettings } from "./settings.ts";

/** The path of the finding that represents all further places of a route beyond the limit. */
const ELSEWHERE = "*";

/** An acceptance as a user gives it: reason, author and end. */
export type Decision = Omit<Acceptance, "finding" | "masked" | "covers">;

/** What changed of a finding beside its counts. */
type Touch = { readonly sample: boolean; readonly request: boolean; readonly masked: boolean };

/** The findings of all routes, within the limits. */
export type Findings = {
  /** The finding of a difference, made when it is new; past the limit, the one for all other places. */
  readonly at: (
    route: string,
    difference: Difference,
    all: readonly Difference[],
    place: string,
    compared: number,
    at: number,
  ) => Growing;
  /** The id of the finding that a difference belongs to, whether or not there is one. */
  readonly idOf: (route: string, difference: Difference, all: readonly Difference[], at: number) => string;
  readonly get: (id: string) => Growing | undefined;
  /** Whether a route has any. */
  readonly has: (route: string) => boolean;
  readonly all: () => Iterable<Growing>;
  readonly touch: (finding: Growing, what: Touch) => void;
  readonly accept: (id: string, decision: Decision) => boolean;
  readonly unaccept: (id: string) => boolean;
  /** @param redacted the difference, or all of its comparison, without secrets: acceptances were learned from such */
  readonly accepts: (
    route: string,
    difference: Difference,
    all: readonly Difference[],
    at: number,
    redacted: (difference: Difference) => Difference,
  ) => boolean;
  readonly present: (finding: Growing, compared: Compared, at: number) => Finding;
  readonly state: (finding: Growing, compared: number, at: number) => FindingState;
  /** Begins the counts of a new epoch. */
  readonly newEpoch: () => void;
  /** Lets go of the findings of a route that is one with others now: they are found again there. Accepted ones stay. */
  readonly leave: (route: string) => void;
  readonly changes: () => Document[];
  readonly restore: (document: Document) => void;
};

/** @param isCounted whether requests of a route are counted under its name now */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a closure whose methods share one state
export function createFindings(
  limits: EvidenceLimits,
  life: LifeSettings,
  explainer: Explainer | undefined,
  isCounted: (route: string) => boolean,
): Findings {
  const known = new Map<string, Growing>();
  const byRoute = new Map<string, Set<string>>();
  const acceptances = new Map<string, KeptAcceptance>();
  const relates = explainer?.relates;
  const dirty = new Set<string>();
  const dirtySamples = new Set<string>();
  const dirtyRequests = new Set<string>();
  const dirtyAcceptances = new Set<string>();

  const insert = (finding: Growing) => {
    known.set(finding.id, finding);
    const ids = byRoute.get(finding.route);
    if (ids === undefined) byRoute.set(finding.route, new Set([finding.id]));
    else ids.add(finding.id);
  };

  const letGo = (finding: Growing) => {
    known.delete(finding.id);
    const ids = byRoute.get(finding.route)!;
    ids.delete(finding.id);
    if (ids.size === 0) byRoute.delete(finding.route);
    explainer?.forget(finding.id);
    for (const set of [dirty, dirtySamples, dirtyRequests]) set.add(finding.id);
  };

  /** Frees capacity on a route by removing the finding that has been fixed the longest. */
  const release = (route: string, compared: number) => {
    let oldest: Growing | undefined;
    for (const id of byRoute.get(route) ?? []) {
      const finding = known.get(id)!;
      if (acceptances.has(id) || !isFixed(finding, compared, life)) continue;
      if (oldest === undefined || finding.lastSeen < oldest.lastSeen) oldest = finding;
    }
    if (oldest === undefined) return false;
    letGo(oldest);
    return true;
  };

  /** Frees capacity for any route by removing the least recently seen finding of a removed route. */
  const releaseForgotten = () => {
    let oldest: Growing | undefined;
    for (const finding of known.values()) {
      if (isCounted(finding.route) || acceptances.has(finding.id)) continue;
      if (oldest === undefined || finding.lastSeen < oldest.lastSeen) oldest = finding;
    }
    if (oldest === undefined) return false;
    letGo(oldest);
    return true;
  };

  return {
    leave: (route) => {
      for (const id of [...(byRoute.get(route) ?? [])]) if (!acceptances.has(id)) letGo(known.get(id)!);
    },
    at: (route, difference, all, place, compared, at) => {
      const { where, kind } = difference;
      const base = findingId(route, where, place, kind);
      const { id } = resolve(acceptances, relates, base, difference, all, at);
      const found = known.get(id);
      if (found !== undefined) return found;
      const isRouteFull = (byRoute.get(route)?.size ?? 0) >= limits.findingsPerRoute;
      const isFull = isRouteFull || known.size >= limits.findings;
      if (isFull && !release(route, compared) && (isRouteFull || !releaseForgotten())) {
        const other = findingId(route, where, ELSEWHERE, kind);
        const catchAll =
          known.get(other) ?? createFinding({ id: other, route, where, path: ELSEWHERE, kind }, compared, at);
        if (!known.has(other)) insert(catchAll);
        return catchAll;
      }
      const beside = id === base ? {} : { beside: base };
      const finding = createFinding({ id, route, where, path: place, kind, ...beside }, compared, at);
      insert(finding);
      return finding;
    },
    idOf: (route, difference, all, at) => {
      const base = findingOf(route, difference);
      return acceptances.has(base) ? resolve(acceptances, relates, base, difference, all, at).id : base;
    },
    get: (id) => known.get(id),
    has: (route) => byRoute.has(route),
    all: () => known.values(),
    touch: (finding, { sample, request, masked }) => {
      dirty.add(finding.id);
      if (sample) dirtySamples.add(finding.id);
      if (request) dirtyRequests.add(finding.id);
      const acceptance = masked ? acceptances.get(finding.id) : undefined;
      if (acceptance === undefined) return;
      acceptances.set(finding.id, { ...acceptance, masked: acceptance.masked + 1 });
      dirtyAcceptances.add(finding.id);
    },
    accept: (id, decision) => {
      const finding = known.get(id);
      // "All other places" may contain other differences later.
      if (finding === undefined || finding.path === ELSEWHERE) return false;
      if (!acceptances.has(id) && acceptances.size >= limits.acceptances) {
        const expired = [...acceptances.values()].find((old) => !holds(old, decision.at));
        if (expired === undefined) return false;
        acceptances.delete(expired.finding);
        dirtyAcceptances.add(expired.finding);
      }
      const seen = explainer?.relation(id);
      acceptances.set(id, {
        ...decision,
        finding: id,
        masked: acceptances.get(id)?.masked ?? 0,
        ...(seen === undefined ? {} : { covers: seen.says, relation: seen.relation }),
      });
      dirtyAcceptances.add(id);
      return true;
    },
    unaccept: (id) => {
      dirtyAcceptances.add(id);
      return acceptances.delete(id);
    },
    accepts: (route, difference, all, at, redacted) => {
      if (acceptances.size === 0) return false;
      const base = findingOf(route, difference);
      if (!holds(acceptances.get(base), at)) return false;
      return resolve(acceptances, relates, base, redacted(difference), all.map(redacted), at).isAccepted;
    },
    present: (finding, compared, at) =>
      present(finding, {
        acceptance: shown(acceptances.get(finding.id)),
        compared,
        causes: explainer?.causes(finding.id) ?? [],
        at,
        life,
      }),
    state: (finding, compared, at) => stateOf(finding, acceptances.get(finding.id), compared, at, life),
    newEpoch: () => {
      for (const finding of known.values()) {
        renew(finding);
        dirty.add(finding.id);
        dirtyRequests.add(finding.id);
      }
    },
    changes: () => {
      const documents: Document[] = [];
      for (const id of dirty) {
        const finding = known.get(id);
        documents.push({ kind: "finding", key: id, value: finding === undefined ? null : store(finding) });
      }
      for (const id of dirtySamples) {
        documents.push({ kind: "samples", key: id, value: known.get(id)?.samples ?? null });
      }
      for (const id of dirtyRequests) {
        const finding = known.get(id);
        documents.push({ kind: "requests", key: id, value: finding === undefined ? null : requestsOf(finding) });
      }
      for (const id of dirtyAcceptances) {
        documents.push({ kind: "acceptance", key: id, value: acceptances.get(id) ?? null });
      }
      for (const set of [dirty, dirtySamples, dirtyRequests, dirtyAcceptances]) set.clear();
      return documents;
    },
    restore: ({ kind, key, value }) => {
      if (kind === "finding") insert(recall(value as Stored));
      else if (kind === "acceptance") acceptances.set(key, value as KeptAcceptance);
      else {
        const finding = known.get(key);
        if (finding === undefined) return;
        if (kind === "samples") finding.samples = value as Growing["samples"];
        else restoreRequests(finding, value as Requests);
      }
    },
  };
}

/** As readers see it: what it covers is said in words. */
function shown(kept: KeptAcceptance | undefined): Acceptance | undefined {
  if (kept === undefined) return undefined;
  const { relation: _, ...acceptance } = kept;
  return acceptance;
}

type Stored = Omit<Growing, "requests" | "samples">;

function store(finding: Growing): Stored {
  const { samples: _, requests: __, ...rest } = finding;
  return { ...rest, run: { ...finding.run } };
}

function recall(stored: Stored): Growing {
  return { ...createFinding(stored, stored.comparedThen, stored.firstSeen), ...stored };
}

type Requests = { readonly level: number; readonly digests: readonly string[] };

function requestsOf(finding: Growing): Requests {
  const digests: string[] = [];
  finding.requests.each(({ hi, lo }) => {
    digests.push(`${hi.toString(36)}.${lo.toString(36)}`);
  });
  return { level: finding.requests.level(), digests };
}

function restoreRequests(finding: Growing, { level, digests }: Requests): void {
  finding.requests.restore(level, -1, "");
  for (const text of digests) {
    const [hi, lo] = text.split(".");
    finding.requests.add({ hi: Number.parseInt(hi!, 36), lo: Number.parseInt(lo!, 36) }, 1);
  }
}
