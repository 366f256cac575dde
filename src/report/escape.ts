// report/escape.ts: text from bodies and fields made harmless and short; all of it is hostile

/** C0, DEL, C1, line separators, and what turns the direction of text or hides in it. */
export const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\u{e0000}-\u{e007f}]/gu;
const SHORT: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** One line that a terminal, a log and a page show as it is: active characters are written as escapes. */
export function plain(text: string): string {
  return text.replace(UNSAFE, (one) => SHORT.get(one) ?? spelled(one));
}

function spelled(one: string): string {
  const code = one.codePointAt(0)!;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}

/** At most `max` characters, and how long it was. Never cuts a surrogate pair in two. */
function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text[max - 1] ?? "") ? max - 1 : max;
  return `${text.slice(0, end)}... (${count(text.length)} characters)`;
}

/** Fit to be shown: clipped first, so that the work is bounded too. */
export function shown(text: string, max = 120): string {
  return plain(clip(text, max));
}

/** `12,345` */
export function count(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** `1 finding`, `2 findings` */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
