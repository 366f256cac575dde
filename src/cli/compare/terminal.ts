// cli/compare/terminal.ts: colours, or none

/** Adds colour to a text. */
export type Paint = (text: string) => string;

/** The colours of a comparison; without `colour` texts are unchanged. */
export function palette(colour: boolean): Readonly<Record<"legacy" | "candidate" | "strong" | "faint", Paint>> {
  const paint = (on: number, off: number): Paint =>
    colour ? (text) => `\x1b[${on}m${text}\x1b[${off}m` : (text) => text;
  return { legacy: paint(31, 39), candidate: paint(32, 39), strong: paint(1, 22), faint: paint(2, 22) };
}
