// json/other-identities.ts: elements that carry different identities are different elements, however alike they look

import { fits, identifies, memberLike, sampleOf } from "./identity.ts";
import { nameOf } from "./path.ts";
import type { Place } from "./rules.ts";
import { stepTo } from "./step.ts";
import { bytesHash, textOf } from "./strings.ts";
import { END, ESCAPED, kindAt, NEXT, OBJECT, START, STRIDE, STRING, type Tape } from "./tape.ts";

/** Names of members that hold an identity and nothing else. `name`, `code` or `number` may be ordinary data. */
const IDENTITY = /(?:^|[a-z0-9_-])(?:id|uuid|guid|key|sku|slug)$|(?:Id|ID|Uuid|UUID|Guid|Key|Sku)$/;

/** Members of one element that are looked at, and members that may tell elements apart beside the identity. */
const MOST_NAMES = 24;
const MOST_OTHERS = 4;

/**
 * Hashes of one member's values, by element index; 0 where an element has none. Equal text has equal hashes, so the number
 * `1` and the string `"1"` are one identity.
 */
type Column = { readonly left: Int32Array; readonly right: Int32Array };

/**
 * What tells the elements of two lists apart: the identity, and other members whose values do not repeat within a list
 * (a title, an e-mail address).
 */
export type Identities = { readonly identity: Column; readonly others: readonly Column[] };

/** Two lists and the rules' place of legacy's elements. */
type Elements = {
  readonly a: Tape;
  readonly left: readonly number[];
  readonly b: Tape;
  readonly right: readonly number[];
  readonly placeOf: (index: number) => Place;
};

/**
 * The identities of the elements of two lists: a member with an identity's name that nearly every element of both lists
 * has, with values that do not repeat. Undefined if there is none.
 */
export function identitiesOf({ a, left, b, right, placeOf }: Elements): Identities | undefined {
  const first = left.findIndex((node) => kindAt(a, node) === OBJECT);
  if (first < 0 || right.length === 0) return undefined;
  let identity: Column | undefined;
  const others: Column[] = [];
  for (const member of namedMembers(a, left[first]!, placeOf(first))) {
    const isIdentity = IDENTITY.test(nameOf(a, member));
    if (isIdentity ? identity !== undefined : others.length === MOST_OTHERS) continue;
    const column = columnOf(a, left, b, right, member);
    if (column === undefined) continue;
    if (isIdentity) identity = column;
    else others.push(column);
  }
  return identity === undefined ? undefined : { identity, others };
}

/**
 * Whether two elements have different identities and are nothing alike otherwise.
 * @param likeness share of the leaves that agree, 0 to 1, and their number
 * @param least share of the leaves beside the identity that must agree for an element whose identity alone changed
 */
export function areStrangers(
  { identity, others }: Identities,
  i: number,
  j: number,
  likeness: { readonly same: number; readonly all: number },
  least: number,
): boolean {
  const [ours, theirs] = [identity.left[i]!, identity.right[j]!];
  if (ours === 0 || theirs === 0 || ours === theirs) return false;
  if (likeness.same < least * (likeness.all - 1) || likeness.all < 2) return true;
  // one such member may have changed together with the identity, several of them do not
  return others.length > 1 && others.every(({ left, right }) => left[i] !== right[j]);
}

/** Whether both elements have the same identity. */
export function haveOneIdentity({ identity }: Identities, i: number, j: number): boolean {
  return identity.left[i] !== 0 && identity.left[i] === identity.right[j];
}

/** Whether two elements have a member with an identity's name, and its values differ. Cheap: two elements are looked at. */
export function mayBeStrangers(a: Tape, i: number, b: Tape, j: number, place: Place): boolean {
  if (kindAt(a, i) !== OBJECT || kindAt(b, j) !== OBJECT) return false;
  for (const member of namedMembers(a, i, place)) {
    if (!IDENTITY.test(nameOf(a, member))) continue;
    const other = memberLike(b, j, a, member);
    if (other >= 0 && identifies(b, other) && textPrint(a, member) !== textPrint(b, other)) return true;
  }
  return false;
}

/** The members of an element that may tell it apart and that no rule ignores or compares in its own way. */
function namedMembers(tape: Tape, element: number, place: Place): number[] {
  const found: number[] = [];
  const end = tape.nodes[element + NEXT]!;
  let looked = 0;
  for (let at = element + STRIDE; at < end && looked < MOST_NAMES; at = tape.nodes[at + NEXT]!, looked++) {
    if (!identifies(tape, at)) continue;
    const below = stepTo(place, tape, element, at, 0, 0);
    if (below.ignore !== undefined || !below.inside) continue;
    if (below.times.length + below.numbers.length + below.strings.length === 0) found.push(at);
  }
  return found;
}

function columnOf(
  a: Tape,
  left: readonly number[],
  b: Tape,
  right: readonly number[],
  member: number,
): Column | undefined {
  const print = (tape: Tape, element: number): number => {
    const at = memberLike(tape, element, a, member);
    return at >= 0 && identifies(tape, at) ? textPrint(tape, at) : 0;
  };
  if (!fits(sampleOf(left).map((node) => print(a, node)))) return undefined;
  if (!fits(sampleOf(right).map((node) => print(b, node)))) return undefined;
  const column = {
    left: Int32Array.from(left, (node) => print(a, node)),
    right: Int32Array.from(right, (node) => print(b, node)),
  };
  return fits(column.left) && fits(column.right) ? column : undefined;
}

/** A hash of a scalar's text without quotes; never 0. */
function textPrint(tape: Tape, node: number): number {
  const kind = kindAt(tape, node);
  const [start, end] = [tape.nodes[node + START]!, tape.nodes[node + END]!];
  if (kind === STRING) return bytesHash(tape.bytes, start + 1, end - 1) || 1;
  if (kind !== ESCAPED) return bytesHash(tape.bytes, start, end) || 1;
  const utf8 = Buffer.from(textOf(tape.bytes, start, end));
  return bytesHash(utf8, 0, utf8.length) || 1;
}
