// app/config-in-force.ts: a config, and everything that is read and made for it before anything of it takes effect

import { type AdminTls, type Tokens, unsafeToOpen } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import { type ProxyOptions, proxyOptionsOf, type ReadFile } from "../proxy/index.ts";
import { compileRedactor, type Redactor } from "../store/index.ts";
import { accessOf, adminTlsOf } from "./access.ts";
import { type Asks, asksOf } from "./asks.ts";
import { checkCertificates } from "./certificates.ts";
import { describedRoutes } from "./openapi.ts";
import { type Rules, rulesOf } from "./rules.ts";

/** A config with everything that was made for it. */
export type InForce = {
  readonly config: Config;
  readonly proxy: ProxyOptions;
  readonly adminTls: AdminTls | undefined;
  /** Who may use the admin listener. */
  readonly tokens: Tokens;
  readonly rules: Rules;
  readonly redactor: Redactor;
  /** The operations of the API description, as routes. */
  readonly described: readonly string[];
  /** To be closed once another config is in force. */
  readonly asks: Asks;
};

/**
 * Does everything that can fail: throws an error whose message is for the user, and leaves nothing open then.
 * @param before what a reload may keep: a redactor marks the same value alike for as long as its settings stay
 */
function inForceOf(config: Config, read: ReadFile, before?: InForce): InForce {
  checkCertificates(config, read);
  const tokens = accessOf(config, read);
  const unsafe = unsafeToOpen(config.admin.host, tokens);
  if (unsafe !== undefined) throw new Error(unsafe);
  const isSame = before !== undefined && JSON.stringify(config.redact) === JSON.stringify(before.config.redact);
  return {
    config,
    proxy: proxyOptionsOf(config, read),
    adminTls: adminTlsOf(config, read),
    tokens,
    rules: rulesOf(config),
    redactor: isSame ? before.redactor : compileRedactor(config.redact),
    described: describedRoutes(config, read),
    asks: asksOf(config, read),
  };
}

/** The config that is in force. A reload replaces it between two requests. */
export type LiveConfig = {
  readonly current: () => Config;
  /** The config in force with everything that was made for it. */
  readonly inForce: () => InForce;
  /** Makes everything for another config. Throws as `inForceOf` does; nothing takes effect before `replace`. */
  readonly prepare: (next: Config) => InForce;
  /** Puts another config in force, and closes what was made for the one before. */
  readonly replace: (next: InForce) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Throws as `inForceOf` does. */
export function createLiveConfig(config: Config, read: ReadFile): LiveConfig {
  let inForce = inForceOf(config, read);
  return {
    current: () => inForce.config,
    inForce: () => inForce,
    prepare: (next) => inForceOf(next, read, inForce),
    replace: (next) => {
      void inForce.asks.close();
      inForce = next;
    },
    [Symbol.asyncDispose]: () => inForce.asks.close(),
  };
}
