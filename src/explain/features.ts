// explain/features.ts: features of requests: parameters, path segments and fields, counted per route
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import { Buffer } from "node:buffer";
import type { JsonText } from "../model/difference.ts";
import type { Fields } from "../model/fields.ts";
import { stepOf } from "./places.ts";
import type { Count } from "./requests.ts";

/** A request as it was compared. */
export type Asked = {
  /** The target byte for byte. */
  readonly target: string;
  readonly fields: Fields;
  /** The target without secrets; worked out only where a value is to be kept. */
  readonly redacted: () => string;
  readonly body?: Uint8Array;
  /** Whether a value of a field, or of a place in the body, is no secret. */
  readonly isPlain: (where: "field" | "body", path: string, value: JsonText) => boolean;
};

/** One feature, such as a parameter's presence, and how many requests had it. */
export type Feature = Count & {
  /** `query _sort`, `query _sort=views`, `field accept-language`, `cookie beta`, `segment 2=archive`, `path slash`, `member state="LOADED"`. */
  readonly name: string;
  /** By the value as written in the request; undefined: they are too many, or secret, or the limit was reached. */
  values: Map<string, Feature> | undefined;
};

/** All features that the requests of a route have. Whatever is in here was counted from the first comparison on. */
export type Features = {
  readonly query: Map<string, Feature>;
  readonly repeated: Map<string, Feature>;
  readonly escaped: Map<string, Feature>;
  readonly segments: Map<number, Feature>;
  readonly path: Map<string, Feature>;
  /** By the name as clients write it; several spellings share one feature. */
  readonly fields: Map<string, Feature | undefined>;
  readonly cookies: Map<string, Feature>;
  /** Top-level members of a JSON body. */
  readonly members: Map<string, Feature>;
  size: number;
  /** The limit of names or values was reached: no further one is added, because its count would be incomplete. */
  full: boolean;
};

const FEATURES = 256;
const VALUES = 12;
/** Spellings of field names that are remembered. */
const SPELLINGS = 256;
/** Parameters, segments and cookies of one request that are looked at. */
const MOST = 32;
/** Characters of a name and of a value. */
const LONGEST = 60;

/** Bytes of a request's body that is looked into. */
const LONGEST_BODY = 8_192;

/** Request fields whose values hardly ever come from a short list. */
const UNVALUED: ReadonlySet<string> = new Set([
  "authorization",
  "forwarded",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
  "proxy-authorization",
  "referer",
  "user-agent",
  "x-correlation-id",
  "x-forwarded-for",
  "x-real-ip",
]);
/** Fields that belong to the connection or that each request has with a value of its own. */
const IGNORED: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "te",
  "traceparent",
  "tracestate",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-request-id",
]);

/** No features counted yet. */
export const createFeatures = (): Features => ({
  query: new Map(),
  repeated: new Map(),
  escaped: new Map(),
  segments: new Map(),
  path: new Map(),
  fields: new Map(),
  cookies: new Map(),
  members: new Map(),
  size: 0,
  full: false,
});

/** The features of a request, each once; new ones are added up to the limit. Nothing is counted. */
export function featuresOf(all: Features, asked: Asked): readonly Feature[] {
  const { target, fields, redacted } = asked;
  const found: Feature[] = [];
  const at = target.indexOf("?");
  addPath(all, found, target, at === -1 ? target.length : at, redacted);
  if (at !== -1) addQuery(all, found, target, at + 1, redacted);
  addFields(all, found, fields, asked.isPlain);
  if (asked.body !== undefined) addMembers(all, found, asked.body, asked.isPlain);
  return found;
}

function addPath(all: Features, found: Feature[], target: string, end: number, redacted: () => string): void {
  let from = 1;
  for (let n = 1; from < end && n <= 12; n++) {
    const slash = target.indexOf("/", from);
    const to = slash === -1 || slash > end ? end : slash;
    const feature = admit(all, all.segments, n, "segment ");
    if (feature !== undefined && to > from && to - from <= LONGEST) {
      push(found, feature);
      addValue(all, found, feature, target.slice(from, to), () => redacted().split("?")[0]!.split("/")[n]);
    }
    from = to + 1;
  }
  if (end > 1 && target.charCodeAt(end - 1) === SLASH) push(found, admit(all, all.path, "slash", "path "));
  const percent = target.indexOf("%");
  if (percent !== -1 && percent < end) push(found, admit(all, all.path, "escaped", "path "));
}

const SLASH = 47;

function addQuery(all: Features, found: Feature[], target: string, start: number, redacted: () => string): void {
  const first = found.length;
  for (let from = start, n = 0; from < target.length && n < MOST; n++) {
    const and = target.indexOf("&", from);
    const to = and === -1 ? target.length : and;
    const equals = target.indexOf("=", from);
    const nameEnd = equals === -1 || equals > to ? to : equals;
    if (nameEnd > from && nameEnd - from <= LONGEST) {
      const name = target.slice(from, nameEnd);
      const feature = admit(all, all.query, name, "query ");
      if (feature !== undefined && found.indexOf(feature, first) !== -1) {
        const again = admit(all, all.repeated, name, "repeated ");
        if (again !== undefined && !found.includes(again)) found.push(again);
      } else if (feature !== undefined) {
        found.push(feature);
        const value = target.slice(Math.min(nameEnd + 1, to), to);
        if (value.length <= LONGEST) {
          addValue(all, found, feature, value, () => parameter(redacted(), name));
          if (value.includes("%") || value.includes("+")) push(found, admit(all, all.escaped, name, "escaped "));
        }
      }
    }
    from = to + 1;
  }
}

/** The first value of a parameter, as written. */
function parameter(target: string, name: string): string | undefined {
  for (const part of target.slice(target.indexOf("?") + 1).split("&")) {
    if (part === name) return "";
    if (part.startsWith(`${name}=`)) return part.slice(name.length + 1);
  }
  return undefined;
}

/** The members of a JSON object, with values that are a short text, a number, true, false or null. */
function addMembers(all: Features, found: Feature[], body: Uint8Array, isPlain: Asked["isPlain"]): void {
  if (body.length === 0 || body.length > LONGEST_BODY || all.full) return;
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8"));
  } catch {
    return; // a form, a search in another language, or broken
  }
  if (read === null || typeof read !== "object" || Array.isArray(read)) return;
  for (const [name, value] of Object.entries(read).slice(0, MOST)) {
    if (name.length > LONGEST) continue;
    const feature = admit(all, all.members, name, "member ");
    if (feature === undefined) continue;
    found.push(feature);
    const text = value !== null && typeof value === "object" ? undefined : JSON.stringify(value);
    if (text === undefined || text.length > LONGEST) continue;
    addValue(all, found, feature, text, () => (isPlain("body", `$${stepOf(name)}`, text) ? text : undefined));
  }
}

function addFields(all: Features, found: Feature[], fields: Fields, isPlain: Asked["isPlain"]): void {
  for (let i = 0; i + 1 < fields.length && i < 2 * MOST; i += 2) {
    const written = fields[i]!;
    const value = fields[i + 1]!;
    if (written.length === 6 && written.toLowerCase() === "cookie") {
      addCookies(all, found, value);
      continue;
    }
    const feature = fieldFeature(all, written);
    if (feature === undefined || found.includes(feature)) continue;
    found.push(feature);
    if (feature.values === undefined || value.length > LONGEST) continue;
    const shown = () => (isPlain("field", written.toLowerCase(), JSON.stringify(value)) ? value : undefined);
    addValue(all, found, feature, value, shown);
  }
}

function fieldFeature(all: Features, written: string): Feature | undefined {
  const known = all.fields.get(written);
  if (known !== undefined || all.fields.has(written)) return known;
  const name = written.toLowerCase();
  const isLooked = name.length <= LONGEST && !IGNORED.has(name);
  const feature = isLooked ? (all.fields.get(name) ?? make(all, `field ${name}`, !UNVALUED.has(name))) : undefined;
  if (isLooked && feature !== undefined) all.fields.set(name, feature);
  if (all.fields.size < SPELLINGS) all.fields.set(written, feature);
  return feature;
}

function addCookies(all: Features, found: Feature[], value: string): void {
  for (let from = 0, n = 0; from < value.length && n < MOST; n++) {
    const semicolon = value.indexOf(";", from);
    const to = semicolon === -1 ? value.length : semicolon;
    const equals = value.indexOf("=", from);
    const name = value.slice(from, equals === -1 || equals > to ? to : equals).trim();
    if (name !== "" && name.length <= LONGEST) push(found, admit(all, all.cookies, name, "cookie "));
    from = to + 1;
  }
}

function push(found: Feature[], feature: Feature | undefined): void {
  if (feature !== undefined) found.push(feature);
}

function admit<Key extends string | number>(
  all: Features,
  some: Map<Key, Feature>,
  key: Key,
  prefix: string,
): Feature | undefined {
  const known = some.get(key);
  if (known !== undefined) return known;
  const made = make(all, `${prefix}${key}`, VALUED_KINDS.has(prefix));
  if (made !== undefined) some.set(key, made);
  return made;
}

const VALUED_KINDS: ReadonlySet<string> = new Set(["query ", "segment ", "member "]);

function make(all: Features, name: string, hasValues: boolean): Feature | undefined {
  if (all.size >= FEATURES) all.full = true;
  if (all.full) return undefined;
  all.size += 1;
  return { name, all: 0, distinct: 0, values: hasValues ? new Map() : undefined };
}

/** A value that is known, or one of the first few; when there are too many, or one is a secret, none is kept. */
function addValue(
  all: Features,
  found: Feature[],
  feature: Feature,
  value: string,
  shown: () => string | undefined,
): void {
  const { values } = feature;
  if (values === undefined) return;
  const known = values.get(value);
  if (known !== undefined) {
    found.push(known);
    return;
  }
  const made = values.size < VALUES && shown() === value ? make(all, `${feature.name}=${value}`, false) : undefined;
  if (made === undefined) {
    all.size -= values.size;
    feature.values = undefined;
    return;
  }
  values.set(value, made);
  found.push(made);
}

/** Every feature once, values after their names. */
export function* eachFeature(all: Features): Generator<Feature> {
  const named = [all.query, all.repeated, all.escaped, all.segments, all.path, all.cookies, all.members];
  for (const some of named) for (const feature of some.values()) yield* withValues(feature);
  for (const feature of new Set(all.fields.values())) if (feature !== undefined) yield* withValues(feature);
}

function* withValues(feature: Feature): Generator<Feature> {
  yield feature;
  for (const value of feature.values?.values() ?? []) yield value;
}

type StoredFeature = readonly [
  key: string | number,
  all: number,
  distinct: number,
  values: readonly (readonly [string, number, number])[] | null,
];
/** Features as they are stored. */
export type StoredFeatures = {
  readonly maps: Readonly<Record<string, readonly StoredFeature[]>>;
  readonly size: number;
  readonly full: boolean;
};

const MAPS = ["query", "repeated", "escaped", "segments", "path", "cookies", "members", "fields"] as const;
const PREFIXES: Readonly<Record<(typeof MAPS)[number], string>> = {
  query: "query ",
  repeated: "repeated ",
  escaped: "escaped ",
  segments: "segment ",
  path: "path ",
  cookies: "cookie ",
  members: "member ",
  fields: "field ",
};

/** The features as they are stored. */
export function storeFeatures(all: Features): StoredFeatures {
  const stored = MAPS.map((name) => {
    // Of a field's spellings only the lower-case one is kept: the others are found again.
    const some = [...all[name]].filter(([key, feature]) => feature?.name === `${PREFIXES[name]}${key}`);
    return [name, some.map(([key, feature]) => storeFeature(key, feature!))] as const;
  });
  return { maps: Object.fromEntries(stored), size: all.size, full: all.full };
}

const storeFeature = (key: string | number, { all, distinct, values }: Feature): StoredFeature => [
  key,
  all,
  distinct,
  values === undefined ? null : [...values].map(([value, one]) => [value, one.all, one.distinct]),
];

/** The features of what was stored. */
export function restoreFeatures({ maps, size, full }: StoredFeatures): Features {
  const restored = createFeatures();
  restored.size = size;
  restored.full = full;
  for (const name of MAPS) {
    for (const [key, all, distinct, values] of maps[name] ?? []) {
      const full = `${PREFIXES[name]}${key}`;
      const within = values?.map(
        ([value, all, distinct]) => [value, { name: `${full}=${value}`, all, distinct, values: undefined }] as const,
      );
      const feature: Feature = { name: full, all, distinct, values: within && new Map(within) };
      (restored[name] as Map<string | number, Feature>).set(key, feature);
    }
  }
  return restored;
}
