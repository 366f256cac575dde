// model/rules.ts: how a route wants its answers compared, as the config says it

import type { Path } from "../jsonpath/path.ts";

/** A place in a response: the status, a field by its lower-case name, or a place in the body. */
export type Place =
  | { readonly where: "status" }
  | { readonly where: "field"; readonly name: string }
  | { readonly where: "body"; readonly path: Path };

/** Every rule keeps the words it was written in: the name under which what it settled is counted. */
type Named = { readonly name: string };

/** A place that is not compared. */
export type IgnoreRule = Named & { readonly place: Place };
/** A place that is compared, while others are not. */
export type OnlyRule = Named & { readonly place: Place };

/**
 * How the elements of a list are paired. `unordered`: a multiset. `ordered`: by index and nothing else. `key`: by these
 * members; another order of the pairs is a difference unless `order` is `ignored`.
 */
export type ArrayRule = Named & {
  readonly path: Path;
  readonly as: "unordered" | "ordered" | { readonly key: readonly string[]; readonly order?: "ignored" | "compared" };
};

/** Whether the order of a list's elements makes no difference under its rule. */
export function ignoresOrder(rule: ArrayRule | undefined): boolean {
  if (rule === undefined || rule.as === "ordered") return false;
  return rule.as === "unordered" || rule.as.order === "ignored";
}

/** `tolerance` is absolute, `relative` a share of legacy's value, `lexical` compares numbers as they are written. */
export type NumberRule = Named & {
  readonly path: Path;
  readonly tolerance?: number;
  readonly relative?: number;
  readonly lexical?: boolean;
};

/** Both sides must be times, in any of the forms that `compare/json/times.ts` reads, at most this far apart. */
export type TimeRule = Named & { readonly path: Path; readonly toleranceMs: number };

/** A rule for strings: case, space, Unicode form, or a pattern instead of equality. */
export type StringRule = Named & {
  readonly path: Path;
  readonly ignoreCase?: boolean;
  readonly trim?: boolean;
  readonly normalize?: "NFC" | "NFD" | "NFKC" | "NFKD";
  /** A regular expression that both sides must match; then the values need not be equal. */
  readonly matches?: string;
};

/** Strings at this place hold JSON, which is compared as JSON where both sides' do. */
export type JsonRule = Named & { readonly path: Path };

/** One operation of RFC 6902. */
export type PatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly from: string; readonly path: string };

/** Which fields are compared: `default` (all but the documented per-answer ones), `all`, or only these (lower case). */
export type FieldRules = {
  readonly compare: "default" | "all" | readonly string[];
  readonly ignore: readonly string[];
};

/** A route's comparison rules. Nothing set means: compare as strictly as makes sense. */
export type CompareRules = {
  readonly ignore: readonly IgnoreRule[];
  readonly only: readonly OnlyRule[];
  readonly arrays: readonly ArrayRule[];
  readonly numbers: readonly NumberRule[];
  readonly times: readonly TimeRule[];
  readonly strings: readonly StringRule[];
  readonly json: readonly JsonRule[];
  readonly patch: { readonly legacy: readonly PatchOperation[]; readonly candidate: readonly PatchOperation[] };
  readonly fields: FieldRules;
  /** Map each side's own origin onto one, in `Location`, `Link` and absolute URLs of bodies. */
  readonly mapOrigins: boolean;
};

/** No rules: everything is compared, except fields that belong to one response. */
export const NO_RULES: CompareRules = {
  ignore: [],
  only: [],
  arrays: [],
  numbers: [],
  times: [],
  strings: [],
  json: [],
  patch: { legacy: [], candidate: [] },
  fields: { compare: "default", ignore: [] },
  mapOrigins: true,
};
