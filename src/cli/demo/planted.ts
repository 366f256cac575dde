// cli/demo/planted.ts: the one list of what is planted; both backends, the summary and the test read it

import type { Kind, Where } from "../../model/difference.ts";
import type { DemoAnswer, Json, JsonObject } from "./answer.ts";
import { between, type Random } from "./random.ts";

type Named = {
  readonly name: string;
  /** A route template, as the report names it. */
  readonly route: string;
  /** What is wrong, for a person. */
  readonly says: string;
};

/** Where it must show in the report: `path` is generalised, `$.lines[*].unitPrice`. */
export type PlantedPlace = { readonly where: Where; readonly path: string; readonly kind: Kind };

/** A bug of the candidate: it must become a finding at each of its places, and its cause must be named. */
type PlantedDifference = Named & {
  readonly kind: "difference";
  readonly places: readonly PlantedPlace[];
  /** The kind of cause that the report must name for at least one of the places. */
  readonly cause: string;
  /** Turns the right answer into the candidate's. */
  readonly plant: (right: DemoAnswer, id: string) => DemoAnswer;
};

/** What differs from answer to answer, on either side: it must be called noise, and never become a finding. */
type PlantedNoise = Named & {
  readonly kind: "noise";
  readonly places: readonly PlantedPlace[];
  readonly plant: (right: DemoAnswer, random: Random, now: number) => DemoAnswer;
};

/** The candidate sees a write this much later: it must be called transient, and never become a finding. */
type PlantedLag = Named & {
  readonly kind: "lag";
  readonly places: readonly PlantedPlace[];
  readonly lagMs: number;
};

/** Right answers, slowly: no difference, but the latency shows. */
type PlantedSlowness = Named & {
  readonly kind: "slow";
  readonly legacyMs: number;
  readonly candidateMs: number;
};

/** The candidate fails for every so-many-th request: `candidate_error`, and never a finding. */
type PlantedFailure = Named & {
  readonly kind: "failure";
  readonly resetEvery: number;
  readonly hangEvery: number;
};

/** Something that the demo plants and its report must name. */
export type Planted = PlantedDifference | PlantedNoise | PlantedLag | PlantedSlowness | PlantedFailure;

/** The one product whose status the candidate gets wrong. */
export const DISCONTINUED = 1042;
/** The one payment state that the candidate's table lacks. */
export const UNMAPPED = "CHARGEBACK";

/** Everything that the demo plants. */
export const PLANTED: readonly Planted[] = [
  {
    kind: "difference",
    name: "renamed field",
    route: "GET /orders/{id}",
    says: "shipTo is called shippingAddress",
    places: [
      { where: "body", path: "$.shipTo", kind: "missing" },
      { where: "body", path: "$.shippingAddress", kind: "extra" },
    ],
    cause: "renamed",
    plant: inBody(({ shipTo, ...rest }) => (shipTo === undefined ? rest : { ...rest, shippingAddress: shipTo })),
  },
  {
    kind: "difference",
    name: "cents for euros",
    route: "GET /invoices/{id}",
    says: "amounts are in cents",
    places: [
      { where: "body", path: "$.lines[*].unitPrice", kind: "value" },
      { where: "body", path: "$.total", kind: "value" },
    ],
    cause: "factor",
    plant: inBody((body) => ({
      ...body,
      lines: list(body["lines"]).map((line) => ({ ...line, unitPrice: Math.round(Number(line["unitPrice"]) * 100) })),
      total: Math.round(Number(body["total"]) * 100),
    })),
  },
  {
    kind: "difference",
    name: "another time zone",
    route: "GET /shipments/{id}",
    says: "times are in the zone of the warehouse, not in UTC",
    places: [{ where: "body", path: "$.dispatchedAt", kind: "value" }],
    cause: "time_zone",
    plant: inBody((body) => ({ ...body, dispatchedAt: inWarehouseZone(String(body["dispatchedAt"])) })),
  },
  {
    kind: "difference",
    name: "missing field",
    route: "GET /customers/{id}",
    says: "phone is not there",
    places: [{ where: "body", path: "$.phone", kind: "missing" }],
    cause: "missing",
    plant: inBody(({ phone: _, ...rest }) => rest),
  },
  {
    kind: "difference",
    name: "wrong status for one id",
    route: "GET /products/{id}",
    says: `product ${DISCONTINUED} is 404 where legacy says 410`,
    places: [{ where: "status", path: "", kind: "value" }],
    cause: "code_mapping",
    plant: (right, id) => (Number(id) === DISCONTINUED ? { ...right, status: 404 } : right),
  },
  {
    kind: "difference",
    name: "list in another order",
    route: "GET /customers/{id}/orders",
    says: "orders come oldest first",
    places: [{ where: "body", path: "$.orders", kind: "order" }],
    cause: "order",
    plant: inBody((body) => ({ ...body, orders: list(body["orders"]).toReversed() })),
  },
  {
    kind: "difference",
    name: "mapping missed in a table of codes",
    route: "GET /payments/{id}",
    says: `state ${UNMAPPED} comes out as UNKNOWN`,
    places: [{ where: "body", path: "$.state", kind: "value" }],
    cause: "code_mapping",
    plant: inBody((body) => (body["state"] === UNMAPPED ? { ...body, state: "UNKNOWN" } : body)),
  },
  {
    kind: "noise",
    name: "request id and time of writing",
    route: "GET /orders/{id}",
    says: "meta changes with each answer",
    places: [
      { where: "body", path: "$.meta.requestId", kind: "value" },
      { where: "body", path: "$.meta.generatedAt", kind: "value" },
    ],
    plant: (right, random, now) =>
      inBody((body) => ({
        ...body,
        meta: { requestId: uuid(random), generatedAt: new Date(now - between(random, 0, 60_000)).toISOString() },
      }))(right),
  },
  {
    kind: "noise",
    name: "session token and expiry",
    route: "GET /carts/{id}",
    says: "session changes with each answer",
    places: [
      { where: "body", path: "$.session.token", kind: "value" },
      { where: "body", path: "$.session.expiresAt", kind: "value" },
    ],
    plant: (right, random, now) =>
      inBody((body) => ({
        ...body,
        session: {
          token: token(random),
          expiresAt: new Date(now + 900_000 + between(random, 0, 60_000)).toISOString(),
        },
      }))(right),
  },
  {
    kind: "lag",
    name: "replication lag",
    route: "GET /stock/{id}",
    says: "the candidate sees a write a moment later",
    places: [
      { where: "body", path: "$.onHand", kind: "value" },
      { where: "body", path: "$.revision", kind: "value" },
    ],
    lagMs: 350,
  },
  {
    kind: "slow",
    name: "slow route",
    route: "GET /reports/{date}",
    says: "the candidate takes five times as long",
    legacyMs: 40,
    candidateMs: 200,
  },
  {
    kind: "failure",
    name: "failing candidate",
    route: "GET /recommendations/{id}",
    says: "the candidate resets one request in eight and lets one in fifteen hang",
    resetEvery: 8,
    hangEvery: 15,
  },
];

/** What is planted on a route. */
export function plantedOn(planted: readonly Planted[], route: string): readonly Planted[] {
  return planted.filter((one) => one.route === route);
}

/** Only answers of the usual kind carry the fault: an error's body has none of these members. */
function inBody(change: (body: JsonObject) => JsonObject): (right: DemoAnswer) => DemoAnswer {
  return (right) => (right.kind === "json" && right.status === 200 ? { ...right, body: change(right.body) } : right);
}

const list = (value: Json | undefined) => value as readonly JsonObject[];

/** The same instant, two hours ahead of UTC: `2026-01-05T08:00:00Z` is `2026-01-05T10:00:00+02:00`. */
function inWarehouseZone(utc: string): string {
  return new Date(Date.parse(utc) + 2 * 3_600_000).toISOString().replace(".000Z", "+02:00");
}

const hex = (random: Random, length: number) =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
const token = (random: Random) => hex(random, 40);
const uuid = (random: Random) =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;
