// admin/endpoint.ts: what one path of the admin listener is

import type { z } from "zod";
import type { Role } from "./access.ts";
import type { AdminPorts } from "./ports.ts";
import type { AdminResponse } from "./response.ts";
import type { Views } from "./views.ts";

/** A request that may be answered. `body` reads and parses it, once. */
export type Call = {
  readonly ports: AdminPorts;
  readonly views: Views;
  /** The `{id}` of the path, decoded. */
  readonly id: string;
  readonly now: number;
  readonly body: () => Promise<BodyRead>;
};

/** A request body as JSON, or the response that refuses it. */
export type BodyRead =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly answer: AdminResponse };

/** What an operation is for the document of the API: one sentence, the schema of what it is sent, and what it answers. */
type Described = {
  readonly says: string;
  readonly takes?: z.ZodType;
  /** The status of success, where it is not 200. */
  readonly status?: number;
  readonly type?: string;
  /** Statuses of failure beside 400, 401, 403, 408, 413, 415, 421, 500 and 503, which any operation may answer. */
  readonly failures?: readonly number[];
};

/** One endpoint: who may use it, and what answers. */
export type Handler = Described & {
  readonly role: Role | "anyone";
  readonly answer: (call: Call) => AdminResponse | Promise<AdminResponse>;
};

/** `GET` answers `HEAD` too. */
export type Endpoint = {
  readonly path: string;
  readonly pattern: RegExp;
  readonly methods: ReadonlyMap<string, Handler>;
};

/** @param path a path in which `{id}` stands for one segment */
export const endpoint = (path: string, methods: Record<string, Handler>): Endpoint => ({
  path,
  pattern: new RegExp(`^${path.replace("{id}", "([^/]+)")}$`),
  methods: new Map(Object.entries(methods)),
});
const allowed =
  (role: Handler["role"]) =>
  (described: Described, answer: Handler["answer"]): Handler => ({ role, ...described, answer });
/** An endpoint that needs no token. */
export const anyone = allowed("anyone");
/** An endpoint that needs a token that may read. */
export const read = allowed("read");
/** An endpoint that needs a token that may change. */
export const control = allowed("control");
