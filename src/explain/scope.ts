// explain/scope.ts: the feature that tells the requests which show a finding from those which do not

import { eachFeature } from "./features.ts";
import type { Count, Requests } from "./requests.ts";
import type { RouteRequests } from "./route-requests.ts";

/** What the requests that show a finding have in common, and no other request has. */
export type Scope = {
  readonly kind: "query_parameter" | "path_segment" | "request_field" | "request_member";
  readonly says: string;
  /** Comparisons that showed it and have the feature, of those that showed it. */
  readonly support: number;
  readonly of: number;
};

type Tested = {
  readonly name: string;
  /** The requests that have not got it are meant. */
  readonly isAbsence: boolean;
  /** Comparisons with it, and those of them that show the finding; and the same of those without it. */
  readonly inside: Part;
  readonly outside: Part;
};
type Part = { readonly shown: Count; readonly compared: Count };

/** Distinct requests that must lie on each side before anything is said. */
const LEAST = 5;
const LEAST_OUTSIDE = 8;
/** The chance, at most, that requests drawn without regard to the feature all have it; for one feature. */
const ALPHA = 1e-5;
/** The share of the finding's requests that must have it, and that the requests without it may show at most. */
const NEARLY_ALL = 0.98;
const NEARLY_NONE = 0.01;
/** With the feature it must show in at least this share: less is no explanation, only a condition. */
const OFTEN = 0.1;
/** Features that always come together and are all named. */
const TOGETHER = 3;

/**
 * The feature that explains where a finding shows: its requests have it, those without it do not show the finding, and both
 * together are no chance. Counted over distinct requests, so that one popular URL proves nothing; said in comparisons.
 */
export function scopeOf(requests: Requests, route: RouteRequests): Scope | undefined {
  const { shown } = requests;
  if (shown.distinct < LEAST || route.compared.distinct < shown.distinct + LEAST_OUTSIDE) return undefined;
  const fitting = [...candidates(requests, route)].filter(isTelling);
  if (fitting.length === 0) return undefined;
  const best = fitting.reduce((a, b) => (order(b, a) < 0 ? b : a));
  const together = fitting.filter((one) => one.name !== best.name && isSame(one, best) && !isPartOf(one, best));
  // What many features have in common is a kind of client, and none of them is the reason.
  if (together.length >= TOGETHER) return undefined;
  return {
    kind: kindOf(best.name),
    says: sentence(best, together),
    support: best.inside.shown.all,
    of: shown.all,
  };
}

function* candidates({ shown, features }: Requests, route: RouteRequests): Generator<Tested> {
  for (const { name, ...compared } of eachFeature(route.features)) {
    const own = features.get(name) ?? { all: 0, distinct: 0 };
    const inside = { shown: own, compared };
    const outside = { shown: minus(shown, own), compared: minus(route.compared, compared) };
    yield { name, isAbsence: false, inside, outside };
    // The absence of one value says little; the absence of a parameter or a field may be the reason.
    if (!name.includes("=")) yield { name, isAbsence: true, inside: outside, outside: inside };
  }
}

const minus = (a: Count, b: Count): Count => ({
  all: Math.max(0, a.all - b.all),
  distinct: Math.max(0, a.distinct - b.distinct),
});
const rate = ({ shown, compared }: Part, of: keyof Count) => (compared[of] === 0 ? 0 : shown[of] / compared[of]);

function isTelling({ inside, outside }: Tested): boolean {
  for (const count of ["all", "distinct"] as const) {
    const shown = inside.shown[count] + outside.shown[count];
    if (shown === 0 || inside.shown[count] < shown * NEARLY_ALL || rate(outside, count) > NEARLY_NONE) return false;
    if (rate(inside, count) < OFTEN) return false;
  }
  if (inside.shown.distinct < LEAST || outside.compared.distinct < LEAST_OUTSIDE) return false;
  return isNoChance(inside, outside);
}

/**
 * Were the requests that show the finding drawn from all distinct requests without regard to the feature, the chance that all
 * of them have it is that of a draw without replacement (hypergeometric), as in Fisher's exact test.
 */
function isNoChance(inside: Part, outside: Part): boolean {
  const withIt = inside.compared.distinct;
  const all = withIt + outside.compared.distinct;
  let chance = 0;
  for (let drawn = 0; drawn < inside.shown.distinct && chance > Math.log(ALPHA); drawn++) {
    chance += Math.log((withIt - drawn) / (all - drawn));
  }
  return chance <= Math.log(ALPHA);
}

/** First what explains more of the requests that have it, then the presence of something rather than its absence or value. */
function order(a: Tested, b: Tested): number {
  const [x, y] = [rate(a.inside, "distinct"), rate(b.inside, "distinct")];
  if (Math.abs(x - y) > 0.02) return y - x;
  return plainness(a) - plainness(b) || (a.name < b.name ? -1 : 1);
}

const plainness = ({ name, isAbsence }: Tested) =>
  (isAbsence ? 4 : 0) +
  (name.includes("=") ? 2 : 0) +
  (name.startsWith("query ") ? 0 : name.startsWith("field ") ? 1 : 0.5);

const isSame = (a: Tested, b: Tested) =>
  a.isAbsence === b.isAbsence &&
  a.inside.compared.distinct === b.inside.compared.distinct &&
  a.inside.shown.distinct === b.inside.shown.distinct;

/** `query _page=2` says no more than `query _page` where both fit the same requests. */
const isPartOf = (a: Tested, b: Tested) =>
  a.name.startsWith(`${b.name}=`) || b.name.startsWith(`${a.name}=`) || nameOf(a.name) === nameOf(b.name);

function nameOf(name: string): string {
  return name.replace(/^\w+ /, "").replace(/=.*$/s, "");
}

function kindOf(name: string): Scope["kind"] {
  if (/^(?:query|repeated|escaped) /.test(name)) return "query_parameter";
  if (name.startsWith("member ")) return "request_member";
  return /^(?:segment|path) ?/.test(name) ? "path_segment" : "request_field";
}

function sentence(best: Tested, together: readonly Tested[]): string {
  const names = [best, ...together].map(({ name }) => spell(name)).join(" and ");
  const { inside, outside } = best;
  const [withIt, without] = best.isAbsence ? ["without it", "with it"] : ["with it", "without"];
  const where = best.isAbsence ? `requests without ${names}` : `requests with ${names}`;
  return `only in ${where}: ${inside.shown.all} of ${inside.compared.all} ${withIt}, ${outside.shown.all} of ${outside.compared.all} ${without}`;
}

function spell(name: string): string {
  const [, what, rest = ""] = /^(\w+) (.*)$/s.exec(name) ?? [];
  const value = /^([^=]*)=(.*)$/s.exec(rest);
  if (what === "query") return `\`${rest}\``;
  if (what === "repeated") return `\`${rest}\` more than once`;
  if (what === "escaped") return `an escaped character in \`${rest}\``;
  if (what === "member") {
    return value === null ? `\`${rest}\` in the body` : `\`${value[1]}\` = ${value[2]} in the body`;
  }
  if (what === "cookie") return `the cookie \`${rest}\``;
  if (what === "segment")
    return value === null ? `a path segment ${rest}` : `\`${value[2]}\` as segment ${value[1]} of the path`;
  if (what === "path") return rest === "slash" ? "a slash at the end of the path" : "an escaped character in the path";
  return value === null ? `the field \`${rest}\`` : `\`${value[1]}: ${value[2]}\``;
}
