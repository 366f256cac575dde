// test/trial/fault.ts: what a planted fault is, and how the places at which it must show are spelled

import type { Random } from "../../src/cli/demo/random.ts";
import type { Entry, Finding } from "../../src/model/report.ts";
import type { Call } from "./clients.ts";
import { type Answer, type Ask, type Handler, type Reply, record, type World } from "./service.ts";

/**
 * One way in which the candidate departs from legacy. It has a route of its own, `GET /NAME/{id}`.
 *
 * Places are spelled `$.price.net value`, `status value`, `set-cookie missing`; `value|type` where either kind is right,
 * `$.messages* *` for anything that begins so, of any kind.
 */
export type Fault = {
  readonly name: string;
  /** It must become a finding at one of these places. */
  readonly shows: string | readonly string[];
  /** Consequences that may be findings, too. */
  readonly also?: readonly string[];
  /** What an engineer sees at once: a cause of the finding, `KIND: SENTENCE`, must match. Absent: there is none to name. */
  readonly cause?: RegExp;
  /** Other statements that are true of this fault, and name less than its cause. All others are wrong. */
  readonly true?: RegExp;
  /** What else is wrong with its findings, if anything. */
  readonly check?: (findings: readonly Finding[], entries: readonly Entry[]) => string | undefined;
  /** What both sides begin with; a consignment by its number unless said otherwise. */
  readonly right?: Handler;
  /** What the candidate makes of the right answer. */
  readonly wrong: (right: Answer, ask: Ask, world: World) => Reply;
  /** The `n`th request for it; `id` is new in two of three. */
  readonly call?: (id: number, random: Random, n: number) => Call;
  /** The route as the report names it, where it is not `GET /NAME/{id}`. */
  readonly route?: string;
  /** What the config says about the route, as YAML members beside `match`. */
  readonly config?: string;
};

export const routeOf = ({ name, route }: Pick<Fault, "name" | "route">): string => route ?? `GET /${name}/{id}`;

/** For lists and dictionaries: what differs alike is one entry of the report, or very few. */
export const atMost =
  (most: number) =>
  (_: readonly Finding[], entries: readonly Entry[]): string | undefined =>
    entries.length <= most ? undefined : `${entries.length} entries, ${most} at most`;

/** Both sides' handlers. */
export function sidesOf(fault: Fault): { readonly legacy: Handler; readonly candidate: Handler } {
  const legacy = fault.right ?? record;
  return {
    legacy,
    candidate: (ask, world) => {
      const right = legacy(ask, world);
      return right === "reset" ? right : fault.wrong(right, ask, world);
    },
  };
}

/** Whether a difference, spelled `PATH KIND`, is at a place of the list. */
export function isAmong(places: string | readonly string[], spelled: string): boolean {
  const [path, kind] = cut(spelled);
  return (typeof places === "string" ? [places] : places).some((place) => {
    const [wanted, kinds] = cut(place);
    const there = wanted.endsWith("*") ? path.startsWith(wanted.slice(0, -1)) : path === wanted;
    return there && (kinds === "*" || kinds.split("|").includes(kind));
  });
}

function cut(place: string): readonly [path: string, kind: string] {
  const at = place.lastIndexOf(" ");
  return [place.slice(0, at), place.slice(at + 1)];
}
