// app/identity.ts: which requests are distinct: by what they ask for, and by who asks as far as the answer depends on it

import { createHmac, randomBytes } from "node:crypto";
import type { Config } from "../config/index.ts";
import type { Identity } from "../evidence/index.ts";
import { digest } from "../lib/digest.ts";
import type { Exchange } from "../model/exchange.ts";
import { type Fields, fieldValues } from "../model/fields.ts";
import type { Fold } from "./store.ts";

const KIND = "identity";
const KEY_BYTES = 32;
/** Identities whose digest is remembered, in memory only. */
const MAX_KNOWN = 4_096;
/** Fields that one `Vary` may name. */
const MAX_VARY = 16;
/**
 * Named by `Vary` and yet no part of who asks: a content coding is undone before comparing; cookies are named one by one
 * in the config, since most of them change without an effect; there are as many user agents as versions of browsers.
 * `identity.fields` may name the last one.
 */
const NOT_BY_VARY: ReadonlySet<string> = new Set(["*", "accept-encoding", "cookie", "user-agent"]);

/**
 * Digests of requests under a random key that belongs to the data folder: nothing of who asked can be read from what is
 * stored, and no digest can be tried out without the key.
 * @returns the identity, and the fold that keeps the key; it must be restored before the evidence is
 */
export function openIdentity(config: () => Config): { readonly identity: Identity; readonly fold: Fold } {
  let key = randomBytes(KEY_BYTES);
  let isKept = false;
  let of: { readonly settings: Config["identity"]; readonly key: Buffer; readonly version: string } | undefined;
  /** Who asked, and the keyed digest of that: most requests come from someone who was there before. */
  const known = new Map<string, string>();
  const keyed = (text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, 16);
  const version = (): string => {
    const settings = config().identity;
    if (of?.settings !== settings || of.key !== key) {
      of = { settings, key, version: keyed(JSON.stringify(settings)) };
      known.clear();
    }
    return of.version;
  };
  const whoOf = (exchange: Exchange): string => {
    const text = `${version()}\n${askedBy(exchange, config().identity)}`;
    let who = known.get(text);
    if (who === undefined) {
      who = keyed(text);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(text, who);
    }
    return who;
  };
  return {
    identity: {
      version,
      digest: (exchange) => {
        const { method, target } = exchange.request;
        const what = withoutParameters(target, config().identity.ignoreQuery);
        return digest(`${whoOf(exchange)} ${method} ${what}`, exchange.requestBody);
      },
    },
    fold: {
      changes: () => {
        if (isKept) return [];
        isKept = true;
        return [{ kind: KIND, key: "key", value: key.toString("base64") }];
      },
      restore: (documents) => {
        const kept = documents.find(({ kind }) => kind === KIND)?.value;
        const bytes = typeof kept === "string" ? Buffer.from(kept, "base64") : undefined;
        // With another key, digests made with the old one are left out.
        if (bytes?.length !== KEY_BYTES) return { unreadable: kept === undefined ? 0 : 1 };
        key = bytes;
        isKept = true;
        return { unreadable: 0 };
      },
    },
  };
}

/** Each field and cookie that makes a request distinct, with its values, a line each: no value has a line feed. */
function askedBy({ request, legacy }: Exchange, { fields, cookies }: Config["identity"]): string {
  const names = new Set(fields);
  if (legacy.kind === "response") for (const name of variedBy(legacy.fields)) names.add(name);
  const lines = [...names].sort().map((name) => `${name}: ${fieldValues(request.fields, name).join("\n ")}`);
  if (cookies.length > 0) lines.push(...cookiesOf(request.fields, cookies));
  return lines.join("\n");
}

function variedBy(fields: Fields): string[] {
  const values = fieldValues(fields, "vary");
  if (values.length === 0) return [];
  const names = values.flatMap((value) => value.split(",")).map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "" && !NOT_BY_VARY.has(name)).slice(0, MAX_VARY);
}

/** Cookies with these names, as they were sent. */
function cookiesOf(fields: Fields, names: readonly string[]): string[] {
  const pairs = fieldValues(fields, "cookie").flatMap((value) => value.split(";"));
  return pairs
    .map((pair) => pair.trim())
    .filter((pair) => names.includes(pair.split("=", 1)[0]!))
    .sort();
}

/** A target without these query parameters; `utm_*` is every name that begins with `utm_`. */
function withoutParameters(target: string, ignored: readonly string[]): string {
  const start = target.indexOf("?");
  if (start < 0 || ignored.length === 0) return target;
  const kept = target
    .slice(start + 1)
    .split("&")
    .filter((pair) => !ignored.some((pattern) => isNamed(pair.split("=", 1)[0]!, pattern)));
  return kept.length === 0 ? target.slice(0, start) : `${target.slice(0, start)}?${kept.join("&")}`;
}

function isNamed(encoded: string, pattern: string): boolean {
  const name = encoded.includes("%") ? decoded(encoded) : encoded;
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
