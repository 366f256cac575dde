// lib/units.ts: durations, sizes and shares as people write them

/** Milliseconds of each unit of time. */
export const DURATION_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Bytes of each unit of size (IEC 80000-13). */
export const SIZE_UNITS = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824, TiB: 1_099_511_627_776 };

/** A number and a unit of {@link DURATION_UNITS}. */
export const DURATION_PATTERN = /^(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d)$/;
/** A number and a unit of {@link SIZE_UNITS}. */
export const SIZE_PATTERN = /^(\d{1,12}(?:\.\d{1,9})?)(B|KiB|MiB|GiB|TiB)$/;
/** A percentage. */
export const SHARE_PATTERN = /^(\d{1,3}(?:\.\d{1,9})?)%$/;

/** `500ms`, `10s`, `30m`, `2h`, `14d` in whole milliseconds; undefined where it is no duration, or too long for an exact number. */
export function parseDuration(text: string): number | undefined {
  return amount(DURATION_PATTERN, DURATION_UNITS, text);
}

/** `512B`, `64KiB`, `1MiB` in bytes; undefined where it is no size, or too large for an exact number. */
export function parseSize(text: string): number | undefined {
  return amount(SIZE_PATTERN, SIZE_UNITS, text);
}

/** `10%`, `0.1%`, `100%` as 0 to 1; undefined where it is no share, or more than the whole. */
export function parseShare(text: string): number | undefined {
  const parts = SHARE_PATTERN.exec(text);
  const percent = parts === null ? Number.NaN : Number(parts[1]);
  return percent <= 100 ? percent / 100 : undefined;
}

function amount(pattern: RegExp, units: Readonly<Record<string, number>>, text: string): number | undefined {
  const parts = pattern.exec(text);
  const whole = parts === null ? Number.NaN : Math.round(Number(parts[1]) * units[parts[2]!]!);
  return Number.isSafeInteger(whole) ? whole : undefined;
}
