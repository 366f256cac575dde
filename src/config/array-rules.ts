// config/array-rules.ts: `arrays:`, how the elements of a list find their partners

import { z } from "zod";
import type { ArrayRule } from "../model/rules.ts";
import { readPath } from "./places.ts";
import type { Wrong } from "./section.ts";

/** `{ "$.tags": unordered, "$.items": { key: sku } }`. Each fault stands at its own entry. */
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
        const words = typeof as.value === "string" ? as.value : `key ${as.value.key.join(", ")}`;
        rules.push({ name: `arrays ${text} ${words}`, path: at.value, as: as.value });
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
            },
            required: ["key"],
            additionalProperties: false,
          },
        ],
      },
    });

function readPairing(value: unknown): { readonly value: ArrayRule["as"] } | Wrong {
  const wrong = {
    says: "is no way to pair elements",
    hint: "unordered, ordered, { key: sku } or { key: [sku, size] }",
  };
  if (value === "unordered" || value === "ordered") return { value };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong;
  const [[name, key] = ["", undefined], ...others] = Object.entries(value);
  const keys: unknown[] = Array.isArray(key) ? key : [key];
  const named = name === "key" && others.length === 0 && keys.length > 0;
  return named && keys.every((one) => typeof one === "string") ? { value: { key: keys as string[] } } : wrong;
}
