// test/trial/situations/identity.ts: what an answer depends on beside its URL, and what makes no difference

import { type Handler, json } from "../service.ts";
import { get, quotes, type Situation } from "./situation.ts";

const userOf = (fields: { readonly authorization?: string | undefined }) =>
  Number(fields.authorization?.slice(12) ?? 0);
const me: Handler = ({ fields }) => json({ user: userOf(fields), plan: userOf(fields) % 3 });
const users = (count: number) => (n: number) => get("/me", { authorization: `Bearer user-${n % count}` });
const notRandom: Situation["check"] = ({ findings }) => {
  const claimed = findings.flatMap(({ causes }) => causes).find(({ kind }) => kind === "not_deterministic");
  return claimed === undefined ? undefined : `wrong cause: ${claimed.says}`;
};
const PLACES =
  "amsterdam antwerp bergen bilbao bordeaux bremen bristol cadiz calais cardiff cork danzig dover dublin".split(" ");

export const IDENTITY: readonly Situation[] = [
  {
    name: "six-hundred-users-on-one-url",
    must: "ready",
    quick: true,
    routes: { me: { legacy: me } },
    next: users(900),
    requests: 4_000,
    perSecond: 300,
    check: ({ routes }) =>
      routes[0]!.readiness.distinct > 300 ? undefined : `${routes[0]!.readiness.distinct} distinct`,
  },
  {
    name: "one-user-in-twelve-gets-a-wrong-answer",
    must: "not ready",
    routes: {
      me: {
        legacy: me,
        candidate: (ask, world) =>
          userOf(ask.fields) % 12 === 0 ? json({ user: userOf(ask.fields), plan: 9 }) : me(ask, world),
      },
    },
    next: users(600),
    finds: ["GET /me $.plan value"],
    check: notRandom,
  },
  {
    name: "tenants-by-host",
    must: "ready",
    routes: { prices: { legacy: ({ fields, id }) => json({ tenant: fields.host, id }) } },
    // 301 has no factor in common with 4: 1,204 distinct requests.
    next: (n) => get(`/prices/${n % 4}`, { host: `tenant-${n % 301}.freight.example` }),
    requests: 5_000,
    perSecond: 300,
    check: ({ routes }) =>
      routes[0]!.readiness.distinct > 300 ? undefined : `${routes[0]!.readiness.distinct} distinct`,
  },
  {
    name: "one-tenant-in-twenty-is-wrong",
    must: "not ready",
    routes: {
      prices: {
        legacy: ({ fields }) => json({ tenant: fields.host, rate: 3 }),
        candidate: ({ fields }) => json({ tenant: fields.host, rate: /[05]0\./.test(fields.host!) ? 4 : 3 }),
      },
    },
    next: (n) => get("/prices", { host: `tenant-${100 + (n % 300)}.freight.example` }),
    finds: ["GET /prices $.rate value"],
    check: notRandom,
  },
  {
    name: "languages-by-accept-language",
    must: "ready",
    routes: {
      words: {
        legacy: ({ id, fields }) =>
          json({ id, text: `${fields["accept-language"]} ${id}` }, { vary: "accept-language" }),
      },
    },
    next: (n) =>
      get(`/words/${n % 150}`, { "accept-language": ["de", "fr", "da", "nl", "es"][Math.floor(n / 150) % 5]! }),
    requests: 4_000,
    perSecond: 300,
    check: ({ routes }) =>
      routes[0]!.readiness.distinct > 300 ? undefined : `${routes[0]!.readiness.distinct} distinct`,
  },
  {
    name: "one-language-is-wrong",
    must: "not ready",
    routes: {
      words: {
        legacy: ({ id, fields }) =>
          json({ id, text: `${fields["accept-language"]} ${id}` }, { vary: "accept-language" }),
        candidate: ({ id, fields }) =>
          json(
            { id, text: `${fields["accept-language"] === "da" ? "en" : fields["accept-language"]} ${id}` },
            { vary: "accept-language" },
          ),
      },
    },
    next: (n) =>
      get(`/words/${n % 40}`, { "accept-language": ["de", "fr", "da", "nl", "es"][Math.floor(n / 40) % 5]! }),
    finds: ["GET /words/{id} $.text value"],
    check: notRandom,
  },
  {
    name: "names-in-paths-are-one-route",
    must: "not ready",
    routes: {
      places: {
        legacy: ({ last }) => json({ place: last, depth: last.length }),
        candidate: ({ last }) => json({ place: last, depth: `${last.length}` }),
      },
      quotes: { legacy: quotes },
    },
    next: (n) =>
      n % 2 === 0
        ? get(`/quotes/${n}`)
        : get(`/places/${PLACES[(n >> 1) % 14]}-${["north", "south", "east", "west", "port"][(n >> 1) % 5]}`),
    check: ({ routes, findings }) => {
      const own = routes.filter(({ route, requests }) => route.startsWith("GET /places") && requests > 0);
      // The first few names are seen before it is clear that they are many.
      return own.length <= 12 && findings.length <= 12
        ? undefined
        : `${own.length} routes, ${findings.length} findings`;
    },
  },
];
