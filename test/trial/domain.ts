// test/trial/domain.ts: the records of a freight forwarder, each a function of its id alone

import { between, pick, type Random, seeded } from "../../src/cli/demo/random.ts";

export const PORTS = ["DEHAM", "NLRTM", "BEANR", "CNSHA", "SGSIN", "USNYC", "BRSSZ", "ZADUR"] as const;
export const STATES = ["BOOKED", "LOADED", "AT_SEA", "CUSTOMS", "ON_HOLD", "DELIVERED"] as const;
const CITIES = ["Köln", "Zürich", "Málaga", "Århus", "Łódź", "Reims", "Ghent", "Turin"] as const;
const SURNAMES = ["Müller", "Peña", "Søren", "Novák", "Dubois", "Rossi", "Okafor", "Tanaka"] as const;
const TRADES = ["& Söhne", "Logistics", "Trading", "& Daughters", "Import", "Shipping"] as const;
const GOODS = ["bolts", "olive oil", "tiles", "paper", "engines", "toys", "coffee", "glass", "wool", "cables"] as const;

/** The same numbers for the same words, whatever else was drawn. */
export function drawn(...words: readonly unknown[]): Random {
  let hash = 2_166_136_261;
  for (const char of words.join("\0")) hash = Math.imul(hash ^ char.codePointAt(0)!, 16_777_619);
  return seeded(hash);
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
const iso = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");

export type Consignment = ReturnType<typeof consignment>;

/** A consignment as legacy knows it. Members are chosen so that each fault of the tables has one to go wrong at. */
export function consignment(id: number) {
  const random = drawn("consignment", id);
  const net = between(random, 20_000, 999_999) / 100;
  const vat = round(net * 0.19, 2);
  const booked = Date.UTC(2025, 0, 1) + between(random, 0, 400 * 86_400) * 1000;
  const parcels = Array.from({ length: between(random, 3, 7) }, (_, n) => ({
    sku: `P-${id}-${n}-${between(random, 100, 999)}`,
    goods: pick(random, GOODS),
    kg: between(random, 101, 9_999) / 100,
    count: between(random, 1, 40),
  }));
  const surname = pick(random, SURNAMES);
  return {
    id,
    docket: String(between(random, 1, 99_999)).padStart(8, "0"),
    reference: `REF-${between(random, 1_000, 9_999)}-${pick(random, ["AB", "CD", "EF", "GH"])}`,
    state: pick(random, STATES),
    priority: random() < 0.5,
    customer: {
      number: 100_000 + between(random, 0, 899_999),
      name: `  ${surname} ${pick(random, TRADES)} ${between(random, 1, 999)} `,
      contact: `${pick(random, ["Ana", "Bo", "Cem", "Dee", "Eva"])} ${surname}`,
      city: pick(random, CITIES),
    },
    route: { from: pick(random, PORTS), to: pick(random, PORTS), km: between(random, 120, 19_000) },
    price: { net, vat, gross: round(net + vat, 2), insurance: (between(random, 100, 9_999) / 10).toFixed(2) },
    balance: between(random, 1_000, 99_999) / 100,
    weight: between(random, 100_000, 9_999_999) / 1000,
    bookedAt: iso(booked),
    changedAt: Math.floor(booked / 1000) + between(random, 3_600, 800_000),
    arrivesOn: iso(booked + between(random, 10, 60) * 86_400_000).slice(0, 10),
    remark: random() < 0.5 ? "" : `handle ${pick(random, GOODS)} with care ${between(random, 1, 9_999)}`,
    notice: `Consignment ${id} of ${surname} carries ${between(random, 2, 90)} units of ${pick(random, GOODS)} & more`,
    dangerous: random() < 0.5 ? null : { class: between(random, 1, 9), un: between(random, 1_000, 3_500) },
    tags: GOODS.filter(() => random() < 0.5),
    stops: Array.from({ length: between(random, 4, 8) }, () => pick(random, PORTS)),
    parcels,
  };
}
