// explain/requests.ts: which requests show a finding, and whether the candidate answers the same one in the same way

import { digestText } from "../lib/digest.ts";
import type { Shown } from "../model/finding-observation.ts";

/** How often, over all comparisons and over distinct requests. */
export type Count = { all: number; distinct: number };

/** Counts of the requests that showed a finding, and of what they have in common. */
export type Requests = {
  seen: number;
  /** `GET /products/1042` and how often; undefined: they are too many to be particular. */
  targets: Map<string, number> | undefined;
  /** What the candidate said to a request, while legacy said the same. */
  readonly answers: Map<string, string>;
  /** Observations that could have shown the candidate to vary, and those that did. */
  repeated: number;
  varied: number;
  /**
   * Comparisons of requests that had shown the finding before, and those of them that did not show it although it was seen
   * again later: what is fixed did not come and go. `pending` did not show it so far.
   */
  asked: number;
  agreed: number;
  pending: number;
  /** Of this epoch: the comparisons that showed it, and the features that their requests had. */
  shown: Count;
  readonly features: Map<string, Count>;
};

const TARGETS = 3;
const ANSWERS = 64;

/** No requests yet. */
export const createRequests = (): Requests => ({
  seen: 0,
  targets: new Map(),
  answers: new Map(),
  repeated: 0,
  varied: 0,
  asked: 0,
  agreed: 0,
  pending: 0,
  shown: { all: 0, distinct: 0 },
  features: new Map(),
});

/** @param key what tells the request from others, with who asked it */
export function addRequest(requests: Requests, { sample, candidateVaries }: Shown, key: string): void {
  requests.seen += 1;
  const target = `${sample.method} ${sample.target}`;
  if (requests.targets !== undefined) {
    requests.targets.set(target, (requests.targets.get(target) ?? 0) + 1);
    if (requests.targets.size > TARGETS) requests.targets = undefined;
  }
  const place = digestText(`${key}\n${sample.path}\n${sample.legacy ?? ""}`);
  // When a cookie expires moves with the clock.
  const said = (sample.candidate ?? "").replace(/expires=[^;"]*/i, "expires");
  const answer = digestText(said);
  const before = requests.answers.get(place);
  if (before !== undefined || candidateVaries) {
    requests.repeated += 1;
    if (candidateVaries || before !== answer) requests.varied += 1;
  }
  if (before !== undefined || requests.answers.size < ANSWERS) requests.answers.set(place, answer);
}

/** A new epoch: the counts of which requests show it start again. */
export function renewRequests(requests: Requests): void {
  requests.shown = { all: 0, distinct: 0 };
  requests.features.clear();
  requests.asked = 0;
  requests.agreed = 0;
  requests.pending = 0;
}

/** Counts a request under a name. @param isNew the request is a distinct one that was not counted before */
export function addCount(counts: Map<string, Count>, name: string, isNew: boolean): void {
  const known = counts.get(name);
  if (known === undefined) counts.set(name, { all: 1, distinct: isNew ? 1 : 0 });
  else {
    known.all += 1;
    if (isNew) known.distinct += 1;
  }
}

/** Counts as they are stored. */
export type StoredCounts = readonly (readonly [name: string, all: number, distinct: number])[];
/** The counts as they are stored. */
export const storeCounts = (counts: ReadonlyMap<string, Count>): StoredCounts =>
  [...counts].map(([name, { all, distinct }]) => [name, all, distinct]);
/** The counts of what was stored. */
export const restoreCounts = (stored: StoredCounts): Map<string, Count> =>
  new Map(stored.map(([name, all, distinct]) => [name, { all, distinct }]));

/** Requests as they are stored. */
export type StoredRequests = Pick<
  Requests,
  "seen" | "repeated" | "varied" | "asked" | "agreed" | "pending" | "shown"
> & {
  readonly targets: readonly (readonly [string, number])[] | null;
  readonly answers: readonly (readonly [string, string])[];
  readonly features: StoredCounts;
};

/** The requests as they are stored. */
export const storeRequests = ({ targets, answers, features, shown, ...counts }: Requests): StoredRequests => ({
  ...counts,
  shown: { ...shown },
  targets: targets === undefined ? null : [...targets],
  answers: [...answers],
  features: storeCounts(features),
});

/** The requests of what was stored. */
export const restoreRequests = ({ targets, answers, features, shown, ...counts }: StoredRequests): Requests => ({
  ...counts,
  shown: { ...shown },
  targets: targets === null ? undefined : new Map(targets),
  answers: new Map(answers),
  features: restoreCounts(features),
});
