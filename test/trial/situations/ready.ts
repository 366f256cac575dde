// test/trial/situations/ready.ts: services that may be switched over; a verdict that is never `ready` is useless

import { drawn } from "../domain.ts";
import { uuid } from "../faults/in-noise.ts";
import { answer, json } from "../service.ts";
import { get, quotes, type Situation, wrongly } from "./situation.ts";

export const READY: readonly Situation[] = [
  {
    name: "one-clean-route",
    must: "ready",
    quick: true,
    routes: { quotes: { legacy: quotes } },
    next: (n) => get(`/quotes/${n}`),
    requests: 3_000,
    perSecond: 250,
  },
  {
    name: "five-clean-routes-of-unequal-traffic",
    must: "ready",
    routes: Object.fromEntries(
      ["quotes", "rates", "ports", "ships", "crews"].map((name) => [name, { legacy: quotes }]),
    ),
    next: (n, random) => {
      const at = Math.min(4, Math.floor(-Math.log2(1 - random() * 0.97)));
      return get(`/${["quotes", "rates", "ports", "ships", "crews"][at]}/${n}`);
    },
    requests: 25_000,
    perSecond: 700,
  },
  {
    name: "clean-with-trace-ids-and-clocks",
    must: "ready",
    quick: true,
    routes: {
      quotes: {
        legacy: ({ id }, { random, now }) =>
          json({ id, price: id % 900, trace: uuid(random), at: new Date(now()).toISOString() }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 6_000,
    perSecond: 200,
  },
  {
    name: "clean-with-load-balanced-servers",
    must: "ready",
    routes: {
      quotes: {
        legacy: ({ id }, { random }) => json({ id, price: id % 900, server: `app-${1 + Math.floor(random() * 3)}` }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 6_000,
    perSecond: 200,
  },
  {
    name: "clean-with-writes-and-a-short-lag",
    must: "ready",
    routes: {
      stock: {
        legacy: ({ method, id, body }, { shared, side, now }) => {
          type Version = { readonly at: number; readonly count: number };
          const versions = (shared.get(`stock ${id}`) as Version[]) ?? [{ at: 0, count: id }];
          shared.set(`stock ${id}`, versions);
          if (method === "PUT") versions.push({ at: now(), count: Number(body) });
          const seen = versions.findLast(({ at }) => side === "legacy" || at + 300 <= now())!;
          return json({ id, count: seen.count });
        },
      },
    },
    next: (n, random) =>
      n % 25 === 0
        ? { method: "PUT", target: `/stock/${n % 700}`, body: String(Math.floor(random() * 1000)) }
        : get(`/stock/${n % 25 === 1 ? (n - 1) % 700 : n % 700}`),
    requests: 6_000,
    perSecond: 200,
  },
  {
    name: "a-wrong-route-is-excluded-on-purpose",
    must: "ready",
    config: 'routes: [{ match: "GET /old/{id}", readiness: off }]\n',
    routes: { quotes: { legacy: quotes }, old: { legacy: quotes, candidate: wrongly } },
    next: (n) => (n % 10 === 0 ? get(`/old/${n}`) : get(`/quotes/${n}`)),
    requests: 4_000,
    perSecond: 250,
    check: (report) =>
      JSON.stringify([report.total.readiness, report.coverage, report.warnings]).includes("readiness: off")
        ? undefined
        : "the excluded route is not listed as such",
  },
  {
    name: "one-accepted-difference",
    must: "ready",
    routes: {
      quotes: {
        legacy: ({ id }) => json({ id, name: `  Shipper ${id} ` }),
        candidate: ({ id }) => json({ id, name: `Shipper ${id}` }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    perSecond: 200,
    act: async ({ product, load, settle, complain }) => {
      await load(80);
      const { findings } = await settle();
      if (findings.length !== 1) return complain(`${findings.length} findings`);
      await product.accept(findings[0]!, "agreed with the customers");
      await product.command("epoch", "names-accepted");
      await load(4_000, (n) => get(`/quotes/${1_000 + n}`));
    },
  },
  {
    name: "fixed-by-a-new-version",
    must: "ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (world.shared.get("fixed") === true ? quotes(ask, world) : wrongly(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    perSecond: 250,
    act: async ({ product, load, settle, shared }) => {
      await load(100);
      await settle();
      shared.set("fixed", true);
      await product.command("epoch", "v2");
      await load(3_000, (n) => get(`/quotes/${1_000 + n}`));
    },
    check: ({ findings, total }) => {
      const over = findings.find(({ count }) => count > total.requests);
      return over && `a finding counts ${over.count} of ${total.requests} requests`;
    },
  },
  {
    name: "an-epoch-declared-twice-throws-nothing-away",
    must: "ready",
    routes: { quotes: { legacy: quotes } },
    next: (n) => get(`/quotes/${n}`),
    perSecond: 250,
    act: async ({ product, load, settle, complain }) => {
      await product.command("epoch", "v2");
      await load(300);
      const before = (await settle()).total.readiness.distinct;
      await product.command("epoch", "v2");
      const after = (await product.report()).total.readiness.distinct;
      if (after < before) complain(`${before} distinct requests before, ${after} after`);
      await load(3_000, (n) => get(`/quotes/${1_000 + n}`));
    },
  },
  {
    name: "long-event-streams-beside-a-clean-route",
    must: "ready",
    config: 'candidate: { timeout: 1s }\nroutes: [{ match: "GET /feed/{id}", readiness: off }]\n',
    routes: {
      quotes: { legacy: quotes },
      feed: { legacy: ({ id }) => ({ ...answer(events(id), "text/event-stream"), during: 2_500 }) },
    },
    next: (n) => (n % 40 === 0 ? get(`/feed/${n}`) : get(`/quotes/${n}`)),
    requests: 4_000,
    perSecond: 150,
    check: ({ total }) =>
      total.outcomes.candidate_error === 0 ? undefined : `${total.outcomes.candidate_error} candidate errors`,
  },
  {
    name: "few-possible-requests-often-repeated",
    must: "ready",
    config: "readiness: { tolerance: 1%, repeat: 20, bake: 2s }\n",
    routes: { rates: { legacy: () => json({ rate: 1.0825 }) } },
    next: () => get("/rates"),
    requests: 4_000,
    perSecond: 250,
  },
  {
    name: "seldom-wrong-values-within-the-tolerance",
    must: "ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (ask.id % 400 === 17 ? wrongly(ask, world) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 5_000,
    perSecond: 250,
  },
  {
    name: "seldom-reset-within-the-limits",
    must: "ready",
    routes: {
      quotes: { legacy: quotes, candidate: (ask, world) => (ask.id % 500 === 17 ? "reset" : quotes(ask, world)) },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 5_000,
    perSecond: 250,
  },
  {
    name: "sessions-by-cookie",
    must: "ready",
    config: "identity: { cookies: [session] }\n",
    routes: { cart: { legacy: ({ fields }) => json({ cart: fields.cookie, items: fields.cookie!.length }) } },
    next: (n) => get("/cart", { cookie: `theme=dark; session=s${n % 900}` }),
    requests: 4_000,
    perSecond: 250,
  },
  {
    name: "pages-with-form-tokens-and-session-cookies",
    must: "ready",
    routes: {
      pages: {
        legacy: ({ id }, { random }) =>
          answer(
            `<!doctype html><html><body><h1>Page ${id}</h1><form><input type="hidden" name="csrf" value="${uuid(random)}"></form></body></html>`,
            "text/html",
            { "set-cookie": `visit=${uuid(random)}; Path=/; HttpOnly` },
          ),
      },
    },
    next: (n) => get(`/pages/${n}`),
    requests: 5_000,
    perSecond: 200,
  },
  {
    name: "a-polled-health-check-beside",
    must: "ready",
    config: "readiness: { tolerance: 1%, bake: 2s }\n",
    routes: { quotes: { legacy: quotes }, health: { legacy: () => json({ status: "up" }) } },
    next: (n) => (n % 3 === 0 ? get("/health") : get(`/quotes/${n}`)),
    requests: 5_000,
    perSecond: 250,
  },
  {
    name: "candidate-a-little-slower",
    must: "ready",
    routes: {
      quotes: {
        legacy: ({ id }) => ({ ...json({ id }), after: 40 + drawn("slow", id)() * 20 }),
        candidate: ({ id }) => ({ ...json({ id }), after: 42 + drawn("slow", id)() * 20 }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 6_000,
    perSecond: 120,
  },
  {
    name: "candidate-much-faster",
    must: "ready",
    routes: { quotes: { legacy: ({ id }) => ({ ...json({ id }), after: 30 }), candidate: ({ id }) => json({ id }) } },
    next: (n) => get(`/quotes/${n}`),
    requests: 4_000,
    perSecond: 150,
  },
];

const events = (id: number) => Array.from({ length: 20 }, (_, n) => `id: ${n}\ndata: {"crate":${id + n}}\n\n`).join("");
