// config/compare.ts: `compare:`, the rules of a route, from the config's spelling to the model's

import { z } from "zod";
import type { FieldRules, IgnoreRule, JsonRule, NumberRule, OnlyRule, StringRule, TimeRule } from "../model/rules.ts";
import { arrayRules } from "./array-rules.ts";
import { operation } from "./patch.ts";
import { path, place, placeText } from "./places.ts";
import { choice, duration, fieldName, flag, number, readFieldName, share } from "./scalars.ts";
import { scalar, section, shorthand, unset, type Wrong } from "./section.ts";

const NORMAL_FORMS = ["NFC", "NFD", "NFKC", "NFKD"] as const;
const PATH_ALONE = { type: "string", pattern: "^\\$" };
const pathAlone = (value: unknown) => (typeof value === "string" ? { path: value } : value);

const ignoreRule = () => place().transform((at): IgnoreRule => ({ name: `ignore ${placeText(at)}`, place: at }));
const onlyRule = () => place().transform((at): OnlyRule => ({ name: `only ${placeText(at)}`, place: at }));

const numberRule = section(
  {
    path: path().describe("Path of the numbers, including numbers in strings, as in XML, CSV and forms."),
    tolerance: number().describe("Largest difference that is allowed."),
    relative: share().describe("Largest difference that is allowed, as a share of legacy's value."),
    lexical: flag().describe("Compare as written: 1.0 is not 1. For values that clients hash or sign."),
  },
  {},
  ["path"],
).transform(({ path, ...how }, context): NumberRule => {
  if (how.tolerance === undefined && how.relative === undefined && how.lexical !== true) {
    refuse(context, { says: "says nothing about its numbers", hint: "give it tolerance, relative or lexical" });
  }
  return { name: `numbers ${path.text}${words(how)}`, path, ...unset(how) };
});

const timeRule = section(
  {
    path: path().describe(
      "Path of the times: ISO 8601 in any zone, HTTP and e-mail dates, /Date(ms)/, epoch seconds or milliseconds.",
    ),
    tolerance: duration().describe("Largest difference that is allowed."),
  },
  { tolerance: "0s" },
  ["path"],
).transform(({ path, tolerance }): TimeRule => {
  return { name: `times ${path.text} tolerance ${durationText(tolerance)}`, path, toleranceMs: tolerance };
});

const stringRule = section(
  {
    path: path().describe("Path of the strings."),
    ignoreCase: flag().describe("Ignore letter case."),
    trim: flag().describe("Ignore white space at both ends."),
    normalize: choice(NORMAL_FORMS, "Unicode normal form").describe("Compare in this Unicode normal form."),
    matches: matches().describe("Both values must match this regular expression; they need not be equal."),
  },
  {},
  ["path"],
).transform(({ path, ...how }, context): StringRule => {
  if (how.ignoreCase !== true && how.trim !== true && how.normalize === undefined && how.matches === undefined) {
    refuse(context, { says: "says nothing about its strings", hint: "give it ignoreCase, trim, normalize or matches" });
  }
  return { name: `strings ${path.text}${words(how)}`, path, ...unset(how) };
});

/** The keys of `compare`, of a route's and of the one for all routes. Nothing set: as strictly as makes sense. */
export const compareKeys = section(
  {
    ignore: z.array(ignoreRule()).describe("Places that are not compared: a path, `status`, or `field NAME`."),
    only: z.array(onlyRule()).describe("Compare nothing but these places."),
    arrays: arrayRules().describe("How the elements of a list are paired. Without a rule lists are aligned."),
    numbers: z.array(numberRule).describe("Rules for numbers: a tolerance, or comparison as written."),
    times: z
      .array(shorthand(PATH_ALONE, pathAlone, timeRule))
      .describe("Strings and numbers that are times, compared as instants. A path alone means a tolerance of 0."),
    strings: z.array(stringRule).describe("Rules for strings."),
    json: z
      .array(path().transform((at): JsonRule => ({ name: `json ${at.text}`, path: at })))
      .describe(
        "Paths of strings that hold JSON. If both sides' strings do, they are compared as JSON, and paths continue inside them.",
      ),
    patch: section(
      {
        legacy: z.array(operation()).describe("Applied to legacy's body before comparing."),
        candidate: z.array(operation()).describe("Applied to the candidate's body before comparing."),
      },
      { legacy: [], candidate: [] },
    ).describe("RFC 6902 operations that are applied before comparing. They never affect what clients receive."),
    fields: section(
      {
        compare: fieldChoice().describe(
          "`default` (all except those that belong to one response, such as Date), `all`, or a list of names.",
        ),
        ignore: z.array(fieldName()).describe("Fields that are not compared."),
      },
      {},
    ).describe("Which response fields are compared."),
    mapOrigins: flag().describe(
      "Treat each side's own origin and the client's Host as the same in Location, Link and links in bodies.",
    ),
  },
  {},
);

function fieldChoice() {
  const names = { type: "array", items: { type: "string" } };
  return scalar<FieldRules["compare"]>({ anyOf: [{ enum: ["default", "all"] }, names] }, (value) => {
    if (value === "default" || value === "all") return { value };
    const read = Array.isArray(value) ? value.map(readFieldName) : [];
    const found = read.flatMap((name) => ("says" in name ? [] : [name.value]));
    if (Array.isArray(value) && found.length === value.length) return { value: found };
    return { says: "names no fields", hint: "default, all, or a list of field names" };
  });
}

function matches() {
  return scalar<string>({ type: "string", format: "regex" }, (value) => {
    if (typeof value !== "string") return { says: "is not a regular expression", hint: "put it in quotes" };
    if (value.length > 1_000) return { says: "is too long for a regular expression", hint: "at most 1000 characters" };
    try {
      new RegExp(value, "u");
      return { value };
    } catch (error) {
      const reason = (error as Error).message.replace(/^[\s\S]*\/u: /, "").toLowerCase();
      return { says: `is not a regular expression: ${reason}`, hint: "as JavaScript reads it, in Unicode mode" };
    }
  });
}

/** ` tolerance 0.005 trim`: what a rule was given, in the config's words. */
function words(how: Readonly<Record<string, unknown>>): string {
  return Object.entries(how)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) =>
      value === true ? ` ${key}` : ` ${key} ${key === "relative" ? `${percent(value)}%` : value}`,
    )
    .join("");
}

/** 0.07 * 100 is 7.000000000000001. */
const percent = (value: unknown) => Number((Number(value) * 100).toPrecision(12));

function durationText(ms: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
  ] as const;
  const [unit, length] =
    units.find(([, length]) => ms >= length && ms % length === 0) ?? (ms === 0 ? ["s", 1] : ["ms", 1]);
  return `${ms / length}${unit}`;
}

function refuse(context: z.RefinementCtx, wrong: Wrong): void {
  context.addIssue({ code: "custom", message: wrong.says, params: { wrong } });
}
