// test/support/proxy-options.ts: options and switches of a proxy in a test that is about something else

import { defaultConfig } from "../../src/config/index.ts";
import { type ProxyOptions, proxyOptionsOf, type ShadowControl } from "../../src/proxy/index.ts";

const { listen: _, ...options } = proxyOptionsOf(defaultConfig(), (file) => {
  throw new Error(`the defaults name no file, but ${file} is read`);
});

/** The shipped defaults, as a proxy reads them. Their URLs are placeholders. */
export const DEFAULTS: Omit<ProxyOptions, "listen"> = options;

/** Shadowing is on, and no route has a switch of its own. */
export const FULL_CONTROL: ShadowControl = { on: true, routes: new Map() };
