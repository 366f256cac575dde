// compare/cookies.ts: `Set-Cookie` by name, attributes, lifetime and the look of its value, which is a secret and never shown

import type { Difference } from "../model/difference.ts";
import { type Lifetime, lifetimeOf, lifetimeText, sameLifetime } from "./cookie-lifetime.ts";
import { lookOf, sameLook, type ValueLook } from "./cookie-value.ts";
import { type OwnPlace, prefixOf } from "./origins.ts";

type Attribute = { readonly name: string; readonly value: string };
type Cookie = {
  readonly name: string;
  readonly look: ValueLook;
  readonly lifetime: Lifetime;
  readonly attributes: readonly Attribute[];
  /** What must be equal as text: the attributes but for the lifetime. */
  readonly rest: string;
};

/** Attributes whose values are shown; those of others may hold anything. */
const KNOWN = new Set([
  "domain",
  "expires",
  "httponly",
  "max-age",
  "partitioned",
  "path",
  "priority",
  "samesite",
  "secure",
]);

function readCookie(line: string, date: number | undefined, own: OwnPlace | undefined): Cookie {
  const [pair = "", ...parts] = line.split(";").map((part) => part.trim());
  const equals = pair.indexOf("=");
  const attributes = parts
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
      return { name, value: at < 0 ? "" : part.slice(at + 1).trim() };
    });
  // the last one of a name counts (RFC 6265, 5.3)
  const said = new Map(attributes.map(({ name, value }) => [name, value]));
  const name = equals < 0 ? "" : pair.slice(0, equals).trim();
  return {
    name,
    look: lookOf(name, equals < 0 ? pair : pair.slice(equals + 1).trim()),
    lifetime: lifetimeOf(said.get("max-age"), said.get("expires"), date),
    attributes,
    rest: restOf(said, own),
  };
}

function restOf(said: ReadonlyMap<string, string>, own: OwnPlace | undefined): string {
  const kept = [...said].flatMap(([name, value]) => {
    if (name === "max-age" || name === "expires") return [];
    if (name === "samesite" || name === "priority") return [[name, value.toLowerCase()]];
    if (name === "domain") return [[name, domainOf(value, own)]];
    if (name === "path") return [[name, pathOf(value, own)]];
    // their presence is all that counts (RFC 6265, 5.2.5 and 5.2.6)
    if (name === "secure" || name === "httponly" || name === "partitioned") return [[name, ""]];
    return [[name, value]];
  });
  return JSON.stringify(kept.sort(([a], [b]) => (a! < b! ? -1 : 1)));
}

/** Each side's own host is the same place. */
function domainOf(value: string, own: OwnPlace | undefined): string {
  const domain = value.toLowerCase().replace(/^\./, "");
  return own?.hosts.has(domain) ? "its own host" : domain;
}

function pathOf(value: string, own: OwnPlace | undefined): string {
  const path = value.endsWith("/") ? value : `${value}/`;
  const prefix = prefixOf(path, own?.paths ?? []);
  if (prefix === undefined) return value;
  const mapped = prefix.legacy + path.slice(prefix.candidate.length);
  return value.endsWith("/") || mapped === "/" ? mapped : mapped.slice(0, -1);
}

function shown({ name, look, attributes }: Cookie): string {
  const words = attributes.map((attribute) => {
    if (attribute.value === "") return attribute.name;
    return `${attribute.name}=${KNOWN.has(attribute.name) ? attribute.value : "***"}`;
  });
  return JSON.stringify([`${name}=${look.kind === "empty" ? "" : "***"}`, ...words].join("; "));
}

/** The lines of one side's `Set-Cookie`, and its `Date` as milliseconds since the epoch if it has one. */
export type CookieLines = {
  readonly lines: readonly string[];
  readonly date: number | undefined;
  readonly own?: OwnPlace | undefined;
};

/**
 * Compares the lines of `Set-Cookie`: one difference a cookie that is missing, extra, or differs in its attributes, its
 * lifetime or the look of its value.
 */
export function compareCookies(legacy: CookieLines, candidate: CookieLines): Difference[] {
  // Both were asked at about the same time, so one clock will do.
  const date = legacy.date ?? candidate.date;
  const sides = [byName(legacy, date), byName(candidate, candidate.date ?? date)] as const;
  const names = new Set([...sides[0].keys(), ...sides[1].keys()]);
  return [...names].flatMap((name) => compareNamed(name, sides[0].get(name) ?? [], sides[1].get(name) ?? []));
}

function byName({ lines, own }: CookieLines, date: number | undefined): Map<string, Cookie[]> {
  return Map.groupBy(
    lines.map((line) => readCookie(line, date, own)),
    ({ name }) => name,
  );
}

/** Cookies of one name, for several paths say: the same ones are set aside, the others are paired as they come. */
function compareNamed(name: string, legacy: readonly Cookie[], candidate: readonly Cookie[]): Difference[] {
  const [gone, come] = withoutSame(legacy, candidate);
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => {
    const [a, b] = [gone[i], come[i]];
    return {
      where: "field",
      path: "set-cookie",
      kind: a === undefined ? "extra" : b === undefined ? "missing" : "value",
      ...(a && { legacy: shown(a) }),
      ...(b && { candidate: shown(b) }),
      note: [`cookie ${JSON.stringify(name)}`, ...(a && b ? differing(a, b) : [])].join(", "),
    } satisfies Difference;
  });
}

/** What the masked values of a difference do not show. */
function differing(a: Cookie, b: Cookie): string[] {
  return [
    ...(sameLifetime(a.lifetime, b.lifetime)
      ? []
      : [`legacy ${lifetimeText(a.lifetime)}, the candidate ${lifetimeText(b.lifetime)}`]),
    ...(sameLook(a.look, b.look) ? [] : [`another value: legacy ${a.look.text}, the candidate ${b.look.text}`]),
  ];
}

/** The value of a cookie that is deleted says nothing. */
function isSame(a: Cookie, b: Cookie): boolean {
  if (a.rest !== b.rest || !sameLifetime(a.lifetime, b.lifetime)) return false;
  return a.lifetime.kind === "deleted" || sameLook(a.look, b.look);
}

/** Those that have no partner that is the same. Partners are looked for among those with the same attributes, in order. */
function withoutSame(legacy: readonly Cookie[], candidate: readonly Cookie[]): [Cookie[], Cookie[]] {
  const open = Map.groupBy(candidate, ({ rest }) => rest);
  const [gone, come]: [Cookie[], Set<Cookie>] = [[], new Set(candidate)];
  for (const cookie of legacy) {
    const partners = open.get(cookie.rest) ?? [];
    const at = partners.slice(0, NEAR).findIndex((other) => isSame(cookie, other));
    if (at < 0) gone.push(cookie);
    else come.delete(partners.splice(at, 1)[0]!);
  }
  return [gone, [...come]];
}

/** Partners tried for each cookie: a head full of cookies of one name must not cost its square. */
const NEAR = 16;
