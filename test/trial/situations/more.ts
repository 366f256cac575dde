// test/trial/situations/more.ts: further services that must not be switched over

import { drawn } from "../domain.ts";
import { json } from "../service.ts";
import { get, quote, quotes, type Situation, wrongly } from "./situation.ts";

export const MORE: readonly Situation[] = [
  {
    name: "twice-as-slow",
    must: "not ready",
    slow: true,
    routes: {
      quotes: {
        legacy: ({ id }) => ({ ...json({ id }), after: 20 + drawn("slow", id)() * 20 }),
        candidate: ({ id }) => ({ ...json({ id }), after: 50 + drawn("slow", id)() * 40 }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    because: /p95|slow/,
  },
  {
    name: "one-route-slow-beside-a-busy-one",
    must: "not ready",
    slow: true,
    routes: {
      quotes: { legacy: quotes },
      maps: {
        legacy: ({ id }) => ({ ...json({ id }), after: 20 }),
        candidate: ({ id }) => ({ ...json({ id }), after: 120 }),
      },
    },
    next: (n) => (n % 4 === 0 ? get(`/maps/${n}`) : get(`/quotes/${n}`)),
    requests: 1_600,
    because: /\/maps\/\{id\}/,
  },
  {
    name: "three-percent-not-found",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) =>
          drawn("gone", ask.id)() < 0.03 ? json({ error: "gone" }, {}, 404) : quotes(ask, world),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} status value"],
  },
  {
    name: "four-percent-reset-at-random",
    must: "not ready",
    routes: {
      quotes: { legacy: quotes, candidate: (ask, world) => (world.random() < 0.04 ? "reset" : quotes(ask, world)) },
    },
    next: (n) => get(`/quotes/${n}`),
  },
  {
    name: "legacy-refuses-a-third",
    must: "not ready",
    routes: {
      quotes: {
        legacy: (ask, world) =>
          world.side === "legacy" && ask.id % 3 === 0 ? json({ error: "busy" }, {}, 503) : quotes(ask, world),
      },
    },
    next: (n) => get(`/quotes/${n}`),
  },
  {
    name: "a-new-version-was-declared-a-moment-ago",
    must: "not ready",
    routes: { quotes: { legacy: quotes } },
    next: (n) => get(`/quotes/${n}`),
    act: async ({ product, load, settle, judge }) => {
      await load(1_000);
      await settle();
      await product.command("epoch", "v3");
      judge();
      await load(50, (n) => get(`/quotes/${5_000 + n}`));
    },
  },
  {
    name: "wrong-on-every-second-look",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (world.times > 1 ? wrongly(ask, world) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n % 600}`),
    perSecond: 300,
    // Nothing is wrong until the first request comes for the second time.
    act: async ({ load, settle, judge }) => {
      await load(700);
      await settle();
      judge();
      await load(500);
    },
    finds: ["GET /quotes/{id} $.price value"],
  },
  {
    name: "stale-cache-for-a-few-seconds",
    must: "not ready",
    routes: {
      quotes: {
        legacy: ({ id }, { now }) => quote(id, priceAt(now())),
        candidate: ({ id }, { now }) => quote(id, priceAt(now() - 5_000)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    perSecond: 60,
    // Nobody can know it before legacy has shown what the candidate shows.
    act: async ({ load, settle, judge }) => {
      await load(900);
      await settle();
      judge();
      await load(300, (n) => get(`/quotes/${1_000 + n}`));
    },
    finds: ["GET /quotes/{id} $.price value"],
  },
  {
    name: "hangs-for-some",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => {
          const right = quotes(ask, world);
          return ask.id % 25 === 0 && right !== "reset" ? { ...right, after: 20_000 } : right;
        },
      },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 900,
  },
  {
    name: "only-writes-come",
    must: "not ready",
    routes: { quotes: { legacy: quotes } },
    next: (n) => ({ method: "POST", target: `/quotes/${n}`, body: "{}" }),
    requests: 600,
  },
  {
    name: "half-of-a-list-is-wrong-in-one-answer-of-fifteen",
    must: "not ready",
    routes: {
      lists: {
        legacy: ({ id }) => json({ items: Array.from({ length: 8 }, (_, n) => ({ id: id * 10 + n, kg: n })) }),
        candidate: ({ id }) =>
          json({
            items: Array.from({ length: 8 }, (_, n) => ({ id: id * 10 + n, kg: id % 15 === 0 && n > 3 ? -n : n })),
          }),
      },
    },
    next: (n) => get(`/lists/${n}`),
    finds: ["GET /lists/{id} $.items[*].kg value"],
  },
  {
    name: "nothing-can-be-confirmed",
    must: "not ready",
    config: "recheck: { perSecond: 0 }\n",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (ask.id % 12 === 0 ? wrongly(ask, world) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    because: /recheck|confirm/,
    check: ({ findings }) => (findings.length === 0 ? undefined : `${findings.length} findings that nobody confirmed`),
  },
  {
    name: "answers-of-another-user",
    must: "not ready",
    routes: {
      me: {
        legacy: ({ fields }) => json({ user: fields.authorization }),
        candidate: ({ fields }, { random }) => json({ user: random() < 0.04 ? "Bearer user-1" : fields.authorization }),
      },
    },
    next: (n) => get("/me", { authorization: `Bearer user-${n}` }),
    finds: ["GET /me $.user value"],
  },
  {
    name: "an-error-in-an-answer-of-200",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (isIn(0.03, ask.id) ? json({ error: "database" }) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    check: ({ findings }) => (findings.length > 0 ? undefined : "no finding"),
  },
  {
    name: "cold-for-three-seconds",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => {
          const from = (world.shared.get("first") as number) ?? world.now();
          world.shared.set("first", from);
          return world.now() - from < 3_000 ? json({ error: "warming up" }, {}, 500) : quotes(ask, world);
        },
      },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 1_200,
    finds: ["GET /quotes/{id} status value"],
  },
  {
    name: "legacy-fails-and-the-candidate-does-not",
    must: "not ready",
    routes: {
      quotes: {
        legacy: (ask) => (isIn(0.05, ask.id) ? json({ error: "old fault" }, {}, 500) : quote(ask.id)),
        candidate: quotes,
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} status value"],
  },
  {
    name: "cut-in-the-middle",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => {
          const right = quotes(ask, world);
          const cut = right !== "reset" && isIn(0.05, ask.id);
          return cut ? { ...right, fields: { ...right.fields, "content-length": "4000" } } : right;
        },
      },
    },
    next: (n) => get(`/quotes/${n}`),
  },
  {
    name: "slow-on-a-tenth-of-the-requests",
    must: "not ready",
    slow: true,
    routes: {
      quotes: {
        legacy: ({ id }) => ({ ...json({ id }), after: 20 }),
        candidate: ({ id }) => ({ ...json({ id }), after: id % 10 === 0 ? 200 : 20 }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    because: /p95|slow/,
  },
  {
    name: "wrong-for-one-search-word",
    must: "not ready",
    config: 'routes: [{ match: "POST /search", readOnly: true }]\n',
    routes: {
      search: {
        legacy: ({ body }) => json({ found: body.length, first: `${body.slice(0, 20)}` }),
        candidate: ({ body }) =>
          json({ found: body.includes("coffee") ? 0 : body.length, first: `${body.slice(0, 20)}` }),
      },
    },
    next: (n) => ({
      method: "POST",
      target: "/search",
      body: JSON.stringify({ text: `${n % 20 === 0 ? "coffee" : "bolts"} ${n}` }),
      fields: { "content-type": "application/json" },
    }),
    finds: ["POST /search $.found value"],
  },
  {
    name: "candidate-alone-says-503",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (isIn(0.06, ask.id) ? json({ error: "unavailable" }, {}, 503) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} status value"],
  },
  {
    name: "few-fail-with-500-within-the-tolerance",
    must: "not ready",
    // A critical finding is open, however seldom it shows.
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (ask.id % 300 === 17 ? json({ error: "internal" }, {}, 500) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    requests: 2_400,
    perSecond: 300,
    finds: ["GET /quotes/{id} status value"],
  },
  {
    name: "answers-swapped-between-clients",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, { random, shared }) => {
          const before = (shared.get("before") as number) ?? ask.id;
          shared.set("before", ask.id);
          return random() < 0.05 ? quote(before) : quote(ask.id);
        },
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} $.id value"],
  },
  {
    name: "many-routes-with-little-evidence",
    must: "not ready",
    routes: Object.fromEntries(
      Array.from({ length: 25 }, (_, n) => [
        n === 0 ? "quotes" : `part${String.fromCharCode(96 + n)}`,
        { legacy: quotes },
      ]),
    ),
    next: (n) => (n % 20 === 0 ? get(`/part${String.fromCharCode(97 + ((n / 20) % 24))}/${n}`) : get(`/quotes/${n}`)),
  },
  {
    name: "one-forgotten-route-asked-three-times",
    must: "not ready",
    routes: { quotes: { legacy: quotes }, invoices: { legacy: quotes, candidate: () => json({}, {}, 404) } },
    next: (n) => (n % 300 === 299 ? get(`/invoices/${n}`) : get(`/quotes/${n}`)),
    requests: 1_000,
    because: /\/invoices\/\{id\}/,
    finds: ["GET /invoices/{id} status value"],
  },
];

/** The same share of all ids at every look. */
const isIn = (share: number, id: number) => drawn("share", id)() < share;

/** Another price every quarter of a second, for all who ask. */
const priceAt = (ms: number) => 100 + Math.floor(drawn("price", Math.floor(ms / 250))() * 900);
