// lib/nearest.ts: what someone may have meant

/** Longer words are no mistyped names. */
const LONGEST = 64;

/** The known name that is nearest to a mistyped one, if any is near enough to be worth a hint. Case does not count. */
export function nearest(typed: string, known: Iterable<string>): string | undefined {
  if (typed.length > LONGEST) return undefined;
  const word = typed.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    if (candidate.length > 2 * LONGEST) continue;
    const name = candidate.toLowerCase();
    const far =
      name.startsWith(word) && word.length > 1 ? Math.min(1, name.length - word.length) : distance(word, name);
    const limit = Math.max(1, Math.floor(Math.min(word.length, name.length) / 3));
    if (far <= limit && far < least) [best, least] = [candidate, far];
  }
  return best;
}

/** Damerau-Levenshtein, optimal string alignment: insert, delete, replace, or swap two neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    [before, above] = [above, row];
  }
  return above[b.length]!;
}
