// json/element-conditions.ts: what tells the elements that only one side has from those that both sides have

import { sameLeaf } from "./equal.ts";
import { membersOf, sameName } from "./members.ts";
import { nameOf } from "./path.ts";
import { ARRAY, kindAt, OBJECT, sourceOf, type Tape } from "./tape.ts";

/** Elements examined, of those that one side has and of those that both have; members of one; conditions reported. */
const ALONE = 64;
const SHARED = 256;
const MEMBERS = 32;
const CONDITIONS = 8;
/** Characters of a value that a condition has. */
const LONGEST = 60;
/** Elements of both sides before it says something that they all have one value. */
const LEAST_SHARED = 3;

/**
 * Members by which the elements of one side only can be told: `only "state": "CUSTOMS"`, where these have that value and no
 * other element has it; `other "state"`, where all others have one value and none of these has it. All values are scalars.
 */
export function elementConditions(tape: Tape, alone: readonly number[], shared: readonly number[]): string[] {
  const [these, others] = [alone.slice(0, ALONE), shared.slice(0, SHARED)];
  if (these.length === 0 || others.length === 0) return [];
  if (![...these, ...others].every((node) => kindAt(tape, node) === OBJECT)) return [];
  const [ours, rest] = [these.map((node) => membersOf(tape, node)), others.map((node) => membersOf(tape, node))];
  const found: string[] = [];
  for (let k = 0; k < Math.min(MEMBERS, ours[0]!.length) && found.length < CONDITIONS; k++) {
    found.push(...conditionsOn(tape, ours, rest, k));
  }
  return found;
}

/** The conditions on the k-th member of the first element, each element given by its members. */
function conditionsOn(tape: Tape, these: readonly Members[], others: readonly Members[], k: number): string[] {
  const member = these[0]![k]!;
  if (kindAt(tape, member) >= ARRAY) return [];
  const values = valuesOf(tape, these, member, k);
  const isOnlyValue = values?.every((one) => sameLeaf(tape, one, tape, member)) === true;
  const rest = values === undefined ? undefined : valuesOf(tape, others, member, k);
  if (values === undefined || rest === undefined) return [];
  const found: string[] = [];
  const has = (value: number, some: readonly number[]): boolean => some.some((one) => sameLeaf(tape, one, tape, value));
  if (isOnlyValue && !has(member, rest)) {
    const value = sourceOf(tape, member);
    if (value.length <= LONGEST) found.push(`only ${JSON.stringify(nameOf(tape, member))}: ${value}`);
  }
  const [first] = rest;
  const isOne = rest.length >= LEAST_SHARED && rest.every((one) => sameLeaf(tape, one, tape, first!));
  if (isOne && !has(first!, values)) found.push(`other ${JSON.stringify(nameOf(tape, member))}`);
  return found;
}

/** An element's members, in their order. */
type Members = readonly number[];

/**
 * Each element's scalar value of the same name, looked for first in the place that it has in the first element; undefined
 * where one has none.
 */
function valuesOf(tape: Tape, elements: readonly Members[], member: number, k: number): number[] | undefined {
  const values: number[] = [];
  for (const members of elements) {
    const there = members[k];
    const isThere = there !== undefined && sameName(tape, there, tape, member);
    const value = isThere ? there : members.find((one) => sameName(tape, one, tape, member));
    if (value === undefined || kindAt(tape, value) >= ARRAY) return undefined;
    values.push(value);
  }
  return values;
}
