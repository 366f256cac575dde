// proxy/tunnel.ts: WebSocket connections, passed on to legacy by http-proxy; never shadowed

import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import httpProxy from "http-proxy";
import { type Trouble, troubleOf } from "./failure.ts";
import type { UpstreamOptions } from "./options.ts";
import { HOP_BY_HOP } from "./wire/frame.ts";

export type Tunnel = {
  /** Passes one upgrade request on. `done` is called once: with a trouble when legacy gave no answer. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer, done: (trouble: Trouble | undefined) => void): void;
  /** Cuts every tunnel that is still open. */
  close(): void;
};

export function createTunnel(options: UpstreamOptions, xForwarded: boolean): Tunnel {
  const tls = options.tls ?? {};
  const proxy = httpProxy.createProxyServer({
    target: options.url,
    ws: true,
    toProxy: true,
    changeOrigin: options.rewriteHost,
    xfwd: xForwarded,
    secure: tls.insecure !== true,
    ssl: { ca: tls.ca, cert: tls.cert, key: tls.key, servername: tls.serverName },
  });
  const sockets = new Set<Duplex>();
  proxy.on("proxyReqWs", (outgoing: ClientRequest, request: IncomingMessage) => prepare(outgoing, request, options));
  proxy.on("open", (legacy: Socket) => track(legacy));

  function track(socket: Duplex): void {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  }

  return {
    open(request, socket, head, done) {
      track(socket);
      let told = false;
      const tell = (trouble?: Trouble) => {
        if (told) return;
        told = true;
        done(trouble);
      };
      socket.on("close", () => tell());
      proxy.ws(request, socket as Socket, head, {}, (error) => {
        if (told) return void socket.destroy();
        const trouble = troubleOf(error, "connect");
        tell(trouble);
        if (socket.writable) {
          socket.end(
            `HTTP/1.1 502 Bad Gateway\r\nProxy-Status: parallel-run; error=${trouble.error}\r\n` +
              "Connection: close\r\nContent-Length: 0\r\n\r\n",
          );
        }
      });
    },
    close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}

/** Undoes what http-proxy does to a request: the target and the fields' case go on as they came. */
function prepare(outgoing: ClientRequest, request: IncomingMessage, options: UpstreamOptions): void {
  outgoing.path = request.url ?? "/";
  outgoing.setTimeout(options.headTimeout, () => outgoing.destroy(new Error("no answer in time")));
  outgoing.once("upgrade", () => outgoing.setTimeout(0));
  const values = new Map<string, { name: string; values: string[] }>();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!;
    const known = values.get(name.toLowerCase());
    if (known) known.values.push(request.rawHeaders[i + 1]!);
    else values.set(name.toLowerCase(), { name, values: [request.rawHeaders[i + 1]!] });
  }
  for (const [lower, { name, values: all }] of values) {
    if (lower === "host" && options.rewriteHost) continue;
    if (HOP_BY_HOP.has(lower) && lower !== "connection" && lower !== "upgrade") outgoing.removeHeader(name);
    else if (!lower.startsWith("x-forwarded-")) outgoing.setHeader(name, all.length === 1 ? all[0]! : all);
  }
}
