import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, test } from "vitest";
import { type App, openApp } from "../../src/app/app.ts";
import { readConfig } from "../../src/config/index.ts";
import { CERTIFICATES } from "../support/certificates.ts";
import { backend, deadPort, eventually, exchange, isWhole, ok, rawServer } from "../support/wire.ts";
import { UNHURRIED } from "./serving.ts";

const LONG_MS = 25_000;
const GET = "GET /orders/7 HTTP/1.1\r\nHost: shop.example\r\n\r\n";

type Opened = AsyncDisposable & { readonly app: App; readonly lines: Record<string, unknown>[] };

/** The app with its log lines. `sides` is the rest of the config. */
async function open(sides: string): Promise<Opened> {
  const lines: Record<string, unknown>[] = [];
  const text = `listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nrecheck: { perSecond: 0, sample: 0% }\ngrace: 1s\n${UNHURRIED}${sides}`;
  const read = readConfig(text, { file: "test.yaml", env: {} });
  if ("faults" in read) throw new Error(JSON.stringify(read.faults));
  let id = 0;
  const app = await openApp(read.config, {
    ...{ now: Date.now, random: () => 0.5, newId: () => `r${++id}`, version: "test" },
    readFile: (file) => CERTIFICATES[file as keyof typeof CERTIFICATES],
    logTo: { write: (line: string) => void lines.push(JSON.parse(line)) },
  });
  return { app, lines, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

async function tlsServer(cert: Buffer, requestCert = false) {
  const { key, ca } = CERTIFICATES;
  const server = createTlsServer({ cert, key, ca, requestCert, rejectUnauthorized: requestCert }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write(ok("fine")));
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => void server.close() };
}

/** What log, report and /readyz say after some requests. */
async function says({ app, lines }: Opened, event: string, requests = 3) {
  for (let i = 0; i < requests; i++) await exchange(app.address.port, GET, isWhole);
  await eventually(() => lines.some((line) => line["event"] === event), LONG_MS, `no line: ${JSON.stringify(lines)}`);
  await eventually(() => app.report().total.requests >= requests, LONG_MS);
  const { ok: isReady, notes } = app.telemetry.health.ready();
  expect(isReady).toBe(true);
  return {
    line: lines.find((one) => one["event"] === event)!,
    warning: app.report().warnings[0]!,
    notes: notes.join(" "),
  };
}

describe("a candidate that gives no answer is told of at once, with the key that mends it", () => {
  const { server, other, expired } = CERTIFICATES;
  test.each([
    ["self-signed", server, "", /self.signed.*; set `candidate\.tls\.ca` to the certificate authority that signed it/],
    ["for another name", other, "ca: ca", /tls certificate error.*; set `candidate\.tls\.serverName`/],
    ["expired", expired, "ca: ca", /expired.*; renew its certificate/],
  ])("its certificate is %s", async (_name, cert, tls, expected) => {
    await using legacy = await backend(ok("fine"));
    using candidate = await tlsServer(cert);
    await using opened = await open(
      `legacy: "${legacy.url}"\ncandidate: { url: "https://127.0.0.1:${candidate.port}", tls: { ${tls} } }\n`,
    );
    const { line, warning, notes } = await says(opened, "no_answer");
    expect(line).toMatchObject({ level: "warn", side: "candidate", reason: "tls", error: "tls_certificate_error" });
    expect(line["msg"]).toMatch(expected);
    expect(warning).toMatch(/^candidate did not answer 3 of 3 requests in the last 10 minutes: tls certificate error/);
    expect(warning).toMatch(expected);
    expect(notes).toMatch(expected);
  });

  const protocol: [string, string, RegExp][] = [
    [
      "bare line feeds",
      "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
      /without CR.*accept it with `candidate\.lenient`: \[bare-lf\]/,
    ],
    [
      "a folded line",
      "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
      /`candidate\.lenient`: \[folding\]/,
    ],
    ["a space before a colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", /`candidate\.lenient`: \[space-before-colon\]/],
    [
      "length and chunks",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      /`candidate\.lenient`: \[length-and-chunks\]/,
    ],
    [
      "a large head",
      `HTTP/1.1 200 OK\r\nA: ${"a".repeat(70_000)}\r\n\r\n`,
      /65536 bytes.*raise `candidate\.maxHeaderSize`/,
    ],
    ["TLS", "\x15\x03\x03\x00\x02\x02\x16", /not an HTTP\/1 response.*`candidate\.url`.*https/],
  ];
  test.each(protocol)("it sends %s", async (_name, answer, expected) => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(Buffer.from(answer, "latin1"));
    await using opened = await open(`legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\n`);
    const { line, warning, notes } = await says(opened, "no_answer", 1);
    expect(line).toMatchObject({ side: "candidate", reason: "protocol" });
    for (const text of [line["msg"], warning, notes]) expect(text).toMatch(expected);
  });

  test("it is not there, and a hundred failures are one line", async () => {
    await using legacy = await backend(ok("fine"));
    const url = `http://127.0.0.1:${await deadPort()}`;
    await using opened = await open(`legacy: "${legacy.url}"\ncandidate: "${url}"\n`);
    const { warning, notes } = await says(opened, "breaker", 100);
    expect(opened.lines.filter(({ event }) => event === "no_answer")).toHaveLength(1);
    expect(opened.lines.filter(({ event }) => event === "breaker")).toMatchObject([{ state: "open", level: "warn" }]);
    expect(warning).toContain("connection refused (connect ECONNREFUSED");
    expect(warning).toContain(`Check \`candidate.url\` (${url})`);
    expect(notes).toContain("the breaker is open");
    expect(opened.app.report().warnings.join("\n")).toContain("the breaker is open");
  });

  test.each([
    [
      "404 Not Found",
      /^candidate answered 404 to 20 of 20 .*another path or Host.*`candidate\.url`, `candidate\.path`/,
    ],
    ["401 Unauthorized", /^candidate answered 401 to 20 of 20 .*other credentials/],
    ["403 Forbidden", /^candidate answered 403 to 20 of 20 .*other credentials/],
  ])("it answers everything with %s", async (status, expected) => {
    await using legacy = await backend((socket, { target }) => void socket.write(ok(target)));
    await using candidate = await backend(ok("no", [], status));
    await using opened = await open(`legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\n`);
    const { app } = opened;
    for (let i = 0; i < 20; i++) await exchange(app.address.port, GET.replace("/7", `/${i}`));
    await eventually(() => app.report().warnings.some((one) => expected.test(one)), LONG_MS);
    expect(app.report().warnings[0]).toMatch(expected);
    expect(app.telemetry.health.ready().notes.join()).toMatch(/candidate answered 40/);
    const logged = opened.lines.filter(({ event }) => event === "turned_away");
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ level: "warn", status: Number(status.slice(0, 3)) });
    expect(logged[0]!["msg"]).toMatch(/^candidate answered 40\d to \d+ of \d+ requests .*`candidate\./);
  });

  test("some 404 among others are no reason to warn", async () => {
    await using legacy = await backend((socket, { target }) => void socket.write(ok(target)));
    await using candidate = await backend((socket, { target }) => {
      socket.write(target.endsWith("1") ? ok("fine") : ok("no", [], "404 Not Found"));
    });
    await using opened = await open(`legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\n`);
    const { app } = opened;
    for (let i = 0; i < 20; i++) await exchange(app.address.port, GET.replace("/7", `/${i % 5}`));
    await eventually(() => app.report().total.requests === 20, LONG_MS);
    expect(app.report().warnings.join()).not.toMatch(/candidate answered/);
  });
});

describe("a legacy that gives no answer", () => {
  test("is told of, and before what the candidate does", async () => {
    await using legacy = await rawServer((socket) => void socket.on("data", () => socket.destroy()));
    await using candidate = await backend("nonsense\r\n\r\n");
    await using opened = await open(`legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\n`);
    const { warning, notes } = await says(opened, "no_answer");
    expect(warning).toMatch(/^legacy did not answer 3 of 3 requests .*lower `legacy\.keepAlive`/);
    expect(notes).toMatch(/^legacy did not answer/);
  });
});

test("a refused request leaves a line in the log, once a minute for each reason", async () => {
  await using legacy = await backend(ok("fine"));
  await using opened = await open(`legacy: "${legacy.url}"\ncandidate: "http://127.0.0.1:1"\n`);
  const { app, lines } = opened;
  for (let i = 0; i < 5; i++) await exchange(app.address.port, "GET /a HTTP/1.1\r\n\r\n", isWhole);
  await exchange(app.address.port, "GET a HTTP/1.1\r\nHost: h\r\n\r\n", isWhole);
  const refused = lines.filter(({ event }) => event === "refused");
  expect(refused.map(({ reason }) => reason)).toEqual(["no Host", "a malformed request target"]);
});
