// bench/engine/corpora.ts: pairs of bodies as an order service would send them, made from a seed

export type Corpus = {
  readonly name: string;
  readonly legacy: Buffer;
  readonly candidate: Buffer;
  readonly differences?: number;
};

type Item = Record<string, unknown>;

/** A small generator (mulberry32), so that every run measures the same bytes. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS = "amber basil cedar delta ember fjord grove heron inlet jade kite lumen maple north ocean pearl".split(
  " ",
);

function itemsOf(bytes: number, random: () => number): Item[] {
  const pick = (): string => WORDS[Math.floor(random() * WORDS.length)]!;
  const items: Item[] = [];
  for (let size = 60, id = 1; size < bytes; id++) {
    const item = {
      id,
      sku: `SKU-${(random() * 1e9).toFixed(0)}`,
      title: `${pick()} ${pick()} ${pick()}, Größe ${id % 40}`,
      price: Math.round(random() * 100_000) / 100,
      quantity: Math.floor(random() * 20),
      available: random() > 0.3,
      note: random() > 0.7 ? `${pick()} "${pick()}"` : null,
      updatedAt: new Date(1.7e12 + Math.floor(random() * 1e10)).toISOString(),
      tags: [pick(), pick(), pick()],
      supplier: {
        name: pick(),
        address: {
          street: `${pick()} ${id}`,
          zip: String(10_000 + (id % 89_999)),
          geo: [random() * 180, random() * 90],
        },
      },
    };
    items.push(item);
    size += JSON.stringify(item).length + 1;
  }
  return items;
}

const bodyOf = (items: unknown): Buffer => Buffer.from(JSON.stringify({ page: 1, total: 4711, items }));

function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, turned(member)]),
  );
}

/** Every tenth leaf changed to another value of its type. */
function tenthChanged(value: unknown, count: { leaves: number }): unknown {
  if (Array.isArray(value)) return value.map((element) => tenthChanged(element, count));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, tenthChanged(member, count)]));
  }
  count.leaves += 1;
  if (count.leaves % 10 !== 0) return value;
  if (typeof value === "string") return `${value}!`;
  return typeof value === "number" ? value + 1 : value === null ? "" : !value;
}

/** The four shapes of difference at about `bytes` a side. */
export function corporaOf(bytes: number): Corpus[] {
  const items = itemsOf(bytes, randomFrom(bytes));
  const legacy = bodyOf(items);
  const middle = Math.floor(items.length / 2);
  const changed = items.map((item, k) => (k === middle ? { ...item, quantity: 99 } : item));
  const stranger = { ...itemsOf(200, randomFrom(7))[0], id: 0 };
  return [
    {
      name: "key order",
      legacy,
      candidate: Buffer.from(JSON.stringify(turned(JSON.parse(legacy.toString())))),
      differences: 0,
    },
    { name: "one leaf", legacy, candidate: bodyOf(changed), differences: 1 },
    { name: "head insertion", legacy, candidate: bodyOf([stranger, ...items]), differences: 1 },
    { name: "tenth changed", legacy, candidate: bodyOf(tenthChanged(items, { leaves: 0 })) },
  ];
}
