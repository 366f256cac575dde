// compare/cookies.ts: `Set-Cookie` by name with attributes; a value is a secret and made anew, so it is never shown

import type { Difference } from "../model/difference.ts";

type Cookie = { readonly name: string; readonly empty: boolean; readonly attributes: readonly Attribute[] };
type Attribute = { readonly name: string; readonly value: string };

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

function readCookie(line: string): Cookie {
  const [pair = "", ...rest] = line.split(";").map((part) => part.trim());
  const equals = pair.indexOf("=");
  const attributes = rest
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
      return { name, value: at < 0 ? "" : part.slice(at + 1).trim() };
    });
  const name = equals < 0 ? "" : pair.slice(0, equals).trim();
  const value = equals < 0 ? pair : pair.slice(equals + 1).trim();
  return { name, empty: value === "" || value === '""', attributes };
}

/** What two cookies of one name must agree in. A date of expiry moves with the clock, so only whether it has passed counts. */
function meaning({ empty, attributes }: Cookie): string {
  const said = new Map<string, string>();
  for (const { name, value } of attributes) {
    if (name === "expires") said.set(name, expired(value) ? "passed" : "later");
    else if (name === "samesite") said.set(name, value.toLowerCase());
    else if (name === "domain") said.set(name, value.toLowerCase().replace(/^\./, ""));
    else said.set(name, value); // the last one counts (RFC 6265, 5.3)
  }
  return JSON.stringify([empty, [...said].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Servers delete a cookie with a date long gone; which one differs. */
function expired(value: string): boolean {
  const year = /\b(\d{4})\b/.exec(value)?.[1];
  return year !== undefined && Number(year) < 2000;
}

function shown({ name, empty, attributes }: Cookie): string {
  const words = attributes.map((attribute) => {
    if (attribute.value === "") return attribute.name;
    return `${attribute.name}=${KNOWN.has(attribute.name) ? attribute.value : "***"}`;
  });
  return JSON.stringify([`${name}=${empty ? "" : "***"}`, ...words].join("; "));
}

/** Compares the lines of `Set-Cookie`: one difference a cookie that is missing, extra, or differs in its attributes. */
export function compareCookies(legacy: readonly string[], candidate: readonly string[]): Difference[] {
  const sides = [byName(legacy), byName(candidate)] as const;
  const names = new Set([...sides[0].keys(), ...sides[1].keys()]);
  return [...names].flatMap((name) => compareNamed(name, sides[0].get(name) ?? [], sides[1].get(name) ?? []));
}

function byName(lines: readonly string[]): Map<string, Cookie[]> {
  const cookies = new Map<string, Cookie[]>();
  for (const cookie of lines.map(readCookie)) {
    const same = cookies.get(cookie.name);
    if (same) same.push(cookie);
    else cookies.set(cookie.name, [cookie]);
  }
  return cookies;
}

/** Cookies of one name, for several paths say: equal ones are set aside, the others are paired as they come. */
function compareNamed(name: string, legacy: readonly Cookie[], candidate: readonly Cookie[]): Difference[] {
  const [gone, come] = [without(legacy, candidate), without(candidate, legacy)];
  const place = { where: "field", path: "set-cookie", note: `cookie ${JSON.stringify(name)}` } as const;
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => {
    const [a, b] = [gone[i], come[i]];
    const values = { ...(a && { legacy: shown(a) }), ...(b && { candidate: shown(b) }) };
    return { ...place, kind: a === undefined ? "extra" : b === undefined ? "missing" : "value", ...values };
  });
}

/** Those that have no equal among the others, each of which is the equal of one. */
function without(cookies: readonly Cookie[], others: readonly Cookie[]): Cookie[] {
  const left = new Map<string, number>();
  for (const said of others.map(meaning)) left.set(said, (left.get(said) ?? 0) + 1);
  return cookies.filter((cookie) => {
    const said = meaning(cookie);
    const count = left.get(said) ?? 0;
    left.set(said, count - 1);
    return count <= 0;
  });
}
