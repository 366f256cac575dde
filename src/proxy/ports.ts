// proxy/ports.ts: what the proxy uses of the other parts, and a wrapper that keeps their errors from clients

import type { Answer, Side } from "../model/answer.ts";
import type { Observation, Settled } from "../model/comparison.ts";
import type { Exchange } from "../model/exchange.ts";
import type { BreakerChange } from "./admission/breaker.ts";
import { createMemory } from "./admission/load-shedding.ts";
import type { ShadowControl } from "./admission/share.ts";
import type { Trouble } from "./upstream/failure.ts";

/** What the proxy calls. Optional ones do nothing unless given. None may block. */
export type ProxyPorts = {
  /** Milliseconds since the epoch. */
  now(): number;
  newId(): string;
  /** The switch as it stands now; asked for each request. */
  control(): ShadowControl;
  /** The name of the route that a learned one belongs to, where several turned out to be one; else its own. */
  routeOf?(route: string): string;
  /** Whether an `offer` would be accepted; always, unless given. A request that comes while it would not is only relayed. */
  hasCapacity?(route: string): boolean;
  /**
   * Offers one more exchange. On true, `begin` is called, once: it asks the candidate, and its promise
   * resolves with both answers. On false nothing was begun, and the request is settled as `skipped{overload}`.
   * `route.name` may change until legacy has answered.
   * `done` is to be called when the exchange is not read any more: the memory of its bodies is used again.
   */
  offer(route: { readonly name: string }, begin: () => Promise<Exchange>, done: () => void): boolean;
  /** A request that came to its end without an exchange. For each request there is one of these, or one `offer`. */
  settle(settled: Settled): void;
  /** Each request to a side, when it ended. */
  observe(observation: Observation): void;
  /** A side gave no answer, and why: `error` is the word of RFC 9209, `detail` what was found. */
  failed?(side: Side, trouble: Trouble, route: string): void;
  /** The breaker changed its state. */
  breaker?(change: BreakerChange): void;
  /** What a request spent in here rather than in legacy, in seconds. */
  overhead(route: string, seconds: number): void;
  /** Legacy did not serve a request whose route is not known: it counts as `other`. */
  unnamed?(template: string, legacy: Answer): void;
  /** A method that is not safe was answered by legacy: what lies under this target may have moved. */
  wrote?(route: string, target: string, at: number): void;
  /**
   * Legacy answered a request that was shadowed, or one that was left out by a fair draw: the two are comparable, and what
   * tells them apart is what shadowing does to legacy.
   */
  answered?(route: string, shadowed: boolean, legacy: Answer): void;
  /** How large this process is, in bytes; its resident set unless given. */
  memory?(): number;
  /** A request that was not relayed, since it has no meaning or several. It has no outcome: it is none of the requests. */
  refused(reason: string): void;
  /** A port threw. The request went on. */
  fault?(port: string, error: unknown): void;
};

/** The same ports, none of which throws into the relaying of a request. */
export function guardPorts(ports: ProxyPorts): Required<ProxyPorts> {
  const fault = (port: string, error: unknown) => {
    try {
      ports.fault?.(port, error);
    } catch {
      // The fault reporter itself threw; the request must still go on.
    }
  };
  function guard<A extends unknown[]>(name: string, port: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      try {
        port(...args);
      } catch (error) {
        fault(name, error);
      }
    };
  }
  const answering =
    <A extends unknown[], T>(name: string, port: (...args: A) => T, otherwise: T) =>
    (...args: A) => {
      try {
        return port(...args);
      } catch (error) {
        fault(name, error);
        return otherwise;
      }
    };
  return {
    now: () => ports.now(),
    newId: () => ports.newId(),
    // A switch or a capacity that cannot be read means no.
    control: answering("control", () => ports.control(), OFF),
    routeOf: (route) => {
      try {
        return ports.routeOf?.(route) ?? route;
      } catch (error) {
        fault("routeOf", error);
        return route;
      }
    },
    hasCapacity: answering("hasCapacity", (route: string) => ports.hasCapacity?.(route) ?? true, false),
    offer(route, begin, done) {
      let begun = false;
      try {
        return ports.offer(
          route,
          () => {
            begun = true;
            return begin();
          },
          done,
        );
      } catch (error) {
        fault("offer", error);
        return begun;
      }
    },
    settle: guard("settle", (settled) => ports.settle(settled)),
    observe: guard("observe", (observation) => ports.observe(observation)),
    failed: guard("failed", (side, trouble, route) => ports.failed?.(side, trouble, route)),
    breaker: guard("breaker", (change) => ports.breaker?.(change)),
    overhead: guard("overhead", (route, seconds) => ports.overhead(route, seconds)),
    unnamed: guard("unnamed", (template, legacy) => ports.unnamed?.(template, legacy)),
    wrote: guard("wrote", (route, target, at) => ports.wrote?.(route, target, at)),
    answered: guard("answered", (route, shadowed, legacy) => ports.answered?.(route, shadowed, legacy)),
    memory: ports.memory === undefined ? createMemory() : answering("memory", ports.memory, 0),
    refused: guard("refused", (reason) => ports.refused(reason)),
    fault,
  };
}

const OFF: ShadowControl = { on: false, routes: new Map() };
