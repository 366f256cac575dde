// explain/backtest.ts: what a suggested rule would do to the samples that are stored

import type { Difference } from "../model/difference.ts";
import { findingOf } from "../model/place.ts";

/** What a rule did to stored samples. */
export type Settling = {
  /** Samples of the finding that it would settle. */
  readonly settles: number;
  /** Differences that it would hide although its cause does not explain them, of this finding and of others. */
  readonly hides: number;
  /** Samples that it was tried on. */
  readonly tried: number;
};

/** A rule for one finding, with what it is meant to settle. */
export type Suggestion = {
  readonly finding: string;
  /** Findings that are part of the same cause: what is missing and extra of a member with another name. */
  readonly related: readonly string[];
  /** Whether the cause explains a difference of these findings, given all differences of its sample. */
  readonly explains: (difference: Difference, all: readonly Difference[]) => boolean;
};

/** A stored sample, compared with the rules in force and with the suggested one beside them. */
export type Tried = {
  readonly route: string;
  readonly before: readonly Difference[];
  readonly after: readonly Difference[];
};

/** What becomes of stored samples: what the rule settles that its cause explains, and what else it makes vanish. */
export function settling(samples: Iterable<Tried>, { finding, related, explains }: Suggestion): Settling {
  const meant = new Set([finding, ...related]);
  let [settles, hides, tried] = [0, 0, 0];
  for (const { route, before, after } of samples) {
    tried += 1;
    const left = new Set(after.map(placeOf));
    let isSettled = false;
    for (const difference of before) {
      if (left.has(placeOf(difference))) continue;
      const id = findingOf(route, difference);
      if (!meant.has(id) || !explains(difference, before)) hides += 1;
      else if (id === finding) isSettled = true;
    }
    if (isSettled) settles += 1;
  }
  return { settles, hides, tried };
}

const placeOf = ({ where, path, kind }: Difference) => `${where}\n${path}\n${kind}`;
