// json/element-conditions.ts: what tells the elements that only one side has from those that both sides have

import { sameLeaf } from "./equal.ts";
import { membersOf, sameName } from "./members.ts";
import { nameOf } from "./path.ts";
import { ARRAY, kindAt, OBJECT, sourceOf, type Tape } from "./tape.ts";

/** Elements looked at, of those that one side has and of those that both have; members of one; conditions told. */
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
  const found: string[] = [];
  for (const member of membersOf(tape, these[0]!).slice(0, MEMBERS)) {
    if (kindAt(tape, member) >= ARRAY || found.length >= CONDITIONS) continue;
    const values = valuesOf(tape, these, member);
    const rest = valuesOf(tape, others, member);
    if (values === undefined || rest === undefined) continue;
    const has = (value: number, some: readonly number[]): boolean =>
      some.some((one) => sameLeaf(tape, one, tape, value));
    const name = JSON.stringify(nameOf(tape, member));
    if (values.every((one) => sameLeaf(tape, one, tape, member)) && !has(member, rest)) {
      const value = sourceOf(tape, member);
      if (value.length <= LONGEST) found.push(`only ${name}: ${value}`);
    }
    const [first] = rest;
    const isOne = rest.length >= LEAST_SHARED && rest.every((one) => sameLeaf(tape, one, tape, first!));
    if (isOne && !has(first!, values)) found.push(`other ${name}`);
  }
  return found;
}

/** Each element's scalar value of the same name; undefined where one has none. */
function valuesOf(tape: Tape, elements: readonly number[], member: number): number[] | undefined {
  const values: number[] = [];
  for (const element of elements) {
    const value = membersOf(tape, element).find((one) => sameName(tape, one, tape, member));
    if (value === undefined || kindAt(tape, value) >= ARRAY) return undefined;
    values.push(value);
  }
  return values;
}
