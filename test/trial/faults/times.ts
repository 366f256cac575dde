// test/trial/faults/times.ts: the same moment written otherwise, or another moment

import { drawn } from "../domain.ts";
import type { Fault } from "../fault.ts";
import { inBody } from "../service.ts";

const at = (utc: string) => Date.parse(utc);
const shifted = (utc: string, seconds: number) =>
  new Date(at(utc) + seconds * 1000).toISOString().replace(".000Z", "Z");
const inBooked = (change: (utc: string) => unknown) => inBody((b) => ({ ...b, bookedAt: change(b.bookedAt) }));
const inArrival = (change: (day: string) => unknown) => inBody((b) => ({ ...b, arrivesOn: change(b.arrivesOn) }));

export const TIMES: readonly Fault[] = [
  {
    name: "other-zone-same-instant",
    shows: "$.bookedAt value",
    cause: /same instant/,
    wrong: inBooked((utc) => shifted(utc, 7_200).replace("Z", "+02:00")),
  },
  {
    name: "two-hours-ahead",
    shows: "$.bookedAt value",
    cause: /\+ ?(?:7200 s|2 h|02:00)/,
    wrong: inBooked((utc) => shifted(utc, 7_200)),
  },
  {
    name: "local-time-without-offset",
    shows: "$.bookedAt value",
    cause: /local|without (?:an? )?(?:offset|zone)|no (?:offset|zone)|offset/,
    wrong: inBooked((utc) => shifted(utc, 3_600).replace("Z", "")),
  },
  {
    name: "milliseconds-for-seconds",
    shows: "$.changedAt value",
    cause: /x 1000|millisecond/,
    wrong: inBody((b) => ({ ...b, changedAt: b.changedAt * 1000 })),
  },
  {
    name: "epoch-for-date",
    shows: "$.bookedAt type",
    cause: /since 1970/,
    wrong: inBooked((utc) => at(utc) / 1000),
  },
  {
    name: "epoch-drifts",
    shows: "$.changedAt value",
    cause: /drift|differ(?:s|ent)? by|up to|within/,
    wrong: inBody((b) => ({ ...b, changedAt: b.changedAt + 1 + Math.floor(drawn("drift", b.id)() * 40) })),
  },
  {
    name: "day-and-month-swapped",
    shows: "$.arrivesOn value",
    cause: /day|month/,
    wrong: inArrival((day) => day.replace(/^(\d+)-(\d+)-(\d+)$/, "$1-$3-$2")),
  },
  {
    name: "german-dates",
    shows: "$.arrivesOn value",
    cause: /same (?:day|date|instant)|date|format/,
    wrong: inArrival((day) => day.split("-").toReversed().join(".")),
  },
  {
    name: "a-day-late",
    shows: "$.arrivesOn value",
    cause: /\+ ?(?:1 d|86400 s|24 h)|one day|a day|1 day/,
    wrong: inArrival((day) => new Date(at(day) + 86_400_000).toISOString().slice(0, 10)),
  },
  {
    name: "seconds-cut-off",
    shows: "$.bookedAt value",
    cause: /second|minute|truncat|cut|round/,
    wrong: inBooked((utc) => utc.replace(/:\d\dZ$/, ":00Z")),
  },
];
