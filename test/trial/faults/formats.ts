// test/trial/faults/formats.ts: bodies that are not JSON, and those that are not what they should be

import { consignment } from "../domain.ts";
import { atMost, type Fault } from "../fault.ts";
import { type Answer, answer, inBody, json } from "../service.ts";

const inText = (change: (text: string) => string) => (right: Answer) => ({
  ...right,
  body: change(String(right.body)),
});
const csv: Fault["right"] = ({ id }) =>
  answer(
    `sku,goods,kg\r\n${consignment(id)
      .parcels.map(({ sku, goods, kg }) => `${sku},${goods},${kg}\r\n`)
      .join("")}`,
    "text/csv",
  );
const xml: Fault["right"] = ({ id }) => {
  const { docket, state, weight } = consignment(id);
  return answer(
    `<consignment id="${id}"><docket>${docket}</docket><state>${state}</state><weight>${weight}</weight></consignment>`,
    "application/xml",
  );
};
const page: Fault["right"] = ({ id }) => {
  const { price, notice } = consignment(id);
  return answer(
    `<!doctype html><html><head><title>Quote ${id}</title></head><body><h1>Quote</h1><p class="price">${price.gross}</p><p>${notice.replaceAll("&", "&amp;")}</p></body></html>`,
    "text/html; charset=utf-8",
  );
};
const label: Fault["right"] = ({ id }) =>
  answer(`Consignment ${id}\nWeight ${consignment(id).weight} kg\nHandle with care\n`, "text/plain");

export const FORMATS: readonly Fault[] = [
  {
    name: "csv-with-semicolons",
    shows: ["$ format", "$ value", "$[*] value", "$[*] missing"],
    also: ["* *"],
    cause: /;|semicolon|delimiter|separator/,
    right: csv,
    wrong: inText((text) => text.replaceAll(",", ";")),
  },
  {
    name: "csv-column-lost",
    shows: ["$[*].kg missing", "$[*][2] missing", "$[*][*] missing", "$.rows[*].kg missing"],
    also: ["* *"],
    right: csv,
    wrong: inText((text) => text.replace(/,[^,\r]*\r\n/g, "\r\n")),
  },
  {
    name: "xml-element-renamed",
    shows: ["$* missing"],
    also: ["* *"],
    cause: /called status|renamed/,
    right: xml,
    wrong: inText((text) => text.replaceAll("state>", "status>")),
  },
  {
    name: "xml-attribute-lost",
    shows: ["$* *"],
    also: ["* *"],
    right: xml,
    wrong: inText((text) => text.replace(/ id="\d+"/, "")),
  },
  {
    name: "html-price-wrong",
    shows: ["$* *"],
    also: ["* *"],
    // Gross without the tax of 19 %.
    cause: /x 0\.84|1\.19/,
    right: page,
    wrong: (right, { id }) =>
      inText((text) => text.replace(`>${consignment(id).price.gross}<`, `>${consignment(id).price.net}<`))(right),
  },
  {
    name: "page-of-another-build",
    shows: ["$* *"],
    also: ["* *"],
    cause: /token|build|hash|version|file name|fingerprint|constant|always|1f3a9c/i,
    check: atMost(2),
    right: ({ id }) => answer(built(id, "1f3a9c2e"), "text/html"),
    wrong: (_, { id }) => answer(built(id, "77b0d1e4"), "text/html"),
  },
  {
    name: "text-line-lost",
    shows: ["$* *"],
    also: ["* *"],
    right: label,
    wrong: inText((text) => text.replace("Handle with care\n", "")),
  },
  {
    name: "html-for-json",
    shows: ["$ format", "content-type value"],
    also: ["* *"],
    cause: /html/i,
    wrong: () => answer("<html><body>Please log in</body></html>", "text/html"),
  },
  {
    name: "broken-json",
    shows: ["$ format"],
    cause: /cut|broken|json|ends/i,
    wrong: (right) => ({ ...right, body: String(right.body).slice(0, -7) }),
  },
  {
    name: "empty-body",
    shows: ["$ format", "$ missing"],
    also: ["* *"],
    cause: /empty|no body|nothing/,
    wrong: (right) => ({ ...right, body: "" }),
  },
  {
    name: "picture-bytes-changed",
    shows: ["$ value"],
    right: ({ id }) => answer(Buffer.alloc(2_000, `${id}-`), "image/png"),
    wrong: (right) => ({
      ...right,
      body: Buffer.from((right.body as Buffer).map((byte, n) => (n === 900 ? byte ^ 1 : byte))),
    }),
  },
  {
    name: "event-lost",
    shows: ["$* *"],
    also: ["* *"],
    cause: /first/,
    right: ({ id }) =>
      answer(
        consignment(id)
          .stops.map((port, n) => `id: ${n}\nevent: stop\ndata: {"port":"${port}","n":${n}}\n\n`)
          .join(""),
        "text/event-stream",
      ),
    wrong: inText((text) => text.replace(/^.*?\n\n/s, "")),
  },
  {
    name: "large-body-wrong",
    shows: ["$ value"],
    right: ({ id }) => answer(Buffer.alloc(1_200_000, `${id % 7};`), "application/octet-stream"),
    wrong: (right) => ({ ...right, body: Buffer.concat([(right.body as Buffer).subarray(1), Buffer.from("!")]) }),
    call: (id) => ({ target: `/large-body-wrong/${id % 20}` }),
  },
  {
    name: "error-body-changed",
    shows: ["$ format", "$ type", "$.error missing"],
    also: ["* *"],
    cause: /404|text|always|Not Found/,
    check: (findings) => {
      const shown = findings.flatMap(({ samples }) => samples).map(({ legacy, candidate }) => `${legacy} ${candidate}`);
      return shown.some((pair) => /\{\}.*Not Found/.test(pair)) ? undefined : "the two bodies are not shown";
    },
    right: ({ id }) => (id % 2 === 0 ? json({}, {}, 404) : json({ id })),
    wrong: (right) => (right.status === 404 ? answer("Not Found", "text/plain", {}, 404) : right),
  },
  {
    name: "number-in-a-nested-text",
    shows: "$.notice value",
    wrong: inBody((b) => ({ ...b, notice: b.notice.replace(/(\d+) units/, (_, n) => `${Number(n) + 1} units`) })),
  },
];

/** A page whose assets carry the token of a build. */
const built = (id: number, token: string) =>
  `<!doctype html><html><head><link rel="stylesheet" href="/main.${token}.css"><script src="/app.${token}.js"></script></head><body><img src="/logo.png?v=${token}"><p>${id}</p></body></html>`;
