// test/trial/faults/structure.ts: members that are elsewhere, called otherwise, gone, or new

import { atMost, type Fault } from "../fault.ts";
import { inBody, json } from "../service.ts";

export const STRUCTURE: readonly Fault[] = [
  {
    name: "renamed",
    shows: ["$.reference missing"],
    also: ["$.ref extra"],
    cause: /called ref|renamed/,
    wrong: inBody(({ reference, ...b }) => ({ ...b, ref: reference })),
  },
  {
    name: "renamed-in-a-list",
    shows: ["$.parcels[*].kg missing"],
    also: ["$.parcels[*].weight extra"],
    cause: /called weight|renamed/,
    wrong: inBody((b) => ({ ...b, parcels: b.parcels.map(({ kg, ...parcel }) => ({ ...parcel, weight: kg })) })),
  },
  {
    name: "moved-one-level-deeper",
    shows: ["$.weight missing"],
    also: ["$.cargo extra", "$.cargo.weight extra"],
    cause: /moved|is at \$?\.?cargo\.weight|cargo\.weight/,
    wrong: inBody(({ weight, ...b }) => ({ ...b, cargo: { weight, unit: "kg" } })),
  },
  {
    name: "renamed-and-multiplied",
    shows: ["$.weight missing"],
    also: ["$.grams extra"],
    cause: /grams.*1000|1000.*grams/,
    wrong: inBody(({ weight, ...b }) => ({ ...b, grams: Math.round(weight * 1000) })),
  },
  {
    name: "member-lost",
    shows: "$.arrivesOn missing",
    cause: /does not have|not there|missing/,
    wrong: inBody(({ arrivesOn: _, ...b }) => b),
  },
  {
    name: "member-lost-at-times",
    shows: "$.remark missing",
    cause: /""|empty/,
    wrong: inBody((b) => ({ ...b, remark: b.remark === "" ? undefined : b.remark })),
  },
  {
    name: "member-added",
    shows: "$.version extra",
    cause: /default|legacy does not have|adds/,
    wrong: inBody((b) => ({ ...b, version: 2 })),
  },
  {
    name: "two-members-swapped",
    shows: ["$.route.from value", "$.route.to value"],
    also: ["$.route.from value", "$.route.to value"],
    cause: /swapped|legacy's? (?:route\.)?(?:from|to)|is called|other/,
    wrong: inBody((b) => ({ ...b, route: { ...b.route, from: b.route.to, to: b.route.from } })),
  },
  {
    name: "whole-answer-wrapped",
    shows: ["$.id missing", "$ value", "$.data extra", "$.docket missing", "$ missing", "$ type"],
    also: ["* *"],
    cause: /data|wrapped|moved/,
    right: ({ id }) => json({ id, docket: String(id).padStart(8, "0") }),
    wrong: inBody((b) => ({ data: b })),
  },
  {
    name: "dictionary-keys-renamed",
    shows: "$.messages* *",
    also: ["* *"],
    cause: /_plural.*_other|suffix/,
    check: atMost(3),
    right: ({ id }) => json({ id, messages: catalogue("_plural") }),
    wrong: inBody<{ id: number }>((b) => ({ ...b, messages: catalogue("_other") })),
  },
];

const WORDS = "parcel stop port crate pallet ship truck driver fee delay tariff form".split(" ");

/** A message catalogue: its keys are data. */
function catalogue(suffix: string): Record<string, string> {
  return Object.fromEntries(
    WORDS.flatMap((word) => [
      [word, `one ${word}`],
      [`${word}${suffix}`, `many ${word}s`],
    ]),
  );
}
