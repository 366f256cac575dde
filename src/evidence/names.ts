// evidence/names.ts: routes that differ in a name only, such as /places/rome and /places/oslo, are one route

import { Buffer } from "node:buffer";
import type { Response } from "../model/answer.ts";
import { fieldValue } from "../model/fields.ts";

/** Routes that are one: those that were seen by themselves, and the one that takes their place. */
export type Joined = { readonly into: string; readonly routes: readonly string[] };

export type Names = {
  /** The route under which requests of this one count. */
  readonly routeOf: (route: string) => string;
  /** Takes in an answer of legacy. @returns the routes that turn out to be one by it */
  readonly note: (route: string, answer: Response) => Joined | undefined;
  /** A route that was joined in an earlier run: `GET /places/{name}`. */
  readonly know: (route: string) => void;
};

/** Siblings whose answers look alike, until the segment in which they differ is taken for a name. */
const SIBLINGS = 8;
/** Answers of a route that are looked at, and places in paths that are. */
const LOOKS = 3;
const MAX_PLACES = 2_000;
/** Different looks of the siblings at one place. */
const MAX_LOOKS = 64;
/** Of a body, to find the names of its members. */
const MAX_TEXT = 2_048;
const NAME = "{name}";

/**
 * A path alone does not tell a name from a resource: /places/rome is one of many, /api/orders is not. Answers do: legacy
 * answers many names with objects of the same members. So a segment is a name once eight siblings were answered by JSON
 * with the same status class and members. The first segment of a path is never taken for one.
 * @param isFixed whether a route must stay by itself, such as one that the config declares
 */
export function createNames(isFixed: (route: string) => boolean): Names {
  /** `GET /places/{name}`, and by the look of the answers the routes that it would join. */
  const places = new Map<string, Map<string, Set<string>>>();
  const open = new Set<string>();
  /** Routes that are siblings of others and look different. */
  const apart = new Set<string>();
  const looked = new Map<string, number>();

  const templateOf = (route: string): string | undefined =>
    open.size === 0 || apart.has(route) || isFixed(route) ? undefined : templates(route).find((one) => open.has(one));

  return {
    routeOf: (route) => templateOf(route) ?? route,
    know: (route) => {
      if (route.split("/").includes(NAME)) open.add(route);
    },
    note: (route, answer) => {
      const looks = looked.get(route) ?? 0;
      if (looks >= LOOKS || isFixed(route) || route.includes(NAME)) return undefined;
      const look = lookOf(answer);
      if (look === undefined) return undefined;
      if (looked.size < MAX_PLACES) looked.set(route, looks + 1);
      for (const template of templates(route)) {
        const alike = places.get(template) ?? new Map<string, Set<string>>();
        if (places.size >= MAX_PLACES && !places.has(template)) continue;
        if (alike.size >= MAX_LOOKS && !alike.has(look)) continue;
        places.set(template, alike);
        const routes = alike.get(look) ?? new Set<string>();
        alike.set(look, routes.add(route));
        if (routes.size < SIBLINGS) continue;
        open.add(template);
        for (const [other, members] of alike) if (other !== look) for (const one of members) apart.add(one);
        for (const one of routes) apart.delete(one);
        places.delete(template);
        return { into: template, routes: [...routes] };
      }
      return undefined;
    },
  };
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
