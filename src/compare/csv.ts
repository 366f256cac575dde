// compare/csv.ts: compares two CSV tables: columns, then rows by the header

import { cells, isRegular, records, type Table } from "../bodies/formats/csv.ts";
import { compareJson } from "../json/index.ts";
import type { JsonText } from "../model/difference.ts";
import { type CompareLimits, found, type Result, together } from "./result.ts";
import type { CompiledRules } from "./rules.ts";
import { wholeBody } from "./whole-body.ts";

/**
 * A column that only one side has is one difference, at the first row; columns in another order are one, at `$`. Tables
 * whose header repeats a name, or whose rows have other lengths than it, are lists of lists.
 */
export function compareTables(legacy: Table, candidate: Table, rules: CompiledRules, limits: CompareLimits): Result {
  const delimiters =
    legacy.delimiter === candidate.delimiter
      ? []
      : [
          wholeBody(
            { kind: "value", note: `cells are divided by ${shown(legacy)}, the candidate's by ${shown(candidate)}` },
            rules,
          ),
        ];
  if (!isRegular(legacy) || !isRegular(candidate)) {
    return together([...delimiters, engine(cells(legacy), cells(candidate), rules, limits)]);
  }
  const shared = legacy.header.filter((name) => candidate.header.includes(name));
  return together([
    ...delimiters,
    ...compareColumns(legacy, candidate, shared, rules, limits),
    engine(records(legacy, shared), records(candidate, shared), rules, limits),
  ]);
}

const shown = ({ delimiter }: Table) => JSON.stringify(delimiter);

function engine(legacy: JsonText, candidate: JsonText, rules: CompiledRules, limits: CompareLimits): Result {
  return compareJson(legacy, candidate, rules.json, limits);
}

function compareColumns(
  legacy: Table,
  candidate: Table,
  shared: readonly string[],
  rules: CompiledRules,
  limits: CompareLimits,
): Result[] {
  const results: Result[] = [];
  for (const [table, kind] of [
    [legacy, "missing"],
    [candidate, "extra"],
  ] as const) {
    const alone = table.header.filter((name) => !shared.includes(name));
    if (alone.length > 0) results.push(columnsAlone(table, kind, alone, shared, rules, limits));
  }
  const order = candidate.header.filter((name) => shared.includes(name));
  if (order.some((name, i) => name !== shared[i])) {
    const values = { legacy: JSON.stringify(shared), candidate: JSON.stringify(order) };
    results.push(wholeBody({ kind: "order", note: "columns in another order", ...values }, rules));
  }
  return results;
}

/** Columns of one side only, as seen in its first row. */
function columnsAlone(
  table: Table,
  kind: "missing" | "extra",
  alone: readonly string[],
  shared: readonly string[],
  rules: CompiledRules,
  limits: CompareLimits,
): Result {
  const first = { ...table, rows: table.rows.slice(0, 1) };
  if (first.rows.length === 0) return wholeBody({ kind, note: `columns ${JSON.stringify(alone)}` }, rules);
  const [without, whole] = [records(first, shared), records(first, [...shared, ...alone])];
  const result = kind === "missing" ? engine(whole, without, rules, limits) : engine(without, whole, rules, limits);
  const note = `the column, in all ${table.rows.length} rows`;
  return {
    ...found(
      result.differences.map((one) => ({ ...one, note })),
      result.masked,
    ),
  };
}
