// config/checks.ts: faults that involve several keys: contradictions, loops, missing access control

import { type Address, isAny, isLoopback } from "./addresses.ts";
import type { Fault } from "./fault.ts";
import { isWritten, type Keys, spotOf } from "./locate.ts";
import { shapeOf } from "./route-pattern.ts";
import type { Parsed } from "./schema.ts";
import type { Tree } from "./tree.ts";

const SIDES = ["legacy", "candidate", "legacyReplica"] as const;

/** What is checked, and how to refuse it. A key that is `written`, even wrongly, is not missing. */
type Case = {
  readonly parsed: Parsed;
  readonly flags: boolean;
  readonly written: (...keys: string[]) => boolean;
  readonly refuse: (keys: Keys, message: string, hint: string) => void;
};

/**
 * `sound` is the tree that was parsed, `whole` has its faulty parts too. `flags`: no file was given, so that what is
 * missing is missing on the command line.
 */
export function checks(parsed: Parsed, sound: Tree, whole: Tree, flags: boolean): Fault[] {
  const faults: Fault[] = [];
  const refuse = (keys: Keys, message: string, hint: string) => {
    const spot =
      flags && spotOf(sound, keys).line > 0
        ? { file: `--${String(keys[0])}`, line: 0, column: 0 }
        : spotOf(sound, keys);
    faults.push({ ...spot, message, hint });
  };
  const one: Case = { parsed, flags, written: (...keys) => isWritten(whole, keys), refuse };
  urls(one);
  listeners(one);
  access(one);
  certificates(one);
  measures(one);
  shadowing(one);
  duplicates(one, (keys) => spotOf(sound, keys).line);
  return faults;
}

function urls({ parsed, written, refuse }: Case): void {
  for (const side of SIDES) {
    if (parsed[side] === undefined || parsed[side].url !== undefined || written(side, "url")) continue;
    const example = side === "legacyReplica" ? "http://legacy-2:8080" : `http://${side}:8080`;
    const flag = side === "legacyReplica" ? "" : `, or --${side} ${example}`;
    refuse([side], `${side} has no url`, `${side}: { url: "${example}" }${flag}`);
  }
  for (const side of ["legacy", "legacyReplica"] as const) {
    const url = parsed[side]?.url;
    if (url === undefined || url !== parsed.candidate.url) continue;
    refuse(
      ["candidate", "url"],
      `candidate and ${side} are the same server`,
      "a service compared with itself always matches",
    );
  }
  for (const side of SIDES) {
    for (const key of ["listen", "admin"] as const) {
      const url = parsed[side]?.url;
      if (url === undefined || !reaches(url, parsed[key])) continue;
      refuse(
        [side, "url"],
        `${side} is this proxy's own ${key} address`,
        "the proxy would send requests to itself in a loop",
      );
    }
  }
}

function listeners({ parsed, written, refuse }: Case): void {
  if (!overlap(parsed.listen, parsed.admin)) return;
  refuse([written("admin") ? "admin" : "listen"], "listen and admin are the same address", "give admin another port");
}

function access({ parsed, flags, written, refuse }: Case): void {
  const { token, tokenFile, readToken, readTokenFile } = parsed.adminAccess;
  const guarded = ["token", "tokenFile", "readToken", "readTokenFile"].some((key) => written("adminAccess", key));
  if (!isLoopback(parsed.admin.host) && !guarded) {
    const hint = flags
      ? "set PARALLEL_RUN_TOKEN in the environment, or listen on 127.0.0.1"
      : `set adminAccess.tokenFile, or adminAccess.token: \${NAME}; or listen on 127.0.0.1`;
    refuse(["admin"], "admin is not on loopback and requires no token", hint);
  }
  if (token !== undefined && tokenFile !== undefined) {
    refuse(["adminAccess", "tokenFile"], "adminAccess has both token and tokenFile", "keep one of them");
  }
  if (readToken !== undefined && readTokenFile !== undefined) {
    refuse(["adminAccess", "readTokenFile"], "adminAccess has both readToken and readTokenFile", "keep one of them");
  }
  if (readToken !== undefined && token === readToken) {
    refuse(
      ["adminAccess", "readToken"],
      "adminAccess has the same token for both",
      "readers could also control: use two different tokens",
    );
  }
}

function certificates({ written, refuse }: Case): void {
  for (const keys of [["tls"], ["adminAccess", "tls"], ...SIDES.map((side) => [side, "tls"])]) {
    const [cert, key] = [written(...keys, "cert"), written(...keys, "key")];
    if (cert !== key)
      refuse(keys, `${keys.join(".")} has ${cert ? "cert without key" : "key without cert"}`, "set both");
  }
  for (const keys of [["tls"], ["adminAccess", "tls"]]) {
    if (!written(...keys, "clientCa") || written(...keys, "cert") || written(...keys, "key")) continue;
    refuse(
      [...keys, "clientCa"],
      `${keys.join(".")} has clientCa without cert and key`,
      "without them there is no TLS",
    );
  }
}

function measures({ parsed, written, refuse }: Case): void {
  const { limits, capture, store, data } = parsed;
  if (limits.headersTimeout > limits.requestTimeout) {
    refuse(
      ["limits", "headersTimeout"],
      "limits.headersTimeout is longer than requestTimeout",
      "the head is part of the request",
    );
  }
  if (capture.maxBody > capture.budget) {
    refuse(
      ["capture", "maxBody"],
      "capture.maxBody is larger than capture.budget",
      "the budget must hold at least one body",
    );
  }
  if (store.kind === "sqlite" && data === undefined && !written("data")) {
    refuse(["store", "kind"], "store.kind is sqlite and there is no data directory", "set data, or --data DIR");
  }
}

function shadowing({ parsed, refuse }: Case): void {
  const { shadow, routes } = parsed;
  if (shadow.ramp !== undefined && shadow.ramp.from > shadow.sample) {
    refuse(["shadow", "ramp"], "shadow.ramp starts above shadow.sample", "ramp.from must be at most sample");
  }
  // A list of values needs the field or cookie that they are values of.
  const lists: [Keys, typeof shadow.values | undefined, typeof shadow.by][] = [
    [["shadow", "values"], shadow.values, shadow.by],
  ];
  for (const [index, { shadow: own }] of routes.entries()) {
    lists.push([["routes", index, "shadow", "values"], own?.values, own?.by ?? shadow.by]);
  }
  for (const [keys, values, by] of lists) {
    if (values === undefined || values.length === 0 || by.kind !== "id") continue;
    refuse(keys, "`shadow.values` needs `shadow.by`", "set by: field NAME or by: cookie NAME");
  }
}

function duplicates({ parsed, refuse }: Case, lineOf: (keys: Keys) => number): void {
  const first = new Map<string, number>();
  for (const [index, { match }] of parsed.routes.entries()) {
    const key = shapeOf(match);
    const before = first.get(key);
    if (before === undefined) first.set(key, index);
    else {
      const line = lineOf(["routes", before, "match"]);
      refuse(
        ["routes", index, "match"],
        `${match.text} is declared twice`,
        `the first is on line ${line}: merge the two`,
      );
    }
  }
}

function overlap(a: Address, b: Address): boolean {
  if (a.port === 0 || a.port !== b.port) return false;
  if (a.host === b.host || isAny(a.host) || isAny(b.host)) return true;
  return isLoopback(a.host) && isLoopback(b.host) && (a.host === "localhost" || b.host === "localhost");
}

/** Whether asking this URL would reach a listener of our own. Names other than localhost are not looked up. */
function reaches(url: string, listener: Address): boolean {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const near = isLoopback(host) || isAny(host) || host === listener.host;
  return near && overlap({ host, port: Number(port || (protocol === "https:" ? 443 : 80)) }, listener);
}
