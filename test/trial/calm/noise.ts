// test/trial/calm/noise.ts: legacy differs from itself from one answer to the next, and the candidate likewise

import { pick, type Random } from "../../../src/cli/demo/random.ts";
import { consignment, PORTS } from "../domain.ts";
import { uuid } from "../faults/in-noise.ts";
import { answer, type Handler, json, type World } from "../service.ts";
import type { Calm } from "./calm.ts";

const served =
  (servers: number): Handler =>
  ({ id }, { random }) => {
    const server = `app-${1 + Math.floor(random() * servers)}`;
    return json({ ...consignment(id), server }, { "x-served-by": server });
  };
const shuffled = <T>(list: readonly T[], random: Random): T[] =>
  list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
const slim = (id: number) => ({ id, docket: consignment(id).docket, state: consignment(id).state });
const counted = ({ shared, side }: World, name: string) => {
  const key = `${name} ${side}`;
  const count = ((shared.get(key) as number) ?? 0) + 1;
  shared.set(key, count);
  return count;
};

export const NOISE: readonly Calm[] = [
  {
    name: "trace-id-and-clock",
    legacy: ({ id }, { random, now }) =>
      json({ ...consignment(id), trace: uuid(random), at: new Date(now()).toISOString() }),
  },
  { name: "two-servers", legacy: served(2) },
  { name: "four-servers", legacy: served(4) },
  {
    name: "jittering-number",
    legacy: ({ id }, { random }) => json({ ...consignment(id), temperature: Number((18 + random() * 4).toFixed(2)) }),
  },
  {
    name: "jittering-integer",
    legacy: ({ id }, { random }) => json({ ...consignment(id), waiting: Math.floor(random() * 12) }),
  },
  {
    name: "shuffled-list",
    legacy: ({ id }, { random }) => {
      const record = consignment(id);
      return json({ ...record, parcels: shuffled(record.parcels, random) });
    },
  },
  {
    name: "ties-in-any-order",
    legacy: ({ id }, { random }) => {
      const items = Array.from({ length: 10 }, (_, n) => ({ ...slim(id * 10 + n), rank: Math.floor(n / 4) }));
      return json({ items: shuffled(items, random).sort((a, b) => a.rank - b.rank) });
    },
  },
  {
    name: "five-ads-of-fifty",
    legacy: ({ id }, { random }) => {
      const ads = Array.from({ length: 50 }, (_, n) => ({
        ad: n,
        text: `Ship with ${PORTS[n % 8]} ${n}`,
        bid: n / 10,
      }));
      return json({ ...consignment(id), ads: shuffled(ads, random).slice(0, 5) });
    },
  },
  {
    name: "recommendations-of-any-length",
    legacy: ({ id }, { random }) =>
      json({ id, likely: shuffled(PORTS, random).slice(0, 2 + Math.floor(random() * 4)) }),
  },
  {
    name: "present-at-times",
    legacy: ({ id }, { random }) =>
      json({ ...consignment(id), ...(random() < 0.5 ? { promotion: "ten percent off in June" } : {}) }),
  },
  {
    name: "experiment-in-two-variants",
    legacy: ({ id }, { random }) =>
      json({
        id,
        experiment: pick(random, [
          { variant: "A", banner: "Book now", colour: "blue" },
          { variant: "B", banner: "Ask for a quote", colour: "green" },
        ]),
      }),
  },
  {
    name: "counters-of-each-side",
    legacy: ({ id }, world) => json({ id, docket: consignment(id).docket, served: counted(world, "counters") }),
  },
  {
    name: "age-of-each-cache",
    legacy: ({ id }, world) =>
      json({ ...slim(id), cached: Math.floor((world.now() / 1000 + (world.side === "legacy" ? 0 : 7)) % 30) }),
  },
  {
    name: "page-with-a-form-token",
    legacy: ({ id }, { random }) =>
      answer(
        `<!doctype html><html><body><h1>Consignment ${id}</h1><form><input type="hidden" name="csrf" value="${uuid(random)}"><input name="weight" value="${consignment(id).weight}"></form></body></html>`,
        "text/html",
      ),
  },
  {
    name: "visit-cookie",
    legacy: ({ id }, { random }) => json(slim(id), { "set-cookie": `visit=${uuid(random)}; Path=/; HttpOnly` }),
  },
  {
    name: "both-fail-at-random",
    legacy: ({ id }, { random }) => (random() < 0.06 ? json({ error: "try again" }, {}, 500) : json(consignment(id))),
  },
  {
    name: "events-with-new-ids",
    legacy: ({ id }, { random }) =>
      answer(
        consignment(id)
          .stops.map((port) => `id: ${uuid(random)}\nevent: stop\ndata: {"port":"${port}"}\n\n`)
          .join(""),
        "text/event-stream",
      ),
  },
  {
    name: "large-body-with-a-clock",
    legacy: (_, { now }) => answer(`${now()} ${"x".repeat(1_100_000)}`, "text/plain"),
    call: (id) => ({ target: `/large-body-with-a-clock/${id % 3}` }),
  },
];
