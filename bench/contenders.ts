// bench/contenders.ts: who is measured side by side, and how each is started

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, type Server, startServer } from "./child.ts";

/** The ports of the backends that a contender may use. */
type Backends = { readonly legacy: number; readonly equal: number; readonly differs: number };

/** `pid` is undefined where nothing stands between client and legacy. `candidate` says which port it shadows to. */
export type Running = { readonly port: number; readonly pid?: number; readonly candidate?: number };

export type Contender = {
  readonly name: string;
  readonly start: (backends: Backends, closing: AsyncDisposableStack) => Promise<Running>;
  /** A command that must be there; without it the contender is left out, and said so. */
  readonly needs?: string;
};

export const CONTENDERS: readonly Contender[] = [
  { name: "direct", start: async ({ legacy }) => ({ port: legacy }) },
  { name: "nginx", needs: "nginx", start: (backends, closing) => nginx(backends, "", closing) },
  { name: "nginx mirror", needs: "nginx", start: (backends, closing) => nginx(backends, "GET", closing) },
  { name: "nginx mirror, by HEAD", needs: "nginx", start: (backends, closing) => nginx(backends, "HEAD", closing) },
  {
    name: "http-proxy",
    start: async ({ legacy }, closing) => {
      const port = await freePort();
      const script = fileURLToPath(new URL("./http-proxy.ts", import.meta.url));
      const args = [script, `http://127.0.0.1:${legacy}`, String(port)];
      const { pid } = closing.use(await startServer(process.execPath, args, port));
      return { port, pid };
    },
  },
  {
    name: "parallel-run, relay only",
    start: ({ legacy, equal }, closing) => parallelRun(legacy, equal, ["shadow: { sample: 0% }"], closing),
  },
  {
    name: "parallel-run, equal bodies",
    start: ({ legacy, equal }, closing) => parallelRun(legacy, equal, [], closing),
  },
  {
    name: "parallel-run, one leaf differs",
    start: ({ legacy, differs }, closing) => parallelRun(legacy, differs, [], closing),
  },
];

/** This proxy as its users start it: a process of its own, by the command line. */
export async function parallelRun(
  legacy: number,
  candidate: number,
  config: readonly string[],
  closing: AsyncDisposableStack,
): Promise<Running & { readonly pid: number; readonly server: Server; readonly admin: number }> {
  const [port, admin] = [await freePort(), await freePort()];
  const file = join(folder(closing), "parallel-run.yaml");
  writeFileSync(
    file,
    [
      `listen: 127.0.0.1:${port}`,
      `admin: 127.0.0.1:${admin}`,
      `legacy: { url: "http://127.0.0.1:${legacy}" }`,
      `candidate: { url: "http://127.0.0.1:${candidate}" }`,
      ...config,
      "",
    ].join("\n"),
  );
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const server = closing.use(await startServer(process.execPath, [main, "serve", file], port));
  return { port, pid: server.pid, candidate, server, admin };
}

/**
 * nginx with keep-alive on both legs. `mirror` is the method by which the candidate is asked: GET has it send whole bodies,
 * for which nginx opens a connection each, because it hangs up after the head; HEAD lets it keep them.
 */
async function nginx(
  { legacy, equal }: Backends,
  mirror: "" | "GET" | "HEAD",
  closing: AsyncDisposableStack,
): Promise<Running> {
  const port = await freePort();
  const where = folder(closing);
  const upstream = (name: string, to: number) =>
    `upstream ${name} { server 127.0.0.1:${to}; keepalive 128; keepalive_requests 10000000; }`;
  const pass = 'proxy_http_version 1.1; proxy_set_header Connection "";';
  const file = join(where, "nginx.conf");
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${where}/pid; error_log ${where}/error.log crit;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 10000000;
  client_body_temp_path ${where}/body; proxy_temp_path ${where}/proxy;
  fastcgi_temp_path ${where}/fastcgi; uwsgi_temp_path ${where}/uwsgi; scgi_temp_path ${where}/scgi;
  ${upstream("legacy", legacy)}
  ${upstream("candidate", equal)}
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / { ${pass} proxy_pass http://legacy; ${mirror === "" ? "" : "mirror /mirror;"} }
    location = /mirror { internal; ${pass} ${mirror === "HEAD" ? "proxy_method HEAD;" : ""} proxy_pass http://candidate$request_uri; }
  }
}
`,
  );
  const { pid } = closing.use(await startServer("nginx", ["-c", file, "-p", where], port));
  return mirror === "" ? { port, pid } : { port, pid, candidate: equal };
}

function folder(closing: AsyncDisposableStack): string {
  const made = mkdtempSync(join(tmpdir(), "parallel-run-bench-"));
  closing.defer(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Whether a command is on the PATH. */
export function has(command: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
