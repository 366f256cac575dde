// explain/renames.ts: what is missing here is extra there, with the same value

import { nameOf, steps } from "../model/place.ts";
import type { Shown } from "../model/showing.ts";
import type { Leader } from "./trial.ts";
import { canonical, isTrivial, readValue } from "./value.ts";

/** For a finding of kind `missing`: the `extra` findings that had its value, and how often. The other way round too. */
export type Partners = { seen: number; readonly partners: Map<string, Partner> };
type Partner = { support: number; readonly place: string; readonly values: string[] };

const PARTNERS = 16;
const VALUES = 4;
/** Differences of one comparison that are paired. */
const PAIRED = 64;

export const createPartners = (): Partners => ({ seen: 0, partners: new Map() });

/** Pairs what is missing with what is extra in one comparison, and tells each finding of its partner. */
export function addRenames(shown: readonly Shown[], of: (finding: string) => Partners): void {
  const some = shown.filter(({ where }) => where !== "status").slice(0, PAIRED * 4);
  const missing = some.filter(({ kind }) => kind === "missing").slice(0, PAIRED);
  const extra = some.filter(({ kind }) => kind === "extra").slice(0, PAIRED);
  for (const one of [...missing, ...extra]) of(one.finding).seen += 1;
  if (missing.length === 0 || extra.length === 0) return;
  const values = new Map<Shown, { text: string; trivial: boolean }>();
  for (const one of [...missing, ...extra]) {
    const value = readValue(one.sample.legacy ?? one.sample.candidate);
    values.set(one, { text: canonical(value), trivial: isTrivial(value) });
  }
  for (const gone of missing) {
    const { text, trivial } = values.get(gone)!;
    const here = placeAbove(gone.sample.path);
    const told = new Set<string>();
    for (const come of extra) {
      if (come.where !== gone.where || values.get(come)!.text !== text || told.has(come.finding)) continue;
      // Beside each other, or elsewhere: then a value that is alike by chance says nothing.
      const beside = placeAbove(come.sample.path) === here || placeAbove(come.place) === placeAbove(gone.place);
      if (!beside && trivial) continue;
      told.add(come.finding);
      tell(of(gone.finding), come, text, trivial);
      tell(of(come.finding), gone, text, trivial);
    }
  }
}

function tell({ partners }: Partners, partner: Shown, text: string, trivial: boolean): void {
  let known = partners.get(partner.finding);
  if (known === undefined) {
    if (partners.size >= PARTNERS) return;
    known = { support: 0, place: partner.place, values: [] };
    partners.set(partner.finding, known);
  }
  known.support += 1;
  const short = text.slice(0, 40);
  if (!trivial && known.values.length < VALUES && !known.values.includes(short)) known.values.push(short);
}

export type RenameCause = Leader & {
  readonly name: "renamed" | "moved";
  /** The finding on the other side. */
  readonly partner: string;
  readonly says: string;
  readonly weight: number;
  readonly rule: string | undefined;
};

/** Each partner that had the value often enough to be more than chance. */
export function renamesOf(own: Partners, place: string, kind: "missing" | "extra"): RenameCause[] {
  return [...own.partners].flatMap(([id, partner]) => {
    const [from, to] = kind === "missing" ? [place, partner.place] : [partner.place, place];
    const alike = similar(lastName(from), lastName(to));
    if (partner.values.length < (alike ? 1 : 2) && !(alike && partner.support >= 20)) return [];
    const beside = placeAbove(from) === placeAbove(to);
    const cause: RenameCause = {
      name: beside ? "renamed" : "moved",
      partner: id,
      parameter: "",
      support: partner.support,
      of: own.seen,
      pairs: partner.values.length,
      counterExamples: [],
      says: beside ? `${lastName(from)} is called ${lastName(to)}` : `${from} is at ${to}`,
      weight: (beside ? 95 : 85) + (alike ? 3 : 0),
      rule: moveRule(from, to),
    };
    return [cause];
  });
}

/** A move in legacy's body, where both places are one place and not many. */
function moveRule(from: string, to: string): string | undefined {
  const [source, target] = [pointer(from), pointer(to)];
  if (source === undefined || target === undefined) return undefined;
  return `patch:\n  legacy:\n    - { op: move, from: ${JSON.stringify(source)}, path: ${JSON.stringify(target)} }`;
}

/** RFC 6901; undefined for a place with a wildcard, and for what is no place in a body. */
function pointer(place: string): string | undefined {
  if (!place.startsWith("$")) return undefined;
  const names = steps(place).slice(1).map(nameOf);
  if (names.length === 0 || names.some((name) => name === undefined)) return undefined;
  return names.map((name) => `/${name!.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function placeAbove(place: string): string {
  return place.startsWith("$") ? steps(place).slice(0, -1).join("") : "";
}

function lastName(place: string): string {
  const last = steps(place).at(-1)!;
  return nameOf(last) ?? last;
}

/** The same letters but for case and punctuation, or one within the other: user_name, userName, name. */
function similar(a: string, b: string): boolean {
  const [x, y] = [a, b].map((name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
  return x !== "" && y !== "" && (x!.includes(y!) || y!.includes(x!));
}

export type StoredPartners = {
  readonly seen: number;
  readonly partners: readonly (readonly [string, Partner])[];
};

export const storePartners = ({ seen, partners }: Partners): StoredPartners => ({ seen, partners: [...partners] });

export const restorePartners = ({ seen, partners }: StoredPartners): Partners => ({
  seen,
  partners: new Map(partners.map(([finding, partner]) => [finding, { ...partner, values: [...partner.values] }])),
});
