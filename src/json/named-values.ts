// json/named-values.ts: names that stand beside a differing value and say what it is, so that redaction can decide what may be shown

import {
  createKeyLines,
  isNameLike,
  isNamingMember,
  isValueMember,
  NAMING_ATTRIBUTES,
  partName,
} from "../lib/named-values.ts";
import { membersOf } from "./members.ts";
import { nameOf, type Trail } from "./path.ts";
import { textOf } from "./strings.ts";
import {
  ARRAY,
  COUNT,
  END,
  ESCAPED,
  kindAt,
  NAME,
  NAME_END,
  NEXT,
  OBJECT,
  START,
  STRIDE,
  STRING,
  type Tape,
} from "./tape.ts";

/** Attributes that name an element's own values and text, and not all that it contains: a page has an id, too. */
const SHALLOW: ReadonlySet<string> = new Set(["id", "autocomplete", "type"]);
/** Elements whose text names what the next element holds: `<key>password</key><string>...</string>`. */
const NAMING_ELEMENTS: ReadonlySet<string> = new Set(["name", "key", "dt", "th"]);
/** Members of an object that are looked at: elements and records have few. */
const MOST_MEMBERS = 64;
const MOST_NAMES = 8;
const LONGEST_NAME = 100;
/** A longer string is no line, and a key in it is found by its looks. */
const LONGEST_LINE = 1_000;
const LONGEST_DISPOSITION = 1_000;

/** What the members of an object say of each other. */
type Beside = {
  /** An element's attributes that name it: for all that it contains, and for its own values and text. */
  readonly deep: readonly string[];
  readonly shallow: readonly string[];
  /** Of a record with a name and a value. */
  readonly record: readonly string[];
  /** Of a part of a multipart body. */
  readonly part: string | undefined;
};

/** A list's elements, and which of them are lines of a private key. */
type List = { readonly elements: readonly number[]; readonly keyLines: ReadonlySet<number> };

const BOTH = [0, 1] as const;
const NONE: readonly string[] = [];
const NO_LIST: List = { elements: [], keyLines: new Set() };
const NOTHING: Beside = { deep: [], shallow: [], record: [], part: undefined };

/** Finds the names that stand beside values. */
export type Naming = {
  /** The names that stand beside a differing value, on either side; at most a few. */
  readonly of: (trail: Trail, isExtra: boolean) => readonly string[];
};

/** Works out each object and list once. `a` is legacy's document, `b` the candidate's. */
export function createNaming(a: Tape, b: Tape): Naming {
  const sides = [
    { tape: a, objects: new Map<number, Beside>(), lists: new Map<number, List>() },
    { tape: b, objects: new Map<number, Beside>(), lists: new Map<number, List>() },
  ] as const;
  const besideAt = (side: 0 | 1, object: number): Beside => {
    const { tape, objects } = sides[side];
    let known = objects.get(object);
    if (known === undefined) {
      known = kindAt(tape, object) === OBJECT ? besideIn(tape, object) : NOTHING;
      objects.set(object, known);
    }
    return known;
  };

  /** Where a list stands in one side's document, as far as the way to it can be followed there; else -1. */
  const listAt = (side: 0 | 1, trail: Trail): number => {
    const { tape } = sides[side];
    if (trail.above === undefined) return 0;
    if (trail.index >= 0) return elementsAt(side, listAt(side, trail.above)).elements[trail.index] ?? -1;
    if (trail.tape === tape) return trail.node;
    const object = side === 0 ? trail.left : trail.right;
    const name = nameOf(trail.tape!, trail.node);
    return membersOf(tape, object).find((member) => nameOf(tape, member) === name) ?? -1;
  };

  const elementsAt = (side: 0 | 1, list: number): List => {
    const { tape, lists } = sides[side];
    if (list < 0 || kindAt(tape, list) !== ARRAY) return NO_LIST;
    let known = lists.get(list);
    if (known === undefined) {
      const elements = membersOf(tape, list);
      known = { elements, keyLines: keyLinesIn(tape, elements) };
      lists.set(list, known);
    }
    return known;
  };

  return {
    of: (trail, isExtra) => {
      let names: Set<string> | undefined;
      const add = (name: string) => {
        names ??= new Set();
        if (names.size < MOST_NAMES) names.add(name);
      };
      let depth = 1;
      for (let step = trail; step.above !== undefined; step = step.above, depth += 1) {
        if (step.tape !== undefined) {
          for (const side of BOTH) {
            const beside = besideAt(side, side === 0 ? step.left : step.right);
            if (beside !== NOTHING) for (const name of namesFor(nameOf(step.tape, step.node), beside, depth)) add(name);
          }
          continue;
        }
        // An index is legacy's, and of what only the candidate has it is the candidate's.
        const side = isExtra && depth === 1 ? 1 : 0;
        const { elements, keyLines } = elementsAt(side, listAt(side, step.above));
        const named = namedByElement(sides[side].tape, elements[step.index - 1] ?? -1);
        if (named !== undefined) add(named);
        if (depth === 1 && keyLines.has(step.index)) add("private key");
      }
      return names === undefined ? NONE : [...names];
    },
  };
}

/** The names that count for one member of an object, or for what lies `depth` steps below the object. */
function namesFor(member: string, { deep, shallow, record, part }: Beside, depth: number): readonly string[] {
  const isNaming = member.startsWith("@") && NAMING_ATTRIBUTES.has(member.slice(1).toLowerCase());
  return [
    ...(isNaming ? [] : deep),
    ...(isNaming || depth > 2 ? [] : shallow),
    ...(isValueMember(member) ? record : []),
    ...(part !== undefined && member === "body" ? [part] : []),
  ];
}

function besideIn(tape: Tape, object: number): Beside {
  const [deep, shallow, record]: string[][] = [[], [], []];
  let part: string | undefined;
  const end = tape.nodes[object + NEXT]!;
  let left = MOST_MEMBERS;
  for (let at = object + STRIDE; at < end && left > 0; at = tape.nodes[at + NEXT]!, left -= 1) {
    // Most names are told apart by their length and first letter.
    const length = tape.nodes[at + NAME_END]! - tape.nodes[at + NAME]! - 2;
    if (length < 3 || length > 48 || !FIRST.has(tape.bytes[tape.nodes[at + NAME]! + 1]!)) continue;
    const member = nameOf(tape, at);
    if (member === "fields" && kindAt(tape, at) === OBJECT) {
      const disposition = membersOf(tape, at).find((one) => nameOf(tape, one) === "content-disposition");
      part = disposition === undefined ? undefined : partName(stringAt(tape, disposition, LONGEST_DISPOSITION) ?? "");
      continue;
    }
    const attribute = member.startsWith("@") ? member.slice(1).toLowerCase() : undefined;
    if (attribute === undefined ? !isNamingMember(member) : !NAMING_ATTRIBUTES.has(attribute)) continue;
    const name = stringAt(tape, at, LONGEST_NAME);
    if (name === undefined || !isNameLike(name)) continue;
    if (attribute === undefined) record!.push(name);
    else if (SHALLOW.has(attribute)) shallow!.push(name);
    else deep!.push(name);
  }
  const isNothing = deep!.length + shallow!.length + record!.length === 0 && part === undefined;
  return isNothing ? NOTHING : { deep: deep!, shallow: shallow!, record: record!, part };
}

/** What the names of naming members, attributes and of a part's fields begin with; or an escape, which may stand for it. */
const FIRST: ReadonlySet<number> = new Set([..."@nNkKfFhHpPvVaAoOsStT\\"].map((letter) => letter.charCodeAt(0)));

/** The name that an element such as `{"key":"password"}` gives to the one behind it. */
function namedByElement(tape: Tape, element: number): string | undefined {
  if (element < 0 || kindAt(tape, element) !== OBJECT || tape.nodes[element + COUNT] !== 1) return undefined;
  const first = element + STRIDE;
  if (!NAMING_ELEMENTS.has(nameOf(tape, first).toLowerCase())) return undefined;
  const name = stringAt(tape, first, LONGEST_NAME)?.trim();
  return name !== undefined && isNameLike(name) ? name : undefined;
}

/** The positions of the strings that belong to a private key given line by line. */
function keyLinesIn(tape: Tape, elements: readonly number[]): ReadonlySet<number> {
  if (elements.length < 2) return NO_LIST.keyLines;
  const found = new Set<number>();
  if (!tape.bytes.includes("PRIVATE KEY") && !tape.bytes.includes("PuTTY-")) return found;
  const belongs = createKeyLines();
  for (const [i, element] of elements.entries()) {
    const line = stringAt(tape, element, LONGEST_LINE);
    if (line !== undefined && belongs(line)) found.add(i);
  }
  return found;
}

/** A string's content if it is one and not longer than this. */
function stringAt(tape: Tape, node: number, most: number): string | undefined {
  const kind = kindAt(tape, node);
  if (kind !== STRING && kind !== ESCAPED) return undefined;
  const [start, end] = [tape.nodes[node + START]!, tape.nodes[node + END]!];
  return end - start > 6 * most + 2 ? undefined : textOf(tape.bytes, start, end, kind === ESCAPED);
}
