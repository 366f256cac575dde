// explain/causes.ts: what is known of a finding -> the causes that are certain enough to be stated

import type { Relation } from "../model/relation.ts";
import { type Context, codesOf } from "./codes.ts";
import type { FindingRecord } from "./finding-record.ts";
import { hypothesesFor } from "./hypotheses.ts";
import { holds } from "./hypothesis.ts";
import { shareOfKept } from "./hypothesis-scores.ts";
import { listCauseOf } from "./lists.ts";
import { readPair, type ShownPair } from "./pairs.ts";
import { type Moved, moveRule, type RenameCause, renamesOf, type Values } from "./renames.ts";
import type { RouteRequests } from "./route-requests.ts";
import { scopeOf } from "./scope.ts";

/** A cause as a hypothesis states it, before it is ranked against others. */
export type Statement = {
  /** The share of the observations that must fit, 0 to 1, and the fewest of them. */
  readonly support: number;
  readonly minimum: number;
};

/** A cause before its rule was tried. */
export type StatedCause = {
  readonly kind: string;
  readonly says: string;
  readonly support: number;
  readonly of: number;
  readonly counterExamples: readonly ShownPair[];
  /** Absent: it says which requests show the finding, and nothing of the values. */
  readonly relation?: Relation;
  /** The rule that may be offered, and the findings that it settles together. */
  readonly rule?: { readonly yaml: string; readonly related: readonly string[] };
};

type Weighed = StatedCause & { readonly weight: number };

/** Repetitions of the same request before it is said that the finding comes and goes. */
const REPEATS = 8;
const COMES_AND_GOES = 0.2;

/** The best explanation of the values, if one is certain enough; then what tells the requests that show the finding. */
export function causesOf(
  finding: string,
  record: FindingRecord,
  route: RouteRequests | undefined,
  statement: Statement,
  of: (finding: string) => Moved | undefined,
): readonly StatedCause[] {
  const requests = requestCauses(record, route, statement.minimum);
  const random = randomness(record, statement.minimum);
  if (random !== undefined) return [random, ...requests];
  const isEnough = ({ support, of }: { readonly support: number; readonly of: number }) =>
    support >= statement.minimum && support >= of * statement.support;
  const weighed = valueCauses(finding, record, route, statement, of).filter(isEnough);
  const score = ({ support, of, weight }: Weighed) => (300 * support) / of + weight;
  const [best] = weighed.sort((a, b) => score(b) - score(a));
  if (best === undefined) return requests;
  const { weight, ...plain } = best;
  const explained = { ...plain, says: `${plain.says}${sameAs(best, weighed)}` };
  // What it is and where it is are one sentence; the second is a cause of its own as well.
  const where = requests.find(({ kind }) => SCOPES.includes(kind));
  const cause = where === undefined ? explained : { ...explained, says: `${explained.says}; ${where.says}` };
  // What is no explanation but a description gives way to what tells the requests.
  return weight < DESCRIPTION && requests.length > 0 ? [...requests, cause] : [cause, ...requests];
}

/** What follows from legacy's value by arithmetic, and is always what another member has as well, is stated as both. */
function sameAs(best: Weighed, weighed: readonly Weighed[]): string {
  if (!ARITHMETIC.includes(best.kind)) return "";
  const other = weighed.find(({ kind, support, of }) => kind === "other_member" && support === of && of === best.of);
  return other === undefined ? "" : `, which is ${other.says.replace(/^the candidate has | here$/g, "")}`;
}

const ARITHMETIC: readonly string[] = ["factor", "offset", "rounding", "linear", "time_offset"];
const DESCRIPTION = 20;
const SCOPES: readonly string[] = ["query_parameter", "path_segment", "request_field", "request_member"];

function valueCauses(
  finding: string,
  record: FindingRecord,
  route: RouteRequests | undefined,
  statement: Statement,
  of: (finding: string) => Moved | undefined,
): Weighed[] {
  const { where, kind } = record;
  const found: Weighed[] = [];
  for (const trial of record.trials) {
    const { hypothesis, parameter, support, of: seen, telling, others } = trial;
    if (telling.length < hypothesis.least || shareOfKept(trial, record.pairs) < statement.support) continue;
    const yaml = support === seen ? hypothesis.rule?.(parameter, record) : undefined;
    found.push({
      kind: hypothesis.name,
      says: hypothesis.says(parameter),
      support,
      of: seen,
      counterExamples: others.slice(0, 3),
      weight: hypothesis.weight,
      relation: { kind: "hypothesis", name: hypothesis.name, parameter },
      ...(yaml === undefined ? {} : { rule: { yaml, related: [] } }),
    });
  }
  const codes = codesOf(record.codes, where, kind, contextOf(record, route));
  if (codes !== undefined) {
    const { pairs, ...cause } = codes;
    found.push({ ...cause, kind: "code_mapping", relation: { kind: "mapping", pairs } });
  }
  if (kind === "missing" || kind === "extra") {
    const derive = (values: readonly Values[]) => deriveFrom(values);
    for (const cause of renamesOf(record.partners, record.place, kind, derive))
      found.push(renamed(finding, cause, kind, of));
    const list = listCauseOf(record.lists, kind);
    if (list !== undefined) {
      const { name, way, ...cause } = list;
      found.push({ ...cause, kind: name, counterExamples: [], relation: { kind: "list", way } });
    }
  }
  return found;
}

/** No explanation of values counts where the same question gets another answer. */
function randomness({ requests }: FindingRecord, minimum: number): StatedCause | undefined {
  const { varied, repeated } = requests;
  // A candidate that answers at random sometimes says the same twice.
  if (varied < minimum || varied * 3 < repeated) return undefined;
  const says = "the candidate is not deterministic: asked the same again, it answers differently, and legacy does not";
  return { kind: "not_deterministic", says, support: varied, of: repeated, counterExamples: [] };
}

function renamed(
  finding: string,
  cause: RenameCause,
  kind: "missing" | "extra",
  of: (finding: string) => Moved | undefined,
): Weighed {
  const { name, says, weight, support, of: seen, counterExamples } = cause;
  const rule = moveRule(cause, kind, finding, of);
  return {
    ...{ kind: name, says, weight, support, of: seen, counterExamples },
    ...(name === "renamed" || name === "moved" ? { relation: { kind: "elsewhere" } } : {}),
    ...(rule === undefined
      ? {}
      : { rule: { yaml: rule.yaml, related: rule.findings.filter((one) => one !== finding) } }),
  };
}

/** An explanation of all pairs of a missing and an extra value: the member has another name and another unit. */
function deriveFrom(values: readonly Values[]): { readonly says: string; readonly weight: number } | undefined {
  const pairs = values.map(readPair);
  for (const hypothesis of DERIVING) {
    const proposed = hypothesis.propose?.(pairs) ?? hypothesis.fits(pairs[0]!);
    for (const parameter of proposed.slice(0, 4)) {
      if (!pairs.every((pair) => holds(hypothesis, parameter, pair))) continue;
      if (pairs.filter((pair) => hypothesis.tells?.(parameter, pair) ?? true).length < Math.max(3, hypothesis.least))
        continue;
      return { says: hypothesis.says(parameter), weight: hypothesis.weight };
    }
  }
  return undefined;
}

/** What could turn one value into another, the most important first; not what fits any two values. */
const DERIVING = [...new Set([...hypothesesFor("value", "body"), ...hypothesesFor("type", "body")])]
  .filter(({ weight }) => weight >= 57)
  .sort((a, b) => b.weight - a.weight);

function contextOf({ requests }: FindingRecord, route: RouteRequests | undefined): Context {
  const compared = route?.compared.all ?? 0;
  return {
    share: compared === 0 ? undefined : requests.shown.all / compared,
    repeats: requests.asked,
    agreed: requests.asked === 0 ? 0 : requests.agreed,
  };
}

function requestCauses({ requests }: FindingRecord, route: RouteRequests | undefined, minimum: number): StatedCause[] {
  const { seen, targets, asked, agreed } = requests;
  const found: StatedCause[] = [];
  const scope = route === undefined ? undefined : scopeOf(requests, route);
  if (scope !== undefined && scope.support >= minimum) found.push({ ...scope, counterExamples: [] });
  else if (
    targets !== undefined &&
    seen >= minimum &&
    (route === undefined || route.compared.distinct > targets.size + 2)
  ) {
    const says = `only ${[...targets.keys()].join(", ")}`;
    found.push({ kind: "particular_requests", says, support: seen, of: seen, counterExamples: [] });
  }
  if (asked >= REPEATS && agreed >= asked * COMES_AND_GOES) {
    const says = `not every time: of ${asked} repetitions of its requests ${agreed} did not show it`;
    found.push({ kind: "intermittent", says, support: agreed, of: asked, counterExamples: [] });
  }
  return found;
}
