// test/support/nginx.ts: nginx as a plain reverse proxy, to compare with

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deadPort, eventually } from "./wire.ts";

/** Whether nginx is installed. */
export function hasNginx(): boolean {
  try {
    execFileSync("nginx", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * nginx before one backend. It keeps target and Host as they came, takes heads of 32 KiB as we do, and goes on when a client
 * shuts its write side.
 */
export async function startNginx(legacyPort: number): Promise<AsyncDisposable & { readonly port: number }> {
  const where = mkdtempSync(join(tmpdir(), "parallel-run-nginx-"));
  const port = await deadPort();
  const file = join(where, "nginx.conf");
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${where}/${name};`,
  );
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${where}/pid; error_log ${where}/error.log crit;
events { worker_connections 256; }
http {
  access_log off; ${paths.join(" ")}
  large_client_header_buffers 4 32k; merge_slashes off; proxy_ignore_client_abort on;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_pass http://127.0.0.1:${legacyPort}; }
  }
}
`,
  );
  const nginx = spawn("nginx", ["-c", file, "-p", where, "-e", `${where}/error.log`], { stdio: "ignore" });
  const exited = new Promise((resolve) => nginx.on("exit", resolve));
  let listens = false;
  await eventually(
    () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("connect", () => {
        listens = true;
        socket.destroy();
      });
      return listens;
    },
    20_000,
    "nginx does not listen",
  );
  return {
    port,
    async [Symbol.asyncDispose]() {
      nginx.kill();
      await exited;
      rmSync(where, { recursive: true, force: true });
    },
  };
}
