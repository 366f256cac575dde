// admin/endpoints.ts: every path of the admin listener in one table

import { anyone, type Call, control, type Endpoint, endpoint, type Handler, read } from "./endpoint.ts";
import { openApi } from "./openapi.ts";
import type { Done } from "./ports.ts";
import {
  ACCEPT,
  CONTROL,
  EPOCH,
  type Read,
  readAccept,
  readControl,
  readEpoch,
  readUnaccept,
  UNACCEPT,
} from "./requests.ts";
import { type AdminResponse, JSON_TYPE, json, problem } from "./response.ts";

const HTML = "text/html; charset=utf-8";

/** Every path of the admin listener. The OpenAPI document and docs/http-api.md are made from this table. */
export const ENDPOINTS: readonly Endpoint[] = [
  endpoint("/livez", {
    GET: anyone({ says: "Liveness: 200, or 503 if the process should be restarted." }, ({ ports }) =>
      health(ports.live()),
    ),
  }),
  endpoint("/readyz", {
    GET: anyone(
      { says: "Readiness: 200 if the proxy accepts traffic, otherwise 503. Its notes list current problems." },
      ({ ports }) => health(ports.ready()),
    ),
  }),
  endpoint("/metrics", {
    GET: read({ says: "Metrics in the text format of Prometheus.", type: "text/plain" }, async ({ ports, views }) => ({
      status: 200,
      type: ports.metricsType,
      body: await views.metrics(),
    })),
  }),
  endpoint("/", {
    GET: read({ says: "The report as a page.", type: "text/html" }, async ({ views }) => ({
      status: 200,
      type: HTML,
      body: await views.page(),
    })),
  }),
  endpoint("/api/v1/report", {
    GET: read({ says: "The report: routes, findings, entries, readiness, warnings." }, async ({ views }) => ({
      status: 200,
      type: JSON_TYPE,
      body: await views.reportJson(),
    })),
  }),
  endpoint("/api/v1/findings/{id}", {
    GET: read({ says: "One finding with its stored samples.", failures: [404] }, finding),
  }),
  endpoint("/api/v1/findings/{id}/accept", {
    POST: control(
      { says: "Accepts the finding. Returns the finding.", takes: ACCEPT, failures: [404, 409, 422] },
      (call) =>
        changing(
          call,
          (body) => readAccept(call.id, body, call.now),
          call.ports.accept,
          () => finding(call),
        ),
    ),
    DELETE: control(
      { says: "Ends the acceptance of the finding. Returns the finding.", takes: UNACCEPT, failures: [404, 409, 422] },
      (call) =>
        changing(
          call,
          (body) => readUnaccept(call.id, body),
          call.ports.unaccept,
          () => finding(call),
        ),
    ),
  }),
  endpoint("/api/v1/epoch", {
    GET: read({ says: "The current epoch: the candidate's version that the evidence is about." }, async ({ views }) =>
      json((await views.report()).epoch),
    ),
    POST: control(
      {
        says: "Declares that another version of the candidate was deployed: older evidence no longer counts. Repeating the same name has no effect.",
        takes: EPOCH,
        status: 201,
        failures: [422],
      },
      (call) => changing(call, readEpoch, call.ports.epoch, async () => json((await call.views.report()).epoch, 201)),
    ),
  }),
  endpoint("/api/v1/control", {
    GET: read({ says: "The runtime switches that are set. Values of cohorts are not shown." }, ({ ports }) =>
      json(ports.control.read()),
    ),
    PUT: control(
      {
        says: "Changes one runtime switch, for all routes or for one. Returns all switches.",
        takes: CONTROL,
        failures: [409, 422],
      },
      (call) =>
        changing(
          call,
          (body) => readControl(body, call.now),
          call.ports.control.change,
          () => json(call.ports.control.read()),
        ),
    ),
  }),
  endpoint("/api/v1/audit", {
    GET: read({ says: "The latest entries of the audit log, newest first." }, async ({ ports }) =>
      json(await ports.audit()),
    ),
  }),
  endpoint("/api/v1/openapi.json", {
    GET: read({ says: "This API as an OpenAPI 3.1 document." }, ({ ports }) => json(openApi(ENDPOINTS, ports.version))),
  }),
  endpoint("/api/v1/config", {
    GET: read({ says: "The config in force, without its secrets." }, ({ ports }) => json(ports.configShown())),
  }),
];

/** The handler of a request, or why there is none. */
export type Found =
  | { readonly kind: "handler"; readonly handler: Handler; readonly id: string }
  | { readonly kind: "method"; readonly allow: string }
  | { readonly kind: "none" };

/** The handler of a path and method. A path that cannot be decoded has none. */
export function find(method: string, path: string): Found {
  for (const { pattern, methods } of ENDPOINTS) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const handler = methods.get(method === "HEAD" ? "GET" : method);
    const names = [...methods.keys()];
    if (handler === undefined) {
      return { kind: "method", allow: (names.includes("GET") ? [...names, "HEAD"] : names).join(", ") };
    }
    const id = decoded(match[1] ?? "");
    return id === undefined ? { kind: "none" } : { kind: "handler", handler, id };
  }
  return { kind: "none" };
}

function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

function health(state: { readonly ok: boolean }): AdminResponse {
  return json(state, state.ok ? 200 : 503);
}

async function finding({ ports, views, id }: Call): Promise<AdminResponse> {
  const report = await views.report();
  const one = report.findings.find((each) => each.id === id);
  if (one === undefined) return problem(404, "Not Found", "There is no finding with this id.");
  const stored = await ports.samples(id);
  return json({ ...one, samples: stored.length > 0 ? stored : one.samples });
}

/** Reads what was sent, carries it out, and answers what came of it. */
async function changing<T>(
  call: Call,
  read: (body: unknown) => Read<T>,
  carryOut: (request: T) => Done | Promise<Done>,
  show: () => AdminResponse | Promise<AdminResponse>,
): Promise<AdminResponse> {
  const body = await call.body();
  if (!body.ok) return body.answer;
  const understood = read(body.value);
  if (!understood.ok) {
    return problem(422, "Unprocessable Content", understood.faults.join("; "), { faults: understood.faults });
  }
  const done = await carryOut(understood.request);
  call.views.forget();
  return done.ok ? show() : problem(done.status, TITLES[done.status], done.detail);
}

const TITLES = { 404: "Not Found", 409: "Conflict", 503: "Service Unavailable" } as const;
