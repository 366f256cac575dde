// explain/explainer.ts: what comparisons show -> the causes of findings; a fold in bounded memory

import { LRUCache } from "lru-cache";
import type { Difference } from "../model/difference.ts";
import type { Document } from "../model/document.ts";
import type { Showing, Shown } from "../model/finding-observation.ts";
import type { Relation } from "../model/relation.ts";
import type { Cause } from "../model/report.ts";
import type { Settling, Suggestion } from "./backtest.ts";
import { causesOf, type StatedCause } from "./causes.ts";
import { pairsOf } from "./codes.ts";
import {
  createFindingRecord,
  type FindingRecord,
  file,
  restoreFindingRecord,
  type StoredFindingRecord,
  storeFindingRecord,
} from "./finding-record.ts";
import { addLists } from "./lists.ts";
import { observedRelation } from "./observed.ts";
import { isRelated } from "./related.ts";
import { addRenames, type Moved } from "./renames.ts";
import { addCount, renewRequests } from "./requests.ts";
import {
  addCompared,
  createRouteRequests,
  type RouteRequests,
  restoreRouteRequests,
  type StoredRouteRequests,
  storeRouteRequests,
  watch,
} from "./route-requests.ts";

/** `causes` and `findings.max` of the config, and the port that tests suggested rules. */
export type ExplainerSettings = {
  /** The share of the observations that a cause must explain to be stated, 0 to 1. */
  readonly support: number;
  /** And the fewest observations that it must explain. */
  readonly minimum: number;
  /** Findings at most; further ones get no causes. */
  readonly findings: number;
  /**
   * Tries a rule, given as YAML for `compare:`, on what is stored of the finding's route. Undefined: nothing is stored, or
   * the trial is still under way; it is asked again. Without this port no rules are offered.
   */
  readonly backtest?: (trial: RuleTrial) => Settling | undefined;
};

/** A suggested rule to be tested, with its YAML for `compare:`. */
export type RuleTrial = Suggestion & { readonly yaml: string };

type Tested = { readonly seen: number; readonly result: Settling };
type Stated = {
  readonly seen: number;
  readonly causes: readonly Cause[];
  /** Of the first cause that says something of the values. */
  readonly relation: { readonly relation: Relation; readonly says: string } | undefined;
  readonly tested: Map<string, Tested>;
  /** Some rule's trial had no result yet. */
  readonly untried: boolean;
};

/** Observes differences and states their causes. Pure, except for the port `backtest`. */
export type Causes = {
  readonly observe: (showing: Showing) => void;
  /** Best first; none while nothing is certain enough. */
  readonly causes: (finding: string) => readonly Cause[];
  /**
   * The relation of the finding's values as an acceptance records it, with its description: that of the stated cause, or, if
   * the cause does not describe the values, their shape. Undefined: nothing is known of the finding.
   */
  readonly relation: (finding: string) => { readonly relation: Relation; readonly says: string } | undefined;
  /** Whether a relation explains a difference, given all differences of its comparison. */
  readonly relates: (relation: Relation, difference: Difference, all: readonly Difference[]) => boolean;
  readonly forget: (finding: string) => void;
  /** The candidate changed: the counts of which requests show a finding start again. */
  readonly newEpoch: () => void;
  readonly changes: () => readonly Document[];
  /** Takes back what was kept. What cannot be read is passed over, and counted. */
  readonly restore: (documents: readonly Document[]) => { readonly unreadable: number };
};

/** Differences of one finding in one comparison that are looked at: a list of a thousand says no more than these. */
const PER_COMPARISON = 32;
/** Elements of one list whose positions are looked at. */
const ELEMENTS = 10_000;
/** Routes whose requests are counted; beyond it the counts of the least recently requested route are dropped. */
const ROUTES = 500;

/** An explainer that has observed nothing. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a closure whose methods share one state
export function createExplainer(settings: ExplainerSettings): Causes {
  const { support, minimum, findings, backtest } = settings;
  const records = new Map<string, FindingRecord>();
  const dirty = new Set<string>();
  const dirtyRoutes = new Set<string>();
  const requests = new LRUCache<string, RouteRequests>({ max: ROUTES, dispose: (_, name) => dirtyRoutes.add(name) });
  /** What was stated last, and how much had been seen then: a back-test is not repeated for every reader. */
  const stated = new Map<string, Stated>();

  function recordOf(route: string, shown: Shown): FindingRecord | undefined {
    const known = records.get(shown.finding);
    if (known !== undefined || records.size >= findings) return known;
    const record = createFindingRecord({ route, where: shown.where, place: shown.place, kind: shown.kind });
    records.set(shown.finding, record);
    return record;
  }

  function routeOf(name: string): RouteRequests {
    const known = requests.get(name);
    if (known !== undefined) return known;
    const route = createRouteRequests();
    requests.set(name, route);
    return route;
  }

  /** Counts the request, for the route and for the findings that it showed; and those that it had shown before. */
  function countRequest({ route: name, shown, request }: Showing): void {
    if (request === undefined) return;
    const route = routeOf(name);
    dirtyRoutes.add(name);
    const features = addCompared(route, request, request.isNew);
    const here = new Set(shown.map(({ finding }) => finding));
    for (const finding of route.watched.get(request.key) ?? []) {
      const record = records.get(finding);
      if (record === undefined) continue;
      if (here.has(finding)) record.requests.asked += 1;
      else record.requests.pending += 1;
      dirty.add(finding);
    }
    for (const finding of here) {
      const record = records.get(finding);
      if (record === undefined) continue;
      const { requests: own } = record;
      own.asked += own.pending;
      own.agreed += own.pending;
      own.pending = 0;
      own.shown.all += 1;
      if (request.isNew) own.shown.distinct += 1;
      for (const { name } of features) addCount(own.features, name, request.isNew);
      watch(route, request.key, finding);
    }
  }

  function observe(showing: Showing): void {
    const { route, shown, request } = showing;
    const known = shown.filter((one) => recordOf(route, one) !== undefined);
    const counted = new Map<string, number>();
    const elements = new Map<string, Shown[]>();
    for (const one of known) {
      const times = counted.get(one.finding) ?? 0;
      counted.set(one.finding, times + 1);
      if (one.list !== undefined && times < ELEMENTS) {
        elements.set(one.finding, [...(elements.get(one.finding) ?? []), one]);
      }
      const key = request?.key ?? `${one.sample.method} ${one.sample.target}`;
      if (times < PER_COMPARISON) file(records.get(one.finding)!, one, key);
    }
    const all = [...elements.values()].flat();
    for (const [finding, some] of elements) {
      const opposite = all.filter(({ kind }) => kind !== some[0]!.kind);
      addLists(records.get(finding)!.lists, some, opposite);
    }
    addRenames(known, (finding) => records.get(finding)!.partners);
    for (const finding of counted.keys()) dirty.add(finding);
    countRequest(showing);
  }

  const moved = (finding: string): Moved | undefined => {
    const record = records.get(finding);
    return record && { place: record.place, partners: record.partners };
  };

  function state(finding: string): Stated | undefined {
    const record = records.get(finding);
    if (record === undefined) return undefined;
    const route = requests.peek(record.route);
    const seen = record.requests.seen;
    // What other requests do may contradict a cause, without this finding being seen.
    const looked = seen + Math.floor((route?.compared.all ?? 0) / 16);
    const before = stated.get(finding);
    if (before?.seen === looked && !before.untried) return before;
    const tested = before?.tested ?? new Map<string, Tested>();
    const all = causesOf(finding, record, route, { support, minimum }, moved);
    let untried = false;
    const causes = all.map((cause): Cause => {
      const tried = tryRule(finding, cause, seen, tested);
      untried ||= tried === "under way";
      const { kind, says, support, of, counterExamples } = cause;
      const isSafe = typeof tried === "object" && tried.settles > 0 && tried.hides === 0 && isAlone(finding, cause);
      const rule = isSafe ? tried : undefined;
      return {
        ...{ kind, says, support, of, counterExamples },
        ...(rule === undefined ? {} : { rule: { yaml: cause.rule!.yaml, ...rule } }),
      };
    });
    const relation = all.flatMap(({ relation, says }) => (relation === undefined ? [] : [{ relation, says }]))[0];
    const now = { seen: looked, causes, relation, tested, untried };
    stated.set(finding, now);
    return now;
  }

  /**
   * Whether no other finding is at the rule's place, or below it where everything there would be ignored. The samples that are stored
   * may be too new to show what the rule would hide of that one.
   */
  function isAlone(finding: string, { rule }: StatedCause): boolean {
    const { route, where, place } = records.get(finding)!;
    const ignoresBelow = rule!.yaml.startsWith("ignore:");
    for (const [id, other] of records) {
      if (id === finding || other.where !== where || other.route !== route || rule!.related.includes(id)) continue;
      if (other.place === place) return false;
      const next = other.place[place.length];
      if (ignoresBelow && (next === "." || next === "[") && other.place.startsWith(place)) return false;
    }
    return true;
  }

  function tryRule(
    finding: string,
    { rule, relation }: StatedCause,
    seen: number,
    tested: Map<string, Tested>,
  ): Settling | "under way" | undefined {
    if (rule === undefined || relation === undefined || backtest === undefined) return undefined;
    const known = tested.get(rule.yaml);
    // Samples change slowly once there are many: a rule is tried again when a quarter more has been seen.
    if (known !== undefined && seen < known.seen * 1.25) return known.result;
    const explains = (difference: Difference, all: readonly Difference[]) => isRelated(relation, difference, all);
    const result = backtest({ finding, ...rule, explains });
    if (result === undefined) return known?.result ?? "under way";
    if (tested.size >= 16) tested.clear();
    tested.set(rule.yaml, { seen, result });
    return result;
  }

  /** Throws on what is none, and on one that cannot be stated or stored: that would fail later, and cost more than this. */
  function restoredRecord(finding: string, stored: StoredFindingRecord): FindingRecord {
    const record = restoreFindingRecord(stored);
    causesOf(finding, record, undefined, { support, minimum }, () => undefined);
    storeFindingRecord(record);
    return record;
  }

  return {
    observe,
    causes: (finding) => state(finding)?.causes ?? [],
    relation: (finding) => {
      const record = records.get(finding);
      if (record === undefined) return undefined;
      const stated = state(finding)?.relation;
      if (stated !== undefined) return stated;
      const codes = pairsOf(record.codes, record.where);
      const relation = observedRelation(codes ?? [...record.pairs.all.values()], codes !== undefined);
      const says = codes === undefined ? "values that look like those observed" : "the pairs of values observed";
      return { relation, says };
    },
    relates: isRelated,
    forget: (finding) => {
      records.delete(finding);
      stated.delete(finding);
      dirty.add(finding);
    },
    newEpoch: () => {
      requests.clear();
      for (const [finding, record] of records) {
        renewRequests(record.requests);
        dirty.add(finding);
      }
      stated.clear();
    },
    changes: () => {
      const documents: Document[] = [];
      for (const finding of dirty) {
        const record = records.get(finding);
        documents.push({
          kind: "cause",
          key: finding,
          value: record === undefined ? null : storeFindingRecord(record),
        });
      }
      for (const name of dirtyRoutes) {
        const route = requests.peek(name);
        const value = route === undefined ? null : storeRouteRequests(route);
        documents.push({ kind: "requested", key: name, value });
      }
      dirty.clear();
      dirtyRoutes.clear();
      return documents;
    },
    restore: (documents) => {
      let unreadable = 0;
      for (const { kind, key, value } of documents) {
        if (value === null) continue;
        try {
          if (kind === "cause" && records.size < findings)
            records.set(key, restoredRecord(key, value as StoredFindingRecord));
          else if (kind === "requested") requests.set(key, restoreRouteRequests(value as StoredRouteRequests));
        } catch {
          unreadable += 1; // a document of another version: the causes of this finding are learned again
        }
      }
      return { unreadable };
    },
  };
}
