// config/json-schema.ts: the schema as editors read it

import { z } from "zod";
import { schema } from "./schema.ts";

/** JSON Schema, draft 7: what the YAML language servers know best. */
export function jsonSchema(): object {
  const made = z.toJSONSchema(schema, { target: "draft-07", io: "input", unrepresentable: "any" });
  const { $schema, ...rest } = tidy(made) as Record<string, unknown>;
  return { $schema, title: "parallel-run config", ...rest };
}

/** Shorthands become alternatives; empty defaults go, as they say nothing. */
function tidy(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tidy);
  if (typeof node !== "object" || node === null) return node;
  const members = Object.entries(node).filter(([name, value]) => name !== "default" || !isEmpty(value));
  const {
    short,
    description,
    default: fallback,
    ...rest
  } = Object.fromEntries(members.map(([name, value]) => [name, name === "default" ? value : tidy(value)])) as Record<
    string,
    unknown
  >;
  const annotations = {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
  return short === undefined ? { ...annotations, ...rest } : { ...annotations, anyOf: [short, rest] };
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
