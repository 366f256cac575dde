// test/trial/situations/numbered.ts: ways in which a verdict was once wrong

import { drawn } from "../domain.ts";
import { uuid } from "../faults/in-noise.ts";
import { answer, type Handler, json } from "../service.ts";
import { get, quotes, type Situation, wrongly } from "./situation.ts";

const broken: Handler = () => json({ error: "internal" }, {}, 500);
/** Looks at a place in a stable way: the same share of all ids, whoever asks. */
const isIn = (share: number, id: number) => drawn("share", id)() < share;

export const NUMBERED: readonly Situation[] = [
  {
    name: "three-small-routes-fail-beside-a-busy-one",
    must: "not ready",
    quick: true,
    routes: {
      quotes: { legacy: quotes },
      rates: { legacy: quotes, candidate: broken },
      ports: {
        legacy: quotes,
        candidate: (ask, world) => (ask.id % 2 === 0 ? broken(ask, world) : quotes(ask, world)),
      },
      ships: { legacy: quotes, candidate: wrongly },
    },
    next: (n) => {
      if (n % 170 === 100) return get(`/rates/${n}`);
      if (n % 60 === 30) return get(`/ports/${(n - 30) / 60}`);
      if (n % 130 === 50) return get(`/ships/${n}`);
      return get(`/quotes/${n}`);
    },
    because: /\/(?:rates|ports|ships)\/\{id\}/,
    finds: ["GET /rates/{id} status value", "GET /ships/{id} $.price value"],
  },
  {
    name: "one-route-of-one-percent-fails-always",
    must: "not ready",
    routes: { quotes: { legacy: quotes }, rates: { legacy: quotes, candidate: broken } },
    next: (n) => (n % 100 === 50 ? get(`/rates/${n}`) : get(`/quotes/${n}`)),
    because: /\/rates\/\{id\}/,
    finds: ["GET /rates/{id} status value"],
  },
  {
    name: "one-url-with-forty-percent-is-wrong",
    must: "not ready",
    quick: true,
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (ask.id === 4711 ? wrongly(ask, world) : quotes(ask, world)),
      },
    },
    next: (n, random) => get(`/quotes/${random() < 0.4 ? 4711 : 10_000 + n}`),
    requests: 1_600,
    finds: ["GET /quotes/{id} $.price value"],
  },
  {
    name: "rare-requests-are-reset",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (ask.id > 5_000 && isIn(0.5, ask.id) ? "reset" : quotes(ask, world)),
      },
    },
    // 60 distinct requests of 660 are rare and half of them are reset; the other 600 are asked again and again.
    next: (n, random) => get(`/quotes/${n % 60 === 59 ? 5_001 + n : Math.floor(random() * 600)}`),
    requests: 3_600,
    perSecond: 300,
  },
  {
    name: "down-half-of-the-time",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (world.shared.get("down") === true ? "reset" : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    act: async ({ load, shared, judge }) => {
      await load(500);
      judge();
      shared.set("down", true);
      await load(700);
      shared.set("down", false);
      await load(900);
    },
  },
  {
    name: "candidate-alone-says-429",
    must: "not ready",
    quick: true,
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (isIn(0.08, ask.id) ? json({ error: "too many" }, {}, 429) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
  },
  {
    name: "candidate-alone-says-304",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (isIn(0.08, ask.id) ? { status: 304, fields: {}, body: "" } : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} status value"],
  },
  {
    name: "request-bodies-too-large-to-shadow",
    must: "not ready",
    config: 'routes: [{ match: "POST /estimates/{id}", readOnly: true }]\n',
    routes: { estimates: { legacy: ({ id, body }) => json({ id, asked: body.length }) } },
    next: (n) => ({
      method: "POST",
      target: `/estimates/${n}`,
      body: JSON.stringify({ n, notes: "x".repeat(n % 20 < 9 ? 70_000 : 100) }),
      fields: { "content-type": "application/json" },
    }),
    requests: 1_300,
    because: /maxRequestBody|body|large|unseen/i,
    check: ({ coverage }) =>
      coverage.some(({ route }) => route === "POST /estimates/{id}") ? undefined : "not listed as not covered",
  },
  {
    name: "large-bodies-with-a-clock-and-a-wrong-price",
    must: "not ready",
    routes: {
      manifests: {
        legacy: ({ id }, { now }) => answer(manifest(id, now(), 12), "application/json"),
        candidate: ({ id }, { now }) => answer(manifest(id, now(), 99), "application/json"),
      },
      quotes: { legacy: quotes },
    },
    next: (n) => (n % 4 === 0 ? get(`/manifests/${n}`) : get(`/quotes/${n}`)),
    requests: 1_000,
    perSecond: 100,
  },
  {
    name: "five-percent-500-at-random",
    must: "not ready",
    quick: true,
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (world.random() < 0.05 ? broken(ask, world) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} status value"],
  },
  {
    name: "six-percent-wrong-at-random",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (world.random() < 0.06 ? wrongly(ask, world) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} $.price value"],
  },
  {
    name: "first-answer-empty-second-right",
    must: "not ready",
    routes: {
      quotes: { legacy: quotes, candidate: (ask, world) => (world.times === 1 ? json({}) : quotes(ask, world)) },
    },
    next: (n) => get(`/quotes/${n}`),
    check: ({ findings }) => (findings.length > 0 ? undefined : "no finding"),
  },
  ...([401, 429, 500] as const).flatMap((status): Situation[] =>
    (["legacy", "candidate"] as const).map((side) => ({
      name: `second-look-answered-${status}-by-${side}`,
      must: "not ready",
      routes: { quotes: secondLook(status, side) },
      next: (n) => get(`/quotes/${n}`),
      requests: 800,
      check: ({ total }) =>
        total.outcomes.transient === 0 ? undefined : `${total.outcomes.transient} transient, and nothing moved`,
    })),
  ),
  {
    name: "nil-uuid-where-legacy-has-a-new-one",
    must: "not ready",
    routes: {
      quotes: {
        legacy: ({ id }, { random }) => json({ id, trace: uuid(random) }),
        candidate: ({ id }) => json({ id, trace: "00000000-0000-0000-0000-000000000000" }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} $.trace value"],
  },
  {
    name: "clock-two-hours-ahead",
    must: "not ready",
    routes: {
      quotes: {
        legacy: ({ id }, { now }) => json({ id, at: new Date(now()).toISOString() }),
        candidate: ({ id }, { now }) => json({ id, at: new Date(now() + 7_200_000).toISOString() }),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    finds: ["GET /quotes/{id} $.at value"],
  },
  {
    name: "one-resource-with-a-cache-buster",
    must: "not ready",
    routes: { rates: { legacy: () => json({ rate: 1.0825 }) } },
    next: (n) => get(`/rates?_=${n}`),
    check: ({ routes }) => {
      const distinct = Math.max(...routes.map(({ readiness }) => readiness.distinct));
      return distinct <= 5 ? undefined : `${distinct} distinct requests`;
    },
  },
  {
    name: "names-trimmed-was-accepted-then-undefined",
    must: "not ready",
    routes: accepted(
      (id) => ({ name: `  Shipper ${id} ` }),
      ({ name }) => ({ name: name.trim() }),
      () => ({ name: "undefined" }),
    ),
    next: (n) => get(`/quotes/${n}`),
    act: acceptThen("$.name value"),
  },
  {
    name: "amounts-rounded-was-accepted-then-hundredfold",
    must: "not ready",
    routes: accepted(
      (id) => ({ amount: 100.37 + id }),
      ({ amount }) => ({ amount: Math.round(amount) }),
      ({ amount }) => ({ amount: amount * 100 }),
    ),
    next: (n) => get(`/quotes/${n}`),
    act: acceptThen("$.amount value"),
  },
  {
    name: "breaks-after-a-long-clean-run",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (world.shared.get("broken") === true ? wrongly(ask, world) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n}`),
    perSecond: 1_500,
    act: async ({ load, settle, shared, judge }) => {
      await load(12_000);
      await settle();
      shared.set("broken", true);
      await load(80, (n) => get(`/quotes/${900_000 + n}`));
      await settle();
      judge();
      await load(20, (n) => get(`/quotes/${910_000 + n}`));
    },
  },
  {
    name: "known-requests-turn-wrong",
    must: "not ready",
    routes: {
      quotes: {
        legacy: quotes,
        candidate: (ask, world) => (world.shared.get("broken") === true ? wrongly(ask, world) : quotes(ask, world)),
      },
    },
    next: (n) => get(`/quotes/${n % 700}`),
    perSecond: 600,
    act: async ({ load, settle, shared, judge }) => {
      await load(4_200);
      await settle();
      shared.set("broken", true);
      await load(80, (n) => get(`/quotes/${n}`));
      await settle();
      judge();
      await load(40, (n) => get(`/quotes/${100 + n}`));
    },
  },
];

/** The candidate is wrong every time, and whoever is asked twice for the same gets a refusal from one side. */
function secondLook(status: number, side: "legacy" | "candidate") {
  const refusing =
    (handler: Handler): Handler =>
    (ask, world) =>
      world.side === side && world.times > 1 ? json({ error: "not twice" }, {}, status) : handler(ask, world);
  return { legacy: refusing(quotes), candidate: refusing(wrongly) };
}

/** Larger than `capture.maxBody`. */
function manifest(id: number, now: number, price: number): Buffer {
  const body = Buffer.alloc(1_200_000, "a crate of bolts; ");
  body.write(`{"id":${id},"at":${now},"price":${price},"goods":"`);
  body.write('"}', body.length - 2);
  return body;
}

/** The candidate is first wrong in a way that someone accepts, and then in another. */
function accepted<T extends object>(
  right: (id: number) => T,
  first: (of: T) => T,
  then: (of: T) => T,
): Situation["routes"] {
  return {
    quotes: {
      legacy: ({ id }) => json({ id, ...right(id) }),
      candidate: ({ id }, { shared }) => json({ id, ...(shared.get("then") === true ? then : first)(right(id)) }),
    },
  };
}

function acceptThen(place: string): NonNullable<Situation["act"]> {
  return async ({ product, load, settle, shared, judge, complain }) => {
    await load(60);
    const report = await settle();
    const finding = report.findings.find(({ path, kind }) => `${path} ${kind}` === place);
    if (finding === undefined) return complain(`no finding at ${place} to accept`);
    await product.accept(finding, "agreed with the customers");
    await load(900, (n) => get(`/quotes/${10_000 + n}`));
    await settle();
    shared.set("then", true);
    judge();
    await load(900, (n) => get(`/quotes/${20_000 + n}`));
    const last = await settle();
    if (!last.findings.some(({ state }) => state !== "accepted" && state !== "fixed")) {
      complain(`nothing but ${last.findings.map(({ state, count }) => `${state} ${count}`).join(", ")}`);
    }
  };
}
