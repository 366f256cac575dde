// config/known-keys.ts: which keys there are, read from the schema itself

import type { z } from "zod";
import { schema } from "./schema.ts";

type Definition = {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
};

const definition = (type: z.ZodType) => type._zod.def as unknown as Definition;

/** The map behind defaults, shorthands and transformations, if there is one. */
function bare(type: z.ZodType | undefined): Definition | undefined {
  if (type === undefined) return undefined;
  const here = definition(type);
  if (here.innerType !== undefined) return bare(here.innerType);
  if (here.type !== "pipe") return here;
  return [bare(here.in), bare(here.out)].find((side) => side?.type === "object" || side?.type === "array");
}

/** The keys that a map at this place may have; none where it is not a section. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let type: z.ZodType | undefined = schema;
  for (const key of path) {
    const here = bare(type);
    if (here?.type === "array") type = here.element;
    else type = here?.shape !== undefined && Object.hasOwn(here.shape, key) ? here.shape[String(key)] : undefined;
  }
  return Object.keys(bare(type)?.shape ?? {});
}

/** The sections that have such a key: `candidate`, `routes[].compare`. */
export function placesOf(key: string): readonly string[] {
  index ??= places();
  return index.get(key) ?? [];
}

let index: ReadonlyMap<string, readonly string[]> | undefined;

function places(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const visit = (type: z.ZodType, place: string): void => {
    const here = bare(type);
    if (here?.element !== undefined) visit(here.element, `${place}[]`);
    for (const [name, below] of Object.entries(here?.shape ?? {})) {
      found.set(name, [...(found.get(name) ?? []), place === "" ? "the top level" : place]);
      visit(below, place === "" ? name : `${place}.${name}`);
    }
  };
  visit(schema, "");
  return found;
}
