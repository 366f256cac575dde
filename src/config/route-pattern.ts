// config/route-pattern.ts: `GET /orders/{id}`, what a declared route matches

import type { Read, Wrong } from "./section.ts";

/** A segment of the path: itself, any one (`{id}`, `{id}.json`), or, at the end, all that follows (`*`). */
type PatternSegment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string; readonly prefix: string; readonly suffix: string }
  | { readonly kind: "rest" };

/** `method` is `ANY` for any. `text` is the label under which the route is counted. */
export type RoutePattern = {
  readonly text: string;
  readonly method: string;
  readonly segments: readonly PatternSegment[];
};

const HINT = 'a method and a path: "GET /orders/{id}", "ANY /files/*"';

/** Reads `METHOD /path`: `{name}` is one segment, `*` at the end the rest of the path, `ANY` any method. */
export const readRoutePattern: Read<RoutePattern> = (value) => {
  const parts = typeof value === "string" ? /^(\S+) +(\S+)$/.exec(value) : null;
  if (parts === null) {
    const isPath = typeof value === "string" && /^\/\S*$/.test(value);
    return { says: "is not a route", hint: isPath ? `did you mean "GET ${inBraces(value)}"? It takes ${HINT}` : HINT };
  }
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
  const foreign = piece.search(/[^!-~]/);
  if (foreign >= 0) {
    const hint = `as it is on the wire: ${piece.isWellFormed() ? encodeURI(piece) : "percent-encoded"}`;
    return { says: "has a character that no request target has", hint, offset: offset + foreign };
  }
  const [, prefix = "", name, suffix = ""] = /^([^{}*]*)\{([A-Za-z_][A-Za-z0-9_-]*)\}([^{}*]*)$/.exec(piece) ?? [];
  if (name !== undefined) return { kind: "parameter", name, prefix, suffix };
  if (inBraces(piece) !== piece) {
    return { says: `has a segment ${piece} in another notation`, hint: `a parameter is ${inBraces(piece)}`, offset };
  }
  const odd = piece.search(/[{}*]/);
  if (odd < 0) return { kind: "literal", text: piece };
  const hint = "one parameter a segment: {id} or {id}.json; * at the end takes all that follows";
  return { says: `has a segment ${piece} that is neither a word nor a parameter`, hint, offset: offset + odd };
}

/** Parameters as other tools write them, `:id` or `<id>`, in the notation of this file: `{id}`. */
function inBraces(path: string): string {
  return path.replace(/(^|\/):([A-Za-z_]\w*)(?=\/|$)/g, "$1{$2}").replace(/<(?:\w+:)?([A-Za-z_]\w*)>/g, "{$1}");
}

/** What a pattern matches, whatever its parameters are called: equal for two patterns that match the same. */
export function shapeOf({ method, segments }: RoutePattern): string {
  const shapes = segments.map((segment) => {
    if (segment.kind === "parameter") return [segment.prefix, segment.suffix];
    return segment.kind === "literal" ? segment.text : null;
  });
  return JSON.stringify([method, shapes]);
}
