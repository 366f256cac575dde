// test/support/room.ts: a proxy with ports that write down what they are told

import type { Observation, Settled } from "../../src/model/comparison.ts";
import type { Exchange } from "../../src/model/exchange.ts";
import {
  type CandidateOptions,
  openProxy,
  type ProxyOptions,
  type ProxyPorts,
  type RunningProxy,
  type ShadowControl,
  type UpstreamOptions,
} from "../../src/proxy/index.ts";
import { DEFAULTS, FULL_CONTROL } from "./proxy-options.ts";
import { eventually } from "./wire.ts";

export type Overrides = Partial<Omit<ProxyOptions, "legacy" | "candidate" | "shadow" | "limits" | "listen">> & {
  legacy?: Partial<UpstreamOptions>;
  candidate?: Partial<CandidateOptions>;
  shadow?: Partial<ProxyOptions["shadow"]>;
  limits?: Partial<ProxyOptions["limits"]>;
  listen?: Partial<ProxyOptions["listen"]>;
};

export type Room = AsyncDisposable & {
  readonly proxy: RunningProxy;
  readonly port: number;
  readonly options: ProxyOptions;
  readonly exchanges: Exchange[];
  readonly settled: Settled[];
  readonly observed: Observation[];
  readonly refused: string[];
  readonly writes: string[];
  readonly faults: string[];
  readonly overheads: number[];
  /** Set it to change the switch. */
  control: ShadowControl;
  /** Set it to refuse offers. */
  full: boolean;
  /** Offers taken whose exchange has not come. */
  readonly pending: () => number;
  /** Waits for the `n`th exchange. */
  exchange(n?: number): Promise<Exchange>;
  /** Waits for the `n`th settlement and gives it as `outcome/reason`. */
  outcome(n?: number): Promise<string>;
};

export function optionsFor(legacy: string, candidate: string, over: Overrides = {}): ProxyOptions {
  return {
    ...DEFAULTS,
    ...over,
    listen: { host: "127.0.0.1", port: 0, ...over.listen },
    legacy: { ...DEFAULTS.legacy, url: legacy, ...over.legacy },
    candidate: { ...DEFAULTS.candidate, url: candidate, ...over.candidate },
    shadow: { ...DEFAULTS.shadow, maxLag: 60_000, maxMemory: 2 ** 40, ...over.shadow }, // no shedding on a busy machine
    limits: { ...DEFAULTS.limits, ...over.limits },
  };
}

export async function openRoom(
  legacy: { url: string },
  candidate: { url: string },
  over: Overrides = {},
  ports: Partial<ProxyPorts> = {},
): Promise<Room> {
  const options = optionsFor(legacy.url, candidate.url, over);
  const exchanges: Exchange[] = [];
  const settled: Settled[] = [];
  const observed: Observation[] = [];
  const refused: string[] = [];
  const writes: string[] = [];
  const faults: string[] = [];
  const overheads: number[] = [];
  const state = { control: FULL_CONTROL, full: false };
  let pending = 0;
  let ids = 0;
  const proxy = await openProxy(options, {
    now: Date.now,
    newId: () => `r${++ids}`,
    control: () => state.control,
    offer(_route, begin) {
      if (state.full) return false;
      pending++;
      begin().then((exchange) => {
        pending--;
        exchanges.push(exchange);
      });
      return true;
    },
    settle: (each) => void settled.push(each),
    observe: (each) => void observed.push(each),
    overhead: (_route, seconds) => void overheads.push(seconds),
    wrote: (route, target) => void writes.push(`${route} ${target}`),
    refused: (reason) => void refused.push(reason),
    fault: (port, error) => void faults.push(`${port}: ${error}`),
    ...ports,
  });
  return Object.assign(state, {
    proxy,
    port: proxy.address.port,
    options,
    exchanges,
    settled,
    observed,
    refused,
    writes,
    faults,
    overheads,
    pending: () => pending,
    async exchange(n = 1) {
      await eventually(() => exchanges.length >= n, 8000, `exchange ${n} never came`);
      return exchanges[n - 1]!;
    },
    async outcome(n = 1) {
      await eventually(() => settled.length >= n, 8000, `settlement ${n} never came`);
      const { outcome } = settled[n - 1]!;
      return "reason" in outcome ? `${outcome.outcome}/${outcome.reason}` : outcome.outcome;
    },
    [Symbol.asyncDispose]: () => proxy.stop(0),
  });
}
