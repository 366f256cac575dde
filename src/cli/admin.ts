// cli/admin.ts: a running proxy, asked through its admin listener

import { readFile } from "node:fs/promises";
import type { ParseArgsOptionsConfig } from "node:util";
import { Agent, request } from "undici";
import { type Arguments, type Io, UsageError } from "./command.ts";
import { Failed } from "./failed.ts";

const DEFAULT_ADMIN = "http://127.0.0.1:9900";

/** The options of every command that asks a running proxy. */
export const ADMIN_OPTIONS: ParseArgsOptionsConfig = {
  admin: { type: "string" },
  "token-file": { type: "string" },
};

/** Help text of those options. */
export const ADMIN_HELP = `  --admin URL          the proxy's admin listener (${DEFAULT_ADMIN})
  --token-file FILE    a file with the admin token; default: PARALLEL_RUN_TOKEN from the environment`;

/** The admin listener of a running proxy. Both methods resolve to the parsed JSON of the response. */
export type Admin = {
  readonly url: string;
  readonly get: (path: string) => Promise<unknown>;
  readonly send: (method: "POST" | "PUT" | "DELETE", path: string, body: unknown) => Promise<unknown>;
};

const PATIENCE_MS = 35_000;
const MAX_ANSWER = 256 * 1024 * 1024;

/** Asks with the user's token. Rejects with UsageError or Failed: a message that says what to do. */
export async function openAdmin(args: Arguments, io: Io): Promise<Admin> {
  const url = adminUrl(args.values["admin"]);
  const token = await readToken(args, io);
  const ask = (method: string, path: string, body?: unknown) => exchange({ url, token, method, path, body, io });
  return { url: url.href, get: (path) => ask("GET", path), send: ask };
}

function adminUrl(given: unknown): URL {
  const text = typeof given === "string" ? given : DEFAULT_ADMIN;
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError(`--admin must be a URL such as ${DEFAULT_ADMIN}, not ${text}`);
  }
  return url;
}

async function readToken(args: Arguments, io: Io): Promise<string | undefined> {
  const file = args.values["token-file"];
  if (typeof file !== "string") return io.env["PARALLEL_RUN_TOKEN"] || undefined;
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(`the token file cannot be read: ${error.message}`);
  });
  return text.trim();
}

type Asking = {
  readonly url: URL;
  readonly token: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly io: Io;
};

async function exchange({ url, token, method, path, body, io }: Asking): Promise<unknown> {
  // An agent of our own: no proxy from the environment, and nothing that outlives the command.
  const agent = new Agent({ connect: { timeout: 5_000 }, maxResponseSize: MAX_ANSWER });
  const signal = AbortSignal.any([io.stop, AbortSignal.timeout(PATIENCE_MS)]);
  const headers = {
    accept: "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  let answer: { readonly status: number; readonly text: string };
  try {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await request(new URL(path, url), { method, headers, signal, dispatcher: agent, ...sent });
    answer = { status: response.statusCode, text: await response.body.text() };
  } catch (error) {
    throw new Failed(unreached(url, error));
  } finally {
    await agent.destroy();
  }
  return understood(url, path, answer, token !== undefined);
}

function unreached(url: URL, error: unknown): string {
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") {
    return `nothing listens on ${url.host}: is \`parallel-run serve\` running with this admin address?`;
  }
  if (name === "TimeoutError") return `${url.host} did not answer within ${PATIENCE_MS / 1000} s`;
  if (/CERT|SELF_SIGNED/.test(code ?? "")) {
    return `${url.host} has a certificate that is not trusted (${message}): set NODE_EXTRA_CA_CERTS to a file with its certificate authority`;
  }
  return `${url.host} cannot be reached: ${message}`;
}

function understood(
  url: URL,
  path: string,
  { status, text }: { readonly status: number; readonly text: string },
  hadToken: boolean,
): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failed(
      `${url.host} answered ${path} with ${status} and without JSON: is that the admin listener of parallel-run?`,
    );
  }
  if (status >= 200 && status < 300) return value;
  const detail = (value as { detail?: unknown } | null)?.detail;
  const said = typeof detail === "string" ? detail : `status ${status}`;
  if (status === 401) {
    throw new Failed(
      hadToken
        ? `${url.host} rejected the token: see PARALLEL_RUN_TOKEN or --token-file, and adminAccess in its config`
        : `${url.host} requires a token: set PARALLEL_RUN_TOKEN or give --token-file`,
    );
  }
  if (status === 422 || status === 404 || status === 409) throw new UsageError(said);
  throw new Failed(`${url.host} refused the request: ${said}`);
}
