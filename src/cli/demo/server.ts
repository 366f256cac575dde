// cli/demo/server.ts: a demo backend's way onto a real socket

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { type DemoAnswer, type JsonObject, notFound } from "./answer.ts";
import { type Found, routeOf } from "./service.ts";

/** How a backend departs from answering at once and rightly. */
export type Character = {
  readonly server: string;
  /** Its own way of writing the same type; it must not count as a difference. */
  readonly jsonType: string;
  readonly answer: (found: Found, query: URLSearchParams, body: JsonObject) => DemoAnswer;
  /** Waits this long first, in milliseconds. */
  readonly delay: (route: string) => number;
  /** Does this to the connection instead of answering. */
  readonly fail: (route: string) => "reset" | "hang" | undefined;
};

/** A running backend; disposing closes it. */
export type Backend = AsyncDisposable & {
  readonly url: string;
  /** Requests it was sent, by method, POST with its path: what proves that the candidate saw reads only. */
  readonly seen: ReadonlyMap<string, number>;
};

/** The largest request body read; the demo's are a few hundred bytes. */
const MAX_BODY = 64 * 1024;
const MAX_SEEN = 1_000;

/** Starts a backend on a free port of 127.0.0.1. */
export async function openBackend(character: Character): Promise<Backend> {
  const seen = new Map<string, number>();
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const sent = request.method === "POST" ? `POST ${request.url}` : request.method!;
    if (seen.size < MAX_SEEN || seen.has(sent)) seen.set(sent, (seen.get(sent) ?? 0) + 1);
    // The client disconnected in the middle of the request: there is no one to answer.
    serve(character, request, response, closing.signal).catch(() => request.socket.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, "close");
    },
  };
}

async function serve(
  character: Character,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const body = await bodyOf(request);
  const url = new URL(request.url!, "http://demo");
  const found = routeOf(request.method === "HEAD" ? "GET" : request.method!, url.pathname);
  const route = found?.route ?? "";
  const failure = character.fail(route);
  if (failure === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  if (failure === "hang") return; // the one who asked gives up by its own deadline
  const delay = character.delay(route);
  if (delay > 0) await wait(delay, undefined, { signal: closing });
  const answer = found ? character.answer(found, url.searchParams, body) : notFound(url.pathname);
  send(character, answer, response);
}

function send(character: Character, answer: DemoAnswer, response: ServerResponse): void {
  response.setHeader("server", character.server);
  response.setHeader("cache-control", "private, max-age=0");
  if (answer.kind === "empty") {
    response.writeHead(answer.status).end();
    return;
  }
  const body = answer.kind === "bytes" ? answer.body : Buffer.from(JSON.stringify(answer.body));
  const type = answer.kind === "bytes" ? answer.type : character.jsonType;
  response.writeHead(answer.status, { "content-type": type, "content-length": body.length }).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Error("larger than anything the demo sends");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
  } catch {
    return {};
  }
}
