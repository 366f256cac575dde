// test/trial/faults/heads.ts: the status line and the fields

import type { Fault } from "../fault.ts";
import { type Answer, answer, json, record } from "../service.ts";

const withFields = (fields: Record<string, string | undefined>) => (right: Answer) => {
  const merged = Object.entries({ ...right.fields, ...fields }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...right, fields: Object.fromEntries(merged) };
};
/** A consignment with these fields of legacy. */
const having =
  (fields: Record<string, string | readonly string[]>): NonNullable<Fault["right"]> =>
  (ask, world) => {
    const right = record(ask, world);
    return right === "reset" ? right : { ...right, fields: { ...right.fields, ...fields } };
  };
const moved = (to: string, status = 302) => answer("", "text/plain", { location: to }, status);

export const HEADS: readonly Fault[] = [
  {
    name: "server-error",
    shows: "status value",
    also: ["* *"],
    cause: /200.*500/,
    wrong: () => json({ error: "internal" }, {}, 500),
  },
  {
    name: "server-error-for-some",
    shows: "status value",
    also: ["* *"],
    cause: /200.*500/,
    wrong: (right, { id }) => (id % 6 === 0 ? json({ error: "internal" }, {}, 500) : right),
  },
  {
    name: "not-found-becomes-empty",
    shows: "status value",
    also: ["* *"],
    cause: /404.*200/,
    right: (ask, world) => (ask.id % 3 === 0 ? json({ error: "no such consignment" }, {}, 404) : record(ask, world)),
    wrong: (right) => (right.status === 404 ? json({}) : right),
  },
  {
    name: "forbidden-becomes-unauthorized",
    shows: "status value",
    cause: /403.*401/,
    right: (ask, world) => (ask.id % 4 === 0 ? json({ error: "no" }, {}, 403) : record(ask, world)),
    wrong: (right) => (right.status === 403 ? { ...right, status: 401 } : right),
  },
  {
    name: "moved-permanently",
    shows: "status value",
    cause: /302.*301/,
    right: ({ id }) => moved(`/consignments/${id}`),
    wrong: (right) => ({ ...right, status: 301 }),
  },
  {
    name: "path-prefix-in-location",
    shows: "location value",
    cause: /v2|prefix|path/,
    right: ({ id }) => moved(`/consignments/${id}`),
    wrong: (right, { id }) => ({ ...right, fields: { ...right.fields, location: `/v2/consignments/${id}` } }),
  },
  {
    name: "created-not-ok",
    shows: "status value",
    cause: /200.*201/,
    wrong: (right) => ({ ...right, status: 201 }),
  },
  {
    name: "media-type-changed",
    shows: ["content-type value", "$ format"],
    also: ["* *"],
    cause: /text\/plain/,
    wrong: withFields({ "content-type": "text/plain" }),
  },
  {
    name: "link-lost",
    shows: "link missing",
    cause: /does not have|lost|missing/,
    right: (ask, world) => having({ link: `</link-lost/${ask.id + 1}>; rel="next"` })(ask, world),
    wrong: withFields({ link: undefined }),
  },
  {
    name: "cache-control-changed",
    shows: "cache-control value",
    cause: /max-age=60.*no-store|no-store.*max-age=60|always.*no-store/,
    right: having({ "cache-control": "max-age=60" }),
    wrong: withFields({ "cache-control": "no-store" }),
  },
  {
    name: "cookie-attribute-lost",
    shows: "set-cookie value|missing",
    cause: /httponly/i,
    right: ({ id }) => json({ id }, { "set-cookie": `theme=t${id}; Path=/; HttpOnly; SameSite=Lax` }),
    wrong: (_right, { id }) => json({ id }, { "set-cookie": `theme=t${id}; Path=/; SameSite=Lax` }),
  },
  {
    name: "cookie-deleted",
    shows: "set-cookie value|missing",
    cause: /delete|expire|lifetime|max-age|past/i,
    right: ({ id }) => json({ id }, { "set-cookie": `theme=dark; Path=/; Max-Age=2592000` }),
    wrong: (_right, { id }) =>
      json({ id }, { "set-cookie": `theme=dark; Path=/; Expires=${new Date(Date.now() - 86_400_000).toUTCString()}` }),
  },
  {
    name: "cookie-value-wrong",
    shows: "set-cookie value|missing",
    cause: /en|language|always|value/i,
    right: ({ id }) => json({ id }, { "set-cookie": `language=${["de", "fr", "da"][id % 3]}; Path=/` }),
    wrong: (_right, { id }) => json({ id }, { "set-cookie": "language=en; Path=/" }),
  },
  {
    name: "cookie-wrong-beside-one-that-varies",
    shows: "set-cookie value|missing",
    cause: /language|another value|value/i,
    right: ({ id }, { random }) =>
      json(
        { id },
        {
          "set-cookie": [
            `visit=${random() < 0.5 ? "new" : "4c1b"}${id}; Path=/`,
            `language=${id % 2 ? "de" : "fr"}; Path=/`,
          ],
        },
      ),
    wrong: (right) => ({
      ...right,
      fields: { ...right.fields, "set-cookie": [[right.fields["set-cookie"]!].flat()[0]!, "language=; Path=/"] },
    }),
  },
  {
    name: "head-says-empty",
    shows: "content-length value|missing",
    cause: /0|always/,
    right: ({ id }) => answer("", "application/octet-stream", { "content-length": String(1_048_576 + id) }),
    wrong: (right) => ({ ...right, fields: { ...right.fields, "content-length": "0" } }),
    call: (id) => ({ method: "HEAD", target: `/head-says-empty/${id}` }),
    route: "HEAD /head-says-empty/{id}",
  },
];
