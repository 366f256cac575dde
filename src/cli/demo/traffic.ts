// cli/demo/traffic.ts: clients of the order service: a mix of reads and writes, at a bounded and steady rate

import { Agent, request } from "node:http";
import { CATEGORIES, FIRST_ORDER, LAST_CUSTOMER, LAST_ORDER, LAST_PRODUCT, ORDER_STATES, skuOf } from "./data.ts";
import { DISCONTINUED } from "./planted.ts";
import { between, pick, type Random, seeded } from "./random.ts";

type Call = { readonly method: string; readonly target: string; readonly body?: unknown };

/** Rate in requests a second, and what ends the traffic. */
export type TrafficOptions = {
  /** Requests a second. */
  readonly rate: number;
  readonly seed: number;
  /** Ends the traffic; requests on their way are still waited for. */
  readonly stop: AbortSignal;
};

/** Counts so far: `sent = answered + failed + under way`. */
export type TrafficCounts = { sent: number; answered: number; failed: number; writes: number };

/** Running traffic; `done` resolves when the last response has come. */
export type Traffic = { readonly counts: Readonly<TrafficCounts>; readonly done: Promise<void> };

/** Requests under way at once, at most; past it the traffic waits rather than piles up. */
const MAX_UNDER_WAY = 128;
const TICK_MS = 10;
/** Longer than any stall of a busy machine: an answer that comes late is an answer. */
const DEADLINE_MS = 60_000;

/** Starts sending requests to the proxy. */
export function startTraffic(url: string, { rate, seed, stop }: TrafficOptions): Traffic {
  const random = seeded(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_UNDER_WAY });
  const counts: TrafficCounts = { sent: 0, answered: 0, failed: 0, writes: 0 };
  const underWay = new Set<Promise<void>>();
  const soon: Call[] = [];
  const { hostname, port } = new URL(url);

  const send = (call: Call) => {
    counts.sent += 1;
    if (call.method !== "GET" && call.target !== "/search") counts.writes += 1;
    const one = ask(agent, hostname, Number(port), call).then((answered) => {
      counts[answered ? "answered" : "failed"] += 1;
      underWay.delete(one);
      // A stock level is read right after it was changed: this shows a lagging replica.
      if (call.method === "PUT") soon.push({ method: "GET", target: call.target });
    });
    underWay.add(one);
  };

  const done = (async () => {
    let due = 0;
    let last = performance.now();
    while (!stop.aborted) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      const now = performance.now();
      due = Math.min(due + ((now - last) / 1000) * rate, rate); // never more than a second's worth to catch up
      last = now;
      for (; due >= 1 && underWay.size < MAX_UNDER_WAY; due -= 1) {
        send(soon.shift() ?? nextCall(random));
      }
    }
    await Promise.all(underWay);
    agent.destroy();
  })();
  return { counts, done };
}

/** Resolves to whether a whole answer came; never rejects. */
function ask(agent: Agent, host: string, port: number, { method, target, body }: Call): Promise<boolean> {
  return new Promise((resolve) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asking = request(
      {
        agent,
        host,
        port,
        method,
        path: target,
        signal: AbortSignal.timeout(DEADLINE_MS),
        headers: {
          accept: "application/json",
          "user-agent": "order-app/2.3",
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
        },
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(true));
        response.on("close", () => resolve(response.complete));
        response.on("error", () => resolve(false));
      },
    );
    asking.on("error", () => resolve(false));
    asking.end(text);
  });
}

const WORDS = ["kettle", "lamp", "notebook", "bell", "blanket", "knife", "hose", "olive", "graphite", "gift"];
const order = (random: Random) => between(random, FIRST_ORDER, LAST_ORDER);
const customer = (random: Random) => between(random, 0, LAST_CUSTOMER);
const productId = (random: Random) => (random() < 0.15 ? DISCONTINUED : between(random, 0, LAST_PRODUCT));
const get = (target: string): Call => ({ method: "GET", target });
const day = (random: Random) => new Date(Date.UTC(2020, 0, 1 + between(random, 0, 2_000))).toISOString().slice(0, 10);

/** What the clients do, and how often: weights, of their sum. */
const MIX: readonly (readonly [number, (random: Random) => Call])[] = [
  [9, (random) => get(`/orders/${order(random)}`)],
  [6, (random) => get(`/orders?status=${pick(random, ORDER_STATES)}&page=${between(random, 1, 400)}`)],
  [7, (random) => get(`/customers/${customer(random)}`)],
  [7, (random) => get(`/customers/${customer(random)}/orders`)],
  [9, (random) => get(`/products/${productId(random)}`)],
  [6, (random) => get(`/products?category=${pick(random, CATEGORIES)}&page=${between(random, 1, 400)}`)],
  [7, (random) => ({ method: "POST", target: "/search", body: { query: words(random), limit: 5 } })],
  [7, (random) => get(`/invoices/${order(random)}`)],
  [5, (random) => get(`/invoices/${order(random)}/lines.csv`)],
  [7, (random) => get(`/shipments/${order(random)}`)],
  [4, (random) => get(`/shipments/${order(random)}/label`)],
  [8, (random) => get(`/payments/${order(random)}`)],
  [6, (random) => get(`/carts/${customer(random)}`)],
  [4, (random) => get(`/stock/${skuOf(between(random, 500, LAST_PRODUCT))}`)],
  [4, (random) => get(`/reports/${day(random)}`)],
  [5, (random) => get(`/recommendations/${customer(random)}`)],
  [2, () => get("/health")],
  [
    3,
    (random) => ({
      method: "PUT",
      target: `/stock/${skuOf(between(random, 0, 499))}`,
      body: { onHand: 500 + between(random, 0, 400) },
    }),
  ],
  [
    5,
    (random) => ({
      method: "POST",
      target: "/orders",
      body: { customerId: customer(random), items: [{ sku: skuOf(between(random, 0, LAST_PRODUCT)), quantity: 1 }] },
    }),
  ],
  [3, (random) => ({ method: "POST", target: `/customers/${customer(random)}/notes`, body: { text: words(random) } })],
  [
    2,
    (random) => ({
      method: "DELETE",
      target: `/carts/${customer(random)}/items/${skuOf(between(random, 0, LAST_PRODUCT))}`,
    }),
  ],
];
const WEIGHT = MIX.reduce((sum, [weight]) => sum + weight, 0);

function nextCall(random: Random): Call {
  let drawn = random() * WEIGHT;
  for (const [weight, make] of MIX) {
    drawn -= weight;
    if (drawn < 0) return make(random);
  }
  return get("/health");
}

function words(random: Random): string {
  return Array.from({ length: between(random, 1, 4) }, () => pick(random, WORDS)).join(" ");
}
