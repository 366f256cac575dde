// explain/places.ts: places of findings as rules and sentences spell them

import { nameOf, steps } from "../model/place.ts";

/** An RFC 6901 pointer; undefined for a place with a wildcard or an index, and for what is no place in a body. */
export function pointerOf(place: string): string | undefined {
  if (!place.startsWith("$")) return undefined;
  const names = steps(place).slice(1).map(nameOf);
  if (names.length === 0 || names.some((name) => name === undefined)) return undefined;
  return names.map((name) => `/${name!.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The place that holds this one; empty for what is no place in a body. */
export function placeAbove(place: string): string {
  return place.startsWith("$") ? steps(place).slice(0, -1).join("") : "";
}

/** The name of the last member, or the last step as it is written. */
export function lastName(place: string): string {
  const last = steps(place).at(-1)!;
  return nameOf(last) ?? last;
}

/** A member's step in the short form of RFC 9535: `.name`, `['a b']`. */
export function stepOf(name: string): string {
  if (/^[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*$/.test(name)) return `.${name}`;
  return `['${JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}']`;
}
