// app/library.ts: the comparison for programs, with rules in the words of a config

import { types } from "node:util";
import { compareResponses } from "../compare/index.ts";
import type { CompareOptions, CompareResult, InputFault, ResponseLike, Result } from "../model/library.ts";
import { CompareError } from "./library-error.ts";
import { type ReadOptions, readOptions } from "./library-options.ts";
import {
  type GivenSide,
  type Refuse,
  shown,
  sideOfBody,
  sideOfResponse,
  sideOfValue,
  VALUES,
} from "./library-response.ts";

/**
 * Compares two bodies, or two responses, as the proxy does: what differs, where, and how. Nothing that is given is changed.
 *
 * ```ts
 * const { outcome } = compare('{"id":1,"at":5}', '{"id":1.0,"at":6}', { rules: { ignore: ["$.at"] } });
 * // "match"
 * ```
 *
 * @param legacy a string is the text of a body, a `Uint8Array` its bytes, an object a response with `status`, `fields` and `body`
 * @param candidate the same
 * @throws CompareError when a rule, an option or a response is not usable; never because of a body's bytes
 */
export function compare(
  legacy: string | Uint8Array | ResponseLike,
  candidate: string | Uint8Array | ResponseLike,
  options?: CompareOptions,
): CompareResult {
  return run(options, ({ type, limits }, refuse) => {
    const side = (given: unknown, at: string): GivenSide | undefined => {
      if (typeof given === "string" || types.isUint8Array(given)) return sideOfBody(given, at, type, refuse);
      if (typeof given === "object" && given !== null) {
        return sideOfResponse(given, at, { type, most: limits.maxDecoded }, refuse);
      }
      refuse({ path: at, message: `${shown(given)} is neither a body nor a response`, hint: VALUES });
      return undefined;
    };
    const sides = [side(legacy, "legacy"), side(candidate, "candidate")] as const;
    const isResponse = [legacy, candidate].map((given) => typeof given === "object" && !types.isUint8Array(given));
    if (isResponse[0] !== isResponse[1]) {
      const at = isResponse[0] ? "candidate" : "legacy";
      refuse({
        path: at,
        message: "is a body, and the other side is a response",
        hint: "{ body }, on both sides alike",
      });
    }
    alike(sides, refuse);
    return sides;
  });
}

/**
 * Compares two parsed values, such as `JSON.parse` gives, as JSON. A string is a JSON string here, not the text of a body.
 *
 * A value is null, a boolean, a finite number, a bigint (an integer with all its digits), a string, a list or a plain object of
 * these. Anything else (undefined, NaN, Date, Map, a class instance, a function, a hole in a list, a cycle) is refused with its
 * path. -0 equals 0. Numbers that `JSON.parse` has rounded are compared rounded: give the text to {@link compare} to have every
 * digit compared. Nothing that is given is changed.
 *
 * ```ts
 * const { differences } = compareValues({ total: 10 }, { total: "10" });
 * // [{ where: "body", path: "$.total", kind: "type", legacy: "10", candidate: "\"10\"" }]
 * ```
 *
 * @throws CompareError when a rule, an option or a value is not usable
 */
export function compareValues(legacy: unknown, candidate: unknown, options?: CompareOptions): CompareResult {
  return run(options, ({ limits }, refuse) => [
    sideOfValue(legacy, "legacy", limits.maxDecoded, refuse),
    sideOfValue(candidate, "candidate", limits.maxDecoded, refuse),
  ]);
}

type Sides = readonly [GivenSide | undefined, GivenSide | undefined];

function run(options: unknown, read: (options: ReadOptions, refuse: Refuse) => Sides): CompareResult {
  const faults: InputFault[] = [];
  let thrown: { readonly cause: unknown } | undefined;
  const refuse: Refuse = (fault, cause) => {
    faults.push(fault);
    if (cause !== undefined) thrown ??= { cause };
  };
  const known = readOptions(options, refuse);
  const [legacy, candidate] = read(known, refuse);
  if (legacy !== undefined && !comparesAny(known, legacy)) {
    const hint = "name a place in the body, or give both sides' status or fields";
    refuse({ path: "rules.only", message: "names nothing that is given here", hint });
  }
  if (faults.length > 0 || legacy === undefined || candidate === undefined) throw new CompareError(faults, thrown);
  return withOutcome(compareResponses(legacy.side, candidate.side, known.rules, known.limits));
}

/** Where `only` names nothing that is at hand, no difference would say nothing. */
function comparesAny({ rules }: ReadOptions, { has }: GivenSide): boolean {
  return rules.body || has.fields || (rules.status && has.status);
}

/** What only one side has is not known to be equal, and a string beside a parsed value may be either. */
function alike([legacy, candidate]: Sides, refuse: Refuse): void {
  if (legacy === undefined || candidate === undefined) return;
  for (const name of ["status", "fields"] as const) {
    if (legacy.has[name] === candidate.has[name]) continue;
    const at = legacy.has[name] ? "candidate" : "legacy";
    refuse({
      path: at,
      message: `has no ${name}, and the other side has`,
      hint: "give it on both sides, or on neither",
    });
  }
  const forms = [legacy.form, candidate.form];
  if (forms.includes("text") && forms.includes("parsed")) {
    const at = legacy.form === "text" ? "legacy" : "candidate";
    const message = "is a string, which is the text of a body, and the other side is a parsed value";
    const hint = "parse it; or, if it is a parsed string, give JSON.stringify(body) on both sides";
    refuse({ path: `${at}.body`, message, hint });
  }
}

function withOutcome(result: Result): CompareResult {
  if (result.differences.length > 0) return { outcome: "mismatch", ...result };
  const isPartial = result.incomparable === true || result.overdue === true;
  return { outcome: isPartial ? "not_comparable" : "match", ...result };
}
