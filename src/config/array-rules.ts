// config/array-rules.ts: `arrays:`, how the elements of a list find their partners

import { z } from "zod";
import type { ArrayRule } from "../model/rules.ts";
import { readPath } from "./places.ts";
import type { Wrong } from "./section.ts";

/** `{ "$.tags": unordered, "$.items": { key: sku, order: ignored } }`. Each fault is reported at its own entry. */
export const arrayRules = () =>
  z
    .unknown()
    .transform((value, context): ArrayRule[] => {
      const rules: ArrayRule[] = [];
      const refuse = (wrong: Wrong, ...at: string[]) =>
        context.addIssue({ code: "custom", message: wrong.says, path: at, params: { wrong } });
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        refuse({ says: "is not a map", hint: 'paths, and how to pair the elements: { "$.tags": unordered }' });
        return z.NEVER;
      }
      for (const [text, how] of Object.entries(value)) {
        const at = readPath(text);
        if ("says" in at) refuse({ ...at, onKey: true }, text);
        const as = readPairing(how);
        if ("says" in as) refuse(as, text);
        if ("says" in at || "says" in as) continue;
        rules.push({ name: `arrays ${text} ${wordsOf(as.value)}`, path: at.value, as: as.value });
      }
      return rules;
    })
    .meta({
      type: "object",
      propertyNames: { pattern: "^\\$" },
      additionalProperties: {
        anyOf: [
          { enum: ["unordered", "ordered"] },
          {
            type: "object",
            properties: {
              key: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" }, minItems: 1 }] },
              order: { enum: [...ORDERS] },
            },
            required: ["key"],
            additionalProperties: false,
          },
        ],
      },
    });

const ORDERS = ["compared", "ignored"] as const;

function wordsOf(as: ArrayRule["as"]): string {
  if (typeof as === "string") return as;
  return `key ${as.key.join(", ")}${as.order === undefined ? "" : ` order ${as.order}`}`;
}

const HINT = "unordered, ordered, { key: sku }, { key: [sku, size] } or { key: sku, order: ignored }";

function readPairing(value: unknown): { readonly value: ArrayRule["as"] } | Wrong {
  const wrong = { says: "is no way to pair elements", hint: HINT };
  if (value === "unordered" || value === "ordered") return { value };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong;
  const { key, order, ...others } = value as Readonly<Record<string, unknown>>;
  const keys: unknown[] = Array.isArray(key) ? key : [key];
  if (Object.keys(others).length > 0 || keys.length === 0) return wrong;
  if (key === undefined && order !== undefined) {
    return { ...wrong, hint: 'without a key, order: ignored is written unordered: { "$.tags": unordered }' };
  }
  if (!keys.every((one) => typeof one === "string")) return wrong;
  const known = ORDERS.find((word) => word === order);
  if (order !== undefined && known === undefined) return { ...wrong, hint: `order is one of ${ORDERS.join(", ")}` };
  return { value: { key: keys as string[], ...(known === undefined ? {} : { order: known }) } };
}
