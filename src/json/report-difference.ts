// json/report-difference.ts: a comparison under way, and how a difference is told or hidden in it

import type { Difference, Kind } from "../model/difference.ts";
import { writeIndexes } from "../model/index-runs.ts";
import { isDictionary, mayBeDictionary } from "./dictionary.ts";
import type { Equality } from "./equal.ts";
import type { Side } from "./fingerprint.ts";
import type { Budget } from "./likeness.ts";
import { membersOf } from "./members.ts";
import type { Naming } from "./named-values.ts";
import { generalPathOf, pathOf, type Trail } from "./path.ts";
import type { JsonRules, Place } from "./rules.ts";
import { siblingWith } from "./siblings.ts";
import { stepTo } from "./step.ts";
import { ARRAY, kindAt, sourceOf, type Tape } from "./tape.ts";

/** One comparison under way. */
export type Walk = {
  readonly legacy: Side;
  readonly candidate: Side;
  readonly rules: JsonRules;
  readonly overdue: () => boolean;
  readonly equality: Equality;
  readonly budget: Budget;
  readonly found: Difference[];
  readonly masked: Map<string, number>;
  /** The `only` rules whose places were seen, and how many differences lay elsewhere. */
  readonly onlySeen: Set<string>;
  outside: number;
  approximate: boolean;
  late: boolean;
  ticks: number;
  /** Set where differences are not told one by one. */
  gate: Gate | undefined;
  /** Pairs so deep that they wait until the stack is short again. */
  readonly deferred: Deferred[];
  /** Where the names that stand beside a differing value are wanted. */
  readonly naming: Naming | undefined;
  /** By legacy's object: whether its member names are data. */
  readonly dictionaries: Map<number, boolean>;
};

/** All that differs below is one difference, at `at`; without `at` nothing is told, only whether anything differs. */
export type Gate = {
  found: boolean;
  readonly at: { readonly trail: Trail; readonly i: number; readonly j: number } | undefined;
};

/** A pair of values that is compared later, when the stack is short again. */
export type Deferred = {
  readonly i: number;
  readonly j: number;
  readonly place: Place;
  readonly trail: Trail;
  readonly gate: Gate | undefined;
};

/** Reports what differs at a place; a node below 0 is absent. */
export function tell(w: Walk, trail: Trail, kind: Kind, i: number, j: number, note?: string): void {
  if (w.gate === undefined) {
    const [legacy, candidate] = [valueAt(w.legacy.tape, i), valueAt(w.candidate.tape, j)];
    push(w, trail, differenceAt(pathOf(trail), kind, legacy, candidate, note ?? siblingNote(w, trail, kind, i, j)));
    return;
  }
  if (w.gate.found) return;
  w.gate.found = true;
  const { at } = w.gate;
  if (at === undefined) return;
  const [legacy, candidate] = [sourceOf(w.legacy.tape, at.i), sourceOf(w.candidate.tape, at.j)];
  push(
    w,
    at.trail,
    differenceAt(pathOf(at.trail), "value", legacy, candidate, "what differs lies deeper than paths go"),
  );
}

/** That the candidate has here what another member of legacy's object has. */
function siblingNote(w: Walk, trail: Trail, kind: Kind, i: number, j: number): string | undefined {
  if (kind !== "value" || trail.left < 0) return undefined;
  const name = siblingWith(w.legacy.tape, trail.left, i, w.candidate.tape, j);
  return name === undefined ? undefined : `the value of legacy's ${JSON.stringify(name)}`;
}

/** Lists a difference, with its general place where its path leads through a dictionary. */
function push(w: Walk, trail: Trail, difference: Difference): void {
  const general = trail.length < LONGEST_GENERAL ? generalPathOf(trail, (step) => isKey(w, step)) : undefined;
  const named = w.naming?.of(trail, difference.kind === "extra") ?? NO_NAMES;
  const told = named.length === 0 ? difference : { ...difference, named };
  w.found.push(general === undefined ? told : { ...told, general });
}

const NO_NAMES: readonly string[] = [];

/** Longer paths are looked into no further. */
const LONGEST_GENERAL = 1_000;

/** Whether a step's name is a dictionary's key; worked out once for each pair of objects. */
function isKey(w: Walk, step: Trail): boolean {
  if (!mayBeDictionary(w.legacy.tape, step.left) && !mayBeDictionary(w.candidate.tape, step.right)) return false;
  let known = w.dictionaries.get(step.left);
  if (known === undefined) {
    known = isDictionary(w.legacy.tape, step.left, w.candidate.tape, step.right, step.above!);
    w.dictionaries.set(step.left, known);
  }
  return known;
}

/**
 * A list in another order. `legacy` and `candidate` hold legacy's indexes of the elements that both sides have, in each side's
 * order, from the first that moved to the last: `[0,1,2]` and `[2,0,1]` say that legacy's third comes first. Long lists are
 * written by their runs (`["119..0"]`).
 */
export function tellOrder(w: Walk, trail: Trail, i: number, j: number, moved: readonly number[], by?: string): void {
  if (w.gate !== undefined) {
    tell(w, trail, "order", i, j);
    return;
  }
  const before = [...moved].sort((x, y) => x - y);
  const isReversed = moved.length > 2 && moved.every((index, k) => index === before[before.length - 1 - k]);
  const what = isReversed ? `${moved.length} elements in reverse order` : `${moved.length} elements in another order`;
  const note = `${what}: legacy's indexes in each side's order${by === undefined ? "" : `, elements known by ${by}`}`;
  push(w, trail, differenceAt(pathOf(trail), "order", writeIndexes(before), writeIndexes(moved), note));
}

const valueAt = (tape: Tape, node: number): string | undefined => (node < 0 ? undefined : sourceOf(tape, node));

/** A difference in a body. Absent values and notes are absent members, not undefined ones. */
export function differenceAt(path: string, kind: Kind, legacy?: string, candidate?: string, note?: string): Difference {
  if (legacy !== undefined && candidate !== undefined && note === undefined) {
    return { where: "body", path, kind, legacy, candidate };
  }
  return {
    where: "body",
    path,
    kind,
    ...(legacy !== undefined && { legacy }),
    ...(candidate !== undefined && { candidate }),
    ...(note !== undefined && { note }),
  };
}

/** Reports a value that only one side has, unless a rule hides it. */
export function tellOneSided(w: Walk, trail: Trail, kind: "missing" | "extra", node: number, place: Place): void {
  const { tape } = kind === "missing" ? w.legacy : w.candidate;
  for (const name of place.only) w.onlySeen.add(name);
  if (place.ignore !== undefined || (!place.inside && !reachesInside(tape, node, place))) hide(w, place);
  else tell(w, trail, kind, kind === "missing" ? node : -1, kind === "missing" ? -1 : node);
}

/** Nothing at this place counts, nor below it. */
export const isHidden = (place: Place): boolean => place.ignore !== undefined || (!place.inside && !place.leadsInside);

/** Counts a difference that does not count, for the rule that says so. */
export function hide(w: Walk, place: Place): void {
  if (place.ignore === undefined) w.outside += 1;
  else hideBy(w, place.ignore);
}

/** Counts one difference that the named rule settled. */
export function hideBy(w: Walk, rule: string): void {
  w.masked.set(rule, (w.masked.get(rule) ?? 0) + 1);
}

/** Whether a place that an `only` rule names lies in this value. */
export function reachesInside(tape: Tape, node: number, place: Place): boolean {
  const open: { node: number; place: Place }[] = [{ node, place }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.place.inside) return true;
    if (!next.place.leadsInside || kindAt(tape, next.node) < ARRAY) continue;
    const children = membersOf(tape, next.node);
    for (const [index, child] of children.entries()) {
      open.push({ node: child, place: stepTo(next.place, tape, next.node, child, index, children.length) });
    }
  }
  return false;
}
