// config/route-pattern.ts: `GET /orders/{id}`, what a declared route matches

import type { Read, Wrong } from "./section.ts";

/** A segment of the path: itself, any one (`{id}`), or, at the end, all that follows (`*`). */
export type PatternSegment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "rest" };

/** `method` is `ANY` for any. `text` is the label under which the route is counted. */
export type RoutePattern = {
  readonly text: string;
  readonly method: string;
  readonly segments: readonly PatternSegment[];
};

const HINT = 'a method and a path: "GET /orders/{id}", "ANY /files/*"';

export const readRoutePattern: Read<RoutePattern> = (value) => {
  const parts = typeof value === "string" ? /^(\S+) +(\S+)$/.exec(value) : null;
  if (parts === null) return { says: "is not a route", hint: HINT };
  const [text, method = "", path = ""] = parts;
  const pathAt = text.length - path.length;
  if (!/^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*$/.test(method)) {
    const upper = method.toUpperCase();
    return { says: "has no method", hint: /^[A-Z]+$/.test(upper) ? `methods are written large: ${upper}` : HINT };
  }
  if (!path.startsWith("/")) return { says: "has a path that does not begin with /", hint: HINT, offset: pathAt };
  const query = path.search(/[?#]/);
  if (query >= 0) return { says: "has a query", hint: "routes match the path alone", offset: pathAt + query };
  const segments: PatternSegment[] = [];
  let at = pathAt + 1;
  const pieces = path.slice(1).split("/");
  for (const [index, piece] of pieces.entries()) {
    const segment = readSegment(piece, index === pieces.length - 1, at);
    if ("says" in segment) return segment;
    segments.push(segment);
    at += piece.length + 1;
  }
  return { value: { text: `${method} ${path}`, method, segments } };
};

function readSegment(piece: string, last: boolean, offset: number): PatternSegment | Wrong {
  if (piece === "*") {
    if (last) return { kind: "rest" };
    return {
      says: "has * in the middle",
      hint: "* takes all that follows, so it comes last; one segment is {name}",
      offset,
    };
  }
  const named = /^\{([A-Za-z_][A-Za-z0-9_-]*)\}$/.exec(piece)?.[1];
  if (named !== undefined) return { kind: "parameter", name: named };
  const odd = piece.search(/[{}*]/);
  if (odd < 0) return { kind: "literal", text: piece };
  const hint = "a parameter is a whole segment: {id}; * at the end takes all that follows";
  return { says: `has a segment ${piece} that is neither a word nor a parameter`, hint, offset: offset + odd };
}

/** Whether the earlier route takes every request that the later one would, so that the later never matches. */
export function covers(earlier: RoutePattern, later: RoutePattern): boolean {
  if (earlier.method !== "ANY" && earlier.method !== later.method) return false;
  for (const [index, segment] of earlier.segments.entries()) {
    if (segment.kind === "rest") return true;
    const other = later.segments[index];
    if (other === undefined || other.kind === "rest") return false;
    if (segment.kind === "literal" && (other.kind !== "literal" || other.text !== segment.text)) return false;
  }
  return earlier.segments.length === later.segments.length;
}
