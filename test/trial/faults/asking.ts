// test/trial/faults/asking.ts: pages, orders, fields, cookies, addresses, and what depends on who asks for what

import { consignment, drawn } from "../domain.ts";
import type { Fault } from "../fault.ts";
import { type Answer, answer, inBody, json } from "../service.ts";

const rows = (from: number, length: number) => Array.from({ length }, (_, n) => row(from + n));
const row = (id: number) => {
  const { docket, state, weight } = consignment(id);
  return { id, docket, state, weight };
};
type Rows = { readonly items: ReturnType<typeof rows> };
const inRows = (change: (items: ReturnType<typeof rows>) => unknown) =>
  inBody<Rows>((b) => ({ ...b, items: change([...b.items]) }));
const twenty: Fault["right"] = ({ id }) => json({ items: rows(id * 31, 20) });
const listed = ["$.items missing", "$.items value", "$.items[*] missing", "$.items[*] value"];
const longer = ["$.items extra", "$.items[*] extra"];
const targetOf = (name: string, id: number, query: string) => ({ target: `/${name}/${id}${query}` });

const lists: Fault[] = [
  {
    name: "pages-counted-from-one",
    shows: listed,
    also: longer,
    cause: /page|none of/,
    right: ({ id, query }) => json({ items: rows(id * 1000 + Number(query.get("page")) * 10, 10) }),
    wrong: (_, { id, query }) => json({ items: rows(id * 1000 + (Number(query.get("page")) - 1) * 10, 10) }),
    call: (id, random) => targetOf("pages-counted-from-one", id, `?page=${1 + Math.floor(random() * 5)}`),
  },
  {
    name: "longer-pages",
    shows: longer,
    cause: /5 more|20.*25|more (?:at|elements)|longer/,
    right: twenty,
    wrong: (_, { id }) => json({ items: rows(id * 31, 25) }),
  },
  {
    name: "limit-above-fifty-is-capped",
    shows: listed,
    cause: /(?:first|after|most) 50|only.*limit/,
    right: ({ id, query }) => json({ items: rows(id * 131, Number(query.get("limit"))) }),
    wrong: (_, { id, query }) => json({ items: rows(id * 131, Math.min(50, Number(query.get("limit")))) }),
    call: (id, random) => targetOf("limit-above-fifty-is-capped", id, `?limit=${random() < 0.4 ? 80 : 20}`),
  },
  {
    name: "last-element-lost",
    shows: listed,
    cause: /last/,
    right: ({ id }) => json({ items: rows(id * 31, 5 + (id % 9)) }),
    wrong: inRows((items) => items.slice(0, -1)),
  },
  {
    name: "elements-twice",
    shows: longer,
    cause: /twice|repeat|duplicat/,
    right: twenty,
    wrong: inRows((items) => items.flatMap((item) => [item, item])),
  },
  {
    name: "deleted-ones-shown",
    shows: longer,
    cause: /"deleted"|deleted/,
    right: ({ id }) => json({ items: withDeleted(id).filter(({ deleted }) => !deleted) }),
    wrong: (_, { id }) => json({ items: withDeleted(id) }),
  },
  {
    name: "numbers-sorted-as-text",
    shows: "$.sizes order",
    cause: /order|sort/,
    right: ({ id }) => json({ id, sizes: sizes(id).toSorted((a, b) => a - b) }),
    wrong: inBody<{ sizes: number[] }>((b) => ({ ...b, sizes: b.sizes.map(String).toSorted().map(Number) })),
  },
  {
    name: "sort-parameter-ignored",
    shows: "$.items order",
    cause: /only.*sort/,
    true: /^order/,
    right: ({ id, query }) => {
      const items = rows(id * 31, 12);
      return json({ items: query.has("sort") ? items.toSorted((a, b) => b.weight - a.weight) : items });
    },
    wrong: (_, { id }) => json({ items: rows(id * 31, 12) }),
    call: (id, random) => targetOf("sort-parameter-ignored", id, random() < 0.4 ? "?sort=-weight" : ""),
  },
  {
    name: "places-counted-from-zero",
    shows: "$.items[*].place value",
    cause: /- 1\b/,
    right: ({ id }) => json({ items: rows(id * 31, 6).map((item, n) => ({ ...item, place: n + 1 })) }),
    wrong: inBody<{ items: { place: number }[] }>((b) => ({
      items: b.items.map((item) => ({ ...item, place: item.place - 1 })),
    })),
  },
];

const wants = (name: string, query: string) => (id: number, random: () => number) =>
  targetOf(name, id, random() < 0.4 ? query : "");

const requests: Fault[] = [
  {
    name: "fields-parameter-ignored",
    shows: ["$.state extra", "$.weight extra"],
    also: ["$.state extra", "$.weight extra"],
    cause: /only.*fields/,
    true: /^added/,
    right: ({ id, query }) => {
      const { docket, state, weight } = consignment(id);
      return json(query.has("fields") ? { id, docket } : { id, docket, state, weight });
    },
    wrong: (_, { id }) => json(row(id)),
    call: wants("fields-parameter-ignored", "?fields=id,docket"),
  },
  {
    name: "expand-parameter-ignored",
    shows: "$.customer missing",
    cause: /only.*expand/,
    right: ({ id, query }) => json({ ...row(id), ...(query.has("expand") && { customer: consignment(id).customer }) }),
    wrong: (_, { id }) => json(row(id)),
    call: wants("expand-parameter-ignored", "?expand=customer"),
  },
  {
    name: "plus-is-no-space",
    shows: ["$.found value"],
    cause: /only|\+|space/,
    right: ({ target }) => json({ found: words(target.replaceAll("+", " ")) }),
    wrong: (_, { target }) => json({ found: words(target) }),
    call: (id, random) => targetOf("plus-is-no-space", id, `?q=${random() < 0.5 ? "olive+oil" : "coffee"}`),
  },
  {
    name: "one-tenant-has-the-new-tariff",
    shows: "$.tariff value",
    cause: /only.*(?:tenant|acme)/,
    true: /x 1\.1\b/,
    right: ({ id }) => json({ id, tariff: 100 + (id % 900) }, { vary: "x-tenant" }),
    wrong: inBody<{ tariff: number }>((b, { fields }) => ({
      ...b,
      tariff: fields["x-tenant"] === "acme" ? Number((b.tariff * 1.1).toFixed(2)) : b.tariff,
    })),
    call: (id, random) => ({
      ...targetOf("one-tenant-has-the-new-tariff", id, ""),
      fields: { "x-tenant": ["acme", "globex", "initech", "umbrella"][Math.floor(random() * 4)]! },
    }),
  },
  {
    name: "drivers-see-the-margin",
    shows: "$.margin extra",
    cause: /only.*(?:role|driver)/,
    true: /^added/,
    right: ({ id, fields }) =>
      json({ id, ...(fields["x-role"] === "driver" ? {} : { margin: (id % 70) / 10 }) }, { vary: "x-role" }),
    wrong: (_, { id }) => json({ id, margin: (id % 70) / 10 }, { vary: "x-role" }),
    call: (id, random) => ({
      ...targetOf("drivers-see-the-margin", id, ""),
      fields: { "x-role": random() < 0.3 ? "driver" : "clerk" },
    }),
  },
  {
    name: "language-ignored",
    shows: "$.greeting value",
    cause: /only.*language/,
    true: /mapping/,
    right: ({ id, fields }) =>
      json({ id, greeting: fields["accept-language"] === "fr" ? `Bonjour ${id}` : `Hello ${id}` }),
    wrong: (_, { id }) => json({ id, greeting: `Hello ${id}` }),
    call: (id, random) => ({
      ...targetOf("language-ignored", id, ""),
      fields: { "accept-language": random() < 0.4 ? "fr" : "en" },
    }),
  },
];

const located =
  (to: (id: number) => string): NonNullable<Fault["right"]> =>
  ({ id }) =>
    answer("", "text/plain", { location: to(id) }, 302);
const field =
  (name: string, change: (value: string) => string) =>
  (right: Answer): Answer => ({ ...right, fields: { ...right.fields, [name]: change(String(right.fields[name])) } });
const cookied =
  (value: (id: number) => string): NonNullable<Fault["right"]> =>
  ({ id }) =>
    json({ id }, { "set-cookie": value(id) });

const heads: Fault[] = [
  {
    name: "redirect-without-tls",
    shows: "location value",
    cause: /scheme|http\b/i,
    right: located((id) => `https://freight.example/consignments/${id}`),
    wrong: field("location", (to) => to.replace("https:", "http:")),
  },
  {
    name: "redirect-to-an-inner-host",
    shows: "location value",
    cause: /host|origin|inner/i,
    right: located((id) => `https://freight.example/consignments/${id}`),
    wrong: field("location", (to) => to.replace("https://freight.example", "http://app-7.inner:8080")),
  },
  {
    name: "redirect-loses-the-query",
    shows: "location value",
    cause: /query|back|parameter/i,
    right: located((id) => `/sign-in?back=/consignments/${id}`),
    wrong: field("location", (to) => to.replace(/\?.*/, "")),
  },
  {
    name: "slash-behind-links",
    shows: "$.self value",
    cause: /slash|"\/"/,
    right: ({ id }) => json({ id, self: `/consignments/${id}` }),
    wrong: inBody<{ self: string }>((b) => ({ ...b, self: `${b.self}/` })),
  },
  {
    name: "cookie-for-other-sites",
    shows: "set-cookie value|missing",
    cause: /samesite/i,
    right: cookied((id) => `theme=t${id}; Path=/; SameSite=Lax`),
    wrong: field("set-cookie", (cookie) => cookie.replace("Lax", "None")),
  },
  {
    name: "cookie-renamed",
    shows: ["set-cookie value|missing|extra"],
    also: ["set-cookie value|missing|extra"],
    cause: /ui_theme|renamed|called/,
    right: cookied((id) => `theme=t${id}; Path=/`),
    wrong: field("set-cookie", (cookie) => `ui_${cookie}`),
  },
  {
    name: "unprocessable-for-bad-request",
    shows: "status value",
    also: ["* *"],
    cause: /400.*422/,
    right: ({ id }) => (id % 3 === 0 ? json({ error: "no such port" }, {}, 400) : json(row(id))),
    wrong: (right) => (right.status === 400 ? { ...right, status: 422 } : right),
  },
  {
    name: "problem-details-for-errors",
    shows: ["$.error missing", "content-type value"],
    also: ["* *"],
    cause: /problem\+json|detail|does not have/,
    true: /^default_added/,
    right: ({ id }) => (id % 3 === 0 ? json({ error: `no consignment ${id}` }, {}, 404) : json(row(id))),
    wrong: (right, { id }) =>
      right.status !== 404
        ? right
        : answer(
            JSON.stringify({ title: "Not Found", status: 404, detail: `no consignment ${id}` }),
            "application/problem+json",
            {},
            404,
          ),
  },
  {
    name: "empty-list-for-no-content",
    shows: "status value",
    also: ["* *"],
    cause: /204.*200/,
    right: ({ id }) => (id % 3 === 0 ? { status: 204, fields: {}, body: "" } : json([row(id)])),
    wrong: (right) => (right.status === 204 ? json([]) : right),
  },
  {
    name: "cache-of-a-day",
    shows: "cache-control value",
    cause: /max-age/,
    right: ({ id }) => json(row(id), { "cache-control": "private, max-age=60" }),
    wrong: field("cache-control", () => "private, max-age=86400"),
  },
];

export const ASKING: readonly Fault[] = [...lists, ...requests, ...heads];

const withDeleted = (id: number) =>
  rows(id * 31, 20).map((item) => ({ ...item, deleted: drawn("deleted", item.id)() < 0.2 }));

const sizes = (id: number) => {
  const random = drawn("sizes", id);
  return Array.from({ length: 8 }, () => Math.floor(random() * 2_000));
};

/** What a search engine would say for the words of `q`. */
const words = (target: string) => {
  const asked = /q=([^&]*)/.exec(target)![1]!;
  return `${asked.split(" ").length} words, ${drawn(asked)().toFixed(3)}`;
};
