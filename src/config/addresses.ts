// config/addresses.ts: where to listen, whom to ask, whom to trust

import { scalar, type Wrong } from "./section.ts";

/** `host` without brackets. Port 0 lets the system choose. */
export type Address = { readonly host: string; readonly port: number };

/** An address to listen on: `HOST:PORT` or `[IPv6]:PORT`. */
export function address() {
  const hint = "host and port: 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080";
  return scalar<Address>({ type: "string", examples: ["127.0.0.1:8080"] }, (value) => {
    const parts =
      typeof value === "string" ? /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(value) : null;
    const host = parts?.[1] ?? parts?.[2];
    const port = Number(parts?.[3]);
    if (host === undefined || (parts?.[1] !== undefined && !isIp6(host))) {
      const [, alone] = /^:?(\d{1,5})$/.exec(String(value)) ?? [];
      return {
        says: "is not an address",
        hint: alone === undefined ? hint : `did you mean 127.0.0.1:${alone}? It takes ${hint}`,
      };
    }
    return port > 65_535 ? { says: "has a port past 65535", hint } : { value: { host, port } };
  });
}

/** The origin of a backend: `http://legacy:8080`, with neither path nor slash. */
export function origin() {
  return scalar<string>({ type: "string", examples: ["http://legacy:8080"] }, (value) => readOrigin(value, false));
}

/** An origin, or one with a path under which all of the backend's resources are: `http://candidate:8080/v2`. */
export function originWithPath() {
  return scalar<string>({ type: "string", examples: ["http://candidate:8080", "http://candidate:8080/v2"] }, (value) =>
    readOrigin(value, true),
  );
}

function readOrigin(value: unknown, mayHavePath: boolean): { readonly value: string } | Wrong {
  const hint = "a scheme, a host and perhaps a port: http://legacy:8080";
  if (typeof value !== "string") return { says: "is not a URL", hint };
  // Credentials end up in logs and process lists. Looked for in the text, as not everything here is a URL yet.
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(value) || /^[^/?#]*:[^/?#]*@/.test(value)) {
    return {
      says: "holds credentials",
      hint: "clients' own credentials are passed on; leave them out here",
      secret: true,
    };
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    const guess = /^[A-Za-z0-9._-]+(:\d+)?$/.test(value) ? `http://${value}` : undefined;
    return { says: "has no scheme", hint: guess === undefined ? hint : `did you mean ${guess}?` };
  }
  if (!/^https?:\/\//i.test(value)) return { says: "is neither http nor https", hint };
  if (!URL.canParse(value) || /[\s\\]/.test(value)) return { says: "is not a URL", hint };
  const url = new URL(value);
  const path = mayHavePath ? url.pathname.replace(/\/+$/, "") : "";
  if ((url.pathname !== "/" && !mayHavePath) || url.search !== "" || url.hash !== "" || /[?#]/.test(value)) {
    const offset = /^[a-z]+:\/\/[^/?#]*/i.exec(value)?.[0].length ?? 0;
    return {
      says: mayHavePath ? "has more than an origin and a path" : "has more than an origin",
      hint: `the request's own target is passed on as it is: write ${url.origin}${path}`,
      offset,
    };
  }
  return { value: `${url.origin}${path}` };
}

/** A network whose proxies are believed: an address, or CIDR. */
export function network() {
  return scalar<string>({ type: "string", examples: ["10.0.0.0/8", "::1"] }, (value) => {
    const parts = typeof value === "string" ? /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(value) : null;
    const host = parts?.[1] ?? "";
    const bits = isIp4(host) ? 32 : isIp6(host) ? 128 : -1;
    if (parts === null || Number(parts[2] ?? 0) > bits) {
      return { says: "is not a network", hint: "an address or CIDR: 10.0.0.0/8, 192.168.1.7, fd00::/8" };
    }
    return { value: value as string };
  });
}

/** Whether the host is a loopback address or `localhost`. Names are not resolved. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    (isIp4(name) && name.startsWith("127.")) ||
    isIp6Loopback(name)
  );
}

/** Listens on every interface. */
export function isAny(host: string): boolean {
  return host === "0.0.0.0" || (isIp6(host) && canonical6(host) === "[::]");
}

function isIp4(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIp6(host: string): boolean {
  return host.includes(":") && URL.canParse(`http://[${host}]/`);
}

function canonical6(host: string): string {
  return new URL(`http://[${host}]/`).hostname;
}

function isIp6Loopback(host: string): boolean {
  return isIp6(host) && canonical6(host) === "[::1]";
}
