// cli/demo/data.ts: the order service's data, made up from ids alone: no storage, the same for both backends

import type { JsonObject } from "./answer.ts";
import { between, pick, type Random, seeded } from "./random.ts";

const FIRST = ["Ada", "Björn", "Chiara", "Dmitri", "Élodie", "Fatma", "Grace", "Hiroshi", "Ines", "Jan"];
const LAST = ["Almeida", "Bergström", "Conti", "Dubois", "Eriksen", "Fischer", "García", "Horvat", "Ito", "Jansen"];
const STREETS = ["Hauptstraße", "Rue de la Paix", "Via Roma", "Keizersgracht", "Main Street", "Calle Mayor"];
const CITIES = [
  ["Berlin", "10115", "DE"],
  ["Lyon", "69001", "FR"],
  ["Torino", "10121", "IT"],
  ["Utrecht", "3511 AB", "NL"],
  ["Valencia", "46001", "ES"],
] as const;
const GOODS = ["Kettle", "Desk lamp", "Notebook A5", "Bicycle bell", "Wool blanket", "Chef’s knife", "Garden hose"];
const COLOURS = ["graphite", "cream", "oxblood", "olive", "sky"];
/** Categories of products. */
export const CATEGORIES = ["kitchen", "office", "outdoor", "home"];
/** States of orders. */
export const ORDER_STATES = ["PLACED", "PAID", "PACKED", "SHIPPED", "DELIVERED", "CANCELLED"];
const PAYMENT_STATES = ["AUTHORIZED", "CAPTURED", "SETTLED", "CHARGEBACK", "REFUNDED", "VOIDED"];
const CARRIERS = ["DHL", "UPS", "PostNL", "GLS"];

/** Which ids exist; the traffic asks for some beyond them too. */
export const LAST_ORDER = 14_999;
/** The smallest id of an order. */
export const FIRST_ORDER = 10_000;
/** The largest id of a customer. */
export const LAST_CUSTOMER = 3_999;
/** The largest id of a product. */
export const LAST_PRODUCT = 3_999;

const EPOCH = Date.UTC(2026, 0, 5, 6, 0, 0);
const cents = (amount: number) => Math.round(amount * 100) / 100;
const at = (random: Random, days: number) => new Date(EPOCH + between(random, 0, days * 86_400) * 1000).toISOString();

const rng = (kind: number, id: number) => seeded(Math.imul(id + 1, 0x9e37_79b1) ^ Math.imul(kind, 0x85eb_ca6b));

/** The article number of a product. */
export const skuOf = (product: number) => `SKU-${String(product).padStart(5, "0")}`;

function address(random: Random): JsonObject {
  const [city, postcode, country] = pick(random, CITIES);
  return { street: `${pick(random, STREETS)} ${between(random, 1, 180)}`, postcode, city, country };
}

/** A product; the same for the same id. */
export function product(id: number): JsonObject {
  const random = rng(1, id);
  const name = `${pick(random, GOODS)}, ${pick(random, COLOURS)}`;
  return {
    id,
    sku: skuOf(id),
    name,
    category: pick(random, CATEGORIES),
    price: { amount: cents(between(random, 199, 24_999) / 100), currency: "EUR" },
    dimensions: {
      widthMm: between(random, 40, 900),
      heightMm: between(random, 20, 600),
      weightG: between(random, 50, 9_000),
    },
    tags: [pick(random, COLOURS), pick(random, CATEGORIES), "new"],
    rating: { average: between(random, 20, 50) / 10, votes: between(random, 0, 900) },
  };
}

function items(random: Random): JsonObject[] {
  const first = between(random, 0, LAST_PRODUCT - 40);
  return Array.from({ length: between(random, 1, 6) }, (_, n) => {
    const id = first + n * 5 + between(random, 0, 4); // never the same product twice in one order
    const quantity = between(random, 1, 4);
    const unitPrice = cents(between(random, 199, 24_999) / 100);
    return { sku: skuOf(id), name: pick(random, GOODS), quantity, unitPrice, lineTotal: cents(unitPrice * quantity) };
  });
}

const totalOf = (lines: readonly JsonObject[]) =>
  cents(lines.reduce((sum, line) => sum + Number(line["lineTotal"]), 0));

/** An order; the same for the same id. */
export function order(id: number): JsonObject {
  const random = rng(2, id);
  const lines = items(random);
  const goods = totalOf(lines);
  const shipping = goods > 100 ? 0 : 4.9;
  return {
    id,
    customerId: between(random, 0, LAST_CUSTOMER),
    status: pick(random, ORDER_STATES),
    placedAt: at(random, 60),
    items: lines,
    totals: { goods, shipping, grand: cents(goods + shipping), currency: "EUR" },
    shipTo: address(random),
    gift: random() < 0.1,
    note: random() < 0.2 ? "Please ring twice" : null,
  };
}

const orderSummary = (id: number): JsonObject => {
  const { status, placedAt, totals } = order(id);
  return { id, status: status!, placedAt: placedAt!, total: (totals as JsonObject)["grand"]! };
};

/** A customer; the same for the same id. */
export function customer(id: number): JsonObject {
  const random = rng(3, id);
  const first = pick(random, FIRST);
  const last = pick(random, LAST);
  return {
    id,
    name: { first, last },
    email: `${first}.${last}@example.test`
      .toLowerCase()
      .normalize("NFD")
      .replace(/[^a-z.@]/g, ""),
    phone: `+49 30 ${between(random, 1_000_000, 9_999_999)}`,
    address: address(random),
    since: at(random, 30).slice(0, 10),
    loyalty: { tier: pick(random, ["none", "silver", "gold"]), points: between(random, 0, 5_000) },
  };
}

/** A customer's orders, the newest first. Each has at least two, of different days. */
export function ordersOf(id: number): JsonObject {
  const random = rng(4, id);
  const newest = between(random, FIRST_ORDER + 100, LAST_ORDER);
  const orders = Array.from({ length: between(random, 2, 6) }, (_, n) => ({
    ...orderSummary(newest - n * 13),
    placedAt: new Date(EPOCH + (59 - n * 7) * 86_400_000).toISOString(),
  }));
  return { customerId: id, count: orders.length, orders };
}

/** An invoice; the same for the same id. */
export function invoice(id: number): JsonObject {
  const random = rng(5, id);
  const lines = items(random).map(({ sku, quantity, unitPrice }) => ({
    sku: sku!,
    quantity: quantity!,
    unitPrice: unitPrice!,
  }));
  const net = cents(lines.reduce((sum, line) => sum + Number(line.unitPrice) * Number(line.quantity), 0));
  return {
    id,
    number: `2026-${String(id).padStart(6, "0")}`,
    issuedOn: at(random, 60).slice(0, 10),
    currency: "EUR",
    lines,
    vatRate: 0.19,
    total: net,
  };
}

/** The lines of an invoice as CSV. */
export function invoiceCsv(id: number): Buffer {
  const lines = invoice(id)["lines"] as readonly JsonObject[];
  const rows = lines.map((line) => `${line["sku"]},${line["quantity"]},${line["unitPrice"]}`);
  return Buffer.from(`${["sku,quantity,unit_price", ...rows].join("\r\n")}\r\n`);
}

/** A shipment; the same for the same id. */
export function shipment(id: number): JsonObject {
  const random = rng(6, id);
  const dispatched = Date.parse(at(random, 60));
  return {
    id,
    orderId: between(random, FIRST_ORDER, LAST_ORDER),
    carrier: pick(random, CARRIERS),
    trackingCode: `${between(random, 10_000_000, 99_999_999)}${between(random, 1_000, 9_999)}`,
    dispatchedAt: new Date(dispatched).toISOString().replace(".000Z", "Z"),
    parcels: Array.from({ length: between(random, 1, 3) }, (_, n) => ({
      number: n + 1,
      weightG: between(random, 200, 9_000),
    })),
  };
}

/** A shipping label: bytes that are no text. */
export function label(id: number): Buffer {
  const random = rng(7, id);
  const picture = Buffer.from(Array.from({ length: 1_200 }, () => between(random, 0, 255)));
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), picture]);
}

/** A payment; the same for the same id. */
export function payment(id: number): JsonObject {
  const random = rng(8, id);
  return {
    id,
    orderId: between(random, FIRST_ORDER, LAST_ORDER),
    method: pick(random, ["CARD", "SEPA", "INVOICE"]),
    state: pick(random, PAYMENT_STATES),
    amount: cents(between(random, 199, 99_999) / 100),
    currency: "EUR",
  };
}

/** A cart; the same for the same id. */
export function cart(id: number): JsonObject {
  const lines = items(rng(9, id));
  return { id, items: lines, subtotal: totalOf(lines), currency: "EUR" };
}

/** Recommended products for a customer. */
export function recommendations(id: number): JsonObject {
  const random = rng(10, id);
  const first = between(random, 0, LAST_PRODUCT - 30);
  return {
    customerId: id,
    products: Array.from({ length: 5 }, (_, n) => ({ sku: skuOf(first + n * 6), score: cents(random()) })),
  };
}

/** One day's figures; `date` is ISO 8601, `2026-03-02`. */
export function dailyReport(date: string): JsonObject {
  const random = rng(11, Date.parse(date) / 86_400_000);
  const orders = between(random, 80, 900);
  return {
    date,
    orders,
    revenue: cents(orders * (40 + random() * 30)),
    byCategory: CATEGORIES.map((category) => ({ category, orders: between(random, 10, 300) })),
  };
}

/** A page of a list. @param number from 1 */
export function page(kind: "orders" | "products", number: number, filter: string): JsonObject {
  const random = rng(kind === "orders" ? 12 : 13, number * 31 + filter.length);
  const start =
    kind === "orders" ? between(random, FIRST_ORDER, LAST_ORDER - 40) : between(random, 0, LAST_PRODUCT - 40);
  const rows = Array.from({ length: 10 }, (_, n) => {
    if (kind === "orders") return { ...orderSummary(start + n * 3), status: filter };
    const { id, sku, name, price } = product(start + n * 3);
    return { id: id!, sku: sku!, name: name!, price: price!, category: filter };
  });
  return { [kind]: rows, page: number, pageSize: rows.length, filter };
}

/** The first products that match. */
export function search(query: string, limit: number): JsonObject {
  const random = seeded([...query].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7));
  const hits = between(random, 0, Math.min(limit, 8));
  const start = between(random, 0, LAST_PRODUCT - 40);
  return {
    query,
    total: hits,
    hits: Array.from({ length: hits }, (_, n) => {
      const { sku, name, price } = product(start + n * 4);
      return { sku: sku!, name: name!, price: price!, score: cents(1 - n / 10) };
    }),
  };
}
