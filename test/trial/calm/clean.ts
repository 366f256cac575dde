// test/trial/calm/clean.ts: the candidate says the same in another way

import { gzipSync } from "node:zlib";
import { type Consignment, consignment } from "../domain.ts";
import { type Answer, answer, type Fields, type Handler, json, notFound, record } from "../service.ts";
import type { Calm } from "./calm.ts";

const spelled =
  (spell: (value: Consignment) => string, fields: Fields = {}): Handler =>
  ({ id }) =>
    answer(spell(consignment(id)), "application/json", fields);
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
};
const csv = (id: number, end: string, quote: string) =>
  consignment(id)
    .parcels.map(({ sku, goods, kg }) => [sku, goods, kg].map((cell) => `${quote}${cell}${quote}`).join(",") + end)
    .join("");

export const CLEAN: readonly Calm[] = [
  { name: "plain-record", legacy: record },
  {
    name: "keys-in-another-order",
    legacy: record,
    candidate: spelled((value) => JSON.stringify(reversed(value), null, 2)),
  },
  {
    name: "numbers-spelled-otherwise",
    legacy: ({ id }) => answer(`{"id":${id},"kg":${id}.50,"rate":1e3,"zero":0}`, "application/json"),
    candidate: ({ id }) => answer(`{"id":${id}.0,"kg":${id}.5,"rate":1000,"zero":0.0}`, "application/json"),
  },
  {
    name: "escapes-in-strings",
    legacy: record,
    candidate: spelled((value) =>
      JSON.stringify(value).replace(
        /[\u0080-\uffff]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    ),
  },
  {
    name: "compressed",
    legacy: record,
    candidate: ({ id }) =>
      answer(gzipSync(JSON.stringify(consignment(id))), "application/json", { "content-encoding": "gzip" }),
  },
  {
    name: "charset-said",
    legacy: record,
    candidate: ({ id }) => answer(JSON.stringify(consignment(id)), "application/json; charset=utf-8"),
  },
  {
    name: "fields-of-one-server",
    legacy: ({ id }) => json(consignment(id), { server: "Apache", etag: `"${id}"`, "x-ratelimit-remaining": "17" }),
    candidate: ({ id }) =>
      json(consignment(id), {
        server: "nginx",
        etag: `W/"c${id}"`,
        "last-modified": new Date(0).toUTCString(),
        "x-ratelimit-remaining": "12",
      }),
  },
  {
    name: "xml-laid-out",
    legacy: ({ id }) =>
      answer(`<c id="${id}" kind="full"><docket>${consignment(id).docket}</docket><empty/></c>`, "application/xml"),
    candidate: ({ id }) =>
      answer(
        `<?xml version="1.0"?>\n<c kind="full" id="${id}">\n  <docket>${consignment(id).docket}</docket>\n  <empty></empty>\n</c>\n`,
        "application/xml",
      ),
  },
  {
    name: "html-laid-out",
    legacy: ({ id }) =>
      answer(`<!doctype html><html><body><p class="a">Caf&eacute; ${id}</p></body></html>`, "text/html; charset=utf-8"),
    candidate: ({ id }) =>
      answer(
        `<!DOCTYPE html>\n<html>\n<body>\n<p class='a'>Café ${id}</p>\n</body>\n</html>`,
        "text/html; charset=utf-8",
      ),
  },
  {
    name: "csv-quoted",
    legacy: ({ id }) => answer(csv(id, "\n", ""), "text/csv"),
    candidate: ({ id }) => answer(csv(id, "\r\n", '"'), "text/csv"),
  },
  { name: "nothing-there", legacy: notFound },
  { name: "no-content", legacy: () => ({ status: 204, fields: {}, body: "" }) },
  { name: "redirected", legacy: ({ id }) => answer("", "text/plain", { location: `/plain-record/${id}` }, 302) },
  {
    name: "cookie-lifetimes",
    legacy: ({ id }) => json({ id }, { "set-cookie": `theme=t${id}; Path=/; Max-Age=86400` }),
    candidate: ({ id }, { now }) =>
      json({ id }, { "set-cookie": `theme=t${id}; path=/; expires=${new Date(now() + 86_400_000).toUTCString()}` }),
  },
  {
    name: "large-and-equal",
    legacy: ({ id }) => answer(Buffer.alloc(1_200_000, `${id};`), "application/octet-stream"),
    call: (id) => ({ target: `/large-and-equal/${id % 10}` }),
  },
  { name: "picture", legacy: ({ id }) => answer(Buffer.alloc(3_000, `${id}`), "image/png") },
  {
    name: "chunked",
    legacy: record,
    candidate: (ask, world) => {
      const right = record(ask, world) as Answer;
      return { ...right, fields: { ...right.fields, "transfer-encoding": "chunked" } };
    },
  },
  {
    name: "head-alone",
    legacy: record,
    call: (id) => ({ method: "HEAD", target: `/head-alone/${id}` }),
    route: "HEAD /head-alone/{id}",
  },
  {
    name: "search-by-post",
    legacy: ({ id, body }) => json({ id, asked: body, found: consignment(id).parcels }),
    call: (id, _, n) => ({
      method: "POST",
      target: `/search-by-post/${id}`,
      body: JSON.stringify({ text: `word ${n}` }),
      fields: { "content-type": "application/json" },
    }),
    route: "POST /search-by-post/{id}",
    config: "readOnly: true",
  },
  {
    name: "my-own-page",
    legacy: ({ fields }) =>
      json({ user: fields.authorization, consignment: consignment(fields.authorization!.length) }),
    call: () => ({ target: "/my-own-page" }),
    route: "GET /my-own-page",
  },
];
