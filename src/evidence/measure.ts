// evidence/measure.ts: values as numbers, so that two of them can be ordered

import type { JsonText, Where } from "../model/difference.ts";
import { shapeOf } from "./shape.ts";

/** A number, or a moment in milliseconds since the epoch. */
export type Measured = { readonly kind: "number" | "time"; readonly value: number };

const DECIMAL = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** What a value measures; undefined for what is no number and no time, and for a status, which is a code. */
export function measure(text: JsonText | undefined, where: Where): Measured | undefined {
  if (text === undefined || where === "status" || text.length > 64) return undefined;
  const shape = shapeOf(text, where);
  if (shape === "number") return number(Number(text));
  if (shape === "epoch_s") return time(Number(text) * 1000);
  if (shape === "epoch_ms") return time(Number(text));
  if (!text.startsWith('"')) return undefined;
  const inner = text.slice(1, -1);
  if (shape === "iso_time" || shape === "http_date" || shape === "date") return time(Date.parse(inner));
  if (shape === "iso_local") return time(Date.parse(`${inner.replace(" ", "T").replace(",", ".")}Z`));
  return DECIMAL.test(inner) ? number(Number(inner)) : undefined;
}

const number = (value: number): Measured | undefined =>
  Number.isFinite(value) ? { kind: "number", value } : undefined;
const time = (value: number): Measured | undefined => (Number.isFinite(value) ? { kind: "time", value } : undefined);

/** A text's hash in 32 bits (FNV-1a): enough to tell whether it was seen before, and never written down. */
export function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5 ^ text.length;
  for (let i = 0; i < text.length && i < 2048; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01_00_01_93);
  return hash >>> 0;
}
