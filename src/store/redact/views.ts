// store/redact/views.ts: a text as a reader sees it who undoes its escapes, with the way back to the text

/** `text` with its escapes undone. `at[i]` is where the character i of it begins in the original; one past the end too. */
export type View = { readonly text: string; readonly at: Uint32Array | undefined };

/** JSON in a query parameter inside of a URL in a JSON string is three; more than that hides from people as well. */
const LAYERS = 4;
const ESCAPE =
  /%([0-7][0-9a-f])|\\(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|x([0-9a-f]{2})|(["'\\/nrt]))|&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|apos|colon|commat|equals|gt|hyphen|lowbar|lt|nbsp|period|quot));/gi;
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
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
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

/** One layer of escapes undone in one pass; none when there was nothing to undo. */
function undone({ text, at }: View): View | undefined {
  let out = "";
  let map: Uint32Array | undefined;
  let copied = 0;
  const copy = (end: number) => {
    for (let i = copied; i < end; i += 1) map![out.length + i - copied] = at === undefined ? i : at[i]!;
    out += text.slice(copied, end);
  };
  ESCAPE.lastIndex = 0;
  for (let found = ESCAPE.exec(text); found !== null; found = ESCAPE.exec(text)) {
    map ??= new Uint32Array(text.length + 1);
    copy(found.index);
    copied = ESCAPE.lastIndex;
    const begin = at === undefined ? found.index : at[found.index]!;
    for (const unit of meaning(found)) {
      map[out.length] = begin;
      out += unit;
    }
  }
  if (map === undefined) return undefined;
  copy(text.length);
  map[out.length] = at === undefined ? text.length : at[text.length]!;
  return { text: out, at: map };
}

/** One character or two code units, never more than the escape had. */
function meaning([, percent, u4, braced, x2, short, decimal, hex, name]: RegExpExecArray): string[] {
  const named = short ?? name;
  if (named !== undefined) return [NAMED.get(named.toLowerCase()) ?? named];
  const digits = percent ?? u4 ?? braced ?? x2 ?? hex;
  const code = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16);
  return code > 0x10ffff ? ["\ufffd"] : String.fromCodePoint(code).split("");
}
