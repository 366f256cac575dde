// test/app/serving.ts: `serve` as a process of its own between two servers, and what can be seen of it from outside

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, type RequestListener, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Report } from "../../src/model/report.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");

/** How long a test waits for what must come at once, on a machine that is busy. */
export const PATIENCE_MS = 60_000;

export type Serving = AsyncDisposable & {
  readonly pid: number;
  /** `http://127.0.0.1:PORT`. */
  readonly proxy: string;
  readonly port: number;
  readonly admin: string;
  /** Log lines so far. */
  readonly lines: readonly Record<string, unknown>[];
  readonly out: () => string;
  readonly err: () => string;
  /** The exit code, or the signal that ended it. */
  readonly exit: Promise<number | string>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** The most memory it ever had, in MiB. */
  readonly peakMiB: () => number;
  readonly report: () => Promise<Report>;
  /** Resolves with the report once it tells of so many requests. */
  readonly counted: (requests: number) => Promise<Report>;
};

/** The machine that runs the tests does other things too: how late our event loop is says nothing of the proxy then. */
export const UNHURRIED = "overload: { eventLoopDelay: 60s, memory: 8GiB }\n";

export type ServingOptions = {
  /** With the flags and nothing else; otherwise they lie over a config that is UNHURRIED. */
  readonly flagsAlone?: boolean;
  /** Modules that are loaded before it. */
  readonly preload?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
};

/** Runs a command line; `lines` are those of its output that are JSON. */
export function run(args: readonly string[], options: ServingOptions = {}) {
  const imports = (options.preload ?? []).flatMap((module) => ["--import", module]);
  const child = spawn(process.execPath, [...imports, MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...options.env },
  });
  const lines: Record<string, unknown>[] = [];
  let out = "";
  let err = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    out += `${line}\n`;
    if (line.startsWith("{") && line.endsWith("}")) lines.push(JSON.parse(line) as Record<string, unknown>);
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const exit = new Promise<number | string>((done) => child.on("close", (code, signal) => done(code ?? signal ?? 0)));
  return { child, lines, out: () => out, err: () => err, exit };
}

/** Waits until something is there; rejects with what is known of why it is not. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>, why = () => "it never came") {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(why());
    await new Promise((done) => setTimeout(done, 10));
  }
}

/** Starts `serve` on free ports and waits until it serves. Flags among `args` win. */
export async function serve(args: readonly string[], options: ServingOptions = {}): Promise<Serving> {
  const at = folder();
  const files: string[] = [];
  if (args[0]?.startsWith("--") && options.flagsAlone !== true) {
    files.push(join(at.path, "unhurried.yaml"));
    writeFileSync(files[0]!, UNHURRIED);
  }
  const given = (flag: string, value: string) => (args.includes(flag) ? [] : [flag, value]);
  const running = run(
    ["serve", ...files, ...given("--listen", "127.0.0.1:0"), ...given("--admin", "127.0.0.1:0"), ...args],
    options,
  );
  const { child, lines, out, err, exit } = running;
  const pid = child.pid!;
  const end = async () => {
    child.kill("SIGKILL");
    await exit;
    at[Symbol.dispose]();
  };
  const line = await until(
    () => lines.find(({ event }) => event === "listening") ?? (child.exitCode === null ? undefined : {}),
    () => `it did not start: ${err()}${out()}`,
  );
  if (line["listen"] === undefined) throw new Error(`it did not start: ${err()}${out()}`);
  const proxy = `http://${line["listen"]}`;
  const admin = String(line["admin"]);
  const report = async () => JSON.parse((await ask(`${admin}/api/v1/report`)).body) as Report;
  return {
    pid,
    proxy,
    port: Number(new URL(proxy).port),
    admin,
    lines,
    out,
    err,
    exit,
    kill: (signal) => void child.kill(signal),
    peakMiB: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024,
    report,
    counted: async (requests) => {
      let last = 0;
      return until(
        async () => {
          const told = await report();
          last = told.total.requests;
          return last >= requests ? told : undefined;
        },
        () => `${last} of ${requests} requests were counted`,
      );
    },
    [Symbol.asyncDispose]: end,
  };
}

export type Server = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  /** `GET /target` of each request that came. */
  readonly seen: string[];
};

export async function server(listener: RequestListener): Promise<Server> {
  const seen: string[] = [];
  const opened = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.on("error", () => {});
    listener(request, response);
  });
  await new Promise<void>((done) => opened.listen(0, "127.0.0.1", done));
  const { port } = opened.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    [Symbol.asyncDispose]: async () => {
      opened.closeAllConnections();
      await new Promise((done) => opened.close(done));
    },
  };
}

/** Answers everything with what it was asked, so that each answer is known. */
export const echo: RequestListener = (request, response) => {
  request.resume().on("end", () => {
    response.setHeader("content-type", "application/json");
    response.end(answerTo(request.method!, request.url!));
  });
};

/** Answers everything with the same JSON. */
export function always(value: unknown): RequestListener {
  const body = JSON.stringify(value);
  return (_, response) => response.setHeader("content-type", "application/json").end(body);
}

export const answerTo = (method: string, target: string) => JSON.stringify({ method, target, total: 19.99 });

export type Answered = {
  readonly status: number;
  readonly body: string;
  readonly fields: NodeJS.Dict<string | string[]>;
  readonly ms: number;
};

export const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One request, its whole answer. Rejects when the connection breaks. */
export function ask(
  url: string,
  options: { method?: string; body?: string; headers?: Record<string, string>; agent?: Agent | false } = {},
): Promise<Answered> {
  const { method = "GET", body, headers = {} } = options;
  const from = performance.now();
  return new Promise((done, fail) => {
    // Node frames no body of a DELETE or OPTIONS by itself: what it sends behind the head would be the next request.
    const framed = body === undefined ? headers : { "content-length": String(Buffer.byteLength(body)), ...headers };
    const asked = request(url, { method, headers: framed, agent: options.agent ?? agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", fail);
      response.on("end", () =>
        done({
          status: response.statusCode!,
          body: text,
          fields: response.headers,
          ms: performance.now() - from,
        }),
      );
    });
    asked.on("error", fail);
    asked.end(body);
  });
}

/** Does `work` for 0 to `count` - 1, so many at a time. */
export async function many(count: number, atOnce: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** A folder that goes with the test. */
export function folder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "app-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A port at which nobody listens. */
export async function freePort(): Promise<number> {
  const { port, [Symbol.asyncDispose]: close } = await server(echo);
  await close();
  return port;
}

/** The sum of a counter over its labels, from the metrics. */
export async function counter(admin: string, name: string): Promise<number> {
  const { body } = await ask(`${admin}/metrics`);
  return [...body.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "gm"))].reduce((n, [, v]) => n + Number(v), 0);
}
