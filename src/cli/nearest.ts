// cli/nearest.ts: what someone may have meant

/** The known name that is closest to a mistyped one, if any is close enough to be worth a hint. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  if (typed.length > 40) return undefined;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const far = name.startsWith(typed) && typed.length > 1 ? 1 : distance(typed, name);
    const limit = Math.max(1, Math.floor(Math.min(typed.length, name.length) / 3));
    if (far <= limit && far < least) [best, least] = [name, far];
  }
  return best;
}

/** Insertions, deletions, changes and swapped neighbours from one text to the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(row[j - 1]! + 1, above[j]! + 1, above[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return above[b.length]!;
}
