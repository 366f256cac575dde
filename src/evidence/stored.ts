// evidence/stored.ts: the shapes of what is stored, so that a damaged document is left out where it is read

import { z } from "zod";
import { KINDS } from "../model/difference.ts";

/** Members that later versions add are kept; those that are named here must be what they say. */
const record = z.looseObject;
const count = z.number().nonnegative();
/** Milliseconds since the epoch that a `Date` can hold (ECMA-262, 21.4.1.1). */
const time = z.number().min(-8.64e15).max(8.64e15);
const pairs = z.array(z.tuple([z.union([z.number(), z.string()]), z.number()]));
const histogram = record({ counts: pairs, max: z.number() });
const where = z.enum(["status", "field", "body"]);

const finding = record({
  ...{ id: z.string(), route: z.string(), where, path: z.string(), kind: z.enum(KINDS) },
  ...{ count, earlier: count, confirmed: count, firstSeen: time, lastSeen: time, comparedThen: count },
  run: record({ seen: count, comparedBefore: z.number() }),
  regressed: z.boolean(),
});

const text = z.string().optional();
const samples = z.array(
  record({
    sample: record({
      ...{ id: z.string(), at: time, method: z.string(), target: z.string(), path: z.string() },
      ...{ legacy: text, candidate: text, note: text },
    }),
    ...{ pair: z.string(), request: z.string() },
  }),
);

const requests = record({ level: count, digests: z.array(z.string().regex(/^[0-9a-z]+\.[0-9a-z]+$/)) });

const valuePairs = z.array(z.tuple([z.string(), z.string()]));
const range = z.tuple([z.number(), z.number()]).optional();
const relation = z.discriminatedUnion("kind", [
  record({ kind: z.literal("hypothesis"), name: z.string(), parameter: z.string() }),
  record({ kind: z.literal("mapping"), pairs: valuePairs }),
  record({ kind: z.literal("elsewhere") }),
  record({ kind: z.literal("list"), way: z.string() }),
  record({
    kind: z.literal("observed"),
    pairs: valuePairs.optional(),
    looks: z.array(z.string()),
    ...{ ratio: range, offset: range, length: range, likeness: z.number().optional() },
  }),
]);
const acceptance = record({
  ...{ finding: z.string(), by: z.string(), why: z.string(), at: time, until: time.optional() },
  masked: count,
  covers: text,
  relation: relation.optional(),
});

const readiness = record({ verdict: z.enum(["ready", "hold", "reject"]), reasons: z.array(z.string()) });
const epoch = record({
  ...{ name: z.string(), startedAt: time, since: time },
  epochs: z.array(
    record({
      ...{ name: z.string(), startedAt: time, endedAt: time },
      ...{ outcomes: z.record(z.string(), z.number()), readiness },
    }),
  ),
});

/** Of a route that has not come again in this epoch only how often it was compared before is stored. */
const shortTally = z.strictObject({ compared: count });
const fullTally = record({
  ...{ identity: z.string(), refused: count, answersLevel: count, compared: count, level: count },
  growth: record({ firstAt: time, lastAt: time, since: z.number() }),
  recent: record({
    ...{
      tolerance: z.number(),
      all: z.array(z.number()),
      turning: z.array(z.number()),
      since: time,
      broken: z.boolean(),
    },
    ...{ requests: count, wrong: count, turned: count },
  }),
  ...{ statuses: pairs, rules: pairs },
  unsteady: z.array(record({ route: z.string(), where, path: z.string(), kind: z.enum(KINDS), count })),
  ...{ legacyMs: histogram, candidateMs: histogram, convergedMs: histogram },
});

const tally = z.union([fullTally, shortTally]);
const latency = record({ level: count, cells: z.array(count) });

const SHAPES: Readonly<Record<string, z.ZodType>> = { finding, samples, requests, acceptance, epoch, tally, latency };

/** Whether a document's value has the shape that a document of its kind has. */
export function hasShape(kind: string, value: unknown): boolean {
  const shape = SHAPES[kind];
  return shape === undefined || shape.safeParse(value).success;
}
