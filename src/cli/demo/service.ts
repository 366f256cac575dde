// cli/demo/service.ts: the order service as it should be; legacy is this, the candidate is this with its faults

import { bytes, type DemoAnswer, empty, type JsonObject, json, notFound } from "./answer.ts";
import * as data from "./data.ts";
import { DISCONTINUED } from "./planted.ts";
import type { Stock } from "./stock.ts";

type DemoRequest = {
  /** The parameters of the route's template, in their order. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly stock: Stock;
  readonly lagMs: number;
};

type Route = { readonly route: string; readonly handle: (request: DemoRequest) => DemoAnswer };

const within = (id: string, low: number, high: number) =>
  /^\d{1,9}$/.test(id) && Number(id) >= low && Number(id) <= high;

/** A handler for `/things/{id}` where the ids run from `low` to `high`. */
function byId(what: string, low: number, high: number, read: (id: number) => JsonObject): Route["handle"] {
  return ({ params: [id = ""] }) => (within(id, low, high) ? json(read(Number(id))) : notFound(`${what} ${id}`));
}

const orders = [data.FIRST_ORDER, data.LAST_ORDER] as const;
const customers = [0, data.LAST_CUSTOMER] as const;
const pageOf = (query: URLSearchParams) => Math.min(Math.max(Number(query.get("page")) || 1, 1), 10_000);

/** All routes of the demo service. */
export const ROUTES: readonly Route[] = [
  { route: "GET /health", handle: () => json({ status: "UP" }) },
  {
    route: "GET /orders",
    handle: ({ query }) => json(data.page("orders", pageOf(query), query.get("status") ?? "PLACED")),
  },
  {
    route: "POST /orders",
    handle: ({ body }) => json({ id: 15_000 + (JSON.stringify(body).length % 1_000), status: "PLACED" }, 201),
  },
  { route: "GET /orders/{id}", handle: byId("order", ...orders, data.order) },
  { route: "GET /customers/{id}", handle: byId("customer", ...customers, data.customer) },
  { route: "GET /customers/{id}/orders", handle: byId("customer", ...customers, data.ordersOf) },
  { route: "POST /customers/{id}/notes", handle: () => empty() },
  {
    route: "GET /products",
    handle: ({ query }) => json(data.page("products", pageOf(query), query.get("category") ?? "home")),
  },
  {
    route: "GET /products/{id}",
    handle: (request) =>
      Number(request.params[0]) === DISCONTINUED
        ? json({ error: { code: "DISCONTINUED", message: `product ${DISCONTINUED} is no longer sold` } }, 410)
        : byId("product", 0, data.LAST_PRODUCT, data.product)(request),
  },
  {
    route: "POST /search",
    handle: ({ body }) => json(data.search(String(body["query"] ?? ""), Number(body["limit"] ?? 5))),
  },
  { route: "GET /invoices/{id}", handle: byId("invoice", ...orders, data.invoice) },
  {
    route: "GET /invoices/{id}/lines.csv",
    handle: ({ params: [id = ""] }) =>
      within(id, ...orders) ? bytes("text/csv; charset=utf-8", data.invoiceCsv(Number(id))) : notFound(`invoice ${id}`),
  },
  { route: "GET /shipments/{id}", handle: byId("shipment", ...orders, data.shipment) },
  {
    route: "GET /shipments/{id}/label",
    handle: ({ params: [id = ""] }) =>
      within(id, ...orders) ? bytes("image/png", data.label(Number(id))) : notFound(`shipment ${id}`),
  },
  { route: "GET /payments/{id}", handle: byId("payment", ...orders, data.payment) },
  { route: "GET /carts/{id}", handle: byId("cart", ...customers, data.cart) },
  { route: "DELETE /carts/{id}/items/{id}", handle: () => empty() },
  {
    route: "GET /stock/{id}",
    handle: ({ params: [sku = ""], stock, lagMs }) => {
      const level = stock.read(sku, lagMs);
      return level === undefined ? notFound(`article ${sku}`) : json(level);
    },
  },
  {
    route: "PUT /stock/{id}",
    handle: ({ params: [sku = ""], body, stock }) => {
      stock.write(sku, Number(body["onHand"] ?? 0));
      return empty();
    },
  },
  {
    route: "GET /reports/{date}",
    handle: ({ params: [date = ""] }) =>
      Number.isNaN(Date.parse(date)) ? notFound(`report ${date}`) : json(data.dailyReport(date)),
  },
  { route: "GET /recommendations/{id}", handle: byId("customer", ...customers, data.recommendations) },
];

const compiled = ROUTES.map((one) => {
  const [method, template] = one.route.split(" ") as [string, string];
  return { ...one, method, pattern: new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{\w+\}/g, "([^/]+)")}$`) };
});

/** The route of a request, with the values of its parameters. */
export type Found = { readonly route: string; readonly params: readonly string[]; readonly handle: Route["handle"] };

/** Which route a method and a path belong to. */
export function routeOf(method: string, path: string): Found | undefined {
  for (const { route, method: wanted, pattern, handle } of compiled) {
    const match = method === wanted ? pattern.exec(path) : null;
    if (match) return { route, params: match.slice(1), handle };
  }
  return undefined;
}
