// redact/marks.ts: what stands where a value stood

import { createHmac, randomBytes } from "node:crypto";
import type { RedactSettings } from "./settings.ts";

/** The texts that replace values. */
export type Marks = {
  readonly hashed: boolean;
  /** Stands for a secret: `[redacted]`, `[email]`; when hashed, with a digest that equal secrets share. */
  readonly secret: (value: string, label?: string) => string;
  /** Stands for a segment of a path, always with a digest: requests for different things stay different. */
  readonly segment: (value: string) => string;
  /** Stands for any value when hashed: `#string:12:1f0a...`. The digest is of the text alone, so `1` and `"1"` share it. */
  readonly leaf: (type: string, value: string) => string;
};

/** Whether the value that bears a name must go. */
export type Hides = (name: string, value: string) => boolean;

/** What this file's marks look like, so that they are not marked again. */
export const MARK = /^(?:\[[a-z]+(?::(?:[0-9a-f]{8,16}| not examined))?\]|#[a-z]+:\d+:[0-9a-f]{16})$/;

/** Marks for these settings. Without a key, digests are comparable within this process only. */
export function createMarks({ values, key }: Pick<RedactSettings, "values" | "key">): Marks {
  const hashed = values === "hashed";
  const secretKey = key ?? randomBytes(32);
  // 64 bits: short enough to read, and two of a million values share one with a chance of one in tens of millions.
  const digest = (value: string) => createHmac("sha256", secretKey).update(value).digest("hex").slice(0, 16);
  return {
    hashed,
    secret: (value, label = "redacted") => (hashed ? `[${label}:${digest(value)}]` : `[${label}]`),
    segment: (value) => `[token:${digest(value).slice(0, 8)}]`,
    leaf: (type, value) => `#${type}:${value.length}:${digest(value)}`,
  };
}
