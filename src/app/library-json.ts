// app/library-json.ts: a parsed value that a caller gives -> the JSON text that the engine compares

import { nameStep } from "../compare/index.ts";
import type { InputFault } from "../model/library.ts";

/** An object or list that is being written. */
type Open = {
  readonly value: object;
  /** Member names; undefined for a list. */
  readonly names: readonly string[] | undefined;
  readonly length: number;
  /** How many members or elements have been begun. */
  begun: number;
};

/** The text, or the first thing that is not JSON. `cause`: what a getter threw. */
export type JsonOf = { readonly text: string } | { readonly fault: InputFault; readonly cause?: unknown };

/**
 * Writes a parsed value as JSON text. Numbers are written as JavaScript does, so that they are compared as exactly as the
 * value holds them; a bigint is an integer with all its digits. `toJSON` is not called. What JSON cannot hold is refused, not
 * dropped as `JSON.stringify` does, because a dropped member would read as equal. Without recursion: values may be deep.
 * @param at the path of the value, with which the path of a fault begins: `legacy.body`
 * @param most characters that the text may have
 */
export function jsonOf(root: unknown, at: string, most: number): JsonOf {
  const chunks: string[] = [];
  let pieces: string[] = [];
  const open: Open[] = [];
  const within = new Set<object>();
  let length = 0;
  const write = (piece: string) => {
    pieces.push(piece);
    length += piece.length;
    if (pieces.length < PIECES) return;
    chunks.push(pieces.join(""));
    pieces = [];
  };
  const here = () => at + open.map(stepOf).join("");
  try {
    let value = root;
    for (;;) {
      const wrong = begin(value);
      if (wrong !== undefined) return { fault: { path: here(), ...wrong } };
      if (length > most) return { fault: { path: at, ...tooLarge(most) } };
      const next = advance();
      if (next === END) return { text: chunks.join("") + pieces.join("") };
      value = next;
    }
  } catch (error) {
    const message = `reading it threw: ${error instanceof Error ? error.message : String(error)}`;
    return { fault: { path: here(), message, hint: "give a plain value, without getters" }, cause: error };
  }

  /** Writes a scalar whole, or the beginning of an object or list. */
  function begin(value: unknown): Wrong | undefined {
    if (value === null || typeof value === "boolean") write(String(value));
    else if (typeof value === "string") write(JSON.stringify(value));
    else if (typeof value === "bigint") write(String(value));
    else if (typeof value === "number") {
      if (!Number.isFinite(value)) return { message: `${value} is not JSON`, hint: "null, or a string" };
      write(String(value));
    } else if (typeof value === "object") return beginStructure(value);
    else return notJson(value);
    return undefined;
  }

  function beginStructure(value: object): Wrong | undefined {
    if (within.has(value)) return { message: "it is inside of itself, so it has no end", hint: "remove the cycle" };
    if (Array.isArray(value)) {
      open.push({ value, names: undefined, length: value.length, begun: 0 });
      write("[");
    } else if (isPlain(value)) {
      if (Object.getOwnPropertySymbols(value).length > 0) {
        return { message: "a member named by a symbol is not JSON", hint: "leave it out" };
      }
      const names = Object.keys(value);
      open.push({ value, names, length: names.length, begun: 0 });
      write("{");
    } else return instanceOf(value);
    within.add(value);
    return undefined;
  }

  /** Closes what is complete, and reads the value that is next. */
  function advance(): unknown {
    for (;;) {
      const top = open.at(-1);
      if (top === undefined) return END;
      if (top.begun === top.length) {
        write(top.names === undefined ? "]" : "}");
        open.pop();
        within.delete(top.value);
        continue;
      }
      if (top.begun > 0) write(",");
      const name = top.names?.[top.begun] ?? top.begun;
      top.begun += 1;
      if (typeof name === "string") write(`${JSON.stringify(name)}:`);
      return Object.hasOwn(top.value, name) ? Reflect.get(top.value, name) : HOLE;
    }
  }
}

type Wrong = Pick<InputFault, "message" | "hint">;

/** Stands for an element that a list does not have. */
const HOLE = Symbol("hole");
/** Nothing is left to be written. */
const END = Symbol("end");
/** Short strings that are held before they are joined into one. */
const PIECES = 4_096;

function stepOf({ names, begun }: Open): string {
  if (begun === 0) return "";
  return names === undefined ? `[${begun - 1}]` : nameStep(names[begun - 1]!);
}

function tooLarge(most: number): Wrong {
  const hint = "compare parts of it, or raise limits.maxDecoded";
  return { message: `it has more than ${most} characters as JSON text`, hint };
}

function notJson(value: unknown): Wrong {
  if (value === HOLE) return { message: "a list without an element here is not JSON", hint: "null stands for nothing" };
  if (value === undefined) return { message: "undefined is not JSON", hint: "null, or leave the member out" };
  return { message: `a ${typeof value} is not JSON`, hint: "leave it out" };
}

/** Made by a literal, `JSON.parse` or `Object.create(null)`, in this realm or in another one. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const HINTS: Readonly<Record<string, string>> = {
  Date: "date.toISOString(), or a number, as the service writes it",
  Map: "Object.fromEntries(map)",
  Set: "[...set]",
  Response: "read its body first: await response.text()",
};

function instanceOf(value: object): Wrong {
  if (value instanceof Promise) return { message: "a Promise is not JSON", hint: "await it" };
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return { message: `${nameOf(value)} is not JSON`, hint: "the bytes of a body are given as body: bytes" };
  }
  const name = /(\S+)$/.exec(nameOf(value))![1]!;
  const hint = Object.hasOwn(HINTS, name) ? HINTS[name]! : "give the plain value: JSON.parse(JSON.stringify(value))";
  return { message: `${nameOf(value)} is not JSON`, hint };
}

/** `a Date`, `an instance of Order`. */
export function nameOf(value: object): string {
  const made: unknown = Reflect.get(value, "constructor");
  const name = typeof made === "function" && made.name !== "" ? made.name : "an unnamed class";
  return KNOWN.has(name) ? `a ${name}` : `an instance of ${name}`;
}

const KNOWN: ReadonlySet<string> = new Set([
  "Date",
  "Map",
  "Set",
  "RegExp",
  "Promise",
  "Response",
  "Buffer",
  "Uint8Array",
]);
