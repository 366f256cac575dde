// admin/requests.ts: the schemas of what the admin API is sent, and of the file with the runtime switches

import { z } from "zod";
import { parseDuration, parseShare } from "../lib/units.ts";
import type { Cohort } from "../model/control.ts";
import type { ControlChange } from "./control-file.ts";
import type { AcceptRequest, EpochRequest, UnacceptRequest } from "./ports.ts";

/** What was read, or every fault that it has: a sentence each. */
export type Read<T> =
  | { readonly ok: true; readonly request: T }
  | { readonly ok: false; readonly faults: readonly string[] };

const MAX_TEXT = 500;
const MAX_VALUES = 1000;

const TEXT_LENGTH = `must be a text of at most ${MAX_TEXT} characters`;
const TEXT = z
  .string({ error: ({ input }) => (input === undefined ? "is missing: a text" : TEXT_LENGTH) })
  .max(MAX_TEXT, TEXT_LENGTH);
/** An empty name is most often a variable that is not set, and must not turn into "everything" or "anybody". */
const NAME = TEXT.min(1, "is empty: give a text, or leave it out");

const BY = NAME.optional().describe("Who makes the change, for the audit log. Default: `anonymous`.");
const WHY = TEXT.optional().describe("The reason, for the audit log.");

const SHARE_FORM = 'must be "0%" to "100%", or 0 to 1';
const shareOf = (value: string | number): number | undefined =>
  typeof value === "string" ? parseShare(value.trim()) : value >= 0 && value <= 1 ? value : undefined;
const SHARE = z
  .union([z.string(), z.number()], SHARE_FORM)
  .refine((value) => shareOf(value) !== undefined, SHARE_FORM)
  .transform((value) => shareOf(value)!)
  .describe('"0%" to "100%", or 0 to 1.');

const FOR_FORM = 'must be a duration such as "30m", "2h" or "14d"';
const UNTIL_FORM = 'must be a time such as "2026-12-31T18:00:00Z"';
const timeOf = (value: string | number): number => (typeof value === "string" ? Date.parse(value) : value);

const ENDS = {
  until: z
    .union([z.string(), z.number()], UNTIL_FORM)
    .refine((value) => Number.isFinite(timeOf(value)), UNTIL_FORM)
    .transform(timeOf)
    .optional()
    .describe("End time: ISO 8601, or milliseconds since the epoch."),
  for: z
    .string(FOR_FORM)
    .refine((text) => (parseDuration(text) ?? 0) > 0, FOR_FORM)
    .transform((text) => parseDuration(text)!)
    .optional()
    .describe("Duration, instead of `until`: `30m`, `2h`, `14d`."),
};

/** Body of a request to accept a finding. */
export const ACCEPT = z.strictObject({
  why: TEXT.min(1, "is missing: a text").describe("Why the difference is acceptable."),
  by: BY,
  ...ENDS,
});

/** Body of a request to end an acceptance. */
export const UNACCEPT = z.strictObject({ by: BY, why: WHY });

const EPOCH_FORM = "must be 1 to 100 letters, digits or . _ + : @ / -, such as a version";

/** Body of a request that announces a new version of the candidate. */
export const EPOCH = z.strictObject({
  name: TEXT.min(1, "is missing: a text")
    .regex(/^[\w.+:@/-]{1,100}$/, EPOCH_FORM)
    .describe("The version that was deployed."),
  by: BY,
  why: WHY,
});

const COHORT = z
  .strictObject({
    field: NAME.optional().describe("The request field that identifies the members."),
    cookie: NAME.optional().describe("The cookie that identifies the members, instead of `field`."),
    values: z
      .array(TEXT, `must be a list of at most ${MAX_VALUES} texts`)
      .max(MAX_VALUES, `must be a list of at most ${MAX_VALUES} texts`)
      .optional()
      .describe("The values of the members. They are not shown again."),
    share: SHARE.optional(),
  })
  .superRefine(({ field, cookie, values, share }, context) => {
    if ((field === undefined) === (cookie === undefined)) context.addIssue("give either field or cookie");
    if (values === undefined && share === undefined) context.addIssue("give values or share");
  });

/**
 * A change of one switch: of everything, or of one route. `{"on": false}` is enough to stop shadowing. What is not named
 * stays as it is. `{"clear": true}` gives the switch back to the config.
 */
export const CONTROL = z
  .strictObject({
    on: z.boolean("must be true or false").optional().describe("False: no requests are sent to the candidate."),
    share: SHARE.optional().describe("Share of the eligible requests that is shadowed, instead of the config's."),
    cohort: COHORT.optional().describe("The clients whose requests are shadowed."),
    clear: z.boolean("must be true or false").optional().describe("True: return to the config's settings."),
    route: NAME.optional().describe("The route to switch, such as `GET /orders/{id}`. Without it, all routes."),
    ...ENDS,
    by: BY,
    why: WHY,
  })
  .superRefine(({ on, share, cohort, clear }, context) => {
    const sets = on !== undefined || share !== undefined || cohort !== undefined;
    if (clear === true && sets) context.addIssue("clear goes with no other setting");
    if (clear !== true && !sets) context.addIssue("nothing to change: give on, share, cohort or clear");
  });

/** Reads an acceptance of the finding with this id. @param now milliseconds since the epoch */
export function readAccept(finding: string, body: unknown, now: number): Read<AcceptRequest> {
  return reading(ACCEPT, body, now, ({ why, by }, until) => ({
    finding,
    by: by ?? "anonymous",
    why,
    ...(until === undefined ? {} : { until }),
  }));
}

/** Reads the end of an acceptance. */
export function readUnaccept(finding: string, body: unknown): Read<UnacceptRequest> {
  return reading(UNACCEPT, body ?? {}, 0, ({ by, why }) => ({ finding, by: by ?? "anonymous", why: why ?? "" }));
}

/** Reads that the candidate was deployed. */
export function readEpoch(body: unknown): Read<EpochRequest> {
  return reading(EPOCH, body, 0, ({ name, by, why }) => ({ name, by: by ?? "anonymous", why: why ?? "" }));
}

/** Reads a change of a runtime switch. @param now milliseconds since the epoch */
export function readControl(body: unknown, now: number): Read<ControlChange> {
  return reading(CONTROL, body, now, ({ on, share, cohort, clear, route, ...who }, until) => {
    const [by, why] = [who.by ?? "anonymous", who.why ?? ""];
    const to = {
      ...(on === undefined ? {} : { on }),
      ...(share === undefined ? {} : { share }),
      ...(cohort === undefined ? {} : { cohort: cohortOf(cohort) }),
      ...(until === undefined ? {} : { until }),
      ...{ by, why, at: now },
    };
    return { ...(route === undefined ? {} : { route }), by, why, ...(clear === true ? {} : { to }) };
  });
}

function cohortOf({ field, cookie, values, share }: z.output<typeof COHORT>): Cohort {
  return {
    by: field !== undefined ? { field: field.toLowerCase() } : { cookie: cookie! },
    ...(values === undefined ? {} : { values }),
    ...(share === undefined ? {} : { share }),
  };
}

type Ends = { readonly until?: number | undefined; readonly for?: number | undefined };

/** @param make gets what was read and when it ends, in milliseconds since the epoch */
function reading<S extends z.ZodType, T>(
  schema: S,
  body: unknown,
  now: number,
  make: (read: z.output<S>, until: number | undefined) => T,
): Read<T> {
  const result = schema.safeParse(body);
  if (!result.success) return { ok: false, faults: faultsOf(result.error.issues) };
  const ends = result.data as Ends;
  if (ends.until !== undefined && ends.for !== undefined) return { ok: false, faults: ["give until or for, not both"] };
  if (ends.until !== undefined && ends.until <= now) return { ok: false, faults: ["until has passed already"] };
  const until = ends.for === undefined ? ends.until : now + ends.for;
  return { ok: true, request: make(result.data, until) };
}

function faultsOf(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.map((issue) => {
    const place = issue.path.join(".");
    if (issue.code === "unrecognized_keys") {
      const names = issue.keys.map((name) => JSON.stringify(name.slice(0, 60))).join(", ");
      return `unknown member ${names}${place === "" ? "" : ` in ${place}`}`;
    }
    if (place === "" && issue.code === "invalid_type") return "the body must be a JSON object";
    return place === "" ? issue.message : `${place} ${issue.message}`;
  });
}
