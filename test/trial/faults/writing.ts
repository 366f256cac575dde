// test/trial/faults/writing.ts: texts, numbers and times that another library, locale or unit writes otherwise

import { createHash } from "node:crypto";
import { consignment, drawn } from "../domain.ts";
import type { Fault } from "../fault.ts";
import { answer, inBody, json } from "../service.ts";

/** A route with one member beside the id, and what the candidate makes of it. */
const member =
  <T>(name: string, value: (id: number) => T) =>
  (
    fault: Omit<Fault, "right" | "shows" | "wrong"> & { readonly kind?: "type"; readonly wrong: (value: T) => unknown },
  ) => ({
    ...fault,
    shows: `$.${name} ${fault.kind ?? "value"}`,
    right: (({ id }) => json({ id, [name]: value(id) })) as NonNullable<Fault["right"]>,
    wrong: inBody<Record<string, unknown>>((b) => ({ ...b, [name]: fault.wrong(b[name] as T) })),
  });
const between = (name: string, id: number, low: number, high: number) =>
  low + Math.floor(drawn(name, id)() * (high - low + 1));
const iso = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");
const bookedMs = (id: number) => Date.parse(consignment(id).bookedAt);

const amount = member("amount", (id) => (between("amount", id, 100_000, 99_999_999) / 100).toFixed(2));
const english = (text: string) => text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

const numbers: Fault[] = [
  member("amount", (id) => english((between("amount", id, 100_000, 99_999_999) / 100).toFixed(2)))({
    name: "german-thousands",
    cause: /separator|decimal|thousand|locale/,
    wrong: (text) => text.replace(/[.,]/g, (char) => (char === "." ? "," : ".")),
  }),
  amount({ name: "thousands-grouped", cause: /separator|thousand|group|same number/, wrong: english }),
  amount({ name: "currency-behind", cause: /EUR/, wrong: (text) => `${text} EUR` }),
  member(
    "rate",
    (id) => `0.0000${between("rate", id, 100, 999)}`,
  )({
    name: "exponent-in-text",
    cause: /same number|exponent|scientific|notation/,
    wrong: (text) => Number(text).toExponential(),
  }),
  member(
    "price",
    (id) => between("price", id, 10_000, 99_999) / 100,
  )({
    name: "binary-fractions-shown",
    cause: /precision|round|float|double|digits/,
    wrong: (price) => price * 1.1 - price * 0.1 + 0.000_000_000_01,
  }),
  member(
    "price",
    (id) => Math.ceil(half(id)) / 100,
  )({
    name: "halves-rounded-to-even",
    cause: /round|half|0\.01/,
    wrong: (price) => (Math.round(price * 100) % 2 === 0 ? price : (Math.round(price * 100) - 1) / 100),
  }),
  member(
    "bytes",
    (id) => between("bytes", id, 100, 90_000) * 1024,
  )({
    name: "kilobytes-of-a-thousand",
    cause: /1\.024|1024|0\.976/,
    wrong: (bytes) => (bytes / 1024) * 1000,
  }),
  member(
    "degrees",
    (id) => between("degrees", id, -200, 400) / 10,
  )({
    name: "fahrenheit-for-celsius",
    cause: /fahrenheit|1\.8.*32/i,
    wrong: (degrees) => Number((degrees * 1.8 + 32).toFixed(2)),
  }),
  member("checksum", (id) => createHash("md5").update(String(id)).digest("hex"))({
    name: "base64-for-hexadecimal",
    cause: /base64|same bytes/i,
    wrong: (hex) => Buffer.from(hex, "hex").toString("base64"),
  }),
  member("shipment", (id) =>
    createHash("md5")
      .update(String(id))
      .digest("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  )({
    name: "uuid-without-hyphens",
    cause: /hyphen|"-"|same UUID/,
    wrong: (uuid) => uuid.replaceAll("-", ""),
  }),
  member("total", (id) => between("total", id, 40, 900))({
    name: "length-of-the-page-for-the-total",
    cause: /always (?:says )?10|length|number of/,
    wrong: () => 10,
  }),
];

const texts: Fault[] = [
  member(
    "text",
    (id) => `Load <b>${consignment(id).parcels[0]!.goods}</b> at gate ${id}`,
  )({
    name: "tags-stripped",
    cause: /tag|markup|html/i,
    wrong: (text) => text.replace(/<[^>]*>/g, ""),
  }),
  member(
    "city",
    (id) => `${consignment(id).customer.city} ${id}`,
  )({
    name: "unicode-escapes-in-the-text",
    cause: /escap|\\u/i,
    wrong: (text) => text.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  }),
  member(
    "search",
    (id) => `${consignment(id).parcels[0]!.goods} & more for ${id}`,
  )({
    name: "percent-encoded-text",
    cause: /percent|url|encod/i,
    wrong: (text) => encodeURIComponent(text),
  }),
  member(
    "address",
    (id) => `Dock ${id}\r\n${consignment(id).customer.city}\r\nHall ${id % 9}`,
  )({
    name: "line-ends-of-unix",
    cause: /line (?:end|break|feed)|newline|CR|\\r/i,
    wrong: (text) => text.replaceAll("\r\n", "\n"),
  }),
  member(
    "city",
    (id) => `${consignment(id).customer.city} ${id}`,
  )({
    name: "question-marks-for-letters",
    cause: /"\?"|ASCII|latin|charset|encod/i,
    wrong: (text) => text.replace(/[\u0080-\uffff]/g, "?"),
  }),
  member(
    "contact",
    (id) => `${consignment(id).customer.contact} ${id}`,
  )({
    name: "accents-lost",
    cause: /accent|diacrit|ASCII|marks on letters/i,
    wrong: (text) => text.normalize("NFD").replace(/\p{M}/gu, ""),
  }),
  member(
    "weight",
    (id) => `${between("w", id, 1, 9)} ${between("v", id, 100, 999)} kg`,
  )({
    name: "non-breaking-spaces",
    cause: /space/,
    wrong: (text) => text.replaceAll(" ", "\u00A0"),
  }),
  member(
    "notice",
    (id) => consignment(id).notice,
  )({
    name: "cut-with-an-ellipsis",
    cause: /first 24 char|cut.*24|24 char/,
    wrong: (text) => `${text.slice(0, 24)}…`,
  }),
  member(
    "reference",
    (id) => consignment(id).reference + (id % 7 === 0 ? "" : `-${id}`),
  )({
    name: "padded-to-thirty",
    cause: /pad|space/,
    wrong: (text) => text.padEnd(30),
  }),
  member(
    "telephone",
    (id) => `+49 40 ${between("t", id, 100, 999)} ${between("u", id, 1000, 9999)}`,
  )({
    name: "telephone-without-spaces",
    cause: /space|leaves out " "/,
    wrong: (text) => text.replaceAll(" ", ""),
  }),
  member(
    "title",
    (id) => `the ${consignment(id).parcels[0]!.goods} of ${consignment(id).customer.contact}`,
  )({
    name: "first-letter-in-upper-case",
    cause: /capital|first letter|upper case/,
    wrong: (text) => text[0]!.toUpperCase() + text.slice(1),
  }),
  {
    name: "latin1-in-bytes-of-utf8",
    shows: ["$.city value", "$ format"],
    also: ["content-type value", "$.city value"],
    cause: /latin|8859|charset|encod|UTF-8/i,
    right: ({ id }) =>
      answer(`{"id":${id},"city":"${consignment(id).customer.city}"}`, "application/json; charset=utf-8"),
    wrong: (right) => ({ ...right, body: Buffer.from(String(right.body), "latin1") }),
  },
];

const times: Fault[] = [
  member(
    "seconds",
    (id) => between("s", id, 1, 900) * 60,
  )({
    name: "duration-in-words-of-iso",
    kind: "type",
    cause: /duration|ISO 8601/i,
    wrong: (seconds) => `PT${seconds >= 3600 ? `${Math.floor(seconds / 3600)}H` : ""}${(seconds % 3600) / 60}M`,
  }),
  member(
    "day",
    (id) => consignment(id).arrivesOn,
  )({
    name: "midnight-added-to-days",
    cause: /midnight|same (?:day|date|time|instant)|T00:00:00|time of day/,
    wrong: (day) => `${day}T00:00:00Z`,
  }),
  member("day", (id) => iso(bookedMs(id)).slice(0, 10))({
    name: "day-of-another-zone",
    cause: /1 day|one day|a day/,
    true: /at times|only/,
    // Nobody sees the hour: for some the day is the next one.
    wrong: (day) => (drawn("hour", day)() < 0.4 ? iso(Date.parse(day) + 86_400_000).slice(0, 10) : day),
  }),
  member("at", (id) => iso(bookedMs(id)).replace("Z", "+02:00"))({
    name: "offset-without-colon",
    cause: /same (?:instant|time)|colon|offset/,
    wrong: (at) => at.replace("+02:00", "+0200"),
  }),
  member("at", (id) => iso(bookedMs(id)))({
    name: "microseconds-added",
    cause: /same (?:instant|time)|fraction|microsecond|digits/,
    wrong: (at) => at.replace("Z", ".000000Z"),
  }),
  member("at", (id) => iso(bookedMs(id)).replace("Z", ""))({
    name: "summer-time-forgotten",
    cause: /1 h|hour/,
    wrong: (at) => (/-0[4-9]-/.test(at) ? iso(Date.parse(`${at}Z`) - 3_600_000).replace("Z", "") : at),
  }),
  member("at", (id) => iso(bookedMs(id)))({
    name: "http-date-for-iso",
    cause: /same (?:instant|time)|HTTP|RFC|IMF/,
    wrong: (at) => new Date(at).toUTCString(),
  }),
  member("at", (id) => iso(bookedMs(id)))({
    name: "space-for-t",
    cause: /same (?:instant|time)|"T"|space/,
    wrong: (at) => at.replace("T", " "),
  }),
  member(
    "day",
    (id) => consignment(id).arrivesOn,
  )({
    name: "year-of-two-digits",
    cause: /year|same (?:day|date|time)|digit/,
    true: /prefix|last 8/,
    wrong: (day) => day.slice(2),
  }),
  member("day", (id) => consignment(id).arrivesOn.replace(/\d\d$/, "15"))({
    name: "months-counted-from-zero",
    cause: /month/,
    wrong: (day) => {
      const at = new Date(day);
      at.setUTCMonth(at.getUTCMonth() - 1);
      return iso(at.getTime()).slice(0, 10);
    },
  }),
];

export const WRITING: readonly Fault[] = [...numbers, ...texts, ...times];

/** Hundredths with a half: each has to be rounded up or down. */
function half(id: number): number {
  return between("half", id, 1_000, 99_999) + 0.5;
}
