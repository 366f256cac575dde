// evidence/shape.ts: what a value looks like; a noisy place may change its value, but not its shape

import type { JsonText, Where } from "../model/difference.ts";

/**
 * A shape's name: `absent`, `null`, `boolean`, `number`, `epoch_s`, `epoch_ms`, `empty`, `iso_time` (with a zone),
 * `iso_local` (without), `date`, `http_date`, `uuid`, `digits`, `hex:32`, `token:5` (some 2^5 characters), `text`,
 * `list`, `object`, and `status:200` for a status, which has no shape but itself.
 */
export type Shape = string;

const ISO_TIME = /^[+-]?\d{4,6}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)$/i;
const ISO_LOCAL = /^[+-]?\d{4,6}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX = /^[0-9a-f]{6,}$/i;
const DIGITS = /^\d+$/;
const TOKEN = /^[\w+/=.:~-]{8,}$/;
/** What a program writes where it had nothing to write: no place's noise looks like this unless legacy's does. */
const FAILED =
  /(?:^|[^A-Za-z0-9])(?:NaN|undefined|null|None|nil|Infinity|Invalid[ -]?Date)(?:$|[^A-Za-z0-9])|\[object |^(?:1970-01-01|0001-01-01)(?:$|T00:00:00)|^0{8}-0{4}-0{4}-0{4}-0{12}$/;

/** The narrowest shape that a value has. */
export function shapeOf(value: JsonText | undefined, where: Where): Shape {
  if (value === undefined) return "absent";
  if (where === "status") return `status:${value}`;
  if (NUMBER.test(value)) return epochOf(Number(value)) ?? "number";
  const read = parse(value);
  if (read === null) return "null";
  if (typeof read === "boolean") return "boolean";
  if (typeof read === "number") return epochOf(read) ?? "number";
  if (typeof read !== "string") return Array.isArray(read) ? "list" : "object";
  if (read === "") return "empty";
  if (FAILED.test(read)) return `failed:${read.slice(0, 40)}`;
  for (const [shape, pattern] of FORMATS) if (pattern.test(read)) return shape;
  if (HEX.test(read)) return `hex:${read.length}`;
  if (TOKEN.test(read) && /\d/.test(read)) return `token:${Math.round(Math.log2(read.length))}`;
  return "text";
}

/** JSON's numbers; most values are some, and need no parser. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What `fits` and `shapeOf` can tell of a value: those with the same likeness fit the same shapes. */
export function likeness(value: JsonText | undefined, where: Where): string {
  const shape = shapeOf(value, where);
  if (value === undefined || !value.startsWith('"')) return shape;
  const read = parse(value);
  return typeof read === "string" && TOKEN.test(read) ? `${shape}/${read.length}` : shape;
}

const FORMATS: readonly (readonly [Shape, RegExp])[] = [
  ["iso_time", ISO_TIME],
  ["iso_local", ISO_LOCAL],
  ["date", DATE],
  ["http_date", HTTP_DATE],
  ["uuid", UUID],
  ["digits", DIGITS],
];

/** Whether a value could be one of those that have this shape: `12345678` is digits, and could be a hex:8 as well. */
export function fits(value: JsonText | undefined, shape: Shape, where: Where): boolean {
  const own = shapeOf(value, where);
  if (own === shape) return true;
  if (value === undefined || where === "status") return false;
  const read = parse(value);
  if (typeof read === "number") return shape === "number";
  if (typeof read !== "string" || read === "" || own.startsWith("failed:")) return false;
  const [name, size] = shape.split(":");
  if (name === "hex") return HEX.test(read) && read.length === Number(size);
  if (name === "token") return TOKEN.test(read) && Math.abs(Math.log2(read.length) - Number(size)) <= 1;
  return name === "text";
}

/** Whole numbers from September 2001 to 2100 as seconds, or the same as milliseconds. */
function epochOf(value: number): Shape | undefined {
  if (!Number.isInteger(value)) return undefined;
  if (value >= 1e9 && value < 4.1e9) return "epoch_s";
  return value >= 1e12 && value < 4.1e12 ? "epoch_ms" : undefined;
}

/** The value of a JSON text; a text that is none, such as a clipped one, stands for itself. */
function parse(text: JsonText): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The beginning of a long list or object.
    return text.startsWith("{") ? {} : text.startsWith("[") ? [] : text;
  }
}
