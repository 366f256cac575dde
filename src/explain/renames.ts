// explain/renames.ts: what is missing here is there under another name, at another level, or in another unit
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import type { Difference } from "../model/difference.ts";
import type { Shown } from "../model/finding-observation.ts";
import { generalise } from "../model/place.ts";
import { lastName, placeAbove, pointerOf, stepOf } from "./places.ts";
import { canonical, isTrivial, readValue, type Value } from "./value.ts";

/** Two values that stood where the one is missing and the other is extra. */
export type Values = { readonly legacy: string; readonly candidate: string };

/** What a finding's values were found to be on the other side, by the places of both. */
export type Partner = {
  /** The finding on the other side. */
  readonly finding: string;
  /** This finding's place, or one within its value; and the place on the other side. */
  readonly own: string;
  readonly other: string;
  /** Comparisons in which both were there, and those of them in which the values were equal. */
  together: number;
  equal: number;
  /** Comparisons in which this side's text was a part of the other's, as whole words; or the other way round. */
  partOf: number;
  holds: number;
  /** Equal values that are no chance, and pairs of unequal ones; a few of each. */
  readonly values: string[];
  readonly unequal: Values[];
};

/** For a finding of kind `missing`: the `extra` findings that may be the same. The other way round too. */
export type Partners = {
  seen: number;
  /** Values within this finding's own value, at most: what has to be accounted for when an object is taken apart. */
  leaves: number;
  readonly partners: Map<string, Partner>;
};

const PARTNERS = 24;
const VALUES = 4;
const UNEQUAL = 16;
/** Differences of one comparison that are paired, values within one that are looked at, and pairs that are tried. */
const PAIRED = 64;
const LEAVES = 12;
const TRIED = 3_000;
/** Members of one object that are missing or extra: above it no pairing is attempted. */
const BESIDE = 8;

/** No partners observed yet. */
export const createPartners = (): Partners => ({ seen: 0, leaves: 0, partners: new Map() });

type Item = {
  readonly shown: Shown;
  /** General place of the value: the finding's, or one below it. */
  readonly place: string;
  /** Where the value stands in this comparison, without its last step; and the positions in lists on the way. */
  readonly above: string;
  readonly positions: readonly string[];
  readonly isWhole: boolean;
  readonly text: string;
  readonly trivial: boolean;
};

/** Pairs what is missing with what is extra in one comparison, and tells each finding of its partner. */
export function addRenames(shown: readonly Shown[], of: (finding: string) => Partners): void {
  const some = shown.filter(({ where }) => where !== "status").slice(0, PAIRED * 4);
  const missing = some.filter(({ kind }) => kind === "missing").slice(0, PAIRED);
  const extra = some.filter(({ kind }) => kind === "extra").slice(0, PAIRED);
  for (const one of [...missing, ...extra]) of(one.finding).seen += 1;
  if (missing.length === 0 || extra.length === 0) return;
  const [gone, come] = [missing.flatMap((one) => itemsOf(one, of)), extra.flatMap((one) => itemsOf(one, of))];
  const crowded = crowdedPlaces([...gone, ...come]);
  let tried = 0;
  for (const one of gone) {
    const seen = new Set<string>();
    for (const other of come) {
      if (tried++ > TRIED) return;
      if (one.shown.where !== other.shown.where || (!one.isWhole && !other.isWhole) || !isSameElement(one, other))
        continue;
      const isBeside = one.isWhole && other.isWhole && one.above === other.above && !crowded.has(one.above);
      const isEqual = one.text === other.text;
      // Elsewhere, a value that is alike by chance says nothing.
      const isMoved = isEqual && !one.trivial;
      const key = `${one.place}\n${other.place}`;
      const isKnown = of(one.shown.finding).partners.has(key);
      if ((!isBeside && !isMoved && !isKnown) || seen.has(key)) continue;
      seen.add(key);
      tell(of(one.shown.finding), key, other.shown.finding, one, other, one.place, other.place);
      tell(of(other.shown.finding), key, one.shown.finding, one, other, other.place, one.place);
    }
  }
}

/** What moved within one element of a list did not come from another one. */
function isSameElement({ positions: a }: Item, { positions: b }: Item): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Objects with so many members that are missing or extra that pairing them would be guesswork. */
function crowdedPlaces(items: readonly Item[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { above, isWhole, shown } of items) {
    const key = `${above}\n${shown.kind}`;
    if (isWhole) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, n]) => n > BESIDE).map(([key]) => key.slice(0, key.lastIndexOf("\n"))));
}

/** A value, and those within it where it is an object: one that moved a level down is inside of what is extra. */
function itemsOf(shown: Shown, of: (finding: string) => Partners): Item[] {
  const value = readValue(shown.sample.legacy ?? shown.sample.candidate);
  const above = placeAbove(shown.sample.path);
  const { positions } = generalise(shown.sample.path);
  const item = (place: string, one: Value, isWhole: boolean): Item => ({
    shown,
    place,
    above,
    positions,
    isWhole,
    text: canonical(one),
    trivial: isTrivial(one),
  });
  const cookie = cookieOf(shown);
  if (cookie !== undefined) return [item(cookie.place, readValue(JSON.stringify(cookie.rest)), true)];
  const items = [item(shown.place, value, true)];
  if (value.type !== "object" || value.content === undefined || shown.where !== "body") return items;
  const members = Object.entries(value.content as Record<string, unknown>);
  const own = of(shown.finding);
  own.leaves = Math.max(own.leaves, members.length);
  for (const [name, content] of members.slice(0, LEAVES)) {
    items.push(item(`${shown.place}${stepOf(name)}`, readValue(JSON.stringify(content)), false));
  }
  return items;
}

/** A cookie is known by its name; what is left of it when its value is redacted are its attributes. */
function cookieOf({ where, place, sample }: Shown): { readonly place: string; readonly rest: string } | undefined {
  if (where !== "field" || place !== "set-cookie") return undefined;
  const found = /^"([^"=;]+)=(.*)"$/s.exec(sample.legacy ?? sample.candidate ?? "");
  return found === null ? undefined : { place: found[1]!, rest: found[2]! };
}

function tell(
  { partners }: Partners,
  key: string,
  finding: string,
  gone: Item,
  come: Item,
  own: string,
  other: string,
): void {
  let known = partners.get(key);
  if (known === undefined) {
    if (partners.size >= PARTNERS) return;
    known = { finding, own, other, together: 0, equal: 0, partOf: 0, holds: 0, values: [], unequal: [] };
    partners.set(key, known);
  }
  known.together += 1;
  const [mine, theirs] = own === gone.place ? [gone.text, come.text] : [come.text, gone.text];
  if (isPart(mine, theirs)) known.partOf += 1;
  else if (isPart(theirs, mine)) known.holds += 1;
  if (gone.text === come.text) {
    known.equal += 1;
    const short = gone.text.slice(0, 40);
    if (!gone.trivial && known.values.length < VALUES && !known.values.includes(short)) known.values.push(short);
    return;
  }
  const [legacy, candidate] = [gone.text.slice(0, 200), come.text.slice(0, 200)];
  const isKnown = known.unequal.some((one) => one.legacy === legacy && one.candidate === candidate);
  if (known.unequal.length < UNEQUAL && !isKnown) known.unequal.push({ legacy, candidate });
}

/** Whether one text is a part of the other, as whole words: `"Ana"` of `"Ana Peña"`. Two letters may be so by chance. */
function isPart(part: string, whole: string): boolean {
  if (!part.startsWith('"') || !whole.startsWith('"')) return false;
  const [a, b] = [part.slice(1, -1), whole.slice(1, -1)];
  if (a.length < 2 || a.length >= b.length) return false;
  const isLetter = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char);
  for (let at = b.indexOf(a); at !== -1; at = b.indexOf(a, at + 1)) {
    if (!isLetter(b[at - 1]) && !isLetter(b[at + a.length])) return true;
  }
  return false;
}

/** A cause that lies in a renamed or moved member. */
export type RenameCause = {
  readonly name: "renamed" | "moved" | "replaced" | "joined" | "split";
  readonly says: string;
  readonly weight: number;
  readonly support: number;
  readonly of: number;
  readonly counterExamples: readonly Values[];
  /** The finding on the other side, and both places. */
  readonly partner: Partner;
  /** The places are the findings' own, and every value was equal: a move would settle it. */
  readonly isMove: boolean;
};

/** What turns the values of one side into those of the other, where one explanation fits all of them. */
export type Derive = (pairs: readonly Values[]) => { readonly says: string; readonly weight: number } | undefined;

/** Values that disagree, at most, in a thousand that agree. */
const CONTRADICTIONS = 0.005;
/** Both must be there nearly whenever the one is missing. */
const TOGETHER = 0.9;

/** The partner that had the value always, or a value that follows from it; none where two could be meant. */
export function renamesOf(own: Partners, place: string, kind: "missing" | "extra", derive: Derive): RenameCause[] {
  const all = [...own.partners.values()].filter(({ together }) => together >= own.seen * TOGETHER);
  const exact = unambiguous(all.filter((partner) => isExact(partner)));
  if (exact !== undefined) return [causeOf(own, kind, exact, exact.together - exact.equal)];
  const parts = partsOf(own, place);
  if (parts.length > 0) return [partedCause(own, place, kind, parts)];
  const derived = all.flatMap((partner) => {
    if (!isBeside(partner) || partner.equal > partner.together * 0.1 || partner.unequal.length < 5) return [];
    const how = derive(partner.unequal);
    return how === undefined ? [] : [{ partner, how }];
  });
  const [first] = derived;
  const changed = derived.length > 1 ? derived.find(({ partner }) => isAlike(partner)) : first;
  if (changed !== undefined && derived.filter(({ partner }) => isAlike(partner)).length <= 1) {
    const cause = causeOf(own, kind, changed.partner, 0);
    return [
      {
        ...cause,
        says: `${cause.says}, and ${changed.how.says}`,
        support: changed.partner.together - changed.partner.equal,
        isMove: false,
      },
    ];
  }
  const joined = joinedCause(own, kind);
  if (joined !== undefined) return [joined];
  const often = unambiguous(
    all.filter((partner) => isBeside(partner) && partner.equal >= partner.together / 2 && partner.values.length >= 2),
  );
  return often === undefined ? [] : [replacement(own, kind, often)];
}

/** The partners of all members of an object; none where a member has no partner. */
function partsOf(own: Partners, place: string): Partner[] {
  const parts = [...own.partners.values()].filter(
    (part) => part.own !== place && part.own.startsWith(place) && isExact(part) && part.equal === own.seen,
  );
  return parts.length > 1 && new Set(parts.map((part) => part.own)).size === own.leaves ? parts : [];
}

/** An object that was taken apart, or put together. */
function partedCause(own: Partners, place: string, kind: "missing" | "extra", parts: readonly Partner[]): RenameCause {
  const others = parts.map(({ other }) => other).sort();
  const shown = others.length <= 4 ? others : [...others.slice(0, 3), `${others.length - 3} more places`];
  const list = `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
  return {
    ...causeOf(own, kind, parts[0]!, 0),
    name: "moved",
    says: kind === "missing" ? `the members of ${place} are at ${list}` : `the members of ${place} were at ${list}`,
    weight: 86,
  };
}

/** Two texts or more that one text holds now, or that one text was taken apart into. */
function joinedCause(own: Partners, kind: "missing" | "extra"): RenameCause | undefined {
  const all = [...own.partners.values()].filter(isBeside);
  const by = (how: "partOf" | "holds") =>
    all.filter(
      (one) => one[how] >= LEAST_PARTS && one[how] >= own.seen * TOGETHER && one.unequal.length >= LEAST_PARTS,
    );
  const parts = by("holds");
  const [whole, another] = by("partOf");
  const isWhole = parts.length >= 2;
  if (!isWhole && (whole === undefined || another !== undefined)) return undefined;
  const partner = isWhole ? parts[0]! : whole!;
  const quote = (one: Partner) => lastName(one.other);
  const mine = lastName(partner.own);
  const names = parts.map(quote).sort().join(" and ");
  const isJoined = isWhole === (kind === "extra");
  const says = isWhole
    ? kind === "extra"
      ? `${mine} holds what was in ${names}`
      : `${mine} is split into ${names}`
    : kind === "missing"
      ? `${mine} is a part of ${quote(partner)} now`
      : `${mine} was a part of ${quote(partner)}`;
  return {
    name: isJoined ? "joined" : "split",
    says,
    weight: 72,
    support: isWhole ? Math.min(...parts.map(({ holds }) => holds)) : partner.partOf,
    of: own.seen,
    counterExamples: [],
    partner,
    isMove: false,
  };
}

const LEAST_PARTS = 5;

function isExact(partner: Partner): boolean {
  const { together, equal, values } = partner;
  if (together - equal > together * CONTRADICTIONS) return false;
  return values.length >= (isAlike(partner) ? 1 : 2) || (isAlike(partner) && isBeside(partner) && equal >= 20);
}

/** The only one, or the only one whose name is alike. */
function unambiguous(some: readonly Partner[]): Partner | undefined {
  if (some.length <= 1) return some[0];
  const whole = some.filter((one) => some.every((other) => other === one || !isWithin(other, one)));
  const outermost = whole.length === 0 ? some : whole;
  if (outermost.length === 1) return outermost[0];
  const alike = outermost.filter(isAlike);
  return alike.length === 1 ? alike[0] : undefined;
}

/** An object that moved has all its members with it: they are not moves of their own. */
const isWithin = (outer: Partner, inner: Partner) =>
  inner.own !== outer.own && inner.own.startsWith(outer.own) && inner.other.startsWith(outer.other);

const isBeside = ({ own, other }: Partner) => placeAbove(own) === placeAbove(other);
const isAlike = ({ own, other }: Partner) => similar(lastName(own), lastName(other));

function ends({ own, other }: Partner, kind: "missing" | "extra"): readonly [from: string, to: string] {
  return kind === "missing" ? [own, other] : [other, own];
}

function causeOf(own: Partners, kind: "missing" | "extra", partner: Partner, contradictions: number): RenameCause {
  const [from, to] = ends(partner, kind);
  const beside = isBeside(partner);
  return {
    name: beside ? "renamed" : "moved",
    says: beside ? `${lastName(from)} is called ${lastName(to)}` : `${from} is at ${to}`,
    weight: (beside ? 95 : 85) + (isAlike(partner) ? 3 : 0),
    support: partner.equal,
    of: own.seen,
    counterExamples: partner.unequal.slice(0, 3),
    partner,
    isMove: contradictions === 0 && partner.equal === own.seen,
  };
}

/** Equal often, but not always: it is another value that stands there now. */
function replacement(own: Partners, kind: "missing" | "extra", partner: Partner): RenameCause {
  const [from, to] = ends(partner, kind);
  const { together, equal } = partner;
  return {
    ...causeOf(own, kind, partner, 1),
    name: "replaced",
    says: `${lastName(to)} replaces ${lastName(from)} and is not the same: the values are equal in only ${equal} of ${together}`,
    weight: 70,
    support: together,
    isMove: false,
  };
}

/** A rule, and the findings whose differences it settles together. */
export type MoveRule = { readonly yaml: string; readonly findings: readonly string[] };
/** What is known of a finding that may take part in a move. */
export type Moved = { readonly place: string; readonly partners: Partners };

/** The patch of legacy's body that undoes a move; none where a place is many places, or where only a part would move. */
export function moveRule(
  cause: RenameCause,
  kind: "missing" | "extra",
  finding: string,
  of: (finding: string) => Moved | undefined,
): MoveRule | undefined {
  if (!cause.isMove) return undefined;
  const [goneId, comeId] = kind === "missing" ? [finding, cause.partner.finding] : [cause.partner.finding, finding];
  const [gone, come] = [of(goneId), of(comeId)];
  if (gone === undefined || come === undefined) return undefined;
  const [from, to] = ends(cause.partner, kind);
  if (from === gone.place && to === come.place) return ruleOf([moveLine(from, to)], [goneId, comeId]);
  // A new object, all of whose members were elsewhere; or one that was taken apart.
  const isMade = from === gone.place;
  const [whole, wholeKind] = isMade ? [come, "extra" as const] : [gone, "missing" as const];
  const parts = [...whole.partners.partners.values()].filter(
    (part) => part.own !== whole.place && isExact(part) && part.equal === whole.partners.seen,
  );
  if (parts.length !== whole.partners.leaves) return undefined;
  const moves = parts.map((part) => moveLine(...ends(part, wholeKind)));
  const at = JSON.stringify(pointerOf(whole.place));
  const lines = isMade ? [`{ op: add, path: ${at}, value: {} }`, ...moves] : [...moves, `{ op: remove, path: ${at} }`];
  return ruleOf(pointerOf(whole.place) === undefined ? [undefined] : lines, [
    isMade ? comeId : goneId,
    ...parts.map((part) => part.finding),
  ]);
}

function moveLine(from: string, to: string): string | undefined {
  const [source, target] = [pointerOf(from), pointerOf(to)];
  if (source === undefined || target === undefined) return undefined;
  return `{ op: move, from: ${JSON.stringify(source)}, path: ${JSON.stringify(target)} }`;
}

function ruleOf(lines: readonly (string | undefined)[], findings: readonly string[]): MoveRule | undefined {
  if (lines.some((line) => line === undefined)) return undefined;
  return { yaml: `patch:\n  legacy:\n${lines.map((line) => `    - ${line}`).join("\n")}`, findings };
}

/** Whether what is missing in an answer is extra elsewhere in it, or the other way round: whole, or member by member. */
export function isElsewhere({ kind, where, legacy, candidate }: Difference, all: readonly Difference[]): boolean {
  const values = new Set<string>();
  for (const other of all) {
    if (other.where !== where || other.kind !== (kind === "missing" ? "extra" : "missing")) continue;
    for (const value of withMembers(readValue(other.legacy ?? other.candidate))) values.add(canonical(value));
  }
  const [own, ...members] = withMembers(readValue(legacy ?? candidate));
  if (values.has(canonical(own!))) return true;
  return members.length > 0 && members.every((member) => values.has(canonical(member)));
}

function withMembers(value: Value): Value[] {
  if (value.type !== "object" || value.content === undefined) return [value];
  const members = Object.values(value.content as Record<string, unknown>).slice(0, LEAVES);
  return [value, ...members.map((content) => readValue(JSON.stringify(content)))];
}

/** The same letters but for case and punctuation, or one within the other: user_name, userName, name. */
function similar(a: string, b: string): boolean {
  const [x, y] = [a, b].map((name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
  return x !== "" && y !== "" && (x!.includes(y!) || y!.includes(x!));
}

/** Partners as they are stored. */
export type StoredPartners = Omit<Partners, "partners"> & {
  readonly partners: readonly (readonly [string, Partner])[];
};

const copyOf = (partner: Partner): Partner => ({
  ...partner,
  // An older release did not count these.
  partOf: partner.partOf ?? 0,
  holds: partner.holds ?? 0,
  values: [...partner.values],
  unequal: [...partner.unequal],
});

/** The partners as they are stored. */
export const storePartners = ({ seen, leaves, partners }: Partners): StoredPartners => ({
  seen,
  leaves,
  partners: [...partners].map(([key, partner]) => [key, copyOf(partner)]),
});

/** The partners of what was stored. */
export const restorePartners = ({ seen, leaves, partners }: StoredPartners): Partners => ({
  seen,
  leaves,
  partners: new Map(partners.map(([key, partner]) => [key, copyOf(partner)])),
});
