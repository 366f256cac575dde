// evidence/entries.ts: groups findings into the entries of a report: one entry per fault

import { generalise, nameOf, steps } from "../model/place.ts";
import type { Cause, Entry, Finding } from "../model/report.ts";
import { isFrameworkField } from "./framework-fields.ts";
import { byTelling, SEVERITIES } from "./severity.ts";

/** A framework's fields are one entry where they differ on this share of the routes. */
const NEARLY_ALL = 0.5;
/** Places and routes that a title names. */
const NAMED = 4;

/** Causes that say which requests show a finding. */
const REQUESTS: readonly string[] = ["query_parameter", "path_segment", "request_field", "request_member"];
const MOVES: readonly string[] = ["renamed", "moved", "replaced"];

/** A reason to tell findings together. The first that two findings share is taken. */
type Reason = {
  readonly keyOf: (finding: Finding, routes: number) => string | undefined;
  readonly titleOf: (findings: readonly Finding[], routes: number) => string;
};

const REASONS: readonly Reason[] = [
  {
    keyOf: (finding) => (finding.where === "field" && isFrameworkField(finding.path) ? "framework" : undefined),
    titleOf: (findings, routes) =>
      `${some(unique(findings.map(({ path }) => `\`${path}\``)), "field")} ${differ(findings)} ${onRoutes(findings, routes)}`,
  },
  {
    keyOf: ({ causes }) => causeOf(causes, MOVES)?.says,
    titleOf: (findings, routes) => `${causeOf(findings[0]!.causes, MOVES)!.says}${onSeveral(findings, routes)}`,
  },
  {
    keyOf: ({ causes: [first] }) => (first?.kind === "cache_token" ? "token" : undefined),
    titleOf: (findings, routes) =>
      `cache-busting tokens in URLs at ${findings.length} places ${onRoutes(findings, routes)}`,
  },
  {
    keyOf: (finding) => constantPair(finding),
    titleOf: (findings, routes) => {
      const [{ legacy, candidate } = {}] = findings[0]!.samples;
      return `always ${clip(candidate)} for ${clip(legacy)}, at ${findings.length} places ${onRoutes(findings, routes)}`;
    },
  },
  {
    keyOf: ({ route, causes }) => {
      const scope = causeOf(causes, REQUESTS);
      return scope && `${route}\n${scope.says.split(":")[0]}`;
    },
    titleOf: (findings) => causeOf(findings[0]!.causes, REQUESTS)!.says,
  },
  {
    keyOf: ({ where, path, kind, causes: [first], samples }) => {
      // Two statuses are one fault only where they are the same pair.
      const pair = where === "status" ? `${samples[0]?.legacy} ${samples[0]?.candidate}` : "";
      const says = first === undefined || REQUESTS.includes(first.kind) ? "" : `${first.kind} ${first.says}`;
      return [where, tailOf(path), kind, says, pair].join("\n");
    },
    titleOf: (findings, routes) => {
      const [{ where, path, kind }] = findings as [Finding];
      const what = where === "status" ? "status" : `\`${tailOf(path)}\` ${kind === "value" ? "differs" : kind}`;
      return `${what} ${onRoutes(findings, routes)}`;
    },
  },
];

/**
 * Findings that need attention, most important first; findings with one cause form one entry: a framework's fields on most routes, a
 * member with another name, one version string in many places, what goes wrong with one parameter, and the same
 * member wrong in the same way on many routes.
 * @param routes how many routes were compared
 */
export function entriesOf(findings: readonly Finding[], routes: number): readonly Entry[] {
  const active = findings.filter(({ state }) => state === "new" || state === "open" || state === "regressed");
  const left = new Set(active);
  const entries: Entry[] = [];
  for (const reason of REASONS) {
    const groups = new Map<string, Finding[]>();
    for (const finding of left) {
      const key = reason.keyOf(finding, routes);
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [finding]);
      else group.push(finding);
    }
    for (const [key, group] of groups) {
      if (group.length < 2 || (key === "framework" && routesOf(group) < routes * NEARLY_ALL)) continue;
      for (const finding of group) left.delete(finding);
      group.sort(byTelling);
      entries.push(together(group, reason.titleOf(group, routes)));
    }
  }
  for (const finding of left) entries.push(together([finding], undefined));
  return entries.sort((a, b) => byTelling(rankOf(a), rankOf(b)));
}

function together(findings: readonly Finding[], title: string | undefined): Entry {
  const [lead] = findings as [Finding];
  const states = new Set(findings.map(({ state }) => state));
  return {
    lead,
    ...(title === undefined ? {} : { title }),
    findings: findings.map(({ id }) => id),
    places: unique(findings.map(placeOf)).slice(0, NAMED),
    routes: routesOf(findings),
    severity: SEVERITIES[Math.max(...findings.map(({ severity }) => SEVERITIES.indexOf(severity)))]!,
    states: (["regressed", "new", "open"] as const).filter((state) => states.has(state)),
    count: findings.reduce((sum, { count }) => sum + count, 0),
    distinct: findings.reduce((sum, { distinct }) => sum + distinct, 0),
  };
}

const rankOf = ({ lead, severity, count, distinct }: Entry) => ({ ...lead, severity, count, distinct });

const causeOf = (causes: readonly Cause[], kinds: readonly string[]) => causes.find(({ kind }) => kinds.includes(kind));

/** The one pair that every sample shows, if it says something: a version, not `1` for `0`. */
function constantPair({ where, kind, samples, count }: Finding): string | undefined {
  const [first, ...others] = samples;
  if (first === undefined || where === "status" || kind !== "value" || count < 2) return undefined;
  const { legacy = "", candidate = "" } = first;
  const isTelling = [legacy, candidate].every((text) => /^"(?=.*\d).{4,}"$/.test(text));
  const isConstant = others.every((other) => other.legacy === legacy && other.candidate === candidate);
  return isTelling && isConstant ? `${legacy}\n${candidate}` : undefined;
}

/** The last member's name: what `$.items[*].name` and `$.name` have in common. A place without one is itself. */
function tailOf(path: string): string {
  if (!path.startsWith("$")) return path;
  const name = steps(generalise(path).path)
    .map(nameOf)
    .findLast((one) => one !== undefined);
  return name ?? path;
}

function placeOf({ route, where, path }: Finding): string {
  return `${route} ${where === "body" ? path : `${where} ${path}`.trim()}`;
}

const unique = (texts: readonly string[]) => [...new Set(texts)];
const routesOf = (findings: readonly Finding[]) => new Set(findings.map(({ route }) => route)).size;

function onRoutes(findings: readonly Finding[], routes: number): string {
  const own = routesOf(findings);
  return own === 1 ? `on ${findings[0]!.route}` : `on ${own} of ${Math.max(own, routes)} routes`;
}

const onSeveral = (findings: readonly Finding[], routes: number) =>
  routesOf(findings) === 1 ? "" : `, ${onRoutes(findings, routes)}`;

/** `a, b and c`, `a, b, c and 3 more fields`. */
function some(names: readonly string[], noun: string): string {
  if (names.length <= NAMED) return `${names.slice(0, -1).join(", ")}${names.length > 1 ? " and " : ""}${names.at(-1)}`;
  return `${names.slice(0, NAMED - 1).join(", ")} and ${names.length - NAMED + 1} more ${noun}s`;
}

const differ = (findings: readonly Finding[]) =>
  new Set(findings.map(({ path }) => path)).size === 1 ? "differs" : "differ";

const clip = (text = "") => (text.length <= 40 ? text : `${text.slice(0, 39)}…`);
