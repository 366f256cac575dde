// test/trial/calm/moving.ts: data that moves between the two reads, or reaches the candidate a moment later

import { consignment, drawn } from "../domain.ts";
import { type Ask, type Handler, json, type World } from "../service.ts";
import type { Calm } from "./calm.ts";

type Version = { readonly at: number; readonly stock: number };

/** Legacy takes writes; the candidate reads a replica that has them `lagMs` later. */
function stock(name: string, lagMs: (write: number) => number): Calm {
  const answer: Handler = (ask, world) => {
    const versions = versionsOf(name, ask, world);
    if (ask.method === "PUT") {
      versions.push({ at: world.now(), stock: Number(ask.body) });
      return json({ stored: true });
    }
    const seen = versions.findLast(({ at }, n) => world.side === "legacy" || at + lagMs(n) <= world.now());
    return json({ id: ask.id, stock: seen!.stock, revision: versions.indexOf(seen!) });
  };
  return {
    name,
    legacy: answer,
    call: (id, random, n) => {
      const target = `/${name}/${id % 12}`;
      return n % 4 === 0 ? { method: "PUT", target, body: String(Math.floor(random() * 900)) } : { target };
    },
  };
}

function versionsOf(name: string, { id }: Ask, { shared }: World): Version[] {
  const key = `${name} ${id}`;
  const versions = (shared.get(key) as Version[]) ?? [{ at: 0, stock: id }];
  shared.set(key, versions);
  return versions;
}

/** Something that steps every `everyMs`, for each id at another moment. */
const stepOf = (id: number, ms: number, everyMs: number) => Math.floor(ms / everyMs + drawn("phase", id)());

export const MOVING: readonly Calm[] = [
  stock("stock-a-third-of-a-second-behind", () => 350),
  stock("stock-some-seconds-behind", (n) => 1_000 + Math.floor(drawn("lag", n)() * 3_000)),
  {
    name: "replica-some-seconds-behind",
    config: "recheck: { lag: 6s }",
    legacy: ({ id }, { side, now }) => {
      const every = 9_000;
      const step = stepOf(id, now(), every);
      const lag = 1_000 + Math.floor(drawn("lag", id, step)() * 3_000);
      const seen = side === "candidate" && stepOf(id, now() - lag, every) < step ? step - 1 : step;
      return json({ id, docket: consignment(id).docket, reading: Math.floor(drawn("reading", id, seen)() * 1_000) });
    },
  },
  {
    name: "vessel-position",
    legacy: ({ id }, { now }) => {
      const moved = (now() % 100_000_000) / 1_000;
      const [east, north] = [drawn("course", id)(), drawn("course", id)()];
      return json({
        vessel: id,
        name: consignment(id).reference,
        position: {
          latitude: Number((50 + north * moved * 0.0001).toFixed(6)),
          longitude: Number((3 + east * moved * 0.0001).toFixed(6)),
        },
      });
    },
  },
  {
    name: "exchange-rate",
    legacy: ({ id }, { now }) => json({ currency: id, rate: Number((1 + stepOf(id, now(), 2_000) / 1e7).toFixed(7)) }),
    call: (id) => ({ target: `/exchange-rate/${id % 40}` }),
  },
  {
    name: "seen-so-long-ago",
    legacy: ({ id }, { now }) => json({ id, seen: `${Math.floor((now() / 1000 + id) % 3600)} s ago` }),
  },
  {
    name: "queue-that-moves-on",
    legacy: ({ id }, { now }) => {
      const first = stepOf(id, now(), 1_500) % 100_000;
      return json({ gate: id, waiting: Array.from({ length: 8 }, (_, n) => ({ truck: first + n, place: n + 1 })) });
    },
    call: (id) => ({ target: `/queue-that-moves-on/${id % 30}` }),
  },
  {
    name: "state-that-advances",
    legacy: ({ id }, { now }) => {
      const step = stepOf(id, now(), 20_000);
      const states = ["BOOKED", "LOADED", "AT_SEA", "CUSTOMS", "DELIVERED"];
      return json({ id, state: states[step % states.length], steps: step });
    },
  },
];
