// cli/compare/text.ts: a comparison as text: each difference with its surroundings

import { type Documents, documentsOf, type Result } from "../../compare/index.ts";
import type { Difference } from "../../model/difference.ts";
import { plain, shown } from "../../report/index.ts";
import { around, readSpelled } from "./around.ts";
import type { Bodies } from "./input.ts";
import { palette } from "./terminal.ts";

/** So many differences are shown; JSON has them all. */
const MOST = 200;

type Sides = { readonly legacy: ReturnType<typeof readSpelled>; readonly candidate: ReturnType<typeof readSpelled> };
type Paints = ReturnType<typeof palette>;

/** The result as text. @param type the media type of both, if known */
export function asText(result: Result, bodies: Bodies, type: string | undefined, colour: boolean): string {
  const { differences, approximate, masked, notes = [] } = result;
  const paint = palette(colour);
  const settled = masked.map(({ rule, count }) => `${count} settled by ${plain(rule)}`);
  const aside = [
    ...settled,
    ...notes,
    ...(approximate ? ["approximate: some places are coarser than with exact pairing"] : []),
  ];
  if (differences.length === 0) return `${[paint.candidate("match"), ...aside].join("; ")}\n`;
  const documents = documentsOf(bodies.legacy, bodies.candidate, type);
  const sides = { legacy: readSpelled(documents.legacy), candidate: readSpelled(documents.candidate) };
  const each = differences.slice(0, MOST).map((one) => difference(one, sides, documents, bodies, paint));
  const more = differences.length > MOST ? [`… and ${differences.length - MOST} more; --format json shows all`] : [];
  const count = `mismatch: ${differences.length} difference${differences.length === 1 ? "" : "s"}`;
  return `${[[paint.legacy(count), ...aside].join("; "), ...each, ...more].join("\n\n")}\n`;
}

function difference(one: Difference, sides: Sides, documents: Documents, bodies: Bodies, paint: Paints): string {
  const { path, kind, note } = one;
  const head = `${paint.strong(plain(path))}  ${kind}${note === undefined ? "" : `  ${paint.faint(plain(note))}`}`;
  const hex = one.legacy === undefined && one.candidate === undefined ? hexAround(bodies, note) : undefined;
  return [head, ...(hex !== undefined ? marked(hex, "", paint) : contextOf(one, sides, documents, paint))].join("\n");
}

/** Legacy's neighbours with its value and the candidate's between them; for what is extra, the candidate's. */
function contextOf(one: Difference, sides: Sides, { type }: Documents, paint: Paints): string[] {
  const from = one.kind === "extra" ? sides.candidate : sides.legacy;
  const lines = from === undefined ? [] : around(from, one.path, type === "text");
  const values =
    type === "json" ? abreast(inLine(one.legacy), inLine(one.candidate)) : abreast(one.legacy, one.candidate);
  if (lines.length === 0) return marked(values, "", paint);
  return lines.flatMap(({ label, value, here }) =>
    here ? marked(values, plain(label), paint) : [paint.faint(`    ${plain(label)}${shown(value)}`)],
  );
}

type Sided = readonly [legacy: string | undefined, candidate: string | undefined];

function marked([legacy, candidate]: Sided, label: string, paint: Paints): string[] {
  return [
    ...(legacy === undefined ? [] : [paint.legacy(`  - ${label}${legacy}`)]),
    ...(candidate === undefined ? [] : [paint.candidate(`  + ${label}${candidate}`)]),
  ];
}

/** JSON as it was spelled, without its line breaks and indents: those have no weight and would be shown as `\n`. */
function inLine(json: string | undefined): string | undefined {
  return json?.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|\s+/g, (part) => (part.startsWith('"') ? part : " "));
}

/** What two long values have in common at their beginning, beyond which it is left out. */
const COMMON = 60;

/** Both values, short and harmless; what is shown of long ones is where they part. */
function abreast(legacy: string | undefined, candidate: string | undefined): Sided {
  if (legacy === undefined || candidate === undefined) return [legacy && shown(legacy), candidate && shown(candidate)];
  let common = 0;
  while (common < legacy.length && legacy[common] === candidate[common]) common += 1;
  const from = common > COMMON ? common - COMMON / 2 : 0;
  const cut = (text: string) =>
    from === 0 ? shown(text) : `…${shown(text.slice(from))} from character ${from + 1} on`;
  return [cut(legacy), cut(candidate)];
}

/** Sixteen bytes of each side from the first that differs. */
function hexAround(bodies: Bodies, note: string | undefined): Sided | undefined {
  const at = /^first difference at byte (\d+)/.exec(note ?? "")?.[1];
  if (at === undefined) return undefined;
  const row = (bytes: Uint8Array) => {
    const from = Number(at);
    const hex = [...bytes.subarray(from, from + 16)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    return `${from.toString(16).padStart(8, "0")}  ${hex === "" ? "(end)" : hex}`;
  };
  return [row(bodies.legacy), row(bodies.candidate)];
}
