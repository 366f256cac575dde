// explain/finding-record.ts: all that is known of a finding's values and requests, in bounded memory

import { digestText } from "../lib/digest.ts";
import type { Kind, Where } from "../model/difference.ts";
import type { Shown } from "../model/finding-observation.ts";
import { addCodes, type Codes, createCodes, restoreCodes, type StoredCodes, storeCodes } from "./codes.ts";
import { hypothesesFor } from "./hypotheses.ts";
import { restoreTrial, review, type StoredTrial, storeTrial, type Trial, testPair } from "./hypothesis-scores.ts";
import { createLists, type Lists, restoreLists, type StoredLists, storeLists } from "./lists.ts";
import {
  createPairs,
  type KeptPairs,
  keepPair,
  readPair,
  restorePairs,
  type StoredPairs,
  storePairs,
} from "./pairs.ts";
import { createPartners, type Partners, restorePartners, type StoredPartners, storePartners } from "./renames.ts";
import {
  addRequest,
  createRequests,
  type Requests,
  restoreRequests,
  type StoredRequests,
  storeRequests,
} from "./requests.ts";
import type { Pair } from "./value.ts";

/** Everything that is observed of one finding in order to explain it. */
export type FindingRecord = {
  readonly route: string;
  readonly where: Where;
  readonly place: string;
  readonly kind: Kind;
  readonly pairs: KeptPairs;
  /** Explanations of the pairs that are under trial. */
  readonly trials: Trial[];
  /** Observations with values, and how many there were when explanations were looked for the last time. */
  valued: number;
  reviewed: number;
  codes: Codes;
  partners: Partners;
  requests: Requests;
  lists: Lists;
};

/** A record without observations. */
export function createFindingRecord({
  route,
  where,
  place,
  kind,
}: Pick<FindingRecord, "route" | "where" | "place" | "kind">): FindingRecord {
  return {
    route,
    where,
    place,
    kind,
    pairs: createPairs(),
    trials: [],
    valued: 0,
    reviewed: 0,
    codes: createCodes(),
    partners: createPartners(),
    requests: createRequests(),
    lists: createLists(),
  };
}

/** Explanations are looked for after each of the first observations, then after some more, then at half as many more. */
const EAGER = 8;
const OFTEN = 16;
const OFTEN_UNTIL = 256;

/** Takes in one observation. @param key what tells its request from others */
export function file(record: FindingRecord, shown: Shown, key: string): void {
  addRequest(record.requests, shown, key);
  const { legacy, candidate, note } = shown.sample;
  // Equal texts of a difference are what redaction left of it: they would fit every likeness. Only the note says something.
  const isTold = legacy === undefined || legacy !== candidate;
  if (!isTold && note === undefined) return;
  const values = {
    ...(isTold && legacy !== undefined ? { legacy } : {}),
    ...(isTold && candidate !== undefined ? { candidate } : {}),
    ...(note === undefined ? {} : { note }),
  };
  const pair: Pair = readPair(values);
  if (isTold) addCodes(record.codes, pair);
  if (shown.where === "status") return;
  const digest = digestText(`${values.legacy ?? ""}\n${values.candidate ?? ""}\n${note ?? ""}`).slice(0, 10);
  keepPair(record.pairs, values, digest);
  testPair(record.trials, values, pair, digest);
  record.valued += 1;
  const since = record.valued - record.reviewed;
  const isDue = record.valued <= OFTEN_UNTIL ? since >= OFTEN : since * 2 >= record.reviewed;
  if (record.valued <= EAGER || isDue) {
    record.reviewed = record.valued;
    review(record.trials, record.pairs, hypothesesFor(record.kind, record.where));
  }
}

/** A record as it is stored. */
export type StoredFindingRecord = Pick<FindingRecord, "route" | "where" | "place" | "kind" | "valued" | "reviewed"> & {
  readonly pairs: StoredPairs;
  readonly trials: readonly StoredTrial[];
  readonly codes: StoredCodes;
  readonly partners: StoredPartners;
  readonly requests: StoredRequests;
  readonly lists: StoredLists;
};

/** The record as it is stored. */
export const storeFindingRecord = (record: FindingRecord): StoredFindingRecord => ({
  route: record.route,
  where: record.where,
  place: record.place,
  kind: record.kind,
  valued: record.valued,
  reviewed: record.reviewed,
  pairs: storePairs(record.pairs),
  trials: record.trials.map(storeTrial),
  codes: storeCodes(record.codes),
  partners: storePartners(record.partners),
  requests: storeRequests(record.requests),
  lists: storeLists(record.lists),
});

/** The record of what was stored. */
export function restoreFindingRecord(stored: StoredFindingRecord): FindingRecord {
  const known = hypothesesFor(stored.kind, stored.where);
  return {
    ...createFindingRecord(stored),
    valued: stored.valued,
    reviewed: stored.reviewed,
    pairs: restorePairs(stored.pairs),
    // A hypothesis that this release does not know any more is left out; one that is new is found at the next review.
    trials: stored.trials.flatMap((trial) => restoreTrial(trial, known) ?? []),
    codes: restoreCodes(stored.codes),
    partners: restorePartners(stored.partners),
    requests: restoreRequests(stored.requests),
    lists: restoreLists(stored.lists),
  };
}
