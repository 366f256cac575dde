// test/trial/faults/lists.ts: lists in another order, with other elements, or cut

import { consignment } from "../domain.ts";
import { atMost, type Fault } from "../fault.ts";
import { inBody, json } from "../service.ts";

/** Twenty four consignments in a list, from the one asked for on. */
const page = (id: number, length = 24) => Array.from({ length }, (_, n) => slim(id * 31 + n));
const slim = (id: number) => {
  const { docket, state, weight, customer } = consignment(id);
  return { id, docket, state, weight, city: customer.city };
};
type Page = { readonly items: ReturnType<typeof page> };
const inItems = (change: (items: ReturnType<typeof page>) => unknown) =>
  inBody<Page>((b) => ({ ...b, items: change([...b.items]) }));
const pages: Fault["right"] = ({ id }) => json({ items: page(id) });

export const LISTS: readonly Fault[] = [
  {
    name: "list-reversed",
    shows: "$.items order",
    cause: /revers|from last to first/,
    check: (findings) => {
      const longest = Math.max(0, ...findings.flatMap(({ samples }) => samples.map(({ note }) => note?.length ?? 0)));
      return longest <= 300 ? undefined : `a note of ${longest} characters`;
    },
    right: ({ id }) => json({ items: page(id, 120) }),
    wrong: inItems((items) => items.toReversed()),
  },
  {
    name: "sorted-by-another-member",
    shows: "$.items order",
    cause: /order|sort/,
    right: pages,
    wrong: inItems((items) => items.toSorted((a, b) => a.weight - b.weight)),
  },
  {
    name: "list-cut-at-ten",
    shows: ["$.items[*] missing", "$.items missing"],
    cause: /ends after 10|first 10/,
    right: pages,
    wrong: inItems((items) => items.slice(0, 10)),
  },
  {
    name: "starts-one-late",
    shows: ["$.items[*] missing", "$.items missing"],
    also: ["$.items[*] extra", "$.items extra"],
    cause: /one element late|starts|first element|offset|shift|page/,
    right: pages,
    wrong: (right, { id }) => ({ ...right, body: JSON.stringify({ items: page(id, 25).slice(1) }) }),
  },
  {
    name: "first-element-lost",
    shows: ["$.items[*] missing", "$.items missing"],
    cause: /first/,
    right: pages,
    wrong: inItems((items) => items.slice(1)),
  },
  {
    name: "duplicates-lost",
    shows: ["$.stops[*] missing", "$.stops missing"],
    cause: /duplicate|repeat|distinct|unique/,
    wrong: inBody((b) => ({ ...b, stops: [...new Set(b.stops)] })),
  },
  {
    name: "one-state-filtered-out",
    shows: ["$.items[*] missing", "$.items missing"],
    cause: /CUSTOMS/,
    right: pages,
    wrong: inItems((items) => items.filter(({ state }) => state !== "CUSTOMS")),
  },
  {
    name: "page-parameter-ignored",
    shows: ["$.items missing", "$.items value", "$.items[*] missing", "$.items[*] value"],
    also: ["$.items extra", "$.items[*] extra"],
    cause: /only.*page|with.*page|none of|page.*ignored/,
    check: atMost(2),
    right: ({ id, query }) => json({ items: page(id + Number(query.get("page") ?? 0) * 100, 10) }),
    wrong: (right, { id }) => ({ ...right, body: JSON.stringify({ items: page(id, 10) }) }),
    call: (id, random) => ({
      target: `/page-parameter-ignored/${id}${random() < 0.4 ? `?page=${1 + Math.floor(random() * 5)}` : ""}`,
    }),
  },
  {
    name: "element-changed",
    shows: "$.items[*].weight value",
    cause: /x 1000/,
    right: pages,
    wrong: inItems((items) => items.map((item, n) => (n === 3 ? { ...item, weight: item.weight * 1000 } : item))),
  },
  {
    name: "empty-list-for-some",
    shows: ["$.items[*] missing", "$.items missing", "$.items value"],
    also: ["$.items[*] missing"],
    cause: /empty|ends after 0|no element|none of/,
    right: pages,
    wrong: (right, { id }) => (id % 5 === 0 ? { ...right, body: '{"items":[]}' } : right),
  },
];
