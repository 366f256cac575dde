// config/scalars.ts: durations, sizes, shares and the other single values of a config

import { nearest } from "../lib/nearest.ts";
import {
  DURATION_PATTERN,
  DURATION_UNITS,
  parseDuration,
  parseSize,
  SHARE_PATTERN,
  SIZE_PATTERN,
  SIZE_UNITS,
} from "../lib/units.ts";
import { type JsonSchema, type Read, scalar, type Wrong } from "./section.ts";

/** What an editor accepts beside the value itself: a reference to the environment. */
const REFERENCE = "\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^{}]*)?\\}";

/** Milliseconds, a safe integer. */
export function duration(limits: { readonly least?: string } = {}) {
  const says = "is not a duration";
  const hint = "a number with ms, s, m, h or d: 500ms, 10s, 14d";
  return measure(
    { parse: parseDuration, units: DURATION_UNITS, pattern: DURATION_PATTERN },
    { says, hint },
    ["500ms", "10s", "14d"],
    {
      msec: "ms",
      sec: "s",
      secs: "s",
      second: "s",
      seconds: "s",
      min: "m",
      mins: "m",
      minute: "m",
      minutes: "m",
      hour: "h",
      hours: "h",
      day: "d",
      days: "d",
    },
    limits.least,
  );
}

/** Bytes, a safe integer. */
export function size(limits: { readonly least?: string } = {}) {
  const says = "is not a size";
  const hint = "a number with B, KiB, MiB, GiB or TiB: 512B, 64KiB, 1MiB";
  return measure(
    { parse: parseSize, units: SIZE_UNITS, pattern: SIZE_PATTERN },
    { says, hint },
    ["64KiB", "1MiB"],
    {
      b: "B",
      k: "KiB",
      kb: "KiB",
      kib: "KiB",
      m: "MiB",
      mb: "MiB",
      mib: "MiB",
      g: "GiB",
      gb: "GiB",
      gib: "GiB",
      t: "TiB",
      tb: "TiB",
      tib: "TiB",
    },
    limits.least,
  );
}

/**
 * @param quantity how it is read, its units, and its form in the JSON Schema
 * @param spellings units as they are often written, in lower case, and what is meant; for the hint only
 */
function measure(
  {
    parse,
    units,
    pattern,
  }: { readonly parse: (text: string) => number | undefined; readonly units: object; readonly pattern: RegExp },
  wrong: Wrong,
  examples: readonly string[],
  spellings: Readonly<Record<string, string>>,
  least?: string,
) {
  const floor = least === undefined ? 0 : parse(least)!;
  return scalar<number>({ type: "string", pattern: `${pattern.source}|${REFERENCE}`, examples }, (value) => {
    const found = typeof value === "string" ? parse(value) : undefined;
    if (found === undefined) {
      const [, digits, unit = ""] = /^\s*(\d{1,12}(?:\.\d{1,9})?)\s*([A-Za-z]+)\s*$/.exec(String(value)) ?? [];
      const meant = Object.hasOwn(units, unit)
        ? unit
        : Object.hasOwn(spellings, unit.toLowerCase())
          ? spellings[unit.toLowerCase()]
          : undefined;
      return meant === undefined ? wrong : { ...wrong, hint: `did you mean ${digits}${meant}? It takes ${wrong.hint}` };
    }
    return found < floor ? { says: "is too little", hint: `at least ${least}` } : { value: found };
  });
}

/** 0 to 1, from per cents. `inside`: neither 0% nor 100%. */
export function share(limits: { readonly inside?: boolean } = {}) {
  const json = { type: "string", pattern: `${SHARE_PATTERN.source}|${REFERENCE}`, examples: ["10%", "0.1%"] };
  return scalar<number>(json, (value) => {
    const parts = typeof value === "string" ? SHARE_PATTERN.exec(value) : null;
    if (parts === null) {
      const hint = "a number with a per cent sign: 100%, 10%, 0.1%";
      const [, digits] = /^\s*(\d{1,3}(?:\.\d{1,9})?)\s*(?:%|percent|per cent)?\s*$/i.exec(String(value)) ?? [];
      const meant =
        digits === undefined
          ? undefined
          : Number(digits) < 1
            ? Number((Number(digits) * 100).toFixed(9))
            : Number(digits);
      const isMeant = meant !== undefined && meant > 0 && meant <= 100;
      return { says: "is not a share", hint: isMeant ? `did you mean ${meant}%? It takes ${hint}` : hint };
    }
    const percent = Number(parts[1]);
    if (percent > 100) return { says: "is more than the whole", hint: "at most 100%" };
    if (limits.inside === true && (percent === 0 || percent === 100)) {
      return { says: "is out of range", hint: "more than 0% and less than 100%" };
    }
    return { value: percent / 100 };
  });
}

/** A number within bounds; `whole` for counts. */
export function number(limits: { readonly least?: number; readonly most?: number; readonly whole?: boolean } = {}) {
  const { least = 0, most = Number.MAX_SAFE_INTEGER, whole = false } = limits;
  const kind = whole ? "whole number" : "number";
  const upTo = most === Number.MAX_SAFE_INTEGER ? "or more" : `to ${most}`;
  const json = {
    anyOf: [
      { type: whole ? "integer" : "number", minimum: least, maximum: most },
      { type: "string", pattern: `^${REFERENCE}$` },
    ],
  };
  return scalar<number>(json, (value) => {
    const spelled = typeof value === "string" && /^-?\d{1,15}(\.\d{1,15})?$/.test(value);
    const found = spelled ? Number(value) : value;
    const wrong = { says: `is not a ${kind}`, hint: `a ${kind}, ${least} ${upTo}` };
    if (typeof found !== "number" || !Number.isFinite(found) || (whole && !Number.isSafeInteger(found))) return wrong;
    return found < least || found > most ? { ...wrong, says: "is out of range" } : { value: found };
  });
}

/** A whole number from `least` to `most`. */
export const count = (least = 0, most = Number.MAX_SAFE_INTEGER) => number({ least, most, whole: true });

/** `true` or `false`. */
export function flag() {
  const json = { anyOf: [{ type: "boolean" }, { type: "string", pattern: `^${REFERENCE}$` }] };
  return scalar<boolean>(json, (value) => {
    if (value === true || value === "true") return { value: true };
    if (value === false || value === "false") return { value: false };
    return { says: "is neither true nor false" };
  });
}

/** One of a few words. */
export function choice<const W extends string>(words: readonly W[], what: string) {
  const json = { anyOf: [{ enum: words }, { type: "string", pattern: `^${REFERENCE}$` }] };
  return scalar<W>(json, (value) => {
    const word = words.find((known) => known === value);
    if (word !== undefined) return { value: word };
    const meant = typeof value === "string" ? nearest(value, words) : undefined;
    const list = words.join(", ");
    return {
      says: `is no ${what}`,
      hint: meant === undefined ? `one of ${list}` : `did you mean ${meant}? One of ${list}`,
    };
  });
}

/** A string that is not empty; `secret` ones are never shown. */
export function text(what: string, limits: { readonly least?: number; readonly secret?: boolean } = {}) {
  const { least = 1, secret = false } = limits;
  return scalar<string>({ type: "string", minLength: least }, (value) => {
    if (typeof value === "number" || typeof value === "boolean") {
      return { says: `is not ${what}`, hint: "put it in quotes", secret };
    }
    if (typeof value !== "string" || value === "") return { says: `is not ${what}`, secret };
    if (value.length < least) return { says: `is too short for ${what}`, hint: `at least ${least} characters`, secret };
    return { value };
  });
}

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** A field name (RFC 9110, 5.1), in lower case. */
export const readFieldName: Read<string> = (value) => {
  if (typeof value === "string" && TOKEN.test(value)) return { value: value.toLowerCase() };
  const colon = typeof value === "string" && value.endsWith(":");
  return { says: "is not a field name", hint: colon ? "without the colon" : "as in x-request-id" };
};

/** The name of a field (RFC 9110), in lower case. */
export const fieldName = () =>
  scalar({ type: "string", examples: ["x-request-id"] } satisfies JsonSchema, readFieldName);
