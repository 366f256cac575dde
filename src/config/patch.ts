// config/patch.ts: RFC 6902 operations in a `patch` rule

import { z } from "zod";
import { nearest } from "../lib/nearest.ts";
import type { PatchOperation } from "../model/rules.ts";
import type { Wrong } from "./section.ts";

const MEMBERS: Readonly<Record<PatchOperation["op"], readonly string[]>> = {
  add: ["path", "value"],
  replace: ["path", "value"],
  test: ["path", "value"],
  remove: ["path"],
  move: ["from", "path"],
  copy: ["from", "path"],
};
const OPS = Object.keys(MEMBERS) as PatchOperation["op"][];

/** One operation. Each fault is reported at its own member. */
export const operation = () =>
  z
    .unknown()
    .transform((value, context): PatchOperation => {
      let sound = true;
      const refuse = (wrong: Wrong, ...at: string[]) => {
        sound = false;
        context.addIssue({ code: "custom", message: wrong.says, path: at, params: { wrong } });
      };
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        refuse({ says: "is not an operation", hint: "as in { op: remove, path: /internal }" });
        return z.NEVER;
      }
      const members = new Map(Object.entries(value));
      const op = OPS.find((known) => known === members.get("op"));
      if (op === undefined) {
        const given = members.get("op");
        const meant = typeof given === "string" ? nearest(given, OPS) : undefined;
        const all = `one of ${OPS.join(", ")}`;
        refuse(
          { says: "is no RFC 6902 operation", hint: meant === undefined ? all : `did you mean ${meant}? ${all}` },
          "op",
        );
        return z.NEVER;
      }
      const wanted = MEMBERS[op];
      for (const [name, member] of members) {
        if (name === "op") continue;
        if (!wanted.includes(name)) {
          refuse(
            { says: `${name} does not belong to ${op}`, hint: `it takes ${wanted.join(" and ")}`, onKey: true },
            name,
          );
        } else if (name === "value") {
          if (!isExactJson(member)) {
            refuse(
              { says: "is not exact as JSON", hint: "whole numbers up to 2^53 - 1; longer ones as strings" },
              name,
            );
          }
        } else {
          const wrong = pointerFault(member);
          if (wrong !== undefined) refuse(wrong, name);
        }
      }
      for (const name of wanted) {
        if (members.has(name) && (name === "value" || members.get(name) !== undefined)) continue;
        if (!members.has(name)) refuse({ says: `${op} lacks ${name}`, hint: `it takes ${wanted.join(" and ")}` });
      }
      return sound
        ? ({ op, ...Object.fromEntries(wanted.map((name) => [name, members.get(name)])) } as PatchOperation)
        : z.NEVER;
    })
    .meta({
      type: "object",
      properties: {
        op: { enum: OPS },
        path: { type: "string", pattern: "^(/.*)?$", description: "A JSON Pointer (RFC 6901): /meta/id." },
        from: { type: "string", pattern: "^(/.*)?$", description: "A JSON Pointer, for move and copy." },
        value: { description: "Any JSON value, for add, replace and test." },
      },
      required: ["op", "path"],
      additionalProperties: false,
    });

/** RFC 6901. */
function pointerFault(value: unknown): Wrong | undefined {
  const says = "is not a JSON Pointer";
  if (typeof value !== "string") return { says, hint: "as in /meta/id" };
  if (value !== "" && !value.startsWith("/")) {
    const path = /^\$((?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\])+)$/.exec(value)?.[1];
    const meant = path?.replace(/\[(\d+)\]/g, "/$1").replaceAll(".", "/");
    return { says, hint: meant === undefined ? "it begins with /, as in /meta/id" : `did you mean ${meant}?` };
  }
  const offset = value.search(/~(?![01])/);
  return offset < 0 ? undefined : { says, hint: "~ is written ~0, and / inside of a name ~1", offset };
}

/** YAML reads numbers as doubles: what does not survive that must not be patched into an exact body. */
function isExactJson(value: unknown): boolean {
  if (typeof value === "number")
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  if (Array.isArray(value)) return value.every(isExactJson);
  if (typeof value === "object" && value !== null) return Object.values(value).every(isExactJson);
  return value !== undefined;
}
