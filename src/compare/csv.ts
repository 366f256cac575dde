// compare/csv.ts: CSV as a list of rows, each an object by the header row (RFC 4180)

import { CsvError, parse } from "csv-parse/sync";
import type { Content } from "../bodies/content.ts";
import { textFrom } from "../bodies/lines.ts";
import { list, object, type Read } from "../bodies/registry.ts";
import { compareJson } from "../json/index.ts";
import type { JsonText } from "../model/difference.ts";
import { type CompareLimits, found, type Result, together } from "./result.ts";
import type { CompiledRules } from "./rules.ts";
import { wholeBody } from "./whole-body.ts";

/** The cells of a side, header first, and what divides them. */
type Table = {
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** What a CSV's tables hold, and whether it could only be read leniently; or why it is none. */
export type ReadTable = { readonly table: Table; readonly isLenient: boolean } | { readonly fault: string };

export function readCsv({ bytes, type }: Content): ReadTable {
  const text = textFrom(bytes);
  const delimiter = type?.name === "text/tab-separated-values" ? "\t" : delimiterOf(text);
  const strict = tableOf(text, delimiter, false);
  // A quote inside of a cell that is not quoted is the cell's text, as spreadsheets read it.
  return "fault" in strict ? tableOf(text, delimiter, true) : strict;
}

function tableOf(text: string, delimiter: string, isLenient: boolean): ReadTable {
  try {
    const options = {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      relax_quotes: isLenient,
      skip_empty_lines: true,
    };
    const [header = [], ...rows] = parse(text, options) as unknown as string[][];
    return { table: { delimiter, header, rows }, isLenient };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as { readonly lines?: unknown };
    return { fault: `not CSV${typeof lines === "number" ? ` (line ${lines})` : ""}` };
  }
}

/** The one of the usual delimiters that the first line has most of, outside of quotes. */
function delimiterOf(text: string): string {
  const first = text
    .slice(0, 10_000)
    .replace(/"[^"]*"/g, "")
    .split(/\r?\n/, 1)[0]!;
  const count = (delimiter: string) => first.split(delimiter).length;
  return [";", "\t", "|"].reduce((best, other) => (count(other) > count(best) ? other : best), ",");
}

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
  if (!regular(legacy) || !regular(candidate)) {
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

function regular({ header, rows }: Table): boolean {
  return new Set(header).size === header.length && rows.every((row) => row.length === header.length);
}

function engine(legacy: JsonText, candidate: JsonText, rules: CompiledRules, limits: CompareLimits): Result {
  return compareJson(legacy, candidate, rules.json, limits);
}

/** A table as the document that its paths lead into. */
export function recordsOf(read: ReadTable): Read {
  if ("fault" in read) return read;
  const { table } = read;
  return { document: regular(table) ? records(table, table.header) : cells(table) };
}

const cells = ({ header, rows }: Table) => JSON.stringify([header, ...rows]);

function records({ header, rows }: Table, columns: readonly string[]): JsonText {
  const places = columns.map((name) => [name, header.indexOf(name)] as const);
  return list(rows.map((row) => object(places.map(([name, place]) => [name, JSON.stringify(row[place])] as const))));
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
