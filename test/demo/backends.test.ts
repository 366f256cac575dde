import { describe, expect, test } from "vitest";
import { openCandidate } from "../../src/cli/demo/candidate.ts";
import { openLegacy } from "../../src/cli/demo/legacy.ts";
import { DISCONTINUED, PLANTED, type Planted, UNMAPPED } from "../../src/cli/demo/planted.ts";
import { seeded } from "../../src/cli/demo/random.ts";
import { ROUTES } from "../../src/cli/demo/service.ts";
import { createStock } from "../../src/cli/demo/stock.ts";
import { startTraffic } from "../../src/cli/demo/traffic.ts";

async function both(planted: readonly Planted[]) {
  const stock = createStock(600, Date.now);
  const closing = new AsyncDisposableStack();
  const legacy = closing.use(await openLegacy(planted, stock, seeded(1)));
  const candidate = closing.use(await openCandidate(planted, stock, seeded(2)));
  const ask = async (url: string, target: string, init?: RequestInit) => {
    const answer = await fetch(url + target, { ...init, redirect: "manual", signal: AbortSignal.timeout(2_000) });
    return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.bytes() };
  };
  const pair = async (target: string, init?: RequestInit) => ({
    legacy: await ask(legacy.url, target, init),
    candidate: await ask(candidate.url, target, init),
  });
  const json = async (target: string) => {
    const { legacy: left, candidate: right } = await pair(target);
    const parse = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString());
    return { legacy: parse(left.body), candidate: parse(right.body) };
  };
  return { legacy, candidate, pair, json, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

describe("the demo's backends", () => {
  test("with nothing planted, both answer every route alike", async () => {
    await using demo = await both([]);
    for (const target of [
      "/health",
      "/orders/10023",
      "/orders?status=PAID&page=3",
      "/orders/9",
      "/customers/17",
      "/customers/17/orders",
      "/products/1041",
      `/products/${DISCONTINUED}`,
      "/products?category=home&page=2",
      "/invoices/10400",
      "/invoices/10400/lines.csv",
      "/shipments/10400",
      "/shipments/10400/label",
      "/payments/10400",
      "/carts/400",
      "/stock/SKU-00012",
      "/reports/2026-03-02",
      "/recommendations/12",
      "/nowhere",
    ]) {
      const { legacy, candidate } = await demo.pair(target);
      expect([target, candidate.status]).toEqual([target, legacy.status]);
      expect(Buffer.from(candidate.body).equals(legacy.body), target).toBe(true);
    }
    const { legacy, candidate } = await demo.pair("/search", {
      method: "POST",
      body: JSON.stringify({ query: "olive kettle", limit: 5 }),
    });
    expect(candidate.body).toEqual(legacy.body);
  });

  test("each planted fault shows where the list says, and nowhere else in that answer", async () => {
    await using demo = await both(PLANTED.filter(({ kind }) => kind === "difference"));
    const order = await demo.json("/orders/10023");
    const { shipTo, ...rest } = order.legacy;
    expect(order.candidate).toEqual({ ...rest, shippingAddress: shipTo });

    const invoice = await demo.json("/invoices/10023");
    expect(invoice.candidate.total).toBe(Math.round(invoice.legacy.total * 100));
    expect(invoice.candidate.lines[0].unitPrice).toBe(Math.round(invoice.legacy.lines[0].unitPrice * 100));

    const shipment = await demo.json("/shipments/10023");
    expect(shipment.candidate.dispatchedAt).toMatch(/\+02:00$/);
    expect(Date.parse(shipment.candidate.dispatchedAt)).toBe(Date.parse(shipment.legacy.dispatchedAt));

    const customer = await demo.json("/customers/77");
    const { phone, ...known } = customer.legacy;
    expect(phone).toBeTypeOf("string");
    expect(customer.candidate).toEqual(known);

    const wrong = await demo.pair(`/products/${DISCONTINUED}`);
    expect([wrong.legacy.status, wrong.candidate.status]).toEqual([410, 404]);
    expect(wrong.candidate.body).toEqual(wrong.legacy.body);
    const right = await demo.pair(`/products/${DISCONTINUED + 1}`);
    expect([right.legacy.status, right.candidate.status]).toEqual([200, 200]);

    const orders = await demo.json("/customers/77/orders");
    expect(orders.candidate.orders).toEqual(orders.legacy.orders.toReversed());

    let unmapped = 0;
    for (let id = 10_000; id < 10_060; id += 1) {
      const { legacy, candidate } = await demo.json(`/payments/${id}`);
      if (legacy.state === UNMAPPED) unmapped += 1;
      expect(candidate.state).toBe(legacy.state === UNMAPPED ? "UNKNOWN" : legacy.state);
    }
    expect(unmapped).toBeGreaterThan(0);
  });

  test("planted noise differs on legacy's side alone, too", async () => {
    await using demo = await both(PLANTED.filter(({ kind }) => kind === "noise"));
    const first = await demo.json("/orders/10023");
    const second = await demo.json("/orders/10023");
    expect(second.legacy.meta.requestId).not.toBe(first.legacy.meta.requestId);
    expect({ ...first.candidate, meta: 0 }).toEqual({ ...first.legacy, meta: 0 });
  });

  test("the candidate sees a write after the lag, and legacy at once", async () => {
    const lag = PLANTED.find((one) => one.kind === "lag")!;
    await using demo = await both([lag]);
    await fetch(`${demo.legacy.url}/stock/SKU-00007`, { method: "PUT", body: JSON.stringify({ onHand: 901 }) });
    const soon = await demo.json("/stock/SKU-00007");
    expect(soon.legacy.onHand).toBe(901);
    expect(soon.candidate.onHand).not.toBe(901);
    await expect
      .poll(async () => (await demo.json("/stock/SKU-00007")).candidate.onHand, { timeout: lag.lagMs * 5 })
      .toBe(901);
  });

  test("every planted fault is on a route of the service, and its name is its own", () => {
    const routes = ROUTES.map(({ route }) => route);
    expect(PLANTED.filter(({ route }) => !routes.includes(route))).toEqual([]);
    expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length);
  });
});

describe("the demo's traffic", () => {
  test("it mixes reads and writes, keeps to its rate and has every request answered", async () => {
    await using demo = await both([]);
    const stop = new AbortController();
    const started = performance.now();
    const traffic = startTraffic(demo.legacy.url, { rate: 400, seed: 7, stop: stop.signal });
    await expect.poll(() => traffic.counts.sent, { timeout: 60_000 }).toBeGreaterThan(400);
    stop.abort();
    await traffic.done;
    const seconds = (performance.now() - started) / 1000;
    const { sent, answered, failed, writes } = traffic.counts;
    expect(failed).toBe(0);
    expect(answered).toBe(sent);
    expect(sent / seconds).toBeLessThan(440);
    expect(writes / sent).toBeGreaterThan(0.05);
    const methods = new Set([...demo.legacy.seen.keys()].map((sent) => sent.split(" ")[0]));
    expect([...methods].sort()).toEqual(["DELETE", "GET", "POST", "PUT"]);
  });
});
