// test/trial/faults/in-noise.ts: the candidate is wrong at a place where legacy itself varies from answer to answer

import type { Random } from "../../../src/cli/demo/random.ts";
import { consignment } from "../domain.ts";
import type { Fault } from "../fault.ts";
import { inBody, json, type World } from "../service.ts";

const hex = (random: Random, length: number) =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
export const uuid = (random: Random) =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;

/** What is new in each answer of either side. */
type Varying = {
  readonly id: number;
  readonly trace: string;
  readonly at: string;
  readonly epoch: number;
  readonly load: number;
  readonly gate: string;
  readonly note: string;
};
const varying: NonNullable<Fault["right"]> = ({ id }, { random, now }: World) =>
  json({
    id,
    docket: consignment(id).docket,
    trace: uuid(random),
    at: new Date(now()).toISOString(),
    epoch: Math.floor(now() / 1000),
    load: Number((20 + random() * 10).toFixed(3)),
    gate: `gate-${1 + Math.floor(random() * 4)}`,
    note: `token ${hex(random, 24)}`,
  });
const instead = (change: (b: Varying) => Partial<Record<keyof Varying, unknown>>) =>
  inBody<Varying>((b) => ({ ...b, ...change(b) }));

const ADS = Array.from({ length: 50 }, (_, n) => `Ship more, offer ${n}`);
const OTHER_ADS = Array.from({ length: 50 }, (_, n) => `Buy shoes, pair ${n}`);
/** Five of a list. */
const draw = (random: Random, from: readonly string[]) =>
  from
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, 5)
    .map(({ value }) => value);

export const IN_NOISE: readonly Fault[] = [
  {
    name: "always-the-nil-uuid",
    shows: "$.trace value",
    cause: /always.*00000000-/,
    right: varying,
    wrong: instead(() => ({ trace: "00000000-0000-0000-0000-000000000000" })),
  },
  {
    name: "always-the-same-token",
    shows: "$.note value",
    cause: /always/,
    right: varying,
    wrong: instead(() => ({ note: "token 0123456789abcdef01234567" })),
  },
  {
    name: "always-a-date-of-2019",
    shows: "$.at value",
    cause: /always.*2019/,
    right: varying,
    wrong: instead(() => ({ at: "2019-05-05T05:05:05.000Z" })),
  },
  {
    name: "an-error-for-a-token",
    shows: "$.note value",
    cause: /always|error/,
    right: varying,
    wrong: instead(() => ({ note: "error: no entropy source available" })),
  },
  {
    name: "load-with-the-other-sign",
    shows: "$.load value",
    cause: /sign|x -1|negative/,
    right: varying,
    wrong: instead(({ load }) => ({ load: -load })),
  },
  {
    name: "load-a-hundred-times",
    shows: "$.load value",
    cause: /x (?:[89]\d|1[0-2]\d)\b|times|factor/,
    right: varying,
    wrong: instead(({ load }) => ({ load: load * 100 })),
  },
  {
    name: "clock-two-hours-ahead",
    shows: "$.at value",
    cause: /7\d{3}|2 h|ahead|offset/,
    right: varying,
    wrong: instead(({ at }) => ({ at: new Date(Date.parse(at) + 7_200_000).toISOString() })),
  },
  {
    name: "epoch-in-milliseconds",
    shows: "$.epoch value",
    cause: /x 1000|millisecond/,
    right: varying,
    wrong: instead(({ epoch }) => ({ epoch: epoch * 1000 })),
  },
  {
    name: "a-gate-that-legacy-has-not",
    shows: "$.gate value",
    cause: /gate-0|never|legacy does not/,
    right: varying,
    wrong: inBody<Varying>((b, _, { random }) => ({ ...b, gate: random() < 0.5 ? "gate-0" : b.gate })),
  },
  {
    name: "load-a-fifth-higher",
    shows: "$.load value",
    cause: /x 1\.[12]|higher|larger|factor/,
    right: varying,
    wrong: instead(({ load }) => ({ load: Number((load * 1.3).toFixed(3)) })),
  },
  {
    name: "load-always-zero",
    shows: "$.load value",
    cause: /always 0|0/,
    right: varying,
    wrong: instead(() => ({ load: 0 })),
  },
  {
    name: "trace-is-empty",
    shows: "$.trace value",
    cause: /says ""|empty/,
    right: varying,
    wrong: instead(() => ({ trace: "" })),
  },
  {
    name: "promotion-never-shown",
    shows: "$.promotion missing",
    cause: /does not have|never|missing/,
    right: ({ id }, { random }) => json({ id, ...(random() < 0.6 ? { promotion: "ten percent off in June" } : {}) }),
    wrong: inBody<{ promotion?: string }>(({ promotion: _, ...b }) => b),
  },
  {
    name: "only-one-variant",
    shows: "$.experiment value",
    cause: /always/,
    right: ({ id }, { random }) => json({ id, experiment: random() < 0.5 ? "variant A" : "variant B" }),
    wrong: inBody<Record<string, unknown>>((b) => ({ ...b, experiment: "variant A" })),
  },
  {
    name: "ads-of-another-shop",
    shows: ["$.ads[*] value", "$.ads[*] missing", "$.ads missing", "$.ads value"],
    also: ["$.ads* *"],
    cause: /legacy never shows/,
    right: ({ id }, { random }) => json({ id, ads: draw(random, ADS) }),
    wrong: inBody<{ ads: string[] }>((b, _, { random }) => ({ ...b, ads: draw(random, OTHER_ADS) })),
  },
  {
    name: "ads-without-their-text",
    shows: ["$.ads[*].text missing", "$.ads[*] missing"],
    also: ["$.ads* *"],
    cause: /does not have|missing/,
    right: ({ id }, { random }) => json({ id, ads: draw(random, ADS).map((text, n) => ({ text, n })) }),
    wrong: inBody<{ ads: { n: number }[] }>((b) => ({ ...b, ads: b.ads.map(({ n }) => ({ n })) })),
  },
  {
    name: "trace-is-null",
    shows: "$.trace type",
    cause: /null/,
    right: varying,
    wrong: instead(() => ({ trace: null })),
  },
  {
    name: "trace-is-gone",
    shows: "$.trace missing",
    cause: /does not have|missing/,
    right: varying,
    wrong: instead(() => ({ trace: undefined })),
  },
  {
    name: "wrong-beside-noise",
    shows: "$.docket value",
    cause: /leading zero/,
    right: varying,
    wrong: inBody<Varying & { docket: string }>((b) => ({ ...b, docket: b.docket.replace(/^0+/, "") })),
  },
];
