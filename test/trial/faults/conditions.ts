// test/trial/faults/conditions.ts: wrong only in some requests, and what those have in common

import { consignment } from "../domain.ts";
import type { Fault } from "../fault.ts";
import { inBody, json } from "../service.ts";

const dearer = inBody((b) => ({ ...b, price: { ...b.price, net: b.price.net + 7 } }));

export const CONDITIONS: readonly Fault[] = [
  {
    name: "only-with-a-parameter",
    shows: "$.price.net value",
    cause: /only.*express/,
    true: /\+ 7\b/,
    wrong: (right, ask, world) => (ask.query.has("express") ? dearer(right, ask, world) : right),
    call: (id, random) => ({ target: `/only-with-a-parameter/${id}${random() < 0.3 ? "?express=1" : ""}` }),
  },
  {
    name: "only-with-a-value",
    shows: "$.price.net value",
    cause: /only.*(?:unit|lbs)/,
    true: /\+ 7\b/,
    wrong: (right, ask, world) => (ask.query.get("unit") === "lbs" ? dearer(right, ask, world) : right),
    call: (id, random) => ({ target: `/only-with-a-value/${id}?unit=${random() < 0.3 ? "lbs" : "kg"}` }),
  },
  {
    name: "only-in-one-language",
    shows: "$.notice value",
    cause: /only.*(?:language|de\b)/i,
    true: /always|mapping|first \d+ char/,
    right: ({ id, fields }) =>
      json({ id, notice: `${fields["accept-language"]}: ${consignment(id).notice}` }, { vary: "accept-language" }),
    wrong: inBody<{ notice: string }>((b, { fields }) =>
      fields["accept-language"] === "de" ? { ...b, notice: b.notice.replace("units", "Stück") } : b,
    ),
    call: (id, random) => ({
      target: `/only-in-one-language/${id}`,
      fields: { "accept-language": random() < 0.3 ? "de" : "en" },
    }),
  },
  {
    name: "only-in-one-warehouse",
    shows: "$.price.net value",
    cause: /only.*rotterdam/i,
    true: /\+ 7\b/,
    wrong: (right, ask, world) => (ask.target.includes("/rotterdam/") ? dearer(right, ask, world) : right),
    call: (id, random) => ({ target: `/only-in-one-warehouse/${random() < 0.3 ? "rotterdam" : "hamburg"}/${id}` }),
    route: "GET /only-in-one-warehouse/{place}/{id}",
  },
  {
    name: "search-ignores-a-filter",
    shows: ["$.items[*] extra", "$.items extra"],
    also: ["$.items value", "$.items[*].id value", "$.items[*].state value"],
    cause: /only.*state|state/,
    true: /extra|does not have|more/,
    right: ({ id, body }) => {
      const { state } = JSON.parse(body || "{}") as { state?: string };
      const found = Array.from({ length: 12 }, (_, n) => consignment(id * 50 + n));
      return json({
        items: found.filter((one) => !state || one.state === state).map(({ id, state }) => ({ id, state })),
      });
    },
    wrong: (_, { id }) =>
      json({
        items: Array.from({ length: 12 }, (_, n) => consignment(id * 50 + n)).map(({ id, state }) => ({ id, state })),
      }),
    call: (id, random) => ({
      method: "POST",
      target: `/search-ignores-a-filter/${id}`,
      fields: { "content-type": "application/json" },
      body: JSON.stringify(random() < 0.5 ? { state: "LOADED" } : {}),
    }),
    route: "POST /search-ignores-a-filter/{id}",
    config: "readOnly: true",
  },
  {
    name: "one-id-wrong",
    shows: "$.price.net value",
    cause: /only|particular/,
    true: /\+ 7\b|always|mapping/,
    wrong: (right, ask, world) => (ask.id === 7 ? dearer(right, ask, world) : right),
    call: (id, random) => ({ target: `/one-id-wrong/${random() < 0.25 ? 7 : id}` }),
  },
  {
    name: "second-page-repeats",
    shows: ["$.items[*] missing", "$.items missing", "$.items value"],
    also: ["$.items[*] extra", "$.items extra", "$.items[*] value"],
    cause: /only.*cursor|none of|cursor/,
    right: ({ id, query }) => json({ items: ids(id + (query.get("cursor") === "b" ? 500 : 0)) }),
    wrong: (_, { id }) => json({ items: ids(id) }),
    call: (id, random) => ({ target: `/second-page-repeats/${id}?cursor=${random() < 0.4 ? "b" : "a"}` }),
  },
];

const ids = (from: number) =>
  Array.from({ length: 6 }, (_, n) => ({ id: from * 1000 + n, docket: consignment(from * 10 + n).docket }));
