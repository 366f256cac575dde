// proxy/wire/pool.ts: the connections to one upstream; the one used last is used next

import { CROWDED, DEADLINE } from "../failure.ts";
import type { UpstreamOptions } from "../options.ts";
import { MOST_AT_ONCE } from "../slabs.ts";
import type { Call } from "./call.ts";
import { Connection, type Keeper } from "./connection.ts";
import { createDialer, type Dialer, type Origin } from "./dial.ts";
import type { Sweeper, Watched } from "./sweeper.ts";

export type Pool = {
  readonly origin: Origin;
  /** Carries a call to a connection. `fresh`: to a new one. Every ending is told to the call's listener. */
  send(call: Call, fresh?: boolean): void;
  /** Takes no idle connection any more; those in use close after their call. */
  retire(): void;
  /** Closes everything now; calls under way fail. */
  destroy(): void;
};

/** All sockets of the process read into this one: nobody keeps a byte of it beyond its own read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(MOST_AT_ONCE);
/** A request that may not be repeated takes only a connection that was used a moment ago: those are hardly ever stale. */
const TRUSTED_MS = 1_000;

export function createPool(options: UpstreamOptions, sweeper: Sweeper, dialer: Dialer = createDialer(options)): Pool {
  const all = new Set<Connection>();
  const idle: Connection[] = [];
  const waiting: Call[] = [];
  /** Connections in another protocol: they are no part of `maxConnections`, and the clients' limit bounds them. */
  const tunnels = new Set<Connection>();
  let retired = false;

  const keeper: Keeper = {
    options,
    readBuffer: READ_BUFFER,
    freed(connection) {
      const next = nextWaiting();
      if (next !== undefined) connection.carry(next);
      else if (retired) connection.cut();
      else idle.push(connection);
    },
    upgraded(connection) {
      tunnels.add(connection);
      left(connection);
    },
    closed(connection) {
      tunnels.delete(connection);
      sweeper.unwatch(connection);
      left(connection);
    },
  };

  /** A connection carries no further calls: one that waits has its place. */
  function left(connection: Connection): void {
    all.delete(connection);
    const at = idle.lastIndexOf(connection);
    if (at >= 0) idle.splice(at, 1);
    if (all.size < options.maxConnections) {
      const next = nextWaiting();
      if (next !== undefined) open(next);
    }
  }

  /** Calls in the queue have deadlines too. */
  const queue: Watched = {
    deadline: Number.POSITIVE_INFINITY,
    expire(now) {
      for (const call of waiting.splice(0)) {
        if (call.over) continue;
        if (waitsUntil(call) > now) waiting.push(call);
        else giveUp(call, call.deadline <= now);
      }
      watchQueue();
    },
  };
  const since = new WeakMap<Call, number>();
  const waitsUntil = (call: Call) => Math.min(call.deadline, (since.get(call) ?? 0) + options.connectTimeout);

  function watchQueue(): void {
    queue.deadline = waiting.reduce((soonest, call) => Math.min(soonest, waitsUntil(call)), Number.POSITIVE_INFINITY);
    if (waiting.length > 0) sweeper.watch(queue);
    else sweeper.unwatch(queue);
  }

  function nextWaiting(): Call | undefined {
    let next = waiting.shift();
    while (next?.over) next = waiting.shift();
    return next;
  }

  function giveUp(call: Call, late: boolean): void {
    call.over = true;
    call.listener.onFailure(late ? DEADLINE : CROWDED, false);
  }

  function open(call: Call): void {
    const connection = new Connection(dialer, keeper);
    all.add(connection);
    sweeper.watch(connection);
    connection.carry(call);
  }

  function reusable(call: Call): Connection | undefined {
    const last = idle.at(-1);
    if (last === undefined) return undefined;
    const age = performance.now() - last.idleSince;
    return age < (call.safe ? last.keepAlive : Math.min(TRUSTED_MS, last.keepAlive)) ? idle.pop() : undefined;
  }

  return {
    origin: dialer.origin,
    send(call, fresh = false) {
      const connection = fresh ? undefined : reusable(call);
      if (connection !== undefined) return connection.carry(call);
      if (all.size < options.maxConnections) return open(call);
      idle[0]?.cut(); // makes room for a fresh one, if any is unused
      if (all.size < options.maxConnections) return open(call);
      if (waiting.length >= options.maxWaiting) return giveUp(call, false);
      since.set(call, performance.now());
      waiting.push(call);
      watchQueue();
    },
    retire() {
      retired = true;
      for (const connection of idle.splice(0)) connection.cut();
    },
    destroy() {
      retired = true;
      for (const call of waiting.splice(0)) if (!call.over) giveUp(call, false);
      for (const connection of [...all, ...tunnels]) connection.cut();
      sweeper.unwatch(queue);
    },
  };
}
