// compare/fields.ts: fields by what they mean, not by their strings

import { Buffer } from "node:buffer";
import { instantOfText } from "../json/index.ts";
import type { Side } from "../model/answer.ts";
import type { Difference } from "../model/difference.ts";
import { type Fields, fieldValue } from "../model/fields.ts";
import { compareCookies } from "./cookies.ts";
import { holdsAddresses, meaningOf } from "./field-meaning.ts";
import { mapForRequest, ownOf } from "./origins.ts";
import type { Asked } from "./request-context.ts";
import { EQUAL, found, type Result } from "./result.ts";
import type { CompiledRules } from "./rules.ts";

/**
 * Compares header or trailer fields. At most one difference a field name, but for `set-cookie`: one a cookie.
 * @param asked what is known of the request @param note what is said beside each difference, such as `trailer`
 */
export function compareFields(
  legacy: Fields,
  candidate: Fields,
  rules: CompiledRules,
  { asked, note }: { readonly asked?: Asked | undefined; readonly note?: string } = {},
): Result {
  const [a, b] = [byName(legacy, rules), byName(candidate, rules)];
  const differences: Difference[] = [];
  const masked = new Map<string, number>();
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const here =
      name === "set-cookie"
        ? compareCookies(
            { lines: a.get(name) ?? [], date: dateOf(legacy), own: ownOf(rules.origins, "legacy", asked) },
            { lines: b.get(name) ?? [], date: dateOf(candidate), own: ownOf(rules.origins, "candidate", asked) },
          )
        : compareField(name, a.get(name), b.get(name), rules, asked);
    if (here.length === 0) continue;
    const rule = rules.ignoredFields.get(name);
    if (rule !== undefined) masked.set(rule, (masked.get(rule) ?? 0) + here.length);
    else differences.push(...here.map((one) => (note === undefined || one.note ? one : { ...one, note })));
  }
  if (differences.length === 0 && masked.size === 0) return EQUAL;
  return found(
    differences,
    [...masked].map(([rule, count]) => ({ rule, count })),
  );
}

/** The answer's `Date`, milliseconds since the epoch. */
function dateOf(fields: Fields): number | undefined {
  const date = fieldValue(fields, "date");
  return date === undefined ? undefined : instantOfText(date);
}

function byName(fields: Fields, rules: CompiledRules): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i]!.toLowerCase();
    const before = lines.get(name);
    if (before) before.push(fields[i + 1]!);
    else if (rules.field(name)) lines.set(name, [fields[i + 1]!]);
  }
  return lines;
}

function compareField(
  name: string,
  legacy: readonly string[] | undefined,
  candidate: readonly string[] | undefined,
  rules: CompiledRules,
  asked: Asked | undefined,
): Difference[] {
  const place = { where: "field", path: name } as const;
  if (candidate === undefined) return [{ ...place, kind: "missing", legacy: shown(legacy!) }];
  if (legacy === undefined) return [{ ...place, kind: "extra", candidate: shown(candidate) }];
  if (legacy.length === candidate.length && legacy.every((line, i) => line === candidate[i])) return [];
  const map = holdsAddresses(name)
    ? mapForRequest(
        rules.origins,
        asked,
        [...legacy, ...candidate].map((line) => Buffer.from(line, "latin1")),
      )
    : undefined;
  const meaning = (side: Side, lines: readonly string[]) => meaningOf(name, lines, { side, map, asked });
  if (meaning("legacy", legacy) === meaning("candidate", candidate)) return [];
  return [{ ...place, kind: "value", legacy: shown(legacy), candidate: shown(candidate) }];
}

function shown(lines: readonly string[]): string {
  return JSON.stringify(lines.join(", "));
}
