// json/key-patterns.ts: what the names that a dictionary lost have in common, and what they are called instead

/** Names that must fit before a pattern is one, and the share of the lost names that they must be. */
const LEAST = 4;
const SHARE = 0.5;
/** Names looked at, of each side, and characters of a part that is told. */
const MOST = 4_096;
const LONGEST = 40;

/** `suffix`, `_plural`, `_other`: the end of these names became another one; `to` is absent where nothing stands for it. */
export type KeyPattern = {
  readonly part: "prefix" | "suffix";
  readonly from: string;
  readonly to?: string;
};

/** The pattern that most of the names fit that only one side has; undefined where they are unlike each other. */
export function keyPattern(missing: readonly string[], extra: readonly string[]): KeyPattern | undefined {
  if (missing.length < LEAST || missing.length > MOST || extra.length > MOST) return undefined;
  return renaming(missing, extra, "suffix") ?? renaming(missing, extra, "prefix") ?? ending(missing);
}

/** Whether a name that legacy has, or that the candidate has, is one of the pattern's. */
export function fitsPattern({ part, from, to }: KeyPattern, name: string, side: "legacy" | "candidate"): boolean {
  const text = side === "legacy" ? from : to;
  if (text === undefined) return false;
  return part === "suffix" ? name.endsWith(text) : name.startsWith(text);
}

const turned = (name: string): string => [...name].reverse().join("");

/** The part of the names that became another one: of each lost name, the new ones with the most in common are looked at. */
function renaming(
  missing: readonly string[],
  extra: readonly string[],
  part: KeyPattern["part"],
): KeyPattern | undefined {
  const read = part === "suffix" ? (name: string) => name : turned;
  const others = extra.map(read).sort(byUnits);
  const counts = new Map<string, { readonly from: string; readonly to: string; count: number }>();
  for (const name of missing.map(read)) {
    for (const [from, to] of nearest(name, others)) {
      const key = `${from}\n${to}`;
      const known = counts.get(key) ?? { from, to, count: 0 };
      counts.set(key, known);
      known.count += 1;
    }
  }
  const best = [...counts.values()].sort((a, b) => b.count - a.count)[0];
  if (best === undefined || best.count < LEAST || best.count < missing.length * SHARE) return undefined;
  return { part, from: read(best.from), to: read(best.to) };
}

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is left of a name, and of the new names that have the longest beginning in common with it. */
function nearest(name: string, sorted: readonly string[]): (readonly [string, string])[] {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < name) low = middle + 1;
    else high = middle;
  }
  const shared = Math.max(sharedWith(name, sorted[low - 1]), sharedWith(name, sorted[low]));
  if (shared < 1) return [];
  const found: (readonly [string, string])[] = [];
  const take = (other: string | undefined): boolean => {
    if (other === undefined || sharedWith(name, other) < shared || found.length >= 8) return false;
    const at = partStart(name, shared);
    const [from, to] = [name.slice(at), other.slice(at)];
    if (at > 0 && from.length <= LONGEST && to.length <= LONGEST) found.push([from, to]);
    return true;
  };
  for (let k = low - 1; take(sorted[k]); k--);
  for (let k = low; take(sorted[k]); k++);
  return found;
}

/** `item_other` and `item_one` have `item_o` in common; the part begins at the mark before that. */
function partStart(name: string, shared: number): number {
  const mark = /[_.:/-][^_.:/-]*$/.exec(name.slice(0, shared));
  return mark === null || mark.index === 0 ? shared : mark.index;
}

function sharedWith(a: string, b: string | undefined): number {
  if (b === undefined) return 0;
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

/** The end, from a mark on, that most of the lost names have. */
function ending(missing: readonly string[]): KeyPattern | undefined {
  const counts = new Map<string, number>();
  for (const name of missing) {
    const end = /[_.:/-][^_.:/-]{1,40}$/.exec(name)?.[0];
    if (end !== undefined && end.length < name.length) counts.set(end, (counts.get(end) ?? 0) + 1);
  }
  const best = [...counts].sort(([, a], [, b]) => b - a)[0];
  if (best === undefined || best[1] < LEAST || best[1] < missing.length * SHARE) return undefined;
  return { part: "suffix", from: best[0] };
}

/** `names that end in "_plural" end in "_other"` */
export function patternText({ part, from, to }: KeyPattern): string {
  const verb = part === "suffix" ? "end in" : "begin with";
  const old = JSON.stringify(from);
  if (to === undefined) return `names that ${verb} ${old} are missing`;
  if (from === "") return `names ${verb} ${JSON.stringify(to)} that did not`;
  return to === ""
    ? `names do not ${verb} ${old} any more`
    : `names that ${verb} ${old} ${verb} ${JSON.stringify(to)} instead`;
}
