// evidence/names.ts: routes that differ in a name only, such as /places/rome and /places/oslo, are one route

import { Buffer } from "node:buffer";
import { LRUCache } from "lru-cache";
import type { Response } from "../model/answer.ts";
import { fieldValue } from "../model/fields.ts";

/** Routes that are one: those that were seen by themselves, and the one that takes their place. */
export type Joined = { readonly into: string; readonly routes: readonly string[] };

/** Maps learned routes to the route under which they are counted, once names in paths are recognised. */
export type Names = {
  /** The route under which requests of this one count. */
  readonly routeOf: (route: string) => string;
  /** Takes in an answer of legacy. @returns the routes that turn out to be one by it */
  readonly note: (route: string, answer: Response) => Joined | undefined;
  /** A route that was joined in an earlier run: `GET /places/{name}`. */
  readonly know: (route: string) => void;
  /** Routes that may be one, though not surely enough to join them; the largest groups first. */
  readonly suggestions: () => readonly Joined[];
};

/** Siblings whose answers look alike, until the segment in which they differ is taken for a name. */
const SIBLINGS = 8;
/** Siblings with the same JSON members, and with the same media type, from which on it is suggested that they are one. */
const SUGGESTED = 3;
const SUGGESTED_BY_TYPE = 8;
const MAX_SUGGESTIONS = 20;
/** Answers of a route that are looked at; and routes, and places in paths, that are remembered. */
const LOOKS = 3;
const MAX_PLACES = 2_000;
/** Different looks of the siblings at one place. */
const MAX_LOOKS = 64;
/** Of a body, to find the names of its members. */
const MAX_TEXT = 2_048;
const NAME = "{name}";
/** Begins the look of an answer that is known by its media type alone. No look by JSON members begins so. */
const TYPE = "type ";

/**
 * A path alone does not tell a name from a resource: /places/rome is one of many, /api/orders is not. Answers do: legacy
 * answers many names with objects of the same members. So a segment is a name once eight siblings were answered by JSON
 * with the same status class and members. The first segment of a path is never taken for one.
 * @param isFixed whether a route must stay by itself, such as one that the config declares
 */
export function createNames(isFixed: (route: string) => boolean): Names {
  /** `GET /places/{name}`, and by the look of the answers the routes that it would join. */
  const places = new LRUCache<string, Map<string, Set<string>>>({ max: MAX_PLACES });
  const open = new LRUCache<string, true>({ max: MAX_PLACES });
  /** Routes that are siblings of others and look different. */
  const apart = new LRUCache<string, true>({ max: MAX_PLACES });
  const looked = new LRUCache<string, number>({ max: MAX_PLACES });

  const templateOf = (route: string): string | undefined =>
    open.size === 0 || apart.get(route) || isFixed(route) ? undefined : templates(route).find((one) => open.get(one));

  return {
    routeOf: (route) => templateOf(route) ?? route,
    know: (route) => {
      if (route.split("/").includes(NAME)) open.set(route, true);
    },
    note: (route, answer) => {
      const looks = looked.get(route) ?? 0;
      if (looks >= LOOKS || isFixed(route) || route.includes(NAME)) return undefined;
      const look = lookOf(answer);
      const isJson = look !== undefined;
      const seen = look ?? mediaTypeOf(answer);
      if (seen === undefined) return undefined;
      looked.set(route, looks + 1);
      for (const template of templates(route)) {
        const alike = places.get(template) ?? new Map<string, Set<string>>();
        if (alike.size >= MAX_LOOKS && !alike.has(seen)) continue;
        places.set(template, alike);
        const routes = alike.get(seen) ?? new Set<string>();
        if (routes.size < SIBLINGS) routes.add(route);
        alike.set(seen, routes);
        if (!isJson || routes.size < SIBLINGS) continue;
        open.set(template, true);
        for (const [other, members] of alike) if (other !== seen) for (const one of members) apart.set(one, true);
        for (const one of routes) apart.delete(one);
        places.delete(template);
        return { into: template, routes: [...routes] };
      }
      return undefined;
    },
    suggestions: () => {
      const groups: Joined[] = [];
      for (const [into, alike] of places) {
        if (isFixed(into)) continue;
        for (const [look, routes] of alike) {
          const fewest = look.startsWith(TYPE) ? SUGGESTED_BY_TYPE : SUGGESTED;
          if (routes.size >= fewest) groups.push({ into, routes: [...routes] });
        }
      }
      return groups.sort((a, b) => b.routes.length - a.routes.length).slice(0, MAX_SUGGESTIONS);
    },
  };
}

/** Success that is no JSON looks like all of its media type. Undefined: no success, or without a type. */
function mediaTypeOf({ status, fields }: Response): string | undefined {
  const type = fieldValue(fields, "content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  return type === undefined || status < 200 || status > 299 ? undefined : `${TYPE}${type}`;
}

/** The route with each of its literal segments but the first taken for a name, in turn. */
function templates(route: string): string[] {
  const parts = route.split("/");
  return parts.flatMap((part, i) =>
    i < 2 || part === "" || part.includes("{") || part === "*" ? [] : [parts.with(i, NAME).join("/")],
  );
}

/** What a JSON answer looks like: its status class and its members, or those of its first element. Undefined: no JSON. */
function lookOf({ status, fields, body }: Response): string | undefined {
  if (body.kind !== "kept" || fieldValue(fields, "content-encoding") !== undefined) return undefined;
  const [first] = body.chunks;
  if (first === undefined) return undefined;
  const text = Buffer.from(first.subarray(0, MAX_TEXT)).toString("latin1").trimStart();
  if (text[0] !== "{" && text[0] !== "[") return undefined;
  const names = membersOf(text);
  return names.length === 0 ? undefined : `${Math.floor(status / 100)} ${text[0]} ${names.sort().join(" ")}`;
}

/** The names at the first level of the first object, as far as the text goes. */
function membersOf(text: string): string[] {
  const names: string[] = [];
  const level = text[0] === "[" ? 2 : 1;
  let depth = 0;
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)|[{}[\]]/g)) {
    if (string !== undefined) {
      if (colon === ":" && depth === level) names.push(string);
    } else if (token === "{" || token === "[") depth += 1;
    else {
      depth -= 1;
      if (depth < level) break;
    }
  }
  return names;
}
