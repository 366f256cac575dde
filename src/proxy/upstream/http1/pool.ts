// proxy/upstream/http1/pool.ts: the connections of HTTP/1.1 to one upstream; the one used last is used next

import type { UpstreamOptions } from "../../options.ts";
import { MOST_AT_ONCE } from "../../shadow/buffer-pool.ts";
import { CROWDED, DEADLINE } from "../failure.ts";
import type { Upstream } from "../upstream.ts";
import { Call } from "./call.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import type { Deadlines, Watched } from "./deadlines.ts";
import { createDialer, type Dialer } from "./dial.ts";

/** All sockets of the process read into this buffer; its bytes are valid only during that read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(MOST_AT_ONCE);
/** A request that may not be repeated takes only a connection that was used a moment ago: those are hardly ever stale. */
const TRUSTED_MS = 1_000;
/** At most this share of the connections carries requests whose body still comes: slow clients leave the rest to others. */
const UPLOAD_SHARE = 0.75;

/**
 * How long a connection takes new requests, so that a name that has moved to another address is followed under constant
 * load as well. Each connection's own is up to a quarter shorter, lest all of them are opened again at once.
 */
const LIFETIME_MS = 60_000;

/** Opens connections as calls need them. @param lifetimeMs how long a connection takes new requests */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: to be divided
export function createPool(
  options: UpstreamOptions,
  deadlines: Deadlines,
  dialer: Dialer = createDialer(options),
  lifetimeMs = LIFETIME_MS,
): Upstream {
  const all = new Set<Connection>();
  const idle: Connection[] = [];
  const waiting: Call[] = [];
  /** Connections in another protocol: they are no part of `maxConnections`, and the clients' limit bounds them. */
  const tunnels = new Set<Connection>();
  let retired = false;
  let starting = false;

  /** Connections whose request is not written whole: they wait for its client, however long that takes. */
  const uploads = new Set<Connection>();
  const maxUploads = Math.max(1, Math.floor(options.maxConnections * UPLOAD_SHARE));
  let opened = 0;
  /** When a connection takes no new request any more. */
  const endsAt = new WeakMap<Connection, number>();

  const owner: ConnectionOwner = {
    options,
    readBuffer: READ_BUFFER,
    freed(connection) {
      if (performance.now() > (endsAt.get(connection) ?? 0)) return connection.cut(); // what waits opens another
      const next = nextWaiting();
      if (next !== undefined) carry(connection, next);
      else if (retired) connection.cut();
      else idle.push(connection);
    },
    sent(connection) {
      if (uploads.delete(connection)) startWaiting();
    },
    upgraded(connection) {
      tunnels.add(connection);
      left(connection);
    },
    closed(connection) {
      tunnels.delete(connection);
      deadlines.unwatch(connection);
      left(connection);
    },
  };

  /** A connection carries no further calls: one that waits has its place. */
  function left(connection: Connection): void {
    all.delete(connection);
    uploads.delete(connection);
    const at = idle.lastIndexOf(connection);
    if (at >= 0) idle.splice(at, 1);
    startWaiting();
  }

  /** Calls in the queue have deadlines too, and once a second those that hold a connection without progress are ended. */
  const queue: Watched = {
    deadline: Number.POSITIVE_INFINITY,
    expire(now) {
      for (const call of waiting.splice(0)) {
        if (call.over) continue;
        if (waitsUntil(call) > now) waiting.push(call);
        else giveUp(call, call.deadline <= now);
      }
      makeRoom(now);
      watchQueue();
    },
  };
  const since = new WeakMap<Call, number>();
  const waitsUntil = (call: Call) => {
    const most = call.ready ? options.connectTimeout : Math.max(options.connectTimeout, options.idleTimeout);
    return Math.min(call.deadline, (since.get(call) ?? 0) + most);
  };

  function makeRoom(now: number): void {
    if (waiting.length === 0) return;
    const slow = [...all].flatMap((connection) => {
      const ms = connection.waitsForClient(now);
      return ms === undefined ? [] : [{ connection, ms }];
    });
    slow.sort((a, b) => b.ms - a.ms);
    for (const { connection } of slow.slice(0, waiting.length)) connection.displace();
  }

  function watchQueue(): void {
    queue.deadline = waiting.reduce((soonest, call) => Math.min(soonest, waitsUntil(call)), performance.now() + 1_000);
    if (waiting.length > 0) deadlines.watch(queue);
    else deadlines.unwatch(queue);
  }

  const mayStart = (call: Call) => call.ready || uploads.size < maxUploads;

  /** Takes the first call out of the queue that may start. */
  function nextWaiting(): Call | undefined {
    for (let at = 0; at < waiting.length; at++) {
      const call = waiting[at]!;
      if (!call.over && !mayStart(call)) continue;
      waiting.splice(at--, 1);
      if (!call.over) return call;
    }
    return undefined;
  }

  /** Starts calls of the queue on connections that are idle or may be opened. */
  function startWaiting(): void {
    while (!starting && waiting.length > 0 && (idle.length > 0 || all.size < options.maxConnections)) {
      const next = nextWaiting();
      if (next === undefined) return;
      starting = true; // closing an idle connection comes back here
      start(next, false);
      starting = false;
    }
  }

  /** Starts a call on an idle connection or a new one. False: there is none, and none may be opened. */
  function start(call: Call, fresh: boolean): boolean {
    const connection = fresh ? undefined : reusable(call);
    if (connection !== undefined) carry(connection, call);
    else {
      if (all.size >= options.maxConnections) idle[0]?.cut(); // frees a place for a new one, if any is unused
      if (all.size >= options.maxConnections) return false;
      open(call);
    }
    return true;
  }

  function carry(connection: Connection, call: Call): void {
    if (!call.ready) uploads.add(connection);
    connection.carry(call);
  }

  function giveUp(call: Call, late: boolean): void {
    call.over = true;
    call.listener.onFailure(late ? DEADLINE : CROWDED, false);
  }

  function open(call: Call): void {
    const connection = new Connection(dialer, owner);
    all.add(connection);
    opened += 1;
    endsAt.set(connection, performance.now() + lifetimeMs * (1 - (opened % 8) / 32));
    deadlines.watch(connection);
    carry(connection, call);
  }

  function reusable(call: Call): Connection | undefined {
    const last = idle.at(-1);
    if (last === undefined) return undefined;
    const age = performance.now() - last.idleSince;
    return age < (call.safe ? last.keepAlive : Math.min(TRUSTED_MS, last.keepAlive)) ? idle.pop() : undefined;
  }

  function send(call: Call, fresh: boolean): void {
    if (mayStart(call) && start(call, fresh)) return;
    if (waiting.length >= options.maxWaiting) {
      giveUp(call, false);
      return;
    }
    since.set(call, performance.now());
    waiting.push(call);
    watchQueue();
  }

  const sender = { send };
  return {
    authority: dialer.origin.authority,
    call: (request, listener) => new Call(request, listener, sender),
    retire() {
      retired = true;
      for (const connection of idle.splice(0)) connection.cut();
    },
    destroy() {
      retired = true;
      for (const call of waiting.splice(0)) if (!call.over) giveUp(call, false);
      for (const connection of [...all, ...tunnels]) connection.cut();
      deadlines.unwatch(queue);
    },
  };
}
