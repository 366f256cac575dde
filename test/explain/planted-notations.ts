// test/explain/planted-notations.ts: further planted faults: other notations of one value, and members that were joined or split

import { field, member, object, type Planted } from "./planted.ts";

const day = (i: number) => new Date(Date.UTC(2025, i % 12, 1 + (i % 28))).toISOString().slice(0, 10);
const at = (i: number) => `${day(i)}T${String(i % 24).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}:07Z`;
const FIRST = ["Ann", "José", "Bo", "Søren", "Di", "Łukasz"];
const LAST = ["Lee", "García", "Ek", "Ås", "Fox", "Żak", "Ray"];
const first = (i: number) => FIRST[i % FIRST.length]!;
const last = (i: number) => LAST[i % LAST.length]!;
const pairs = (i: number) => [
  { id: `k${i}`, v: i },
  { id: `m${i}`, v: i + 1 },
];

const payload = (i: number) => ({ sku: `P-${i}`, kg: (i * 37) % 991, to: { port: `X${i % 9}`, gate: i % 5 } });
const inText = (value: unknown) => JSON.stringify(value);
type Payload = ReturnType<typeof payload>;
const again = (text: string, change: (value: Payload) => unknown) =>
  JSON.stringify(change(JSON.parse(text) as Payload));

const JSON_IN_TEXT: readonly Planted[] = [
  member(
    "JSON in a text, members in another order",
    "json_text",
    /the same JSON document, with its members in another order/,
    (i) => inText(payload(i)),
    (text: string) => again(text, ({ sku, kg, to }) => ({ to: { gate: to.gate, port: to.port }, kg, sku })),
    { rule: true },
  ),
  member(
    "JSON in a text, laid out",
    "json_text",
    /only its white space or escapes/,
    (i) => inText(payload(i)),
    (text: string) => JSON.stringify(JSON.parse(text), null, 2),
    { rule: true },
  ),
  member(
    "JSON in a text, one leaf in another unit",
    "json_text",
    /differ at \$\.kg$/,
    (i) => inText(payload(i)),
    (text: string) => again(text, (value) => ({ ...value, kg: value.kg * 1000 + 1 })),
    { rule: true },
  ),
  member(
    "JSON in a text, a member lost below",
    "json_text",
    /differ at \$\.to\.gate$/,
    (i) => inText(payload(i)),
    (text: string) => again(text, ({ to: { port }, ...value }) => ({ ...value, to: { port } })),
    { rule: true },
  ),
  member(
    "JSON in a text that is another document",
    "none",
    undefined,
    (i) => inText(payload(i)),
    (_: string, i) => inText({ a: i * 7, b: i % 13, c: [i], d: `z${i * 3}`, e: null }),
  ),
];

const TIMES: readonly Planted[] = [
  member("midnight added", "midnight", /adds midnight/, day, (text: string) => `${text}T00:00:00Z`),
  member(
    "midnight left out",
    "midnight",
    /leaves out the time of day, which is midnight/,
    (i) => `${day(i)}T00:00:00`,
    (text: string) => text.slice(0, 10),
  ),
  member("two digits for a year", "short_year", /candidate writes the year with two digits/, day, (text: string) =>
    text.slice(2),
  ),
  member(
    "two digits for a year, in German",
    "short_year",
    /two digits/,
    (i) => day(i).split("-").reverse().join("."),
    (text: string) => text.replace(/20(\d\d)$/, "$1"),
  ),
  member("months from zero", "month_offset", /1 month earlier, on the same day/, day, (text: string) => {
    const moved = new Date(text);
    moved.setUTCMonth(moved.getUTCMonth() - 1);
    return moved.toISOString().slice(0, 10);
  }),
  member(
    "a year late",
    "month_offset",
    /1 year later/,
    at,
    (text: string) => `${Number(text.slice(0, 4)) + 1}${text.slice(4)}`,
  ),
  member(
    "an ISO duration for seconds",
    "duration_format",
    /ISO 8601 \(PT1H30M\) for seconds/,
    (i) => 60 + i * 60,
    (s: number) => `PT${Math.floor(s / 60)}M`,
    {
      kind: "type",
    },
  ),
  member(
    "minutes for a clock's duration",
    "duration_format",
    /minutes for h:mm:ss/,
    (i) => `${i % 30}:${String(i % 60).padStart(2, "0")}:00`,
    (text: string) => {
      const [h, m] = text.split(":");
      return Number(h) * 60 + Number(m);
    },
    { kind: "type" },
  ),
];

const TEXTS: readonly Planted[] = [
  member(
    "no-break spaces",
    "spaces",
    /a no-break space \(U\+00A0\) for a space/,
    (i) => `${i} ${100 + i} kg`,
    (text: string) => text.replaceAll(" ", "\u00a0"),
  ),
  member(
    "the first letter in upper case",
    "case",
    /its first letter in upper case/,
    (i) => `the lamp of ${first(i)} ${i}`,
    (text: string) => text[0]!.toUpperCase() + text.slice(1),
  ),
  member(
    "each word with a capital",
    "case",
    /each word's first letter/,
    (i) => `the old lamp ${i}`,
    (text: string) => text.replace(/(?<=^|\s)[a-z]/g, (letter) => letter.toUpperCase()),
  ),
  member(
    "an exponent in a text",
    "number_format",
    /written with an exponent/,
    (i) => `0.0000${101 + i}`,
    (text: string) => Number(text).toExponential(),
  ),
  field(
    "a redirect without its query",
    "url",
    /leaves out the query parameter "back"/,
    "location value",
    (i) => ["Location", `/sign-in?back=/orders/${i}`],
    () => ["Location", "/sign-in"],
  ),
  field(
    "a redirect with another parameter",
    "url",
    /leaves out the query parameter "from" and adds the query parameter "lang"/,
    "location value",
    (i) => ["Location", `/a?id=${i}&from=x`],
    (i) => ["Location", `/a?id=${i}&lang=en`],
  ),
  field(
    "a cookie with another name",
    "renamed",
    /^theme is called ui_theme$/,
    "set-cookie missing",
    (i) => ["Set-Cookie", `theme=t${i}; Path=/`],
    (i) => ["Set-Cookie", `ui_theme=t${i}; Path=/`],
  ),
];

const MEMBERS: readonly Planted[] = [
  object(
    "two members joined",
    "joined",
    /^first is a part of name now$/,
    "$.first missing",
    (i) => ({ id: i, first: first(i), last: last(i) }),
    (b) => ({
      id: b["id"],
      name: `${b["first"]} ${b["last"]}`,
    }),
  ),
  object(
    "what two members were joined into",
    "joined",
    /^name holds what was in first and last$/,
    "$.name extra",
    (i) => ({ id: i, first: first(i), last: last(i) }),
    (b) => ({
      id: b["id"],
      name: `${b["last"]}, ${b["first"]}`,
    }),
  ),
  object(
    "one member split",
    "split",
    /^name is split into first and last$/,
    "$.name missing",
    (i) => ({ id: i, name: `${first(i)} ${last(i)}` }),
    (b) => {
      const [first, last] = String(b["name"]).split(" ");
      return { id: b["id"], first, last };
    },
  ),
  object(
    "what one member was split into",
    "split",
    /^first was a part of name$/,
    "$.first extra",
    (i) => ({ id: i, name: `${first(i)} ${last(i)}` }),
    (b) => {
      const [first, last] = String(b["name"]).split(" ");
      return { id: b["id"], first, last };
    },
  ),
  object(
    "a list as an object of positions",
    "keyed_list",
    /the positions as its keys/,
    "$.l type",
    (i) => ({ id: i, l: pairs(i) }),
    (b) => ({
      ...b,
      l: Object.fromEntries((b["l"] as unknown[]).map((one, n) => [n, one])),
    }),
  ),
  object(
    "a list as an object by id",
    "keyed_list",
    /each element's "id" as its keys/,
    "$.l type",
    (i) => ({ id: i, l: pairs(i) }),
    (b) => ({
      ...b,
      l: Object.fromEntries((b["l"] as { id: string }[]).map((one) => [one.id, one])),
    }),
  ),
  object(
    "net for gross",
    "factor",
    /^candidate = legacy \/ 1\.19, which is the value of legacy's "net"$/,
    "$.gross value",
    (i) => {
      const net = 1000 + ((i * 73_717) % 900_000) / 100;
      return { id: i, net, gross: Math.round(net * 119) / 100 };
    },
    (b) => ({ ...b, gross: b["net"] }),
  ),
  object(
    "a subtotal for a total",
    "other_member",
    /the value of legacy's "subtotal"/,
    "$.total value",
    (i) => {
      const subtotal = 1000 + ((i * 73_717) % 900_000) / 100;
      return { id: i, subtotal, total: Math.round((subtotal - (i % 4 === 0 ? 5.5 : 0)) * 100) / 100 };
    },
    (b) => ({ ...b, total: b["subtotal"] }),
  ),
  object(
    "the first of numbered elements lost",
    "list_start",
    /lacks the first element/,
    "$.l[*] missing",
    (i) => ({
      id: i,
      l: Array.from({ length: 4 + (i % 5) }, (_, n) => ({ n: `n${n}`, port: `p${(i * 7 + n) % 11}` })),
    }),
    (b) => ({
      ...b,
      l: (b["l"] as unknown[]).slice(1),
    }),
  ),
];

const REQUESTS: readonly Planted[] = [
  {
    ...member(
      "wrong for one tenant",
      "factor",
      /x 1\.1; only in requests with `x-tenant: acme`: 30 of 30 with it, 0 of 90 without/,
      (i) => 100 + i,
      (v: number, i) => (i % 4 === 0 ? Math.round(v * 110) / 100 : v),
    ),
    requestFields: (i) => ["X-Tenant", ["acme", "globex", "initech", "umbrella"][i % 4]!],
  },
  {
    ...member(
      "wrong for one member of the request's body",
      "offset",
      /\+ 7; only in requests with `express` in the body/,
      (i) => 100 + i,
      (v: number, i) => (i % 3 === 0 ? v + 7 : v),
    ),
    requestBody: (i) => (i % 3 === 0 ? { id: i, express: true } : { id: i }),
  },
  {
    ...member(
      "wrong for one value in the request's body",
      "offset",
      /\+ 7; only in requests with `state` = "LOADED" in the body/,
      (i) => 100 + i,
      (v: number, i) => (i % 3 === 0 ? v + 7 : v),
    ),
    requestBody: (i) => ({ id: i, state: ["LOADED", "SENT", "NEW"][i % 3] }),
  },
];

export const NOTATIONS: readonly Planted[] = [...REQUESTS, ...JSON_IN_TEXT, ...TIMES, ...TEXTS, ...MEMBERS];
