// test/trial/service.ts: what a backend of the trial is asked, what it answers, and how it gets onto a real socket

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { type Random, seeded } from "../../src/cli/demo/random.ts";
import { type Consignment, consignment } from "./domain.ts";

export type Side = "legacy" | "candidate";

/** A request as a handler sees it: `GET /NAME/REST?query`. */
export type Ask = {
  readonly method: string;
  /** The first segment of the path. */
  readonly name: string;
  /** The last segment. */
  readonly last: string;
  /** The last segment as a number; 0 where it is none. */
  readonly id: number;
  readonly target: string;
  readonly query: URLSearchParams;
  readonly fields: IncomingHttpHeaders;
  readonly body: string;
};

/** What a side knows beside the request. */
export type World = {
  readonly side: Side;
  readonly random: Random;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How often this side was asked for this target, this time included. */
  readonly times: number;
  /** Shared by both sides and by the situation that runs. */
  readonly shared: Map<string, unknown>;
};

export type Fields = Readonly<Record<string, string | readonly string[]>>;
export type Answer = {
  readonly status: number;
  readonly fields: Fields;
  readonly body: string | Buffer;
  /** Milliseconds before it is sent. */
  readonly after?: number;
  /** Milliseconds that it takes to send the body, in ten parts; then it is chunked. */
  readonly during?: number;
};

/** An answer, or what is done to the connection in its place. */
export type Reply = Answer | "reset";
export type Handler = (ask: Ask, world: World) => Reply;

export const answer = (body: string | Buffer, type: string, fields: Fields = {}, status = 200): Answer => ({
  status,
  fields: { "content-type": type, ...fields },
  body,
});
export const json = (value: unknown, fields: Fields = {}, status = 200): Answer =>
  answer(JSON.stringify(value), "application/json", fields, status);
export const notFound = (): Answer => json({ error: "not found" }, {}, 404);

/** Legacy's usual answer: the consignment that is asked for. */
export const record: Handler = ({ id }) => json(consignment(id));

/** Changes the JSON of an answer of status 200; the copy is the function's to write to, or it returns another value. */
export function inBody<T = Consignment>(
  change: (body: T, ask: Ask, world: World) => unknown,
): (right: Answer, ask: Ask, world: World) => Answer {
  return (right, ask, world) => {
    if (right.status !== 200) return right;
    const body = JSON.parse(String(right.body)) as T;
    const changed = change(body, ask, world);
    return { ...right, body: JSON.stringify(changed === undefined ? body : changed) };
  };
}

export type Backend = AsyncDisposable & {
  readonly url: string;
  /** Methods and targets that were asked for, with how often. */
  readonly asked: ReadonlyMap<string, number>;
};

/** Opens one side. `handlers` are found by the first segment of the path. */
export async function openBackend(
  side: Side,
  handlers: ReadonlyMap<string, Handler>,
  shared: Map<string, unknown>,
  seed: number,
): Promise<Backend> {
  const asked = new Map<string, number>();
  const random = seeded(seed);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    response.on("error", () => {});
    serve(request, response).catch(() => request.socket.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const target = request.url!;
    const key = `${request.method} ${target}`;
    const times = (asked.get(key) ?? 0) + 1;
    asked.set(key, times);
    const url = new URL(target, "http://trial");
    const segments = url.pathname.slice(1).split("/");
    const last = decodeURIComponent(segments.at(-1)!);
    const ask: Ask = {
      method: request.method!,
      name: segments[0]!,
      last,
      id: Number(last) || 0,
      target,
      query: url.searchParams,
      fields: request.headers,
      body,
    };
    const handler = handlers.get(ask.name) ?? notFound;
    const reply = handler(ask, { side, random, now: Date.now, times, shared });
    if (reply === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    if (reply.after !== undefined) await wait(reply.after, undefined, { ref: false });
    if (reply.during === undefined) send(reply, request.method === "HEAD", response);
    else await sendSlowly(reply, reply.during, response);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, "close");
    },
  };
}

function send({ status, fields, body }: Answer, head: boolean, response: ServerResponse): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  for (const [name, value] of Object.entries(fields)) response.setHeader(name, value as string | string[]);
  const bodiless = status === 204 || status === 304;
  if (!bodiless && fields["content-length"] === undefined && fields["transfer-encoding"] === undefined) {
    response.setHeader("content-length", bytes.length);
  }
  response.writeHead(status);
  if (bodiless || head) response.end();
  else response.end(bytes);
}

async function sendSlowly({ status, fields, body }: Answer, ms: number, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(fields)) response.setHeader(name, value as string | string[]);
  response.writeHead(status);
  const bytes = Buffer.from(body);
  const size = Math.ceil(bytes.length / 10);
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await wait(ms / 10, undefined, { ref: false });
  }
  response.end();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
