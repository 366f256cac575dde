// proxy/upstream/http1/dial.ts: opens sockets to one upstream, plain or TLS

import { connect as connectPlain, isIP, type LookupFunction, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, createSecureContext } from "node:tls";
import type { UpstreamOptions } from "../../options.ts";
import { createLookup } from "./dns-cache.ts";

/** An upstream's address, read from its URL once. */
export type Origin = {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** As `Host` has it: the port only where it is not the scheme's own. */
  readonly authority: string;
};

/** Reads an origin. Throws on anything more than scheme, host and port: the config was to say so earlier. */
export function originOf(url: string): Origin {
  const parsed = new URL(url);
  const secure = parsed.protocol === "https:";
  if (!secure && parsed.protocol !== "http:") throw new Error(`not an http or https URL: ${parsed.protocol}`);
  if (parsed.pathname !== "/" || parsed.search !== "" || parsed.hash !== "" || parsed.username !== "") {
    throw new Error("an upstream's URL has a scheme, a host and a port, and nothing else");
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: Number(parsed.port || (secure ? 443 : 80)), secure, authority: parsed.host };
}

/** Where read bytes go: one buffer for all sockets, since each is done with it before the next one reads. */
export type OnRead = { readonly buffer: Uint8Array; callback(length: number, bytes: Uint8Array): boolean };

/** Opens sockets to one origin. */
export type Dialer = { readonly origin: Origin; dial(onread: OnRead): Socket };

/** @param lookup resolves names; the system resolver with a short cache unless given */
export function createDialer(options: UpstreamOptions, lookup: LookupFunction = createLookup()): Dialer {
  const origin = originOf(options.url);
  const { host, port } = origin;
  const common = { host, port, lookup, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
  if (!origin.secure) return { origin, dial: (onread) => connectPlain({ ...common, onread }) };

  const { ca, cert, key, serverName, insecure } = options.tls;
  const secureContext = createSecureContext({ ca, cert, key });
  const servername = serverName ?? (isIP(host) ? "" : host);
  let session: Buffer | undefined;
  return {
    origin,
    dial(onread) {
      const options: ConnectionOptions & { onread: OnRead } = {
        ...common,
        onread,
        secureContext,
        servername,
        ...(session && { session }),
        rejectUnauthorized: !insecure,
        ALPNProtocols: ["http/1.1"],
      };
      const socket = connectTls(options);
      socket.on("session", (fresh: Buffer) => {
        session = fresh;
      });
      return socket;
    },
  };
}
