// proxy/admission/routes.ts: requests -> route templates: a declared one, else the template of the path

import type { RouteOptions, StickyBy } from "../options.ts";
import type { Rewrite } from "../shadow/path-mapping.ts";
import { isPlain, spellingsOf, withoutExtension } from "./path-spellings.ts";
import { METHODS, templateOf } from "./path-templates.ts";
import { createRate, type Rate } from "./token-bucket.ts";

/** A template and what its requests may do. */
export type Route = {
  /** `GET /orders/{id}`: fit for a metric label. */
  readonly name: string;
  readonly readOnly: boolean;
  /** The rest is left to what holds for all routes where it is not said. */
  readonly off?: boolean;
  readonly sample?: number;
  readonly by?: StickyBy | "id";
  readonly values?: ReadonlySet<string>;
  readonly rate?: Rate;
  readonly rewrite?: Rewrite;
  readonly maxRequestBody?: number;
};

/**
 * What the rules say of a request beyond its route. `forbidden`: its path is another spelling of one that a route with
 * `shadow: off` names. `ambiguous`: it is another spelling of a path of another route, so that `readOnly` is not believed.
 */
export type Spelling = "plain" | "forbidden" | "ambiguous";

/** Whether a path is one of these templates'. */
export function createServed(templates: readonly string[]): (method: string, path: string) => boolean {
  const root = node();
  for (const match of templates) plant(root, { match });
  return (method, path) => namedRoute(root, method, path) !== undefined;
}

/** @property declared false: the route's name is the path's template, and not bounded in number */
export type Found = { readonly route: Route; readonly spelling: Spelling; readonly declared: boolean };

/** Finds the route of a request. */
export type Routes = {
  find(method: string, target: string): Found;
  /** Whether a path is a spelling of one that a route with `shadow: off` names. */
  forbids(method: string, path: string): boolean;
  readonly declared: readonly Route[];
};

/** A literal, `{name}` with perhaps something before and after it, or the rest of the path. */
type Node = {
  readonly literals: Map<string, Node>;
  readonly patterns: { readonly prefix: string; readonly suffix: string; readonly node: Node }[];
  /** By method, `ANY` for all: where a template ends, and where one ends in `*`. */
  readonly ends: Map<string, Route>;
  readonly rests: Map<string, Route>;
};

const MAX_REMEMBERED = 10_000;
const MAX_REMEMBERED_LENGTH = 256;

/**
 * Finds the route of a request: by method and path, the path as it is written but for path parameters (`;jsessionid=A1`),
 * which are ignored where no template has them. `%2F` is no slash, `/a` is not `/a/`. What a
 * route with `shadow: off` forbids is found by every spelling of its path as well, see `spellingsOf`. The
 * most specific template wins: segment by segment a literal before `{x}.json` before `{x}` before `*`, and a method
 * before `ANY`. HEAD belongs to the route of its GET: what may not be shadowed by GET may not be by HEAD either.
 */
export function createRoutes(declared: readonly RouteOptions[], caseSensitive: boolean): Routes {
  const root = node();
  const planted = declared.map((options) => plant(root, options));
  const fold = caseSensitive ? (text: string) => text : (text: string) => text.toLowerCase();
  const spelled = spelledTree(declared, planted, fold);
  const remembered = new Map<string, Map<string, Found>>();

  function lookUp(method: string, path: string): Found {
    const named = namedRoute(root, method, path);
    const route = named ?? Object.freeze({ name: templateOf(method, path), readOnly: false });
    const spelling = spelled === undefined ? "plain" : spellingOf(spelled, route, method, path, fold);
    return { route, spelling, declared: named !== undefined };
  }

  return {
    forbids: (method, path) =>
      spelled !== undefined && spellingOf(spelled, routeOf(root, method, path), method, path, fold) === "forbidden",
    declared: planted,
    find(method, target) {
      const query = target.indexOf("?");
      const path = query < 0 ? target : target.slice(0, query);
      let known = remembered.get(method);
      if (known === undefined) {
        known = new Map();
        if (METHODS.has(method)) remembered.set(method, known);
      }
      const hit = known.get(path);
      if (hit !== undefined) return hit;
      const found = lookUp(method, path);
      if (known.size >= MAX_REMEMBERED) known.clear();
      if (path.length <= MAX_REMEMBERED_LENGTH) known.set(path, found);
      return found;
    },
  };
}

/** The most specific declared route of a path, if there is one. Path parameters count only where a template has them. */
function namedRoute(root: Node, method: string, path: string): Route | undefined {
  return routeOf(root, method, path, path.includes(";") ? path.replace(/;[^/]*/g, "") : path);
}

/** @param bare the path without its path parameters (RFC 3986, 3.3), if they are to be ignored */
function routeOf(root: Node, method: string, path: string, bare = path): Route | undefined {
  const segments = segmentsOf(path);
  const others = bare === path ? segments : segmentsOf(bare);
  return (
    walk(root, segments, others, 0, method) ?? (method === "HEAD" ? walk(root, segments, others, 0, "GET") : undefined)
  );
}

const segmentsOf = (path: string) => path.split("/").slice(1);

/** The declared routes by every spelling of their paths. Undefined where none forbids anything, and none allows a write. */
function spelledTree(
  declared: readonly RouteOptions[],
  planted: readonly Route[],
  fold: (text: string) => string,
): Node | undefined {
  if (planted.every(({ off, readOnly }) => off !== true && !readOnly)) return undefined;
  const root = node();
  // The ones that forbid come first: where two routes have a spelling in common, they win.
  const order = planted.map((route, i) => ({ route, match: declared[i]!.match }));
  order.sort((a, b) => Number(b.route.off === true) - Number(a.route.off === true));
  for (const { route, match } of order) {
    const [method = "", path = ""] = match.split(/ +/);
    // A server that takes `/admin/` for `/admin` gives both to the handler of `/admin/*`.
    const paths = [path, path.replace(/\/\*+$/, "")];
    // What follows the name of a script is given to the script (CGI's PATH_INFO, RFC 3875, 4.1.5).
    if (route.off === true && /\.[A-Za-z]\w*$/.test(path)) paths.push(`${path}/*`);
    for (const each of paths) {
      for (const spelling of spellingsOf(each)) put(root, method === "*" ? "ANY" : method, fold(spelling), route);
    }
  }
  return root;
}

function spellingOf(
  spelled: Node,
  route: Route | undefined,
  method: string,
  path: string,
  fold: (text: string) => string,
): Spelling {
  const spellings = isPlain(path) ? [path] : spellingsOf(path);
  let spelling: Spelling = "plain";
  for (const each of spellings) {
    const named = routeOf(spelled, method, fold(each));
    if (named?.off === true) return "forbidden";
    if (named !== route) spelling = "ambiguous";
    // Where a route names the extension, the path with it is another resource.
    const bare = named && /\.[^/]*$/.test(named.name) ? undefined : withoutExtension(each);
    if (bare !== undefined && routeOf(spelled, method, fold(bare))?.off === true) return "forbidden";
  }
  return spelling;
}

function node(): Node {
  return { literals: new Map(), patterns: [], ends: new Map(), rests: new Map() };
}

/** Adds a template to the tree. Throws on one that is not `METHOD /path`: the config was to say so earlier. */
function plant(root: Node, options: RouteOptions): Route {
  const parts = /^([A-Z-]+|\*) +(\/\S*)$/.exec(options.match);
  if (parts === null) throw new Error(`not a route template: ${options.match}`);
  const method = parts[1] === "*" ? "ANY" : parts[1]!;
  const { perSecond, values, ...shadow } = options.shadow ?? {};
  const route: Route = Object.freeze({
    name: options.match,
    readOnly: options.readOnly === true,
    ...shadow,
    ...(options.rewrite && { rewrite: options.rewrite }),
    ...(values && { values: new Set(values) }),
    ...(perSecond !== undefined && { rate: createRate(perSecond) }),
  });
  put(root, method, parts[2]!, route);
  return route;
}

/** The route that came first for a method and a path stays. */
function put(root: Node, method: string, path: string, route: Route): void {
  let at = root;
  for (const segment of path.split("/").slice(1)) {
    if (segment === "*" || segment === "**") {
      if (!at.rests.has(method)) at.rests.set(method, route);
      return;
    }
    at = step(at, segment);
  }
  if (!at.ends.has(method)) at.ends.set(method, route);
}

function step(at: Node, segment: string): Node {
  const open = segment.indexOf("{");
  const close = segment.indexOf("}", open);
  if (open < 0 || close < 0) {
    let next = at.literals.get(segment);
    if (next === undefined) {
      next = node();
      at.literals.set(segment, next);
    }
    return next;
  }
  const [prefix, suffix] = [segment.slice(0, open), segment.slice(close + 1)];
  const same = at.patterns.find((pattern) => pattern.prefix === prefix && pattern.suffix === suffix);
  if (same) return same.node;
  const added = { prefix, suffix, node: node() };
  at.patterns.push(added);
  at.patterns.sort((a, b) => b.prefix.length + b.suffix.length - (a.prefix.length + a.suffix.length));
  return added.node;
}

/** @param bare the segments without path parameters */
function walk(
  at: Node,
  segments: readonly string[],
  bare: readonly string[],
  depth: number,
  method: string,
): Route | undefined {
  if (depth === segments.length) return at.ends.get(method) ?? at.ends.get("ANY");
  const written = segments[depth]!;
  const other = bare[depth]!;
  for (const segment of written === other ? [written] : [written, other]) {
    const literal = at.literals.get(segment);
    const found = literal && walk(literal, segments, bare, depth + 1, method);
    if (found) return found;
  }
  for (const { prefix, suffix, node } of at.patterns) {
    const segment = prefix.includes(";") || suffix.includes(";") ? written : other;
    if (segment.length <= prefix.length + suffix.length) continue;
    if (!segment.startsWith(prefix) || !segment.endsWith(suffix)) continue;
    const deeper = walk(node, segments, bare, depth + 1, method);
    if (deeper) return deeper;
  }
  return at.rests.get(method) ?? at.rests.get("ANY");
}
