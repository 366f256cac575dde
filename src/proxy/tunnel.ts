// proxy/tunnel.ts: WebSocket connections, passed on to legacy by http-proxy; never shadowed

import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import util from "node:util";
import type HttpProxy from "http-proxy";
import { HEAD_TIMEOUT, looseTrouble, type Trouble } from "./failure.ts";
import type { ForwardedOptions, UpstreamOptions } from "./options.ts";
import { peerOf } from "./outgoing.ts";
import { frame, HOP_BY_HOP } from "./wire/frame.ts";

export type Tunnel = {
  /** Passes one upgrade request on. `done` is called once: with a trouble when legacy gave no answer. */
  open(request: IncomingMessage, socket: Socket, head: Buffer, done: (trouble: Trouble | undefined) => void): void;
};

/** `sockets` holds the clients' ends while they are open, so that whoever stops can cut them. */
export function createTunnel(options: UpstreamOptions, forwarded: ForwardedOptions, sockets: Set<Socket>): Tunnel {
  const outgoings = new WeakMap<IncomingMessage, ClientRequest>();
  let loading: Promise<HttpProxy> | undefined;

  async function load(): Promise<HttpProxy> {
    // http-proxy takes `util._extend`, of which Node warns on stderr at its first use; it means the same as this.
    Reflect.set(util, "_extend", Object.assign);
    const { default: httpProxy } = await import("http-proxy");
    const { ca, cert, key, serverName, insecure } = options.tls ?? {};
    const proxy = httpProxy.createProxyServer({
      target: options.url,
      ws: true,
      toProxy: true,
      changeOrigin: options.rewriteHost,
      xfwd: forwarded.xForwarded,
      secure: insecure !== true,
      ssl: { ca, cert, key, servername: serverName },
    });
    proxy.on("proxyReqWs", (outgoing: ClientRequest, request: IncomingMessage) => {
      outgoings.set(request, outgoing);
      prepare(outgoing, request, options);
    });
    return proxy;
  }

  return {
    async open(request, socket, head, done) {
      sockets.add(socket);
      let told = false;
      const tell = (trouble?: Trouble) => {
        if (!told) done(trouble);
        told = true;
      };
      const fail = (error: Error) => {
        if (told) return socket.destroy();
        const connected = outgoings.get(request)?.socket?.connecting === false;
        const trouble = error instanceof Late ? HEAD_TIMEOUT : looseTrouble(error, connected ? "open" : "connect");
        tell(trouble);
        return socket.end(refusal(trouble));
      };
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        outgoings.get(request)?.destroy();
        tell();
      });
      // Nobody reads from the client until legacy has agreed, so without this its leaving would go unnoticed.
      socket.on("end", () => told || socket.destroy());
      socket.read(0);
      loading ??= load();
      const proxy = await loading;
      if (socket.destroyed) return;
      if (peerOf(request, forwarded)?.trusted === false) dropClaims(request);
      proxy.ws(request, socket, head, {}, fail);
      const outgoing = outgoings.get(request);
      if (outgoing === undefined) return;
      outgoing.once("upgrade", (_response, legacy: Socket) => {
        tell();
        socket.on("close", () => legacy.destroy());
        legacy.on("close", () => socket.destroySoon());
      });
      // http-proxy would send such an answer with framing that its body no longer has.
      outgoing.removeAllListeners("response");
      outgoing.once("response", (response: IncomingMessage) => {
        tell();
        refuse(response, socket);
      });
    },
  };
}

class Late extends Error {}

/** http-proxy would put what it knows behind what anyone claims. */
function dropClaims({ headers }: IncomingMessage): void {
  for (const name of ["for", "proto", "host", "port"]) delete headers[`x-forwarded-${name}`];
}

/** Legacy answered, and did not upgrade. */
function refuse(response: IncomingMessage, socket: Socket): void {
  const { statusCode = 502, statusMessage = "", rawHeaders } = response;
  const head = frame("HTTP/1.1", statusCode, statusMessage, rawHeaders, false);
  const fields = typeof head === "string" ? [] : head.fields;
  let text = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  socket.write(`${text}Connection: close\r\n\r\n`, "latin1");
  response.on("error", () => socket.destroy());
  response.pipe(socket);
}

function refusal({ reason, error }: Trouble): string {
  const status = reason === "timeout" ? "504 Gateway Timeout" : "502 Bad Gateway";
  return `HTTP/1.1 ${status}\r\nProxy-Status: parallel-run; error=${error}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

/** Undoes what http-proxy does to a request: the target and the fields' case go on as they came. */
function prepare(outgoing: ClientRequest, request: IncomingMessage, options: UpstreamOptions): void {
  outgoing.path = request.url ?? "/";
  outgoing.setTimeout(options.headTimeout, () => outgoing.destroy(new Late()));
  outgoing.once("upgrade", (_response, legacy: Socket) => legacy.setTimeout(0));
  const fields = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!;
    const lower = name.toLowerCase();
    const known = fields.get(lower);
    if (known) known.values.push(request.rawHeaders[i + 1]!);
    else fields.set(lower, { name, values: [request.rawHeaders[i + 1]!] });
  }
  for (const [lower, { name, values }] of fields) {
    if (lower === "host" && options.rewriteHost) continue;
    if (HOP_BY_HOP.has(lower) && lower !== "connection" && lower !== "upgrade") outgoing.removeHeader(name);
    else if (!lower.startsWith("x-forwarded-")) outgoing.setHeader(name, values.length === 1 ? values[0]! : values);
  }
}
