// lib/memoize.ts: what was worked out of a text, kept for when the same text comes again

const TEXTS = 4_000;
/** Longer ones are worked out each time: hostile texts must not fill the memory. */
const LENGTH = 200;

/** The same function. Its results are shared, so they must not be changed. */
export function remembering<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined || text.length > LENGTH) return before ?? of(text);
    const result = of(text);
    if (known.size >= TEXTS) known.clear();
    known.set(text, result);
    return result;
  };
}
