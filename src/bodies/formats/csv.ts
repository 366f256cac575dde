// bodies/formats/csv.ts: CSV as a list of rows, each an object by the header row (RFC 4180)

import { CsvError, parse } from "csv-parse/sync";
import { isNameLike, isNamingMember, isValueMember } from "../../lib/named-values.ts";
import type { JsonText } from "../../model/difference.ts";
import type { Content } from "../content.ts";
import { textFrom } from "../lines.ts";
import { list, object, type Read, type Reader } from "../reader.ts";
import type { Rewriter } from "../redaction.ts";

/** The cells of a side, header first, and the character between them. */
export type Table = {
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** A body as a table, and whether it could only be read leniently; or why it is none. */
export type ReadTable = { readonly table: Table; readonly isLenient: boolean } | { readonly fault: string };

/** Reads a body as a table: tab-separated by its media type, else by the delimiter that its first line has most of. */
export function readTable({ bytes, type }: Content): ReadTable {
  const text = textFrom(bytes);
  const delimiter = type?.name === TAB_SEPARATED ? "\t" : delimiterOf(text);
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
    .replace(/^[\r\n]+/, "")
    .split(/\r\n?|\n/, 1)[0]!;
  const count = (delimiter: string) => first.split(delimiter).length;
  return [";", "\t", "|"].reduce((best, other) => (count(other) > count(best) ? other : best), ",");
}

/** Whether each row is an object by the header: the header repeats no name, and every row is as long as it. */
export function isRegular({ header, rows }: Table): boolean {
  return new Set(header).size === header.length && rows.every((row) => row.length === header.length);
}

/** A table as the document that its paths lead into. */
function recordsOf(read: ReadTable): Read {
  if ("fault" in read) return read;
  const { table } = read;
  return { document: isRegular(table) ? records(table, table.header) : cells(table) };
}

/** A table as a list of lists, header first. */
export const cells = ({ header, rows }: Table): JsonText => JSON.stringify([header, ...rows]);

/** A table as a list of objects, of the named columns. */
export function records({ header, rows }: Table, columns: readonly string[]): JsonText {
  const places = columns.map((name) => [name, header.indexOf(name)] as const);
  return list(rows.map((row) => object(places.map(([name, place]) => [name, JSON.stringify(row[place])] as const))));
}

/** The list of the rows: objects by the header where the table {@link isRegular}, else lists, header first. */
export const readCsv: Reader = (content) => recordsOf(readTable(content));

const TAB_SEPARATED = "text/tab-separated-values";

/**
 * Hides cells below a secret name, and those whose name stands in another column of their row (`name,value`). Rows are
 * read leniently, so that a file that is not sound loses its secrets too.
 */
export const rewriteCsv: Rewriter = ({ bytes, type }, { hides, mark, hashed, leaf, value }) => {
  const text = textFrom(bytes);
  const delimiter = type?.name === TAB_SEPARATED ? "\t" : delimiterOf(text);
  const plain = (cell: string) => (hashed && cell !== "" ? leaf("text", cell) : value(cell));
  let out = "";
  let header: readonly string[] | undefined;
  for (let at = 0; at < text.length; ) {
    const row = readRow(text, at, delimiter);
    at = row.end;
    const named = header?.flatMap((name, i) => {
      const cell = row.cells[i]?.text.trim() ?? "";
      return isNamingMember(name) && isNameLike(cell) ? [cell] : [];
    });
    for (const [column, { raw, text: cell, after }] of row.cells.entries()) {
      const name = header?.[column] ?? "";
      const isHidden = hides(name, cell) || (isValueMember(name) && named?.some((one) => hides(one, cell)) === true);
      const shown = header !== undefined && isHidden ? mark(cell) : plain(cell);
      out += (shown === cell ? raw : quoted(shown, delimiter)) + after;
    }
    // As the reader, which skips empty lines.
    if (row.cells.length > 1 || row.cells[0]!.raw !== "") header ??= row.cells.map(({ text: cell }) => cell.trim());
  }
  return out;
};

type Cell = { readonly raw: string; readonly text: string; readonly after: string };

function readRow(text: string, start: number, delimiter: string): { cells: readonly Cell[]; end: number } {
  const cells: Cell[] = [];
  for (let at = start; ; ) {
    const end = cellEnd(text, at, delimiter);
    const raw = text.slice(at, end);
    const cell = /^\s*"/.test(raw) ? raw.trim().slice(1).replace(/"$/, "").replaceAll('""', '"') : raw;
    const after = text[end] === "\r" && text[end + 1] === "\n" ? "\r\n" : (text[end] ?? "");
    cells.push({ raw, text: cell, after });
    at = end + after.length;
    if (after !== delimiter) return { cells, end: at };
  }
}

function quoted(text: string, delimiter: string): string {
  return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellEnd(text: string, start: number, delimiter: string): number {
  let at = start;
  while (text[at] === " ") at += 1;
  if (text[at] === '"') {
    for (at += 1; at < text.length; at += 1) {
      if (text[at] !== '"') continue;
      if (text[at + 1] !== '"') break;
      at += 1;
    }
  }
  while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return at;
}
