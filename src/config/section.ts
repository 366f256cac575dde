// config/section.ts: how a part of the config is described: zod, with our words for what is wrong

import { z } from "zod";

/** Why a value is refused. In the message the value precedes `says`: `10sec` is not a duration. */
export type Wrong = {
  readonly says: string;
  readonly hint?: string;
  /** Which character of the value is to blame. */
  readonly offset?: number;
  /** The key is to blame, not its value. */
  readonly onKey?: boolean;
  /** Keep the value out of the message. */
  readonly secret?: boolean;
};

/** Reads a scalar: its value, or what is wrong with it. */
export type Read<T> = (value: unknown) => { readonly value: T } | Wrong;
/** A JSON Schema, or a part of one. */
export type JsonSchema = { readonly [key: string]: unknown };

/** A value that is read by a function of our own. `json` is its JSON Schema for editors. */
export function scalar<T>(json: JsonSchema, read: Read<T>) {
  return z
    .unknown()
    .transform((value, context): T => {
      const answer = read(value);
      if ("says" in answer) {
        context.addIssue({ code: "custom", message: answer.says, params: { wrong: answer } });
        return z.NEVER;
      }
      return answer.value;
    })
    .meta({ ...json });
}

/** The keys of a section with their schemas. */
export type Shape = Readonly<Record<string, z.ZodType>>;
type Filled<S extends Shape, D, R> = {
  [K in keyof S]: K extends R ? S[K] : K extends keyof D ? z.ZodPrefault<S[K] & z.ZodType> : z.ZodExactOptional<S[K]>;
};

/**
 * A map with these keys and no others. A key with a default is always there in what comes out; one without is left out
 * when it is not set, unless it is required. Defaults are written as a user would write them.
 */
export function section<
  S extends Shape,
  const D extends { readonly [K in keyof S]?: unknown },
  const R extends keyof S = never,
>(shape: S, defaults: D, required: readonly R[] = []) {
  const filled: Record<string, z.ZodType> = {};
  for (const [key, type] of Object.entries(shape)) {
    if (required.includes(key as R)) filled[key] = type;
    else filled[key] = Object.hasOwn(defaults, key) ? type.prefault(defaults[key] as never) : type.optional();
  }
  return z.strictObject(filled as Filled<S, D, R>);
}

/** A shorter way to write a section: `short` turns it into the long one, or leaves what it does not know. */
export function shorthand<T extends z.ZodType>(json: JsonSchema, short: (value: unknown) => unknown, long: T) {
  return z.preprocess(short, long).meta({ short: json });
}

/** A copy without the members that are undefined. */
export function unset<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

/** The same of everything below. Only what a schema made: it has no cycles, and values of a patch have no undefined. */
export function unsetDeep<T>(value: T): T {
  if (Array.isArray(value)) return value.map(unsetDeep) as T;
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, unsetDeep(member)])) as T;
}
