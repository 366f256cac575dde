// app/asks.ts: the clients with which both sides are asked again

import type { Config } from "../config/index.ts";
import type { Side } from "../model/answer.ts";
import { type Ask, askOverWire, type ReadFile, upstreamOf } from "../proxy/index.ts";

/** A client for each side. Close them once another config is in force. */
export type Asks = Readonly<Record<Side, Ask>> & { readonly close: () => Promise<void> };

/** A configured legacy replica is asked in legacy's place. */
export function asksOf(config: Config, read: ReadFile): Asks {
  const ask = (side: Side, upstream: Config["legacy" | "candidate"]) =>
    askOverWire({
      side,
      upstream: upstreamOf(upstream, upstream.timeout, read),
      timeout: Math.min(upstream.timeout, config.candidate.timeout),
      maxBody: config.capture.maxBody,
    });
  const legacy = ask("legacy", config.legacyReplica ?? config.legacy);
  const candidate = ask("candidate", config.candidate);
  return { legacy, candidate, close: async () => void (await Promise.all([legacy.close(), candidate.close()])) };
}
