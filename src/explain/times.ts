// explain/times.ts: another zone, another notation, another precision

import { type Hypothesis, NO, placed } from "./hypothesis.ts";
import type { Value } from "./value.ts";

/** A time as it was written. */
type Written = {
  /** The wall clock, as milliseconds of that clock in UTC. */
  readonly wallMs: number;
  /** Minutes ahead of UTC; undefined where no zone is written. */
  readonly zone: number | undefined;
  /** As written: `Z`, `+02:00`, empty. */
  readonly zoneText: string;
  /** All digits of the second's fraction. */
  readonly fraction: string;
};

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?|UTC|GMT)?$/;
const MINUTE = 60_000;

function readTime(text: string): Written | undefined {
  if (text.length < 10 || text.length > 45) return undefined;
  const found = ISO.exec(text);
  if (found === null) {
    const ms = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(ms) ? undefined : { wallMs: ms, zone: 0, zoneText: "GMT", fraction: "" };
  }
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = ""] = found;
  const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return { wallMs: wallMs + Number(`0.${fraction || 0}`) * 1000, zone: minutesOf(zone), zoneText: zone, fraction };
}

function minutesOf(zone: string): number | undefined {
  if (zone === "") return undefined;
  if (!/\d/.test(zone)) return 0;
  const digits = zone.replace(/\D/g, "").padEnd(4, "0");
  return (zone.startsWith("-") ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

const instantOf = ({ wallMs, zone = 0 }: Written) => wallMs - zone * MINUTE;

/** A hypothesis about two written times. */
function times(
  rest: Omit<Hypothesis, "fits" | "kinds">,
  fits: (legacy: Written, candidate: Written) => readonly string[],
): Hypothesis {
  return {
    ...rest,
    kinds: ["value"],
    fits: ({ legacy, candidate }) => {
      const ours = readTime(legacy.string);
      const theirs = ours && readTime(candidate.string);
      return theirs ? fits(ours, theirs) : NO;
    },
  };
}

const ruleFor = (tolerance: string): NonNullable<Hypothesis["rule"]> => placed("times", `tolerance: ${tolerance}`);

const zone = times(
  {
    name: "time_zone",
    says: (parameter) => {
      const [how, from = "", to = ""] = parameter.split("|");
      if (how === "instant")
        return to === ""
          ? "the same instant, written in another zone"
          : `the same instant, written at ${to} for ${from}`;
      if (how === "wall")
        return to === ""
          ? "the same wall clock, said to be of another zone"
          : `the same wall clock, said to be ${to} for ${from}`;
      if (how === "dropped") return "the same wall clock, and the candidate does not write its zone";
      if (how === "added") return "the same wall clock, and only the candidate writes a zone";
      return `candidate = legacy ${from.startsWith("-") ? "-" : "+"} ${spell(Number(from.replace("-", "")))}`;
    },
    least: 1,
    weight: 90,
    rule: (parameter, spot) => (parameter.startsWith("instant") ? ruleFor("0s")(parameter, spot) : undefined),
  },
  (legacy, candidate) => {
    const change = `|${legacy.zoneText}|${candidate.zoneText}`;
    const minutes = (instantOf(candidate) - instantOf(legacy)) / MINUTE;
    if (legacy.zone !== undefined && candidate.zone !== undefined && legacy.zone !== candidate.zone) {
      if (minutes === 0) return [`instant${change}`, "instant"];
      if (legacy.wallMs === candidate.wallMs) return [`wall${change}`, "wall"];
    }
    if (legacy.wallMs === candidate.wallMs) {
      if (legacy.zone !== undefined && candidate.zone === undefined) return ["dropped"];
      if (legacy.zone === undefined && candidate.zone !== undefined) return ["added"];
    }
    return minutes !== 0 && minutes % 15 === 0 && Math.abs(minutes) <= 26 * 60 ? [`shift|${minutes}`] : NO;
  },
);

function spell(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const timeOffset = times(
  {
    name: "offset",
    says: (seconds) => `candidate = legacy ${seconds.startsWith("-") ? "-" : "+"} ${seconds.replace("-", "")} s`,
    least: 3,
    weight: 65,
  },
  (legacy, candidate) => {
    const ms = Math.round(instantOf(candidate) - instantOf(legacy));
    const whole = ms % (15 * MINUTE) === 0 && Math.abs(ms) <= 26 * 60 * MINUTE;
    return ms === 0 || whole ? NO : [String(ms / 1000)];
  },
);

const UNITS = [
  ["milliseconds", 1, "1ms"],
  ["seconds", 1000, "1s"],
  ["minutes", MINUTE, "1m"],
  ["days", 1440 * MINUTE, "1d"],
] as const;

const precision = times(
  {
    name: "precision",
    says: (parameter) => {
      const [who, unit] = parameter.split("|");
      return `the same times, and ${who} gives them in ${unit} only`;
    },
    least: 2,
    weight: 85,
    rule: (parameter, spot) => {
      const unit = UNITS.find(([name]) => parameter.endsWith(`|${name}`));
      return unit && ruleFor(unit[2])(parameter, spot);
    },
  },
  (legacy, candidate) => {
    const [ours, theirs] = [instantOf(legacy), instantOf(candidate)];
    if (Math.abs(ours - theirs) < 1e-6 && legacy.fraction.replace(/0+$/, "") === candidate.fraction.replace(/0+$/, ""))
      return NO;
    const found: string[] = [];
    for (const [name, ms] of UNITS) {
      const floor = (value: number) => Math.floor(value / ms + 1e-9) * ms;
      if (Math.abs(floor(ours) - theirs) < 1e-6) found.push(`candidate|${name}`);
      if (Math.abs(floor(theirs) - ours) < 1e-6) found.push(`legacy|${name}`);
    }
    return found;
  },
);

const notation = times(
  {
    name: "time_format",
    says: () => "the same instant, written in another way",
    least: 1,
    weight: 50,
    rule: ruleFor("0s"),
  },
  (legacy, candidate) => (instantOf(legacy) === instantOf(candidate) ? [""] : NO),
);

const epoch: Hypothesis = {
  name: "epoch",
  kinds: ["type", "value"],
  fits: ({ legacy, candidate }) => [
    ...epochs(legacy, candidate).map((unit) => `candidate|${unit}`),
    ...epochs(candidate, legacy).map((unit) => `legacy|${unit}`),
  ],
  says: (parameter) => {
    const [who, unit] = parameter.split("|");
    return who === "candidate"
      ? `the same instant: the candidate says ${unit} since 1970 where legacy writes a date`
      : `the same instant: legacy says ${unit} since 1970 where the candidate writes a date`;
  },
  least: 1,
  weight: 90,
  rule: (parameter, spot) => ruleFor(parameter.endsWith("|seconds") ? "1s" : "0s")(parameter, spot),
};

/** The units in which a number, or a string of digits, is the instant that a text writes. */
function epochs(text: Value, number: Value): string[] {
  const written = readTime(text.string);
  if (written === undefined) return [];
  const value =
    number.type === "number" ? number.number : /^\d{9,13}$/.test(number.string) ? Number(number.string) : Number.NaN;
  const instant = instantOf(written);
  if (Math.abs(value - instant) < 1) return ["milliseconds"];
  return Math.abs(value - instant / 1000) < 1 ? ["seconds"] : [];
}

export const TIMES: readonly Hypothesis[] = [zone, precision, epoch, notation, timeOffset];
