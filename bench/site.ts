// bench/site.ts: a child process with pairs of backends that disagree: JSON of two sizes, a web application's files, the demo

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openCandidate } from "../src/cli/demo/candidate.ts";
import { openLegacy } from "../src/cli/demo/legacy.ts";
import { PLANTED } from "../src/cli/demo/planted.ts";
import { createStock } from "../src/cli/demo/stock.ts";
import { orderBody } from "./bodies.ts";

/** What a pair of backends answers with, and the ports of the two. */
export type SiteKind = "1 KB" | "12 KB lists" | "web application" | "demo";
export type Ports = { readonly legacy: number; readonly candidate: number };

type Files = ReadonlyMap<string, { readonly type: string; readonly body: Buffer }>;

const JSON_TYPE = "application/json";

function json(size: number, changed: true | "everywhere"): (side: "legacy" | "candidate") => Files {
  return (side) => new Map([["", { type: JSON_TYPE, body: orderBody(size, side === "candidate" && changed) }]]);
}

/** Lines that differ between the sides, every one of them. */
function lines(size: number, line: (n: number) => string): Buffer {
  let text = "";
  for (let n = 0; text.length < size; n += 1) text += line(n);
  return Buffer.from(text);
}

function application(side: "legacy" | "candidate"): Files {
  const version = side === "legacy" ? "a" : "b";
  const script = (size: number) =>
    lines(size, (n) => `export function part${n}(x, y) { return x + ${n} * y - ${version}${n % 97}; }\n`);
  const picture = Buffer.alloc(30_000, "not text: \u0000\u0001\u0002");
  return new Map([
    ["/", { type: "text/html", body: lines(20_000, (n) => `<p id="row${n}">Row ${n} of <b>${version}</b></p>\n`) }],
    ["/app.css", { type: "text/css", body: lines(50_000, (n) => `.c${n} { color: var(--${version}${n}); }\n`) }],
    ["/main.js", { type: "text/javascript", body: script(200_000) }],
    ["/vendor.js", { type: "text/javascript", body: script(1_000_000) }],
    ["/logo.png", { type: "image/png", body: picture }],
    ["/api", { type: JSON_TYPE, body: orderBody(4_000, side === "candidate") }],
  ]);
}

const SITES = { "1 KB": json(1_024, true), "12 KB lists": json(12_288, "everywhere"), "web application": application };

async function open(files: Files): Promise<number> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const { type, body } = files.get(request.url!.split("?")[0]!) ?? files.values().next().value!;
    response.writeHead(200, { "content-type": type, "content-length": body.length }).end(body);
  });
  server.listen(0, "127.0.0.1", 1024);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function openSite(kind: SiteKind): Promise<Ports> {
  if (kind !== "demo") {
    const files = SITES[kind];
    return { legacy: await open(files("legacy")), candidate: await open(files("candidate")) };
  }
  const stock = createStock(4_000, Date.now);
  const [legacy, candidate] = [
    await openLegacy(PLANTED, stock, Math.random),
    await openCandidate(PLANTED, stock, Math.random),
  ];
  return { legacy: Number(new URL(legacy.url).port), candidate: Number(new URL(candidate.url).port) };
}

process.on("message", async (kind: SiteKind) => process.send!(await openSite(kind)));
process.on("disconnect", () => process.exit(0));
