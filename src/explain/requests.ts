// explain/requests.ts: which requests show it, and whether the candidate answers the same one in the same way

import { digestText } from "../model/digest.ts";
import type { Shown } from "../model/showing.ts";

export type Requests = {
  seen: number;
  /** `GET /products/1042` and how often; undefined: they are too many to be particular. */
  targets: Map<string, number> | undefined;
  /** What the candidate said to a request, while legacy said the same. */
  readonly answers: Map<string, string>;
  /** Observations that could have shown the candidate to vary, and those that did. */
  repeated: number;
  varied: number;
};

const TARGETS = 3;
const ANSWERS = 64;

export const createRequests = (): Requests => ({
  seen: 0,
  targets: new Map(),
  answers: new Map(),
  repeated: 0,
  varied: 0,
});

export function addRequest(requests: Requests, { sample, candidateVaries }: Shown): void {
  requests.seen += 1;
  const target = `${sample.method} ${sample.target}`;
  if (requests.targets !== undefined) {
    requests.targets.set(target, (requests.targets.get(target) ?? 0) + 1);
    if (requests.targets.size > TARGETS) requests.targets = undefined;
  }
  const key = digestText(`${target}\n${sample.path}\n${sample.legacy ?? ""}`);
  const answer = digestText(sample.candidate ?? "");
  const before = requests.answers.get(key);
  if (before !== undefined || candidateVaries) {
    requests.repeated += 1;
    if (candidateVaries || before !== answer) requests.varied += 1;
  }
  if (before !== undefined || requests.answers.size < ANSWERS) requests.answers.set(key, answer);
}

export type StoredRequests = Pick<Requests, "seen" | "repeated" | "varied"> & {
  readonly targets: readonly (readonly [string, number])[] | null;
  readonly answers: readonly (readonly [string, string])[];
};

export const storeRequests = ({ targets, answers, ...counts }: Requests): StoredRequests => ({
  ...counts,
  targets: targets === undefined ? null : [...targets],
  answers: [...answers],
});

export const restoreRequests = ({ targets, answers, ...counts }: StoredRequests): Requests => ({
  ...counts,
  targets: targets === null ? undefined : new Map(targets),
  answers: new Map(answers),
});
