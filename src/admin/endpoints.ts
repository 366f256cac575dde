// admin/endpoints.ts: every path of the admin listener in one table

import type { Role } from "./access.ts";
import type { ConsolePorts, Done } from "./ports.ts";
import { type Read, readAccept, readControl, readEpoch, readUnaccept } from "./requests.ts";
import { type ConsoleAnswer, JSON_TYPE, json, problem } from "./response.ts";
import type { Views } from "./views.ts";

/** A request that may be answered. `body` reads and parses it, once. */
type Call = {
  readonly ports: ConsolePorts;
  readonly views: Views;
  /** The `{id}` of the path, decoded. */
  readonly id: string;
  readonly now: number;
  readonly body: () => Promise<BodyRead>;
};

export type BodyRead =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly answer: ConsoleAnswer };

type Handler = {
  readonly role: Role | "anyone";
  readonly answer: (call: Call) => ConsoleAnswer | Promise<ConsoleAnswer>;
};

/** `GET` answers `HEAD` too. */
type Endpoint = { readonly path: RegExp; readonly methods: ReadonlyMap<string, Handler> };

const endpoint = (path: RegExp, methods: Record<string, Handler>): Endpoint => ({
  path,
  methods: new Map(Object.entries(methods)),
});
const read = (answer: Handler["answer"]): Handler => ({ role: "read", answer });
const control = (answer: Handler["answer"]): Handler => ({ role: "control", answer });
const anyone = (answer: Handler["answer"]): Handler => ({ role: "anyone", answer });

const ENDPOINTS: readonly Endpoint[] = [
  endpoint(/^\/livez$/, { GET: anyone(({ ports }) => health(ports.live())) }),
  endpoint(/^\/readyz$/, { GET: anyone(({ ports }) => health(ports.ready())) }),
  endpoint(/^\/metrics$/, {
    GET: read(async ({ ports, views }) => ({ status: 200, type: ports.metricsType, body: await views.metrics() })),
  }),
  endpoint(/^\/$/, {
    GET: read(async ({ views }) => ({ status: 200, type: "text/html; charset=utf-8", body: await views.page() })),
  }),
  endpoint(/^\/api\/v1\/report$/, {
    GET: read(async ({ views }) => ({ status: 200, type: JSON_TYPE, body: await views.reportJson() })),
  }),
  endpoint(/^\/api\/v1\/findings\/([^/]+)$/, { GET: read(finding) }),
  endpoint(/^\/api\/v1\/findings\/([^/]+)\/accept$/, {
    POST: control((call) =>
      wished(
        call,
        (body) => readAccept(call.id, body, call.now),
        call.ports.accept,
        () => finding(call),
      ),
    ),
    DELETE: control((call) =>
      wished(
        call,
        (body) => readUnaccept(call.id, body),
        call.ports.unaccept,
        () => finding(call),
      ),
    ),
  }),
  endpoint(/^\/api\/v1\/epoch$/, {
    GET: read(async ({ views }) => json((await views.report()).epoch)),
    POST: control((call) =>
      wished(call, readEpoch, call.ports.epoch, async () => json((await call.views.report()).epoch, 201)),
    ),
  }),
  endpoint(/^\/api\/v1\/control$/, {
    GET: read(({ ports }) => json(ports.control.read())),
    PUT: control((call) =>
      wished(
        call,
        (body) => readControl(body, call.now),
        call.ports.control.change,
        () => json(call.ports.control.read()),
      ),
    ),
  }),
  endpoint(/^\/api\/v1\/audit$/, { GET: read(async ({ ports }) => json(await ports.audit())) }),
  endpoint(/^\/api\/v1\/config$/, { GET: read(({ ports }) => json(ports.configShown())) }),
];

export type Found =
  | { readonly kind: "handler"; readonly handler: Handler; readonly id: string }
  | { readonly kind: "method"; readonly allow: string }
  | { readonly kind: "none" };

/** The handler of a path and method. A path that cannot be decoded is nobody's. */
export function find(method: string, path: string): Found {
  for (const { path: pattern, methods } of ENDPOINTS) {
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

function health(state: { readonly ok: boolean }): ConsoleAnswer {
  return json(state, state.ok ? 200 : 503);
}

async function finding({ ports, views, id }: Call): Promise<ConsoleAnswer> {
  const report = await views.report();
  const one = report.findings.find((each) => each.id === id);
  if (one === undefined) return problem(404, "Not Found", "There is no finding with this id.");
  const stored = await ports.samples(id);
  return json({ ...one, samples: stored.length > 0 ? stored : one.samples });
}

/** Reads what was sent, asks for it, and shows what came of it. */
async function wished<T>(
  call: Call,
  understand: (body: unknown) => Read<T>,
  ask: (wish: T) => Done | Promise<Done>,
  show: () => ConsoleAnswer | Promise<ConsoleAnswer>,
): Promise<ConsoleAnswer> {
  const body = await call.body();
  if (!body.ok) return body.answer;
  const understood = understand(body.value);
  if (!understood.ok) {
    return problem(422, "Unprocessable Content", understood.faults.join("; "), { faults: understood.faults });
  }
  const done = await ask(understood.wish);
  call.views.forget();
  return done.ok ? show() : problem(done.status, TITLES[done.status], done.detail);
}

const TITLES = { 404: "Not Found", 409: "Conflict", 503: "Service Unavailable" } as const;
