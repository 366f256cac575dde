// compare/rules.ts: a route's rules, compiled once and used for each of its comparisons

import { compileJsonRules, type JsonRules } from "../json/index.ts";
import type { Decoder, Decoders, Origins } from "../model/library.ts";
import { PER_ANSWER_FIELDS } from "../model/per-answer-fields.ts";
import { type CompareRules, NO_RULES } from "../model/rules.ts";
import { compileOrigins, type OriginMap } from "./origins.ts";

/** A route's rules, compiled. Immutable; shared by all comparisons of the route. */
export type CompiledRules = {
  readonly json: JsonRules;
  /** The `ignore` rules alone, for a difference of the body as a whole. */
  readonly whole: JsonRules;
  /** False where an `only` rule names places and none is in the body. */
  readonly body: boolean;
  readonly status: boolean;
  /** Whether a field, by its lower-case name, is compared. */
  readonly field: (name: string) => boolean;
  /** Whether the `Content-Length` of answers to HEAD is compared: there it is all that is known of the body. */
  readonly headLength: boolean;
  /** The rules that settle a difference of the status, or of a field by its lower-case name. */
  readonly ignoredStatus: string | undefined;
  readonly ignoredFields: ReadonlyMap<string, string>;
  readonly origins: OriginMap | undefined;
  readonly decoders: ReadonlyMap<string, Decoder>;
};

/**
 * Compiles a route's rules.
 * @param origins each side's own origins, such as `http://legacy:8080`, which are mapped onto each other unless
 *   `mapOrigins` is false
 */
export function compileRules(rules: CompareRules, origins?: Origins, decoders: Decoders = {}): CompiledRules {
  const bodyOnly = rules.only.filter(({ place }) => place.where === "body");
  const ignored = rules.ignore.filter(({ place }) => place.where === "body");
  const only = rules.only.length > 0;
  const ignoredFields = new Map(rules.fields.ignore.map((name) => [name.toLowerCase(), `fields.ignore ${name}`]));
  for (const { place, name } of rules.ignore) {
    if (place.where === "field") ignoredFields.set(place.name.toLowerCase(), name);
  }
  return {
    json: compileJsonRules({ ...rules, ignore: ignored, only: bodyOnly }),
    whole: compileJsonRules({ ...NO_RULES, ignore: ignored }),
    body: !only || bodyOnly.length > 0,
    status: !only || rules.only.some(({ place }) => place.where === "status"),
    field: fieldChoice(rules),
    headLength: !only && rules.fields.compare === "default",
    ignoredStatus: rules.ignore.find(({ place }) => place.where === "status")?.name,
    ignoredFields,
    origins: rules.mapOrigins && origins !== undefined ? compileOrigins(origins) : undefined,
    decoders: new Map(Object.entries(decoders).map(([type, decode]) => [type.toLowerCase(), decode])),
  };
}

function fieldChoice(rules: CompareRules): (name: string) => boolean {
  if (rules.only.length > 0) {
    const names = rules.only.flatMap(({ place }) => (place.where === "field" ? [place.name.toLowerCase()] : []));
    const chosen = new Set(names);
    return (name) => chosen.has(name);
  }
  const { compare } = rules.fields;
  if (compare === "all") return () => true;
  if (compare === "default") return (name) => !PER_ANSWER_FIELDS.has(name);
  const chosen = new Set(compare.map((name) => name.toLowerCase()));
  return (name) => chosen.has(name);
}
