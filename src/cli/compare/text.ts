// cli/compare/text.ts: a comparison for a person: each difference with what stands around it

import { type Documents, documentsOf, type Result } from "../../compare/index.ts";
import { plain, shown } from "../../console/index.ts";
import type { Difference } from "../../model/difference.ts";
import { around, type Line, readSpelled } from "./around.ts";
import type { Bodies } from "./input.ts";
import { palette } from "./terminal.ts";

/** So many differences are shown; JSON has them all. */
const MOST = 200;

type Sides = { readonly legacy: ReturnType<typeof readSpelled>; readonly candidate: ReturnType<typeof readSpelled> };
type Paints = ReturnType<typeof palette>;

export function asText(result: Result, bodies: Bodies, type: string | undefined, colour: boolean): string {
  const { differences, approximate, masked } = result;
  const paint = palette(colour);
  const settled = masked.map(({ rule, count }) => `${count} settled by ${plain(rule)}`);
  const aside = [...settled, ...(approximate ? ["approximate: the places may be coarser than they could be"] : [])];
  if (differences.length === 0) return `${[paint.candidate("match"), ...aside].join("; ")}\n`;
  const documents = documentsOf(bodies.legacy, bodies.candidate, type);
  const sides = { legacy: readSpelled(documents.legacy), candidate: readSpelled(documents.candidate) };
  const each = differences.slice(0, MOST).map((one) => difference(one, sides, documents, bodies, paint));
  const more = differences.length > MOST ? [`… and ${differences.length - MOST} more; --format json has them all`] : [];
  const count = `mismatch: ${differences.length} difference${differences.length === 1 ? "" : "s"}`;
  return `${[[paint.legacy(count), ...aside].join("; "), ...each, ...more].join("\n\n")}\n`;
}

function difference(one: Difference, sides: Sides, documents: Documents, bodies: Bodies, paint: Paints): string {
  const { path, kind, note } = one;
  const head = `${paint.strong(plain(path))}  ${kind}${note === undefined ? "" : `  ${paint.faint(plain(note))}`}`;
  const lines = one.legacy === undefined && one.candidate === undefined ? hexAround(bodies, note) : [];
  return [head, ...(lines.length > 0 ? marked(lines, paint) : contextOf(one, sides, documents, paint))].join("\n");
}

/** Legacy's neighbours with its value and the candidate's between them; for what is extra, the candidate's. */
function contextOf(one: Difference, sides: Sides, { type }: Documents, paint: Paints): string[] {
  const from = one.kind === "extra" ? sides.candidate : sides.legacy;
  const lines = from === undefined ? [] : around(from, one.path, type === "text");
  const values = (label: string) => [
    ...(one.legacy === undefined ? [] : [paint.legacy(`  - ${label}${shown(one.legacy)}`)]),
    ...(one.candidate === undefined ? [] : [paint.candidate(`  + ${label}${shown(one.candidate)}`)]),
  ];
  if (lines.length === 0) return values("");
  return lines.flatMap(({ text, here }) => (here ? values(labelOf(text)) : [paint.faint(`    ${shown(text)}`)]));
}

/** What stands before the value on a line of context. */
function labelOf(text: string): string {
  return plain(/^(?:"(?:[^"\\]|\\.)*": |\[\d+\] |\s*\d+ {2})/.exec(text)?.[0] ?? "");
}

/** Sixteen bytes of each side from the first that differs. */
function hexAround(bodies: Bodies, note: string | undefined): Line[] {
  const at = /^first difference at byte (\d+)/.exec(note ?? "")?.[1];
  if (at === undefined) return [];
  const row = (bytes: Uint8Array) => {
    const from = Number(at);
    const hex = [...bytes.subarray(from, from + 16)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    return `${from.toString(16).padStart(8, "0")}  ${hex === "" ? "(end)" : hex}`;
  };
  return [
    { text: row(bodies.legacy), here: true },
    { text: row(bodies.candidate), here: false },
  ];
}

function marked([legacy, candidate]: readonly Line[], paint: Paints): string[] {
  return [paint.legacy(`  - ${legacy!.text}`), paint.candidate(`  + ${candidate!.text}`)];
}
