// admin/control-schema.ts: what a file with the runtime switches may say

import { z } from "zod";
import type { Control, Switch } from "../model/control.ts";

/** Routes that may have a switch of their own. */
export const MAX_ROUTES = 1000;
/** Deeper than any file that we write. */
const MAX_DEPTH = 20;

const SHARE = z.number().min(0).max(1);
const NAME = z.string();

/** A cohort that cannot be read as it was meant must not become one of everybody, nor an error for each request. */
const COHORT = z
  .looseObject({
    by: z.union([
      z.looseObject({ field: NAME, cookie: z.undefined().optional() }),
      z.looseObject({ cookie: NAME, field: z.undefined().optional() }),
    ]),
    values: z.array(z.string()).optional(),
    share: SHARE.optional(),
  })
  .refine(({ values, share }) => values !== undefined || share !== undefined);

/** A switch with so many others behind it at most. */
function switchSchema(depth: number): z.ZodType {
  return z.looseObject({
    on: z.boolean(),
    share: SHARE.optional(),
    cohort: COHORT.optional(),
    until: z.number().optional(),
    previous: (depth === 0 ? z.undefined() : z.lazy(() => switchSchema(depth - 1))).optional(),
    by: z.string().default("file"),
    why: z.string().default(""),
    at: z.number().default(0),
  });
}

const SWITCH = switchSchema(MAX_DEPTH);

/** The file with the runtime switches. Unknown members are ignored, since an older version may read a newer file. */
const CONTROL_FILE = z.looseObject({
  everything: SWITCH.optional(),
  routes: z
    .array(z.looseObject({ route: z.string().min(1), switch: SWITCH }))
    .max(MAX_ROUTES)
    .default([]),
});

/** What a file says, with what may be left out filled in: `{"everything": {"on": false}}` is enough. */
export function controlOf(value: unknown): Control | undefined {
  const read = CONTROL_FILE.safeParse(value);
  if (!read.success) return undefined;
  const { everything, routes } = read.data;
  // With other members alone it may be misspelt, or another program's: to take it for empty would switch shadowing on.
  const names = Object.keys(value as object);
  if (names.length > 0 && !names.includes("everything") && !names.includes("routes")) return undefined;
  return {
    ...(everything === undefined ? {} : { everything: everything as Switch }),
    routes: routes as Control["routes"],
  };
}
