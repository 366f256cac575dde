// test/trial/situations/reports.ts: what a reader sees first, and where two readers must see the same

import { drawn } from "../domain.ts";
import { spellEntry } from "../json-server.ts";
import { type Answer, type Handler, json } from "../service.ts";
import { get, quote, quotes, type Situation, type Stage, wrongly } from "./situation.ts";

const NAMES = ["quotes", "rates", "ports", "ships"] as const;
const all = (route: Situation["routes"][string]) => Object.fromEntries(NAMES.map((name) => [name, route]));
const inTurn = (n: number) => get(`/${NAMES[n % 4]}/${n}`);
const withFields =
  (fields: Answer["fields"]): Handler =>
  ({ id }) =>
    json({ id, price: 100 + (id % 900) }, fields);

/** Sends, and complains of more entries than so many, or of a first one that does not match. */
const readEntries =
  (requests: number, most: number, first?: RegExp) =>
  async ({ load, settle, complain }: Stage): Promise<void> => {
    await load(requests);
    const told = (await settle()).entries.map(spellEntry);
    if (told.length === 0 || told.length > most) complain(`${told.length} entries: ${told.slice(0, 5).join("; ")}`);
    if (first !== undefined && !first.test(told[0] ?? "")) complain(`the first entry is ${told[0]}`);
  };

export const REPORTS: readonly Situation[] = [
  {
    name: "framework-fields-on-every-route",
    must: "not ready",
    routes: {
      ...all({
        legacy: withFields({
          pragma: "no-cache",
          vary: "Origin",
          "cache-control": "no-cache",
          "x-content-type-options": "nosniff",
          "access-control-allow-credentials": "true",
        }),
        candidate: withFields({}),
      }),
      ships: { legacy: quotes, candidate: wrongly },
    },
    next: inTurn,
    act: readEntries(400, 3, /\/ships\/\{id\}.*\$\.price/),
  },
  {
    name: "version-in-five-places-of-four-routes",
    must: "not ready",
    routes: all({ legacy: versioned("4.11.2"), candidate: versioned("5.0.0-rc1") }),
    next: inTurn,
    act: readEntries(400, 2, /4\.11\.2/),
  },
  {
    name: "the-same-fault-on-four-routes",
    must: "not ready",
    routes: all({
      legacy: ({ id }) => json({ id, amount: 100.25 + (id % 500) }),
      candidate: ({ id }) => json({ id, amount: Math.round((100.25 + (id % 500)) * 100) }),
    }),
    next: inTurn,
    act: readEntries(400, 1, /100/),
  },
  {
    name: "the-worst-comes-first",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: ({ id }) => json({ id, price: 1 + (id % 900), currency: "EUR", extra: true }),
      },
      rates: {
        legacy: quotes,
        candidate: ({ id }) => (id % 40 === 1 ? json({ error: "internal" }, {}, 500) : quote(id)),
      },
    },
    next: (n) => (n % 5 === 1 ? get(`/rates/${n}`) : get(`/quotes/${n}`)),
    act: readEntries(800, 5, /\/rates\/\{id\}.*status/),
  },
  {
    name: "a-first-request-is-there-at-once",
    must: "not ready",
    routes: { quotes: { legacy: quotes, candidate: wrongly } },
    next: (n) => get(`/quotes/${n}`),
    act: async ({ load, product, complain }) => {
      await load(3);
      const { text } = await product.command("report");
      if (/no request has come/i.test(text)) complain("the report says that no request has come");
    },
  },
  {
    name: "a-rejected-route-is-so-for-what-is-wrong",
    must: "not ready",
    slow: true,
    routes: {
      quotes: {
        legacy: ({ id }) => ({ ...quote(id), after: 10 }),
        candidate: ({ id }) => ({ ...quote(id, 7), after: 40 }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 400,
    because: /^reject +GET \/quotes\/\{id\}: (?!.*p95.*wrong)[^;]*wrong/m,
  },
  {
    name: "two-readers-of-a-fault-that-came-back",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (world.shared.get("fixed") === true ? quotes(ask, world) : wrongly(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    act: async ({ load, settle, shared, product, complain }) => {
      await load(40);
      await settle();
      shared.set("fixed", true);
      await load(300, (n) => get(`/quotes/${10_000 + n}`));
      await settle();
      shared.set("fixed", false);
      await load(20, (n) => get(`/quotes/${20_000 + n}`));
      await settle();
      const live = (await product.report()).findings.map(({ id, state }) => `${id} ${state}`);
      // What is stored is at most `store.flush` behind.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const stored = (await product.stored()).findings.map(({ id, state }) => `${id} ${state}`);
      if (`${live}` !== `${stored}`) complain(`live: ${live}; stored: ${stored}`);
      if (!live.some((one) => one.endsWith("regressed"))) complain(`not regressed: ${live}`);
    },
  },
  {
    name: "what-an-acceptance-masks-is-counted",
    must: "not ready",
    routes: {
      quotes: {
        legacy: ({ id }) => json({ id, name: `  Shipper ${id} ` }),
        candidate: ({ id }) => json({ id, name: `Shipper ${id}` }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    act: async ({ load, settle, product, complain }) => {
      await load(60);
      const [finding] = (await settle()).findings;
      if (finding === undefined) return complain("no finding");
      await product.accept(finding, "agreed");
      await load(100, (n) => get(`/quotes/${500 + n}`));
      const report = await settle();
      const masked = report.findings.find(({ id }) => id === finding.id)?.acceptance?.masked ?? 0;
      if (masked < 80) complain(`${masked} of 100 counted as masked`);
      if (report.total.outcomes.accepted !== masked)
        complain(`${report.total.outcomes.accepted} accepted, ${masked} masked`);
    },
  },
];

/** A version of the software, five times in each answer. */
function versioned(version: string): Handler {
  return ({ id, name }) =>
    json(
      {
        id,
        version,
        build: { version, by: "ci" },
        links: { docs: `https://freight.example/docs/${version}/${name}` },
        price: Math.floor(drawn("price", id)() * 900),
      },
      { "x-app-version": version },
    );
}
