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
    requests: 2_400,
    perSecond: 300,
    finds: ["GET /quotes/{id} $.price value"],
  },
  {
    name: "stale-cache-for-a-few-seconds",
    must: "not ready",
    routes: {
      quotes: {
        legacy: ({ id }, { now }) => quote(id, Math.floor(now() / 1000) % 1000),
        candidate: ({ id }, { now }) => quote(id, (Math.floor(now() / 1000) - 5) % 1000),
      },
    },
    next: (n) => get(`/quotes/${n}`),
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
];
