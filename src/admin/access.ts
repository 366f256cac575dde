// admin/access.ts: who may ask the admin listener for what; pure, so that a test can try everything

import { createHash, timingSafeEqual } from "node:crypto";

/** `read` sees, `control` changes too. */
export type Role = "read" | "control";

/** The tokens of the admin API, by what they allow. */
export type Tokens = { readonly read?: string; readonly control?: string };

/** What of a request decides about access. Fields as node:http joins them. */
export type Asked = {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly authorization: string | undefined;
};

/** Why a request is refused. */
export type Refusal = { readonly status: 401 | 403 | 421; readonly detail: string };

/** Addresses that only this machine reaches. A name counts only when it can be nothing else. */
function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(bare);
}

/** Why such a listener must not open, or nothing. */
export function unsafeToOpen(host: string, tokens: Tokens): string | undefined {
  for (const [role, token] of Object.entries(tokens)) {
    if (token !== undefined && token.length < 16)
      return `the ${role} token is too short: give it at least 16 characters`;
  }
  if (isLoopback(host) || tokens.read !== undefined || tokens.control !== undefined) return undefined;
  return (
    `the admin listener on ${host} can be reached from other machines and has no token. ` +
    "Set one (PARALLEL_RUN_TOKEN in the environment, or a file named in the config), or listen on 127.0.0.1"
  );
}

/** The role that the request proves, or nothing. With no tokens set everyone who reaches us may do everything. */
export function roleOf(authorization: string | undefined, tokens: Tokens): Role | undefined {
  if (tokens.read === undefined && tokens.control === undefined) return "control";
  const given = credential(authorization ?? "");
  // Both are always compared, so that the time says nothing about which one was nearly right.
  const control = same(given, tokens.control);
  const read = same(given, tokens.read);
  if (control) return "control";
  return read ? "read" : undefined;
}

/**
 * Whether to refuse before looking at the token. Without a token a page in the operator's browser could reach us under a
 * name of its own (DNS rebinding), so only names of this machine are answered; with one, that page has no token to send.
 */
export function refuseHost(asked: Asked, tokens: Tokens, names: readonly string[]): Refusal | undefined {
  const guarded = tokens.read !== undefined || tokens.control !== undefined;
  if (guarded && names.length === 0) return undefined;
  const name = hostName(asked.host ?? "");
  if (isLoopback(name) || names.some((one) => one.toLowerCase() === name)) return undefined;
  return { status: 421, detail: "This listener does not answer under that Host name." };
}

/** Browsers send the origin of a request; a caller that sends none is no browser. */
export function refuseOrigin(asked: Asked): Refusal | undefined {
  const foreign = { status: 403, detail: "Changes are not accepted from another origin." } as const;
  if (asked.fetchSite !== undefined && asked.fetchSite !== "same-origin" && asked.fetchSite !== "none") return foreign;
  if (asked.origin === undefined) return undefined;
  const host = asked.host?.toLowerCase();
  const origin = asked.origin.toLowerCase();
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`) ? undefined : foreign;
}

/** The token of `Bearer TOKEN`, or the password of `Basic`: the only way in for a person with a browser. */
function credential(authorization: string): string {
  const [scheme = "", value = ""] = authorization.split(/ +/, 2);
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return "";
  const pair = Buffer.from(value, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1);
}

/** Digests have one length, so that comparing them says nothing about the token's. */
function same(given: string, token: string | undefined): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token ?? "")) && token !== undefined;
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}
