// redact/unescaped-views.ts: a text as a reader sees it who undoes its escapes, with the way back to the text

/** `text` with its escapes undone. `at[i]` is where the character i of it begins in the original; one past the end too. */
export type View = { readonly text: string; readonly at: Uint32Array | undefined };

/** JSON in a query parameter inside of a URL in a JSON string is three; more than that hides from people as well. */
const LAYERS = 4;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/iy;
const BRACED = /\\u\{([0-9a-f]{1,6})\}/iy;
const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["apos", "'"],
  ["colon", ":"],
  ["commat", "@"],
  ["equals", "="],
  ["gt", ">"],
  ["hyphen", "-"],
  ["lowbar", "_"],
  ["lt", "<"],
  ["nbsp", " "],
  ["period", "."],
  ["quot", '"'],
]);
const SHORT: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["/", "/"],
  ["\\", "\\"],
  ['"', '"'],
  ["'", "'"],
]);

/**
 * The text itself, then with one layer of escapes undone, then with two, as long as there is something to undo: percent
 * encoding (ASCII), backslash escapes, character references.
 */
export function* viewsOf(text: string): Generator<View, void, undefined> {
  let view: View | undefined = { text, at: undefined };
  for (let layer = 0; view !== undefined && layer <= LAYERS; layer += 1) {
    yield view;
    view = undone(view);
  }
}

/**
 * One layer of escapes undone in one pass; none when there was nothing to undo. By code units into one array: a body made
 * of escapes must not cost more than any other.
 */
function undone({ text, at }: View): View | undefined {
  if (!/[%\\&]/.test(text)) return undefined;
  const units = new Uint16Array(text.length);
  const map = new Uint32Array(text.length + 1);
  let length = 0;
  let escapes = 0;
  const put = (unit: number, from: number) => {
    units[length] = unit;
    map[length] = at === undefined ? from : at[from]!;
    length += 1;
  };
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    const undo = code === 0x25 || code === 0x5c || code === 0x26 ? escapeAt(text, i, code) : undefined;
    if (undo === undefined) {
      put(code, i);
      i += 1;
      continue;
    }
    escapes += 1;
    // An escape is never shorter than what it means.
    if (undo.point > 0xffff) {
      put(0xd800 + ((undo.point - 0x10000) >> 10), i);
      put(0xdc00 + ((undo.point - 0x10000) & 0x3ff), i);
    } else put(undo.point, i);
    i = undo.end;
  }
  if (escapes === 0) return undefined;
  map[length] = at === undefined ? text.length : at[text.length]!;
  return { text: Buffer.from(units.buffer, 0, length * 2).toString("utf16le"), at: map };
}

type Escape = { readonly point: number; readonly end: number };

/** The escape that begins here with `%`, a backslash or `&`, if it is one. */
function escapeAt(text: string, at: number, first: number): Escape | undefined {
  if (first === 0x25) {
    const point = hex(text, at + 1, at + 3);
    return point >= 0 && point < 0x80 ? { point, end: at + 3 } : undefined;
  }
  if (first === 0x26) {
    REFERENCE.lastIndex = at;
    const found = REFERENCE.exec(text);
    if (found === null) return undefined;
    const [, decimal, hexadecimal, name] = found;
    const named = name === undefined ? undefined : NAMED.get(name.toLowerCase());
    if (name !== undefined && named === undefined) return undefined;
    const point = named?.charCodeAt(0) ?? (decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal));
    return { point: point > 0x10ffff ? 0xfffd : point, end: REFERENCE.lastIndex };
  }
  const kind = text[at + 1];
  if (kind === undefined) return undefined;
  const short = SHORT.get(kind);
  if (short !== undefined) return { point: short.charCodeAt(0), end: at + 2 };
  const digits = kind === "u" ? 4 : kind === "x" ? 2 : 0;
  if (digits === 0) return undefined;
  const point = hex(text, at + 2, at + 2 + digits);
  if (point >= 0) return { point, end: at + 2 + digits };
  BRACED.lastIndex = at;
  const braced = BRACED.exec(text)?.[1];
  return braced === undefined
    ? undefined
    : { point: Math.min(0x10ffff, Number.parseInt(braced, 16)), end: BRACED.lastIndex };
}

/** The number that these hexadecimal digits make, or -1 when one of them is none. */
function hex(text: string, from: number, to: number): number {
  if (to > text.length) return -1;
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const code = text.charCodeAt(i) | 0x20;
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit < 0 || text.charCodeAt(i) < 0x30) return -1;
    value = value * 16 + digit;
  }
  return value;
}
