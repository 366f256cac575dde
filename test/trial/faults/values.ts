// test/trial/faults/values.ts: one JSON value comes out otherwise

import { consignment, drawn, STATES } from "../domain.ts";
import type { Fault } from "../fault.ts";
import { answer, inBody, json } from "../service.ts";

const cents = (value: number) => Math.round(value * 100) / 100;
const CODES: Record<string, string> = Object.fromEntries(STATES.map((state, n) => [state, `S${n + 1}0`]));

const numbers: Fault[] = [
  {
    name: "cents-for-euros",
    shows: "$.price.net value",
    cause: /x 100\b/,
    wrong: inBody((b) => ({ ...b, price: { ...b.price, net: Math.round(b.price.net * 100) } })),
  },
  {
    name: "vat-added-twice",
    shows: "$.price.gross value",
    cause: /x 1\.19\b/,
    wrong: inBody((b) => ({ ...b, price: { ...b.price, gross: cents(b.price.gross * 1.19) } })),
  },
  {
    name: "kilometres-to-miles",
    shows: "$.route.km value",
    cause: /x 0\.62|miles/,
    wrong: inBody((b) => ({ ...b, route: { ...b.route, km: Math.round(b.route.km / 1.609344) } })),
  },
  {
    name: "kilograms-to-pounds",
    shows: "$.weight value",
    cause: /x 2\.20|pounds/,
    wrong: inBody((b) => ({ ...b, weight: b.weight * 2.204_622_621_8 })),
  },
  {
    name: "rounded-to-whole",
    shows: "$.price.net value",
    cause: /round/,
    wrong: inBody((b) => ({ ...b, price: { ...b.price, net: Math.round(b.price.net) } })),
  },
  {
    name: "decimals-cut-off",
    shows: "$.weight value",
    cause: /truncat|cut|round(?:ed)? (?:down|toward)/,
    wrong: inBody((b) => ({ ...b, weight: Math.trunc(b.weight) })),
  },
  {
    name: "off-by-one",
    shows: "$.route.km value",
    cause: /\+ 1\b/,
    wrong: inBody((b) => ({ ...b, route: { ...b.route, km: b.route.km + 1 } })),
  },
  {
    name: "sign-turned",
    shows: "$.balance value",
    cause: /x -1\b|sign|= -legacy/,
    wrong: inBody((b) => ({ ...b, balance: -b.balance })),
  },
  {
    name: "number-as-string",
    shows: "$.weight type",
    cause: /string/,
    wrong: inBody((b) => ({ ...b, weight: String(b.weight) })),
  },
  {
    name: "string-as-number",
    shows: "$.customer.digits type",
    cause: /number/,
    right: ({ id }) => json({ id, customer: { digits: String(10_000 + (id % 80_000)) } }),
    wrong: inBody<{ customer: { digits: string } }>((b) => ({ ...b, customer: { digits: Number(b.customer.digits) } })),
  },
  {
    name: "leading-zeros-lost",
    shows: "$.docket type",
    cause: /leading zero/,
    wrong: inBody((b) => ({ ...b, docket: Number(b.docket) })),
  },
  {
    name: "leading-zeros-cut",
    shows: "$.docket value",
    cause: /leading zero/,
    wrong: inBody((b) => ({ ...b, docket: b.docket.replace(/^0+/, "") })),
  },
  {
    name: "trailing-zeros-lost",
    shows: "$.price.insurance value",
    cause: /trailing zero|same number|written/,
    wrong: inBody((b) => ({ ...b, price: { ...b.price, insurance: String(Number(b.price.insurance)) } })),
  },
  {
    name: "large-id-through-a-double",
    shows: "$.tracking value",
    cause: /double|53|precision/,
    right: ({ id }) => answer(`{"id":${id},"tracking":${tracking(id)}}`, "application/json"),
    wrong: (right, { id }) => ({
      ...right,
      body: `{"id":${id},"tracking":${Number(tracking(id)).toLocaleString("en", { useGrouping: false })}}`,
    }),
  },
  {
    name: "single-precision",
    shows: "$.weight value",
    cause: /single|32|precision|float/,
    true: /^rounding: legacy = candidate rounded to 3 places/,
    wrong: inBody((b) => ({ ...b, weight: Math.fround(b.weight) })),
  },
  {
    name: "subtotal-for-total",
    shows: "$.total value",
    cause: /subtotal/,
    true: /only (?:in|where|when)|discount/,
    right: ({ id }) => json(invoice(id)),
    wrong: inBody<ReturnType<typeof invoice>>((b) => ({ ...b, total: b.subtotal })),
  },
];

const strings: Fault[] = [
  {
    name: "decimal-comma",
    shows: "$.price.insurance value",
    cause: /decimal|comma|separator/,
    wrong: inBody((b) => ({ ...b, price: { ...b.price, insurance: b.price.insurance.replace(".", ",") } })),
  },
  {
    name: "upper-case",
    shows: "$.customer.contact value",
    cause: /case/,
    wrong: inBody((b) => ({ ...b, customer: { ...b.customer, contact: b.customer.contact.toUpperCase() } })),
  },
  {
    name: "trimmed",
    shows: "$.customer.name value",
    cause: /trim|space/,
    wrong: inBody((b) => ({ ...b, customer: { ...b.customer, name: b.customer.name.trim() } })),
  },
  {
    name: "cut-at-twenty",
    shows: "$.notice value",
    cause: /first 20 char/,
    wrong: inBody((b) => ({ ...b, notice: b.notice.slice(0, 20) })),
  },
  {
    name: "utf8-read-as-latin1",
    shows: "$.customer.city value",
    cause: /latin|utf-8|encod|charset|mojibake/i,
    true: /mapping/,
    wrong: inBody((b) => ({
      ...b,
      customer: { ...b.customer, city: Buffer.from(b.customer.city).toString("latin1") },
    })),
  },
  {
    name: "html-escaped",
    shows: "$.notice value",
    cause: /escap|html|entit/i,
    wrong: inBody((b) => ({ ...b, notice: b.notice.replaceAll("&", "&amp;") })),
  },
  {
    name: "decomposed-unicode",
    shows: "$.customer.contact value",
    cause: /unicode|NFD/i,
    wrong: inBody((b) => ({ ...b, customer: { ...b.customer, contact: b.customer.contact.normalize("NFD") } })),
  },
  {
    name: "prefix-added",
    shows: "$.reference value",
    cause: /URN|prefix|before/,
    wrong: inBody((b) => ({ ...b, reference: `URN:${b.reference}` })),
  },
  {
    name: "one-code-unmapped",
    shows: "$.state value",
    cause: /CUSTOMS.*UNKNOWN/,
    wrong: inBody((b) => ({ ...b, state: b.state === "CUSTOMS" ? "UNKNOWN" : b.state })),
  },
  {
    name: "other-code-table",
    shows: "$.state value",
    cause: /mapping/,
    wrong: inBody((b) => ({ ...b, state: CODES[b.state] })),
  },
  {
    name: "ids-became-uuids",
    shows: "$.customer.number value|type",
    cause: /one.to.one|uuid/i,
    wrong: inBody((b) => ({ ...b, customer: { ...b.customer, number: uuidOf(b.customer.number) } })),
  },
  {
    name: "undefined-as-text",
    shows: "$.customer.contact value",
    cause: /says "undefined"|always.*undefined/,
    wrong: inBody((b) => ({ ...b, customer: { ...b.customer, contact: "undefined" } })),
  },
  {
    name: "price-of-the-previous-id",
    shows: ["$.price.net value", "$.price.vat value", "$.price.gross value"],
    also: ["$.price.insurance value"],
    wrong: inBody((b) => ({ ...b, price: consignment(b.id - 1).price })),
  },
];

const types: Fault[] = [
  {
    name: "null-for-empty",
    shows: "$.remark type",
    cause: /null for ""|empty/,
    wrong: inBody((b) => ({ ...b, remark: b.remark === "" ? null : b.remark })),
  },
  {
    name: "null-left-out",
    shows: "$.dangerous missing",
    cause: /null/,
    wrong: inBody((b) => ({ ...b, dangerous: b.dangerous ?? undefined })),
  },
  {
    name: "always-null",
    shows: "$.weight type",
    cause: /null/,
    wrong: inBody((b) => ({ ...b, weight: null })),
  },
  {
    name: "boolean-as-word",
    shows: "$.priority type",
    cause: /string|mapping|true.*"/,
    wrong: inBody((b) => ({ ...b, priority: b.priority ? "Y" : "N" })),
  },
  {
    name: "object-as-json-text",
    shows: "$.route type",
    cause: /json/i,
    wrong: inBody((b) => ({ ...b, route: JSON.stringify(b.route) })),
  },
  {
    name: "single-element-unwrapped",
    shows: "$.stops type",
    cause: /list|array|element|one/,
    right: ({ id }) => json({ id, stops: id % 2 === 0 ? ["DEHAM"] : ["DEHAM", "NLRTM"] }),
    wrong: inBody<{ stops: string[] }>((b) => ({ ...b, stops: b.stops.length === 1 ? b.stops[0] : b.stops })),
  },
];

export const VALUES: readonly Fault[] = [...numbers, ...strings, ...types];

/** Above 2^53 and odd, so that a double cannot hold it. */
function tracking(id: number): string {
  return String(9_007_199_254_740_993n + BigInt(id) * 2_654_435_762n);
}

/** `total` is less than `subtotal` where there is a discount: in one of ten. */
function invoice(id: number) {
  const { price } = consignment(id);
  const discount = id % 10 === 0 ? 5.5 : 0;
  return { id, subtotal: price.net, discount, total: cents(price.net - discount) };
}

function uuidOf(id: number): string {
  const random = drawn("uuid", id);
  const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
  return `${hex(8)}-${hex(4)}-4${hex(3)}-9${hex(3)}-${hex(12)}`;
}
