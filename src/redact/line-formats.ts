// redact/line-formats.ts: bodies made of lines: server-sent events, tables, plain text

import { isNameLike, isNamingMember, isValueMember } from "../lib/named-values.ts";
import type { Hides, Marks } from "./marks.ts";

/** Server-sent events: the `data` of an event is one text, of whatever type it looks like. */
export function redactEvents(text: string, value: (text: string) => string): string {
  const lines = text.split(/(\r\n|\r|\n)/);
  let out = "";
  for (let i = 0; i < lines.length; ) {
    const isData = /^data:? ?/.exec(lines[i]!);
    if (isData === null || !lines[i]!.startsWith("data:")) {
      out += value(lines[i]!) + (lines[i + 1] ?? "");
      i += 2;
      continue;
    }
    const newline = lines[i + 1] ?? "";
    const data: string[] = [];
    for (; i < lines.length && lines[i]!.startsWith("data:"); i += 2) data.push(lines[i]!.replace(/^data: ?/, ""));
    const last = lines[i - 1] ?? "";
    const redacted = value(data.join("\n")).split("\n");
    out += redacted.map((line) => `data: ${line}`).join(newline || "\n") + last;
  }
  return out;
}

/**
 * A table with a header row (RFC 4180): cells below a secret name go, and so do those whose name stands in another column
 * of their row (`name,value`). The delimiter is the header's most frequent.
 */
export function redactTable(
  text: string,
  options: {
    readonly hides: Hides;
    readonly value: (text: string) => string;
    readonly marks: Marks;
    readonly delimiter?: string;
  },
): string {
  const { hides, value, marks } = options;
  const delimiter = options.delimiter ?? likelyDelimiter(text);
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
      const shown = header !== undefined && isHidden ? marks.secret(cell) : value(cell);
      out += (shown === cell ? raw : quoted(shown, delimiter)) + after;
    }
    header ??= row.cells.map(({ text: cell }) => cell.trim());
  }
  return out;
}

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

function likelyDelimiter(text: string): string {
  const [head = ""] = text.split(/[\r\n]/, 1);
  const count = (delimiter: string) => head.split(delimiter).length;
  return [",", ";", "\t", "|"].reduce((best, one) => (count(one) > count(best) ? one : best));
}
