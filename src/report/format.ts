// report/format.ts: shares, times and durations in a reader's words

/** `0 %`, `0.034 %`, `12.3 %`: two significant digits below one per cent; never rounds something to nothing or to all. */
export function percent(share: number): string {
  if (!Number.isFinite(share) || share <= 0) return "0 %";
  if (share >= 1) return "100 %";
  const value = share * 100;
  if (value > 99.9) return "> 99.9 %";
  if (value < 0.001) return "< 0.001 %";
  return `${value >= 1 ? trimmed(value.toFixed(1)) : trimmed(Number(value.toPrecision(2)).toFixed(5))} %`;
}

/** Milliseconds: `0.4 ms`, `120 ms`, `2.5 s`, `3 min 20 s`, `4 h 10 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${trimmed(ms < 10 ? ms.toFixed(1) : ms.toFixed(0))} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${trimmed(seconds.toFixed(1))} s`;
  const units: [string, number][] = [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ];
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (parts.length > 0 || n > 0) parts.push(`${n} ${unit}`);
    if (parts.length === 2) break;
  }
  return parts.filter((part) => !part.startsWith("0 ")).join(" ");
}

/** A moment in UTC to the minute: `2026-11-21 23:59`. */
export function moment(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "?" : date.toISOString().slice(0, 16).replace("T", " ");
}

/** From one moment to another in UTC, without saying anything twice: `2026-11-21 08:00 to 12:00 UTC`. */
export function period(from: number, to: number): string {
  const [start, end] = [moment(from), moment(to)];
  if (start === end) return `${start} UTC`;
  const [day] = start.split(" ");
  return `${start} to ${end.startsWith(`${day} `) ? end.slice(-5) : end} UTC`;
}

function trimmed(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
