// explain/explainer.ts: what comparisons show -> the causes of findings; a fold in bounded memory

import type { Document } from "../model/document.ts";
import type { Cause } from "../model/report.ts";
import type { Showing, Shown } from "../model/showing.ts";
import type { Settling } from "./backtest.ts";
import {
  causesOf,
  type Dossier,
  file,
  fileCut,
  openDossier,
  restoreDossier,
  type StoredDossier,
  storeDossier,
} from "./dossier.ts";
import { addRenames } from "./renames.ts";

export type ExplainerSettings = {
  /** The share of the observations that a cause must explain to be stated, 0 to 1. */
  readonly support?: number;
  /** And the fewest observations that it must explain. */
  readonly minimum?: number;
  /** Findings at most; further ones get no causes. */
  readonly findings?: number;
  /**
   * Tries a rule, given as YAML for `compare:`, on what is stored of the finding's route: how many of the finding's
   * samples it would settle, and how many differences of other findings it would hide. Undefined: nothing is
   * stored, or the trial is still under way; it is asked again.
   * Without this port no rules are offered.
   */
  readonly backtest?: (trial: RuleTrial) => Settling | undefined;
};

export type RuleTrial = {
  readonly finding: string;
  readonly yaml: string;
  /** Findings that are part of the same cause: that their differences go as well is no loss. */
  readonly related: readonly string[];
};

type Tested = { readonly seen: number; readonly result: Settling };
type Stated = {
  readonly seen: number;
  readonly causes: readonly Cause[];
  readonly tested: Map<string, Tested>;
  /** Some rule's trial had no result yet. */
  readonly untried: boolean;
};

export type Causes = {
  readonly observe: (showing: Showing) => void;
  /** Best first; none while nothing is certain enough. */
  readonly causes: (finding: string) => readonly Cause[];
  readonly forget: (finding: string) => void;
  readonly changes: () => readonly Document[];
  readonly restore: (documents: readonly Document[]) => void;
};

/** Differences of one finding in one comparison that are looked at: a list of a thousand says no more than these. */
const PER_COMPARISON = 32;

export function createExplainer(settings: ExplainerSettings = {}): Causes {
  const { support = 0.9, minimum = 5, findings = 5000, backtest } = settings;
  const dossiers = new Map<string, Dossier>();
  const dirty = new Set<string>();
  /** What was stated last, and how much had been seen then: a back-test is not repeated for every reader. */
  const stated = new Map<string, Stated>();

  function dossierOf(shown: Shown): Dossier | undefined {
    const known = dossiers.get(shown.finding);
    if (known !== undefined || dossiers.size >= findings) return known;
    const dossier = openDossier(shown);
    dossiers.set(shown.finding, dossier);
    return dossier;
  }

  return {
    observe: ({ shown }) => {
      const counted = new Map<string, number>();
      const indexes = new Map<string, { readonly list: number[]; count: number }>();
      const known = shown.filter((one) => dossierOf(one) !== undefined);
      for (const one of known) {
        const times = counted.get(one.finding) ?? 0;
        counted.set(one.finding, times + 1);
        const index = one.kind === "missing" ? /\[(\d+)\]$/.exec(one.sample.path)?.[1] : undefined;
        if (index !== undefined && times < 10_000) {
          const missing = indexes.get(one.finding) ?? { list: [], count: 0 };
          indexes.set(one.finding, missing);
          missing.list.push(Number(index));
          missing.count += 1 + (one.alike ?? 0);
        }
        if (times < PER_COMPARISON) file(dossiers.get(one.finding)!, one);
      }
      for (const [finding, { list, count }] of indexes) fileCut(dossiers.get(finding)!, list, count);
      addRenames(known, (finding) => dossiers.get(finding)!.partners);
      for (const finding of counted.keys()) dirty.add(finding);
    },
    causes: (finding) => {
      const dossier = dossiers.get(finding);
      if (dossier === undefined) return [];
      const { seen } = dossier.requests;
      const before = stated.get(finding);
      if (before?.seen === seen && !before.untried) return before.causes;
      const tested = before?.tested ?? new Map<string, Tested>();
      let untried = false;
      const causes = causesOf(dossier, { support, minimum }, (yaml, related) => {
        const known = tested.get(yaml);
        // Samples change slowly once there are many: a rule is tried again when a quarter more has been seen.
        if (known !== undefined && seen < known.seen * 1.25) return known.result;
        const result = backtest?.({ finding, yaml, related });
        if (result === undefined) {
          untried = backtest !== undefined;
          return known?.result;
        }
        if (tested.size >= 16) tested.clear();
        tested.set(yaml, { seen, result });
        return result;
      });
      stated.set(finding, { seen, causes, tested, untried });
      return causes;
    },
    forget: (finding) => {
      dossiers.delete(finding);
      stated.delete(finding);
      dirty.add(finding);
    },
    changes: () => {
      const documents = [...dirty].map((finding): Document => {
        const dossier = dossiers.get(finding);
        return { kind: "cause", key: finding, value: dossier === undefined ? null : storeDossier(dossier) };
      });
      dirty.clear();
      return documents;
    },
    restore: (documents) => {
      for (const { kind, key, value } of documents) {
        if (kind !== "cause" || value === null || dossiers.size >= findings) continue;
        try {
          dossiers.set(key, restoreDossier(value as StoredDossier));
        } catch {
          // A document of another shape than ours: the causes of this finding are learned anew.
        }
      }
    },
  };
}
