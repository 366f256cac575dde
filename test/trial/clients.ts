// test/trial/clients.ts: bounded, closed-loop clients: each waits for its answer before it asks again

import { Agent, request } from "node:http";

export type Call = {
  readonly method?: string;
  readonly target: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Load = {
  /** Requests in all. */
  readonly requests: number;
  /** Clients at once. */
  readonly atOnce?: number;
  /** Requests a second, at most, over all clients. */
  readonly perSecond?: number;
  readonly next: (n: number) => Call;
  /** Asked now and then; true ends the load early. */
  readonly enough?: () => boolean;
};

export type Sent = { readonly sent: number; readonly failed: number };

const DEADLINE_MS = 30_000;

export type Clients = Disposable & {
  /** One request; resolves to its status and body, or 0 where none came. Never rejects. */
  readonly ask: (call: Call) => Promise<{ readonly status: number; readonly body: string }>;
  readonly load: (load: Load) => Promise<Sent>;
};

/** @param url where to ask, looked up for each request: a restarted proxy may be elsewhere */
export function openClients(url: () => string): Clients {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const ask: Clients["ask"] = ({ method = "GET", target, fields = {}, body }) =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(url());
      const headers = body === undefined ? fields : { ...fields, "content-length": String(Buffer.byteLength(body)) };
      const signal = AbortSignal.timeout(DEADLINE_MS);
      const asking = request({ agent, host: hostname, port, method, path: target, headers, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", () => resolve({ status: 0, body: "" }));
        response.on("end", () => resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString() }));
      });
      asking.on("error", () => resolve({ status: 0, body: "" }));
      asking.end(body);
    });

  return {
    ask,
    load: async ({ requests, atOnce = 6, perSecond = 400, next, enough = () => false }) => {
      const from = performance.now();
      let [sent, failed, over] = [0, 0, false];
      const client = async () => {
        while (sent < requests && !over) {
          const n = sent;
          sent += 1;
          const early = (n / perSecond) * 1000 - (performance.now() - from);
          if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
          if ((await ask(next(n))).status === 0) failed += 1;
          over ||= enough();
        }
      };
      await Promise.all(Array.from({ length: atOnce }, client));
      return { sent, failed };
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
