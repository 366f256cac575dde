// store/redact/lines.ts: bodies made of lines: server-sent events, tables, plain text

import type { Marks } from "./marks.ts";

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

/** A table with a header row (RFC 4180): cells below a secret name go. The delimiter is the header's most frequent. */
export function redactTable(
  text: string,
  options: {
    readonly isSecret: (name: string) => boolean;
    readonly value: (text: string) => string;
    readonly marks: Marks;
    readonly delimiter?: string;
  },
): string {
  const { isSecret, value, marks } = options;
  const delimiter = options.delimiter ?? likelyDelimiter(text);
  let out = "";
  let column = 0;
  let header = true;
  const secret: boolean[] = [];
  for (let at = 0; at < text.length; ) {
    const end = cellEnd(text, at, delimiter);
    const raw = text.slice(at, end);
    const quoted = /^\s*"/.test(raw);
    const cell = quoted ? raw.trim().slice(1).replace(/"$/, "").replaceAll('""', '"') : raw;
    if (header) secret[column] = isSecret(cell.trim());
    const shown = header || cell === "" ? value(cell) : secret[column] === true ? marks.secret(cell) : value(cell);
    out +=
      shown === cell
        ? raw
        : /["\r\n]/.test(shown) || shown.includes(delimiter)
          ? `"${shown.replaceAll('"', '""')}"`
          : shown;
    if (text[end] === delimiter) {
      out += delimiter;
      column += 1;
      at = end + 1;
    } else {
      const newline = text[end] === "\r" && text[end + 1] === "\n" ? "\r\n" : (text[end] ?? "");
      out += newline;
      at = end + newline.length;
      column = 0;
      header = false;
    }
  }
  return out;
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
