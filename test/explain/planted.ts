// test/explain/planted.ts: planted faults of a candidate, each with the cause that an engineer would name at once

export type Planted = {
  readonly name: string;
  /** The cause that the finding must name first; `none`: no cause may be stated at all. */
  readonly cause: string;
  /** What its sentence must say. */
  readonly says?: RegExp;
  /** Where the finding is: `$.price value`, `status value`, `location value`. */
  readonly at: string;
  readonly target?: (i: number) => string;
  readonly requestFields?: (i: number) => readonly string[];
  readonly requestBody?: (i: number) => unknown;
  readonly right: (i: number, random: Random) => Answer;
  /** The candidate's answer; the same one where the request does not meet the fault. */
  readonly wrong: (right: Answer, i: number, random: Random) => Answer;
  /** The rule that must be offered, or that none may be: `true`, `false`; without it either may be. */
  readonly rule?: boolean;
};

export type Answer = {
  readonly status?: number;
  readonly type?: string;
  readonly fields?: readonly string[];
  /** JSON, unless it is a text. */
  readonly body: unknown;
};

/** 0 to 1. */
export type Random = () => number;

type Json = Record<string, unknown>;

const NAMES = [
  "Zoë Müller",
  "Ann Lee",
  "José García",
  "Bo Ek",
  "Søren Ås",
  "Cy Ray",
  "Łukasz Żak",
  "Di Fox",
  "Édith Piaf",
];
const WORDS = ["oak", "lamp", "chair", "river", "stone", "glass", "paper", "cloud", "table", "green"];
const price = (i: number) => 5 + ((i * 737) % 9000) / 100 + 0.01;
const name = (i: number) => `${NAMES[i % NAMES.length]} ${i}`;
const words = (i: number, n: number) =>
  Array.from({ length: n }, (_, k) => WORDS[(i * 7 + k * (3 + (i % 4))) % WORDS.length]).join(" ");
const time = (i: number) => new Date(Date.UTC(2026, 0, 1, 8, 13, 7) + i * 86_461_123);
const iso = (i: number) => time(i).toISOString();
const seconds = (i: number) => iso(i).replace(/\.\d+Z$/, "Z");
const uuid = (i: number) => {
  const hex = (n: number) =>
    ((Math.imul(i + n, 2_654_435_761) ^ (n * 40_503)) >>> 0).toString(16).padStart(8, "0").slice(0, 8);
  return `${hex(1)}-${hex(2).slice(0, 4)}-4${hex(3).slice(0, 3)}-a${hex(4).slice(0, 3)}-${hex(5)}${hex(6).slice(0, 4)}`;
};

/** A number that keeps its spelling in the JSON text. */
class Written {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): unknown {
    return (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(this.text);
  }
}
const n = (text: string) => new Written(text);
const body = (answer: Answer) => answer.body as Json;

/** A fault at one member of an object that has others. */
export function member(
  title: string,
  cause: string,
  says: RegExp | undefined,
  value: (i: number, random: Random) => unknown,
  change: (value: never, i: number, random: Random) => unknown,
  more: Partial<Planted> & { readonly kind?: string } = {},
): Planted {
  const { kind = "value", ...rest } = more;
  return {
    name: title,
    cause,
    ...(says === undefined ? {} : { says }),
    at: `$.field ${kind}`,
    right: (i, random) => ({ body: { id: i, name: name(i), field: value(i, random), at: seconds(i) } }),
    wrong: (right, i, random) => {
      const changed = change(body(right)["field"] as never, i, random);
      const { field: _, ...others } = body(right);
      return { ...right, body: changed === GONE ? others : { ...body(right), field: changed } };
    },
    ...rest,
  };
}
const GONE = Symbol("gone");

export const object = (
  title: string,
  cause: string,
  says: RegExp | undefined,
  at: string,
  right: (i: number, random: Random) => Json,
  change: (body: Json, i: number, random: Random) => unknown,
  more: Partial<Planted> = {},
): Planted => ({
  name: title,
  cause,
  ...(says === undefined ? {} : { says }),
  at,
  right: (i, random) => ({ body: right(i, random) }),
  wrong: (answer, i, random) => ({ ...answer, body: change(body(answer), i, random) }),
  ...more,
});

export const field = (
  title: string,
  cause: string,
  says: RegExp | undefined,
  at: string,
  right: (i: number) => readonly string[],
  wrong: (i: number) => readonly string[],
  more: Partial<Planted> = {},
): Planted => ({
  name: title,
  cause,
  ...(says === undefined ? {} : { says }),
  at,
  right: (i) => ({ body: { id: i }, fields: right(i) }),
  wrong: (answer, i) => ({ ...answer, fields: wrong(i) }),
  ...more,
});

const round = (value: number, places: number) => Number(`${Math.round(Number(`${value}e${places}`))}e-${places}`);
const fixed = (value: number) => value.toFixed(2);

const NUMBERS: readonly Planted[] = [
  member("cents for euros", "factor", /x 100$/, price, (v) => Math.round(v * 100)),
  member(
    "metres for millimetres",
    "factor",
    /\/ 1000$/,
    (i) => 1000 + i * 37,
    (v) => v / 1000,
  ),
  member("gross for net, rounded", "factor", /x 1\.19$/, price, (v) => round(v * 1.19, 2)),
  member(
    "a discount of 15 %",
    "factor",
    /x 0\.85$/,
    (i) => 20 + i * 3.37,
    (v) => round(v * 0.85, 2),
  ),
  member(
    "miles for kilometres, rounded",
    "factor",
    /km to miles/,
    (i) => 12 + i * 17.3,
    (v) => round(v / 1.609344, 1),
  ),
  member(
    "pounds for kilograms",
    "factor",
    /kg to pounds/,
    (i) => 3 + i * 1.7,
    (v) => round(v / 0.45359237, 2),
  ),
  member(
    "Fahrenheit for Celsius",
    "unit",
    /°C to °F/,
    (i) => (i % 40) - 10 + 0.5,
    (v) => round(v * 1.8 + 32, 1),
  ),
  member(
    "minutes for seconds",
    "factor",
    /\/ 60$/,
    (i) => 60 * (i + 3),
    (v) => v / 60,
  ),
  member(
    "KiB for bytes",
    "factor",
    /\/ 1024$/,
    (i) => 1024 * (i * 3 + 7),
    (v) => v / 1024,
  ),
  member(
    "twice of small numbers",
    "factor",
    /x 2$/,
    (i) => (i % 9) + 1,
    (v) => v * 2,
  ),
  member(
    "one too many",
    "offset",
    /\+ 1$/,
    (i) => i * i + 5,
    (v) => v + 1,
  ),
  member(
    "0.3 too few",
    "offset",
    /- 0\.3$/,
    (i) => n(((i * 7) / 10 + 4).toFixed(1)),
    (v: Written) => n((Number(v.text) - 0.3).toFixed(1)),
  ),
  member(
    "rounded to cents",
    "rounding",
    /rounded to 2 places/,
    (i) => n(`${i}.${((i * 7919) % 100_000).toString().padStart(5, "0")}7`),
    (v: Written) => n(round(Number(v.text), 2).toFixed(2)),
    { rule: true },
  ),
  member(
    "cut to whole numbers",
    "rounding",
    /cut to whole numbers/,
    (i) => i + 0.07 + ((i * 13) % 90) / 100,
    (v) => Math.trunc(v),
  ),
  member(
    "rounded to tens",
    "rounding",
    /multiples of 10/,
    (i) => i * 17 + 3,
    (v) => Math.round(v / 10) * 10,
  ),
  member(
    "a lost minus sign",
    "sign_lost",
    /minus/,
    (i) => (i % 3 === 0 ? -1 : 1) * (i + 3),
    (v) => Math.abs(v),
  ),
  member(
    "the other sign",
    "factor",
    /-legacy/,
    (i) => i + 3,
    (v) => -v,
  ),
  member(
    "a 64-bit id through a double",
    "double_precision",
    /double/,
    (i) => n(`12345678901234${(5_000 + i * 71).toString()}1`),
    (v: Written) => Number(v.text),
  ),
  member(
    "a 64-bit id in a string through a double",
    "double_precision",
    /double/,
    (i) => `9${(123_456_789_012_345_000n + BigInt(i) * 7_919n + 1n).toString()}`,
    (v) => String(BigInt(Number(v))),
  ),
  member(
    "a 32-bit float",
    "single_precision",
    /32-bit float/,
    (i) => i + 0.1 + (i % 7) / 100,
    (v) => Math.fround(v),
  ),
  member(
    "cut to 32 bits",
    "integer_overflow",
    /32-bit/,
    (i) => 3_000_000_000 + i * 91_813,
    (v) => v | 0,
  ),
  member(
    "milliseconds since 1970 for seconds",
    "epoch_unit",
    /milliseconds for epoch seconds/,
    (i) => 1_767_225_600 + i * 77_777,
    (v) => v * 1000,
  ),
  member(
    "a clock that drifts a little",
    "clock_drift",
    /up to 10 s, always later/,
    (i) => 1_767_225_600 + i * 77_777,
    (v, i) => v + 2 + (i % 4),
  ),
  member(
    "another number each time",
    "none",
    undefined,
    (i) => i * 7 + 1,
    (_, __, random) => Math.floor(random() * 1000),
  ),
  member(
    "a number that jitters",
    "none",
    undefined,
    (i) => 500 + i,
    (v, _, random) => v + 1 + Math.floor(random() * 9),
  ),
];

const TYPES: readonly Planted[] = [
  member(
    "a string for a number",
    "string_for_number",
    /string for a number/,
    (i) => i + 7,
    (v) => String(v),
    { kind: "type" },
  ),
  member(
    "a number for a decimal in a string",
    "string_for_number",
    /number for a string/,
    (i) => fixed(price(i)),
    (v) => Number(v),
    { kind: "type" },
  ),
  member(
    "leading zeros lost in a number",
    "leading_zeros",
    /loses leading zeros/,
    (i) => String(i * 7 + 3).padStart(6, "0"),
    (v) => Number(v),
    { kind: "type" },
  ),
  member(
    "leading zeros lost where there are any",
    "leading_zeros",
    /loses leading zeros/,
    (i) => (i % 4 === 0 ? `0${i + 10}` : String(i + 1000)),
    (v) => Number(v),
    { kind: "type" },
  ),
  member(
    "leading zeros lost in a text",
    "leading_zeros",
    /loses leading zeros/,
    (i) => String(i * 7 + 3).padStart(6, "0"),
    (v: string) => v.replace(/^0+/, ""),
  ),
  member(
    "a string for a boolean",
    "string_for_number",
    /string for a boolean/,
    (i) => i % 3 === 0,
    (v) => String(v),
    { kind: "type" },
  ),
  member(
    "1 and 0 for true and false",
    "string_for_number",
    /number for a boolean/,
    (i) => i % 3 === 0,
    (v) => (v ? 1 : 0),
    { kind: "type" },
  ),
  member(
    "an empty string for null",
    "empty_for_null",
    /"" for null/,
    (i) => (i % 2 ? null : name(i)),
    (v) => v ?? "",
    { kind: "type" },
  ),
  member(
    "null for an empty string",
    "null_for_empty",
    /null for ""/,
    (i) => (i % 2 ? "" : name(i)),
    (v) => (v === "" ? null : v),
    { kind: "type" },
  ),
  member(
    "null left out",
    "missing_for_null",
    undefined,
    (i) => (i % 2 ? null : name(i)),
    (v) => v ?? GONE,
    { kind: "missing", rule: true },
  ),
  member(
    "an empty list left out",
    "missing_for_empty",
    /\[\]/,
    (i) => (i % 2 ? [] : [i]),
    (v: unknown[]) => (v.length ? v : GONE),
    { kind: "missing" },
  ),
  member("null for a value", "null_for_value", undefined, name, () => null, { kind: "type" }),
  member("a lost member", "missing", /does not have it/, name, () => GONE, { kind: "missing", rule: false }),
  member(
    "JSON inside a string",
    "json_in_string",
    /JSON inside a string/,
    (i) => ({ a: i, b: [name(i)] }),
    (v) => JSON.stringify(v),
    { kind: "type" },
  ),
  member("a list with one element for a value", "wrapped", /list with one element/, name, (v) => [v], { kind: "type" }),
  member(
    "an object around a value",
    "wrapped",
    /"value"/,
    (i) => i + 3,
    (v) => ({ value: v, unit: "kg" }),
    { kind: "type" },
  ),
  member(
    "a joined list",
    "joined",
    /joined by ","/,
    (i) => [`a${i}`, `b${i}`, "c"],
    (v: string[]) => v.join(","),
    { kind: "type" },
  ),
  member(
    "an empty object for an empty list",
    "empty_container",
    undefined,
    (i) => (i % 2 ? [] : [i]),
    (v: unknown[]) => (v.length ? v : {}),
    { kind: "type" },
  ),
  member(
    "the text null",
    "text_for_null",
    /"null"/,
    (i) => (i % 2 ? null : name(i)),
    (v) => v ?? "null",
    { kind: "type" },
  ),
  member("the text undefined", "lost_value", /"undefined"/, name, () => "undefined"),
  member(
    "an object printed",
    "lost_value",
    /object Object/,
    (i) => `Street ${i}`,
    () => "[object Object]",
  ),
  member(
    "always the same",
    "constant",
    /always says "standard"/,
    (i) => words(i, 3),
    () => "standard",
  ),
  member("an unset date", "constant", /1970/, iso, () => "1970-01-01T00:00:00.000Z"),
  object(
    "a new member that is null",
    "null_for_missing",
    undefined,
    "$.field extra",
    (i) => ({ id: i }),
    (b) => ({ ...b, field: null }),
    { rule: true },
  ),
  object(
    "a default added",
    "default_added",
    /"EUR"/,
    "$.field extra",
    (i) => ({ id: i, x: name(i) }),
    (b) => ({ ...b, field: "EUR" }),
    { rule: true },
  ),
  object(
    "a new member",
    "added",
    undefined,
    "$.field extra",
    (i) => ({ id: i }),
    (b, i) => ({ ...b, field: `v${i * 7}` }),
  ),
];

const STRINGS: readonly Planted[] = [
  member("upper case", "case", /upper case/, name, (v: string) => v.toUpperCase(), { rule: true }),
  member(
    "lower case",
    "case",
    /lower case/,
    (i) => `User${i}@Example.org`,
    (v: string) => v.toLowerCase(),
  ),
  member(
    "snake case for camel case",
    "word_case",
    /snake_case for camelCase/,
    (i) => `${WORDS[i % 10]}${WORDS[(i + 3) % 10]!.replace(/^./, (c) => c.toUpperCase())}`,
    (v: string) => v.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
  ),
  member(
    "trimmed",
    "trimming",
    /candidate has no white space/,
    (i) => `${name(i)} `,
    (v: string) => v.trim(),
    { rule: true },
  ),
  member(
    "double spaces",
    "trimming",
    /only white space/,
    (i) => words(i, 4),
    (v: string) => v.replaceAll(" ", "  "),
  ),
  member(
    "cut after 20 characters",
    "truncated",
    /first 20 characters/,
    (i) => words(i, 5 + (i % 4)),
    (v: string) => v.slice(0, 20),
  ),
  member(
    "cut with an ellipsis",
    "truncated",
    /first 20 characters/,
    (i) => words(i, 7),
    (v: string) => `${v.slice(0, 20)}...`,
  ),
  member(
    "another Unicode form",
    "unicode_form",
    undefined,
    (i) => `Café Ångström ${i}`,
    (v: string) => v.normalize("NFD"),
    { rule: true },
  ),
  member(
    "marks lost from letters",
    "letters_lost",
    /without the marks/,
    (i) => `Café Zoë ${i}`,
    (v: string) => v.normalize("NFD").replace(/\p{M}/gu, ""),
  ),
  member(
    "question marks for letters",
    "letters_lost",
    /\?/,
    (i) => `Café Łódź ${i}`,
    (v: string) => v.replace(/[^\p{ASCII}]/gu, "?"),
  ),
  member(
    "HTML-escaped",
    "escaping",
    /HTML-escaped$/,
    (i) => `<b>Fish & "Chips" ${i}</b>`,
    (v: string) => v.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  ),
  member(
    "HTML-escaped twice",
    "escaping",
    /HTML-escaped twice/,
    (i) => `Fish & Chips ${i}`,
    (v: string) => v.replaceAll("&", "&amp;amp;"),
  ),
  member(
    "percent-encoded",
    "escaping",
    /percent-encoded/,
    (i) => `a b/${i}?x`,
    (v: string) => encodeURIComponent(v),
  ),
  member(
    "UTF-8 read as Latin-1",
    "escaping",
    /Latin-1/,
    (i) => `Café ${i}`,
    (v: string) => Buffer.from(v, "utf8").toString("latin1"),
  ),
  member(
    "in Base64",
    "escaping",
    /Base64/,
    (i) => `payload number ${i}`,
    (v: string) => Buffer.from(v).toString("base64"),
  ),
  member(
    "Base64 for hexadecimal",
    "binary_text",
    /Base64 for hexadecimal/,
    (i) => Buffer.from(uuid(i)).toString("hex").slice(0, 40),
    (v: string) => Buffer.from(v, "hex").toString("base64"),
  ),
  member(
    "tags around a text",
    "escaping",
    /HTML tags/,
    (i) => words(i, 3),
    (v) => `<p>${v}</p>`,
  ),
  member(
    "CR LF for LF",
    "line_ends",
    /CR LF for LF/,
    (i) => `line ${i}\nmore\nend`,
    (v: string) => v.replaceAll("\n", "\r\n"),
  ),
  member(
    "zeros lost at the end of an amount",
    "number_format",
    /without zeros at the end/,
    (i) => fixed(10 + i * 0.1),
    (v: string) => String(Number(v)),
  ),
  member(
    "a decimal comma",
    "number_format",
    /decimal separator "," for "\."/,
    (i) => fixed(price(i)),
    (v: string) => v.replace(".", ","),
  ),
  member(
    "groups of digits",
    "number_format",
    /between groups of digits/,
    (i) => `${1000 + i * 97}.50`,
    (v: string) => v.replace(/(\d)(\d{3})\./, "$1,$2."),
  ),
  member(
    "a currency beside an amount",
    "number_format",
    /"€"/,
    (i) => fixed(price(i)),
    (v) => `€${v}`,
  ),
  member(
    "a prefix left out",
    "affix",
    /leaves out the prefix "ORD-"/,
    (i) => `ORD-${i * 31 + 7}x`,
    (v: string) => v.slice(4),
  ),
  member(
    "a prefix added",
    "affix",
    /adds the prefix "urn:x:"/,
    (i) => `${words(i, 1)}${i}`,
    (v) => `urn:x:${v}`,
  ),
  member(
    "another prefix",
    "affix",
    /"tenant_a\/" became "tenant_b\/"|prefix "tenant_a" became "tenant_b"/,
    (i) => `tenant_a/${words(i, 2)}${i}`,
    (v: string) => v.replace("tenant_a", "tenant_b"),
  ),
  member(
    "a suffix added",
    "affix",
    /adds the suffix " \(old\)"/,
    (i) => words(i, 3),
    (v) => `${v} (old)`,
  ),
  member(
    "family name first",
    "swapped",
    /another order/,
    (i) => `Jane${i} Doe${i * 3}`,
    (v: string) => v.split(" ").toReversed().join(", "),
  ),
  member(
    "a phone number without spaces",
    "punctuation",
    /leaves out " "/,
    (i) => `+49 30 ${1000 + i} ${100 + i}`,
    (v: string) => v.replaceAll(" ", ""),
  ),
  member(
    "another text each time",
    "none",
    undefined,
    (i) => words(i, 3),
    (_, i) => words(i * 31 + 11, 4),
  ),
];

const two = (value: number) => String(value).padStart(2, "0");
const shifted = (i: number, minutes: number) => new Date(time(i).getTime() + minutes * 60_000);
const rfc822 = (at: Date) => at.toUTCString().replace("GMT", "+0000");
const isSummer = (at: Date) => at.getUTCMonth() >= 3 && at.getUTCMonth() < 10;

const TIMES: readonly Planted[] = [
  member(
    "another zone, the same instant",
    "time_zone",
    /written at \+02:00 for Z/,
    seconds,
    (_, i) =>
      shifted(i, 120)
        .toISOString()
        .replace(/\.\d+Z$/, "+02:00"),
    { rule: true },
  ),
  member("the same clock in another zone", "time_zone", /\+05:30 for Z/, seconds, (v: string) =>
    v.replace("Z", "+05:30"),
  ),
  member("five hours earlier", "time_zone", /legacy - 5 h/, iso, (_, i) => shifted(i, -300).toISOString()),
  member("the zone left out", "time_zone", /does not write its zone/, seconds, (v: string) => v.replace("Z", "")),
  member("local time without offset", "local_time", /UTC\+2 h\)/, seconds, (_, i) =>
    shifted(i, 120)
      .toISOString()
      .replace(/\.\d+Z$/, ""),
  ),
  member("local time without offset, summer and winter", "local_time", /UTC\+1 h and UTC\+2 h/, seconds, (_, i) =>
    shifted(i, isSummer(time(i)) ? 120 : 60)
      .toISOString()
      .replace(/\.\d+Z$/, ""),
  ),
  member(
    "without fractions of a second",
    "precision",
    /in seconds only/,
    iso,
    (v: string) => v.replace(/\.\d+Z$/, "Z"),
    { rule: true },
  ),
  member("without the time of day", "precision", /in days only/, seconds, (v: string) => v.slice(0, 10)),
  member("RFC 822", "time_format", /RFC 822/, seconds, (_, i) => rfc822(time(i))),
  member("an HTTP date", "time_format", /RFC 9110/, seconds, (_, i) => time(i).toUTCString(), { rule: true }),
  member("/Date(ms)/", "time_format", /Date\(ms\)/, iso, (_, i) => `/Date(${time(i).getTime()})/`),
  member("seconds since 1970", "epoch", /seconds since 1970/, seconds, (_, i) => Math.floor(time(i).getTime() / 1000), {
    kind: "type",
    rule: true,
  }),
  member("milliseconds since 1970 in a string", "epoch", /milliseconds since 1970/, iso, (_, i) =>
    String(time(i).getTime()),
  ),
  member(
    "day and month swapped",
    "day_month",
    /swapped/,
    (i) => `2026-${two((i % 12) + 1)}-${two(((i * 5) % 12) + 1)}`,
    (v: string) => v.replace(/-(\d\d)-(\d\d)/, "-$2-$1"),
  ),
  member(
    "day.month.year",
    "time_format",
    /day\.month\.year/,
    (i) => iso(i).slice(0, 10),
    (v: string) => v.split("-").toReversed().join("."),
  ),
  member(
    "month/day/year",
    "time_format",
    /month\/day\/year/,
    (i) => iso(i).slice(0, 10),
    (v: string) => v.replace(/(\d+)-(\d+)-(\d+)/, "$2/$3/$1"),
  ),
  member(
    "a date one day early",
    "day_offset",
    /1 day earlier/,
    (i) => iso(i).slice(0, 10),
    (_, i) => shifted(i, -1440).toISOString().slice(0, 10),
  ),
  member("a second late", "time_offset", /\+ 1 s/, iso, (_, i) => new Date(time(i).getTime() + 1000).toISOString()),
  member("a space for the T", "time_format", /spelled in another way/, seconds, (v: string) => v.replace("T", " ")),
  member("another time each time", "none", undefined, iso, (_, i, random) =>
    new Date(time(i).getTime() + Math.floor(random() * 1e9)).toISOString(),
  ),
];

const IDS: readonly Planted[] = [
  member(
    "UUIDs for numbers",
    "id_format",
    /UUID where legacy has a number/,
    (i) => i * 3 + 1,
    (v) => uuid(v),
    { kind: "type" },
  ),
  member(
    "UUIDs for numbers in strings",
    "id_format",
    /UUID where legacy has a number/,
    (i) => String(i * 3 + 1),
    (v) => uuid(Number(v)),
  ),
  member("a UUID without dashes", "uuid_format", undefined, uuid, (v: string) => v.replaceAll("-", "")),
  member(
    "another scheme in a link",
    "url",
    /"http" for "https"|"https" for "http"/,
    (i) => `http://img.example/${i}.png`,
    (v: string) => v.replace("http:", "https:"),
  ),
  member(
    "another host in a link",
    "url",
    /cdn\.example/,
    (i) => `https://img.example/${i}.png`,
    (v: string) => v.replace("img.example", "cdn.example"),
  ),
  member(
    "another path in a link",
    "url",
    /"\/v2" for "\/api\/v1"/,
    (i) => `/api/v1/orders/${i}`,
    (v: string) => v.replace("/api/v1", "/v2"),
  ),
  member(
    "a relative link",
    "url",
    /without the origin/,
    (i) => `https://shop.example/orders/${i}`,
    (v: string) => v.replace("https://shop.example", ""),
  ),
  member(
    "a slash at the end of a link",
    "url",
    /slash/,
    (i) => `https://shop.example/orders/${i}`,
    (v) => `${v}/`,
  ),
  member(
    "a query parameter in a link",
    "url",
    /query/,
    (i) => `https://shop.example/orders/${i}`,
    (v) => `${v}?ref=new`,
  ),
  member(
    "a cache-busting token in a link",
    "cache_token",
    /app\.…\.js/,
    (i) => `/assets/app.3f2a1b9${i % 2}.js`,
    (_, i) => `/assets/app.9c8d7e6${i % 2}.js`,
    { rule: true },
  ),
  field(
    "another prefix in Location",
    "url",
    /"\/v2" for "\/api\/v1"|prefix/,
    "location value",
    (i) => ["Location", `/api/v1/orders/${i}`],
    (i) => ["Location", `/v2/orders/${i}`],
  ),
  field(
    "a cookie without Secure",
    "directive",
    /leaves out `secure`/,
    "set-cookie value",
    (i) => ["Set-Cookie", `sid=${i}; Path=/; HttpOnly; Secure`],
    (i) => ["Set-Cookie", `sid=${i}; Path=/; HttpOnly`],
  ),
  field(
    "a cookie with another SameSite",
    "directive",
    /samesite=None/i,
    "set-cookie value",
    (i) => ["Set-Cookie", `sid=${i}; Path=/; SameSite=Lax`],
    (i) => ["Set-Cookie", `sid=${i}; Path=/; SameSite=None`],
  ),
  field(
    "another max-age",
    "directive",
    /`max-age=600` for `max-age=60`/,
    "cache-control value",
    () => ["Cache-Control", "public, max-age=60"],
    () => ["Cache-Control", "public, max-age=600"],
  ),
  field(
    "a lost field",
    "missing",
    undefined,
    "x-total-count missing",
    (i) => ["X-Total-Count", String(i)],
    () => [],
  ),
  field(
    "an added field",
    "default_added",
    /DENY/,
    "x-frame-options extra",
    () => [],
    () => ["X-Frame-Options", "DENY"],
  ),
];

const PLACES: readonly Planted[] = [
  object(
    "a renamed member",
    "renamed",
    /user_name is called userName/,
    "$.user_name missing",
    (i) => ({ id: i, user_name: name(i) }),
    ({ user_name, ...b }) => ({ ...b, userName: user_name }),
    { rule: true },
  ),
  object(
    "a renamed member with nothing alike in its name",
    "renamed",
    /zip is called postcode/,
    "$.zip missing",
    (i) => ({ id: i, zip: String(10_000 + i) }),
    ({ zip, ...b }) => ({ ...b, postcode: zip }),
    { rule: true },
  ),
  object(
    "renamed and multiplied",
    "renamed",
    /price is called amount, and candidate = legacy x 100/,
    "$.price missing",
    (i) => ({ id: i, price: price(i) }),
    ({ price: p, ...b }) => ({ ...b, amount: Math.round(Number(p) * 100) }),
    { rule: false },
  ),
  object(
    "renamed and written as a string",
    "renamed",
    /no is called number, and the same value/,
    "$.no missing",
    (i) => ({ id: name(i), no: i + 7 }),
    ({ no, ...b }) => ({ ...b, number: String(no) }),
    { rule: false },
  ),
  object(
    "a member moved one level deeper",
    "moved",
    /\$\.city is at \$\.address\.city/,
    "$.city missing",
    (i) => ({ id: i, city: `City ${i}` }),
    ({ city, ...b }) => ({ ...b, address: { city } }),
    { rule: true },
  ),
  object(
    "two members moved one level deeper",
    "moved",
    /\$\.city is at \$\.address\.city/,
    "$.city missing",
    (i) => ({ id: i, city: `City ${i}`, zip: String(10_000 + i * 3) }),
    ({ city, zip, ...b }) => ({ ...b, address: { city, zip } }),
    { rule: true },
  ),
  object(
    "an object taken apart",
    "moved",
    /the members of \$\.address are at \$\.city and \$\.zip/,
    "$.address missing",
    (i) => ({ id: i, address: { city: `City ${i}`, zip: String(10_000 + i * 3) } }),
    ({ address, ...b }) => ({ ...b, ...(address as Json) }),
  ),
  object(
    "a member moved to another object",
    "moved",
    /\$\.user\.mail is at \$\.contact\.mail/,
    "$.user.mail missing",
    (i) => ({ user: { id: i, mail: `a${i}@x.org` }, contact: { tel: i } }),
    ({ user, contact }) => ({
      user: { id: (user as Json)["id"] },
      contact: { ...(contact as Json), mail: (user as Json)["mail"] },
    }),
    { rule: true },
  ),
  object(
    "a subtotal for a total",
    "replaced",
    /not the same/,
    "$.total missing",
    (i) => ({ id: i, total: price(i) }),
    ({ total, ...b }, i) => ({ ...b, subtotal: i % 13 === 0 ? Number(total) - 1 : total }),
    { rule: false },
  ),
  object(
    "renamed in the elements of a list",
    "renamed",
    /qty is called quantity/,
    "$.items[*].qty missing",
    (i) => ({ items: [1, 2, 3].map((k) => ({ sku: `s${i}-${k}`, qty: i * 10 + k })) }),
    ({ items }) => ({ items: (items as Json[]).map(({ qty, ...b }) => ({ ...b, quantity: qty })) }),
  ),
  object(
    "a lost and an unrelated new member",
    "missing",
    undefined,
    "$.total missing",
    (i) => ({ id: i, total: price(i) }),
    ({ total: _, ...b }, i) => ({ ...b, trace: uuid(i) }),
    { rule: false },
  ),
];

const list = (i: number, length: number) =>
  Array.from({ length }, (_, k) => ({ id: i * 1000 + k * 7 + 1, title: `t${i}-${k}` }));
const items =
  (change: (all: unknown[], i: number, random: Random) => unknown) => (b: Json, i: number, random: Random) => ({
    ...b,
    items: change(b["items"] as unknown[], i, random),
  });
const listOf = (length: (i: number) => number) => (i: number) => ({ id: i, items: list(i, length(i)) });

const LISTS: readonly Planted[] = [
  object(
    "a reversed list",
    "order",
    /from last to first/,
    "$.items order",
    listOf((i) => 5 + (i % 7)),
    items((all) => all.toReversed()),
  ),
  object(
    "another order",
    "order",
    /another order/,
    "$.items order",
    listOf(() => 8),
    items((all) =>
      [...all.slice(3), ...all.slice(0, 3)].toSorted(() => 0).map((one, k, some) => some[(k * 3) % 8] ?? one),
    ),
  ),
  object(
    "a list without its first element",
    "list_start",
    /lacks the first element/,
    "$.items[*] missing",
    listOf((i) => 5 + (i % 7)),
    items((all) => all.slice(1)),
    { rule: false },
  ),
  object(
    "a list without its last element",
    "list_end",
    /lacks the last element/,
    "$.items[*] missing",
    listOf((i) => 5 + (i % 7)),
    items((all) => all.slice(0, -1)),
    { rule: false },
  ),
  object(
    "a limit of 20",
    "list_end",
    /ends after 20 elements/,
    "$.items[*] missing",
    listOf((i) => 15 + (i % 12)),
    items((all) => all.slice(0, 20)),
    { rule: false },
  ),
  object(
    "repetitions lost",
    "duplicates",
    /lacks elements that legacy repeats/,
    "$.tags[*] missing",
    (i) => ({ tags: [`a${i}`, "x", `b${i}`, "x", `c${i}`] }),
    (b) => ({ tags: [...new Set(b["tags"] as string[])] }),
    { rule: false },
  ),
  object(
    "repetitions added",
    "duplicates",
    /repeats elements/,
    "$.tags[*] extra",
    (i) => ({ tags: [`a${i}`, `b${i}`, `c${i}`] }),
    (b) => ({ tags: (b["tags"] as string[]).flatMap((one, k) => (k === 1 ? [one, one] : [one])) }),
  ),
  object(
    "an empty list",
    "list_empty",
    /list is empty/,
    "$.items value",
    listOf((i) => 2 + (i % 7)),
    items(() => []),
  ),
  object(
    "elements lost here and there",
    "missing",
    undefined,
    "$.items[*] missing",
    listOf(() => 12),
    items((all, _, random) => all.filter((_, k) => k === 0 || k === 11 || random() > 0.3)),
    {},
  ),
];

const STATES = ["NEW", "PAID", "PACKED", "SHIPPED", "DELIVERED", "RETURNED"];
const CODES: readonly Planted[] = [
  member(
    "a mapping of codes to numbers",
    "code_mapping",
    /one-to-one mapping/,
    (i) => STATES[i % 6],
    (v: string) => STATES.indexOf(v) + 10,
    { kind: "type" },
  ),
  member(
    "a mapping of codes to words",
    "code_mapping",
    /one-to-one mapping/,
    (i) => STATES[i % 6],
    (v: string) => ["fresh", "settled", "boxed", "sent", "done", "back"][STATES.indexOf(v)],
  ),
  member(
    "a code that a mapping misses",
    "code_mapping",
    /missed in a mapping/,
    (i) => STATES[i % 6],
    (v) => (v === "RETURNED" ? "UNKNOWN" : v),
  ),
  member(
    "two codes that are one",
    "code_mapping",
    /always/,
    (i) => STATES[i % 6],
    (v) => (v === "RETURNED" || v === "DELIVERED" ? "CLOSED" : v),
  ),
  member(
    "true for false",
    "code_mapping",
    undefined,
    (i) => i % 3 === 0,
    (v) => !v,
  ),
  member(
    "true or false at random",
    "none",
    undefined,
    (i) => i % 3 === 0,
    (v, _, random) => (random() < 0.4 ? !v : v),
  ),
  member(
    "a code at random",
    "none",
    undefined,
    (i) => STATES[i % 6],
    (_, __, random) => STATES[Math.floor(random() * 6)],
  ),
  {
    ...member(
      "a cache that is behind",
      "intermittent",
      /not every time/,
      (i) => STATES[Math.floor(i / 12) % 6],
      (v, i, random) => (random() < 0.3 ? STATES[Math.max(0, (Math.floor(i / 12) % 6) - 1)] : v),
    ),
    target: (i) => `/things/${i % 12}`,
  },
];

const PARAMETERS: readonly Planted[] = [
  {
    ...object(
      "a page parameter that is ignored",
      "list_replaced",
      /none of legacy's elements/,
      "$.items value",
      (i) => ({ items: list(i % 5 === 0 ? i + 500 : 1, 10) }),
      (b, i) => (i % 5 === 0 ? { items: list(1, 10) } : b),
    ),
    target: (i) => (i % 5 === 0 ? `/posts?_page=${(i % 7) + 2}&x=${i}` : `/posts?x=${i}`),
  },
  {
    ...member(
      "wrong with one value of a parameter",
      "query_parameter",
      /`currency=USD`/,
      (i) => i * 37 + 11,
      (v, i, random) => (i % 4 === 1 ? v + Math.floor(random() * 500) + 1 : v),
    ),
    target: (i) => `/prices/${i}?currency=${["EUR", "USD", "GBP", "CHF"][i % 4]}`,
  },
  {
    ...member(
      "wrong with a parameter",
      "query_parameter",
      /only in requests with `q`/,
      (i) => words(i, 2),
      (v, i) => (i % 3 === 0 ? words(i * 17 + 5, 4) : v),
    ),
    target: (i) => (i % 3 === 0 ? `/search/${i}?q=a${i}` : `/search/${i}`),
  },
  {
    ...member(
      "wrong without a parameter",
      "query_parameter",
      /only in requests without `fields`/,
      (i) => words(i, 2),
      (v, i) => (i % 3 === 0 ? words(i * 17 + 5, 4) : v),
    ),
    target: (i) => (i % 3 === 0 ? `/search/${i}` : `/search/${i}?fields=all`),
  },
  {
    ...member(
      "wrong in one language",
      "request_field",
      /accept-language: de/,
      (i) => words(i, 2),
      (v, i) => (i % 3 === 0 ? words(i * 17 + 5, 4) : v),
    ),
    requestFields: (i) => ["Accept", "application/json", "Accept-Language", ["de", "en", "fr"][i % 3]!],
  },
  {
    ...member(
      "wrong with a cookie",
      "request_field",
      /the cookie `beta`/,
      (i) => words(i, 2),
      (v, i) => (i % 3 === 0 ? words(i * 17 + 5, 4) : v),
    ),
    requestFields: (i) => ["Cookie", i % 3 === 0 ? "sid=1; beta=1" : "sid=1"],
  },
  {
    ...member(
      "wrong in one path segment",
      "path_segment",
      /`archive` as segment 2/,
      (i) => words(i, 2),
      (v, i) => (i % 3 === 0 ? words(i * 17 + 5, 4) : v),
    ),
    target: (i) => `/files/${["archive", "inbox", "sent"][i % 3]}/${i}`,
  },
  {
    ...member(
      "wrong where the path has an escaped character",
      "path_segment",
      /escaped character in the path/,
      (i) => words(i, 2),
      (v, i) => (i % 3 === 0 ? words(i * 17 + 5, 4) : v),
    ),
    target: (i) => (i % 3 === 0 ? `/names/a%20b${i}` : `/names/ab${i}`),
  },
  {
    ...member("cents, with one parameter only", "factor", /x 100; only in requests with `raw`/, price, (v, i) =>
      i % 3 === 0 ? Math.round(v * 100) : v,
    ),
    target: (i) => (i % 3 === 0 ? `/things/${i}?raw=1` : `/things/${i}`),
  },
  member(
    "wrong in a request out of ten at random",
    "none",
    undefined,
    (i) => words(i, 2),
    (v, i, random) => (random() < 0.1 ? words(i * 17 + 5, 4) : v),
  ),
  {
    ...member(
      "wrong for one in three, beside parameters that all have",
      "none",
      undefined,
      (i) => words(i, 2),
      (v, i, random) => (random() < 0.3 ? words(i * 17 + 5, 4) : v),
    ),
    target: (i) => `/things/${i}?lang=${["de", "en"][i % 2]}&page=${i % 4}`,
  },
];

const catalogue = (i: number, end: (k: number) => string) =>
  Object.fromEntries(Array.from({ length: 60 }, (_, k) => [`${WORDS[k % 10]}${k}${end(k)}`, `text ${k} ${i % 3}`]));
const DICTIONARIES: readonly Planted[] = [
  object(
    "another suffix of the keys of a catalogue",
    "keys_renamed",
    /names that end in "_plural" end in "_other" instead/,
    "$.messages[*] missing",
    (i) => ({ messages: catalogue(i, (k) => (k % 2 ? "" : "_plural")) }),
    (_, i) => ({ messages: catalogue(i, (k) => (k % 2 ? "" : "_other")) }),
  ),
  object(
    "keys of one kind lost from a catalogue",
    "keys_renamed",
    /names that end in "\.hint" are missing/,
    "$.messages[*] missing",
    (i) => ({ messages: catalogue(i, (k) => (k % 5 ? "" : ".hint")) }),
    (b) => ({
      messages: Object.fromEntries(Object.entries(b["messages"] as Json).filter(([key]) => !key.endsWith(".hint"))),
    }),
  ),
];

const STATE = ["AT_SEA", "CUSTOMS", "LOADED"];
const states = (i: number) =>
  Array.from({ length: 12 }, (_, k) => ({
    id: i * 100 + k,
    state: STATE[(i + k * (1 + (i % 2))) % 3],
    port: PORTS[(i * 7 + k * 5) % 9],
  }));
const PORTS = ["Turin", "Ghent", "Reims", "Turku", "Bergen", "Vigo", "Bari", "Brest", "Split"];

/** Where a looser or a simpler explanation would be wrong, and siblings of what stands above. */
const RIVALS: readonly Planted[] = [
  member(
    "another version",
    "code_mapping",
    /always "2.4.1" -> "2.5.0"/,
    () => "2.4.1",
    () => "2.5.0",
  ),
  member(
    "a state that is one step behind, each request asked once",
    "none",
    undefined,
    (i) => STATES[(i * 7 + (i >> 2)) % 6],
    (v: string, i) => (i % 4 ? v : STATES[Math.max(0, STATES.indexOf(v) - 1)]),
  ),
  member(
    "a counter that is behind",
    "none",
    undefined,
    (i) => 1000 + i * 3,
    (v: number, _, random) => v - Math.floor(random() * 40),
  ),
  member(
    "one too many or too few",
    "none",
    undefined,
    (i) => i * 7,
    (v: number, _, random) => v + (random() < 0.5 ? 1 : -1),
  ),
  member(
    "a text cut at any length",
    "none",
    undefined,
    (i) => words(i, 6),
    (v: string, _, random) => v.slice(0, 5 + Math.floor(random() * 20)),
  ),
  member(
    "one of three words for any",
    "none",
    undefined,
    () => "OK",
    (_, __, random) => ["FINE", "GOOD", "WELL"][Math.floor(random() * 3)],
  ),
  member(
    "null for zero",
    "null_for_empty",
    /null for 0/,
    (i) => i % 3,
    (v: number) => (v === 0 ? null : v),
    { kind: "type" },
  ),
  member(
    "a formatted text for a number",
    "number_format",
    /decimal separator "," for/,
    (i) => round(price(i), 2),
    (v: number) => fixed(v).replace(".", ","),
    { kind: "type" },
  ),
  member(
    "Y and N for true and false",
    "code_mapping",
    /"Y"/,
    (i) => i % 3 === 0,
    (v) => (v ? "Y" : "N"),
    { kind: "type" },
  ),
  member("local time with the mark of UTC, summer and winter", "local_time", /UTC\+1 h and UTC\+2 h/, seconds, (_, i) =>
    shifted(i, isSummer(time(i)) ? 120 : 60)
      .toISOString()
      .replace(/\.\d+Z$/, "Z"),
  ),
  member(
    "a rounded factor that is nearly one",
    "none",
    undefined,
    (i) => 1000 + i * 37,
    (v: number, _, random) => Math.round(v * (1 + random() / 50)) + 1,
  ),
  member("amounts of which every other is in cents", "none", undefined, price, (v: number, i) =>
    i % 2 ? v * 100 : v + (i % 7) + 1,
  ),
  object(
    "two members swapped",
    "other_member",
    /legacy's "last"/,
    "$.first value",
    (i) => ({ first: `Jane${i}`, last: `Doe${i * 3}` }),
    (b) => ({ first: b["last"], last: b["first"] }),
  ),
  object(
    "another page window",
    "list_start",
    /starts one element late/,
    "$.items[*] missing",
    (i) => ({ items: list(i, 12).slice(0, 10) }),
    (_, i) => ({ items: list(i, 12).slice(1, 11) }),
    { rule: false },
  ),
  object(
    "all under one new member",
    "moved",
    /\$\.name is at \$\.data\.name/,
    "$.name missing",
    (i) => ({ name: name(i), no: `n${i}` }),
    (b) => ({ data: b }),
    { rule: true },
  ),
  {
    name: "a list inside an object",
    cause: "wrapped",
    says: /"items"/,
    at: "$ type",
    right: (i) => ({ body: list(i, 3) }),
    wrong: (r) => ({ ...r, body: { items: r.body, total: 3 } }),
  },
  object(
    "a total that is another sum in some answers",
    "none",
    undefined,
    "$.total value",
    (i) => ({ id: i, total: price(i) }),
    (b, i, random) => (i % 3 ? b : { ...b, total: round(Number(b["total"]) - random() * 5 - 0.01, 2) }),
  ),
  object(
    "elements of one state lost",
    "list_filter",
    /lacks the elements with "state": "CUSTOMS"/,
    "$.items[*] missing",
    (i) => ({ items: states(i) }),
    ({ items }) => ({ items: (items as Json[]).filter(({ state }) => state !== "CUSTOMS") }),
    { rule: false },
  ),
  object(
    "a filter ignored",
    "list_filter",
    /more elements: those with another "state" than all others/,
    "$.items[*] extra",
    (i) => ({ items: states(i).filter(({ state }) => state === STATE[i % 3]) }),
    (_, i) => ({ items: states(i) }),
  ),
  object(
    "the value of another member that is the same",
    "other_member",
    /the value of legacy's "subtotal"/,
    "$.total value",
    (i) => ({ subtotal: round(price(i) * 3, 2), total: round(price(i) * 3 + 4 + ((i * 31) % 17) / 10, 2) }),
    (b) => ({ ...b, total: b["subtotal"] }),
  ),
  field(
    "no-store for a lifetime",
    "directive",
    /`no-store` for `max-age=60`/,
    "cache-control value",
    () => ["Cache-Control", "max-age=60"],
    () => ["Cache-Control", "no-store"],
  ),
  field(
    "another value of a cookie",
    "cookie",
    /another value/,
    "set-cookie value",
    (i) => ["Set-Cookie", `language=${["de", "fr", "da"][i % 3]}; Path=/`],
    () => ["Set-Cookie", "language=english_gb; Path=/"],
  ),
  member(
    "net for gross, where gross is rounded",
    "factor",
    /\/ 1\.19$/,
    (i) => round(round(price(i), 2) * 1.19, 2),
    (_, i) => round(price(i), 2),
  ),
  member(
    "pounds for kilograms, not rounded",
    "factor",
    /kg to pounds/,
    (i) => 1000 + i * 7.13,
    (v: number) => v * 2.204_622_621_8,
  ),
  {
    name: "JSON that is cut off",
    cause: "other_format",
    says: /broken or cut off/,
    at: "$ format",
    right: (i) => ({ body: { id: i, name: name(i) } }),
    wrong: (r) => ({ ...r, body: JSON.stringify(r.body).slice(0, -4) }),
  },
  object(
    "one of two new members could be the lost one",
    "missing",
    undefined,
    "$.ref missing",
    (i) => ({ id: i, ref: `r${i}` }),
    ({ ref, ...b }) => ({ ...b, alpha: ref, beta: ref }),
    { rule: false },
  ),
];

const WHOLE: readonly Planted[] = [
  {
    name: "500 for 200",
    cause: "code_mapping",
    says: /status 200 -> 500/,
    at: "status value",
    right: (i) => ({ body: { i } }),
    wrong: () => ({ status: 500, body: { error: "x" } }),
  },
  {
    name: "404 for 410",
    cause: "code_mapping",
    says: /status 410 -> 404/,
    at: "status value",
    right: (i) => (i % 3 === 0 ? { status: 410, body: {} } : { body: { i } }),
    wrong: (r) => (r.status === 410 ? { ...r, status: 404 } : r),
  },
  {
    name: "a text for an empty object",
    cause: "other_format",
    says: /text where legacy answers with JSON/,
    at: "$ format",
    right: () => ({ status: 404, body: {} }),
    wrong: () => ({ status: 404, type: "text/plain", body: "Not Found" }),
  },
  {
    name: "an HTML page for JSON",
    cause: "other_format",
    says: /HTML where legacy answers with JSON/,
    at: "$ format",
    right: (i) => ({ status: 404, body: { error: `no ${i}` } }),
    wrong: () => ({ status: 404, type: "text/html", body: "<!doctype html><html><body>oops</body></html>" }),
  },
  {
    name: "semicolons in CSV",
    cause: "delimiter",
    says: /";" instead of ","/,
    at: "$ value",
    right: (i) => ({ type: "text/csv", body: `a,b\n${i},${i * 2}\n` }),
    wrong: (r) => ({ ...r, body: String(r.body).replaceAll(",", ";") }),
  },
  {
    name: "the charset left out",
    cause: "directive",
    says: /charset=utf-8/,
    at: "content-type value",
    right: (i) => ({ type: "application/json; charset=utf-8", body: { i } }),
    wrong: (r) => ({ ...r, type: "application/json; charset=latin1" }),
  },
];

export const PLANTED: readonly Planted[] = [
  ...NUMBERS,
  ...TYPES,
  ...STRINGS,
  ...TIMES,
  ...IDS,
  ...PLACES,
  ...LISTS,
  ...CODES,
  ...PARAMETERS,
  ...DICTIONARIES,
  ...RIVALS,
  ...WHOLE,
];
