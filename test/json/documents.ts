// json/documents.ts: documents with hostile names, in pairs that differ a little, written in many ways

import fc from "fast-check";
import { compareJson, compileJsonRules, type JsonCompared } from "../../src/json/index.ts";
import { type CompareRules, NO_RULES } from "../../src/model/rules.ts";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const HOSTILE = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "a/b",
  "m~n",
  "0",
  "",
  "a.b",
  "it's",
  "é",
  "\u0000",
  "id",
];
/**
 * Names with a backslash are left out: `JSON.parse` of Node 26 takes the name "\\u0048" for "\\" after an object that had the
 * same names before it and then "\\", and the laws compare with what it reads. The engine's own reading of such names is
 * tried in reading.test.ts.
 */
export const names = fc.oneof(
  fc.constantFrom(...HOSTILE, "a", "b", "c"),
  fc.string({ maxLength: 3 }).filter((name) => !name.includes("\\")),
);
export const anyNames = fc.oneof(names, fc.constant("__proto__"));

const scalars = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, 2, -1, 1.5, "", "a", "b", "ab", "\ud800"),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 4 }),
  fc.string({ unit: "binary", maxLength: 3 }),
);

/** Objects are made as JSON.parse makes them, so that `__proto__` is a member like any other. */
export const objectOf = (entries: readonly (readonly [string, Json])[]): { [name: string]: Json } => {
  const object: { [name: string]: Json } = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  }
  return object;
};

export function documents(keys: fc.Arbitrary<string> = names): fc.Arbitrary<Json> {
  const { value } = fc.letrec<{ value: Json; list: Json[]; records: Json[]; object: Json }>((tie) => ({
    value: fc.oneof({ maxDepth: 4, depthSize: "small" }, scalars, tie("list"), tie("object"), tie("records")),
    list: fc.array(tie("value"), { maxLength: 6 }),
    records: fc.array(
      fc.record({ id: fc.integer({ min: 0, max: 9 }), name: fc.constantFrom("x", "y", "z"), more: tie("value") }),
      { maxLength: 6 },
    ) as fc.Arbitrary<Json[]>,
    object: fc.array(fc.tuple(keys, tie("value")), { maxLength: 5 }).map(objectOf),
  }));
  return value;
}

type Edit = { readonly where: number; readonly what: number; readonly value: Json };

/** A document and what a few edits made of it. */
export function pairs(keys: fc.Arbitrary<string> = names): fc.Arbitrary<[Json, Json]> {
  const edits = fc.array(
    fc.record({ where: fc.nat(1000), what: fc.nat(5), value: documents(keys) }) as fc.Arbitrary<Edit>,
    { maxLength: 4 },
  );
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(documents(keys), edits).map(([json, all]): [Json, Json] => [json, all.reduce(edited, json)]),
    },
    { weight: 1, arbitrary: fc.tuple(documents(keys), documents(keys)) },
  );
}

function edited(json: Json, { where, what, value: given }: Edit): Json {
  const value = structuredCopy(given);
  const copy = structuredCopy(json);
  const spots: { get: () => Json; set: (value: Json) => void }[] = [];
  const lists: Json[][] = [];
  const objects: { [name: string]: Json }[] = [];
  const holder = { root: copy };
  const visit = (here: Json, set: (value: Json) => void): void => {
    spots.push({ get: () => here, set });
    if (Array.isArray(here)) {
      lists.push(here);
      for (const [k, element] of here.entries())
        visit(element, (v) => {
          here[k] = v;
        });
    } else if (typeof here === "object" && here !== null) {
      objects.push(here);
      for (const name of Object.keys(here)) {
        visit(here[name]!, (v) => {
          Object.defineProperty(here, name, { value: v, writable: true, enumerable: true, configurable: true });
        });
      }
    }
  };
  visit(holder.root, (v) => {
    holder.root = v;
  });
  const list = lists[where % Math.max(1, lists.length)];
  const object = objects[where % Math.max(1, objects.length)];
  if (what === 0 && list !== undefined) list.splice(where % (list.length + 1), 0, value);
  else if (what === 1 && list !== undefined) list.splice(where % Math.max(1, list.length), 1);
  else if (what === 2 && list !== undefined) list.push(...list.splice(where % Math.max(1, list.length), 1));
  else if (what === 3 && object !== undefined)
    delete object[Object.keys(object)[where % Math.max(1, Object.keys(object).length)] ?? ""];
  else spots[where % spots.length]!.set(value);
  return holder.root;
}

export function structuredCopy(json: Json): Json {
  if (Array.isArray(json)) return json.map(structuredCopy);
  if (typeof json !== "object" || json === null) return json;
  return objectOf(Object.keys(json).map((name) => [name, structuredCopy(json[name]!)]));
}

/** The same document in other words: members in another order, whitespace, escapes, numbers with exponents. */
export function rewritten(json: Json, seed: number): string {
  let state = seed | 1;
  const random = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  const space = (): string => ["", "", " ", "\n\t", "\r\n  "][random(5)]!;
  const text = (value: string): string =>
    `"${[...Array(value.length).keys()]
      .map((k) => value.charCodeAt(k))
      .map((unit) =>
        random(3) === 0 || unit < 32 || unit === 34 || unit === 92 || (unit >= 0xd800 && unit < 0xe000)
          ? `\\u${unit.toString(16).padStart(4, "0")}`
          : String.fromCharCode(unit),
      )
      .join("")}"`;
  const write = (value: Json): string => {
    if (typeof value === "string") return text(value);
    if (typeof value === "number") return random(2) === 0 ? JSON.stringify(value) : value.toExponential();
    if (Array.isArray(value)) return `[${space()}${value.map((v) => space() + write(v) + space()).join(",")}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const all = Object.keys(value);
    for (let k = all.length - 1; k > 0; k--) {
      const m = random(k + 1);
      [all[k], all[m]] = [all[m]!, all[k]!];
    }
    return `{${space()}${all.map((name) => `${space()}${text(name)}${space()}:${space()}${write(value[name]!)}`).join(",")}${space()}}`;
  };
  return space() + write(json) + space();
}

export const LIMITS = { budget: 1_000_000 };
export const STRICT = compileJsonRules(NO_RULES);

/** Compares two values, or two texts where a string begins like a document. */
export function compare(legacy: Json, candidate: Json, rules: Partial<CompareRules> = {}): JsonCompared {
  return compareJson(
    JSON.stringify(legacy),
    JSON.stringify(candidate),
    compileJsonRules({ ...NO_RULES, ...rules }),
    LIMITS,
  );
}

export function compareTexts(
  legacy: string | Uint8Array,
  candidate: string | Uint8Array,
  rules: Partial<CompareRules> = {},
): JsonCompared {
  return compareJson(legacy, candidate, compileJsonRules({ ...NO_RULES, ...rules }), LIMITS);
}

/** `kind path legacy -> candidate`, short enough to read in a test. */
export function told(compared: JsonCompared): string[] {
  return compared.differences.map(
    ({ kind, path, legacy = "", candidate = "" }) => `${kind} ${path} ${legacy} -> ${candidate}`,
  );
}
