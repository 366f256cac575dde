import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCandidate } from "../../src/cli/demo/candidate.ts";
import { openLegacy } from "../../src/cli/demo/legacy.ts";
import { PLANTED } from "../../src/cli/demo/planted.ts";
import { seeded } from "../../src/cli/demo/random.ts";
import { createStock } from "../../src/cli/demo/stock.ts";
import { startTraffic } from "../../src/cli/demo/traffic.ts";
import type { Report } from "../../src/model/report.ts";
import { openReader } from "../../src/store/index.ts";
import { ask, folder, run, serve, server, UNHURRIED, until } from "./serving.ts";

/** Every secret holds this word, or is one of these numbers. Nothing else does. */
const WORD = "pl4nted";
const CARDS = ["4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004"];
/** As it may come out: as it is, escaped for a URL, in base64 from any offset, in hexadecimal, backwards no one writes. */
const SHAPES = [
  WORD,
  ...CARDS,
  Buffer.from(WORD).toString("hex"),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(" ".repeat(shift) + WORD)
      .toString("base64")
      .slice(shift === 0 ? 0 : 2, -4),
  ),
];

let count = 0;
/** A secret that no other place has. */
const secret = (where: string) => `${WORD}-${where}-${++count}-x9QzR7`;
const email = (where: string) => `${secret(where)}@customers.example`;
const bearer = (where: string) => `Bearer ${secret(where)}${"A".repeat(24)}`;
const jwt = (where: string) =>
  [
    { alg: "HS256", typ: "JWT" },
    { sub: secret(where), name: secret(where) },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .concat(Buffer.from(secret("signature")).toString("base64url"))
    .join(".");

type Sides = Record<
  string,
  (side: string) => { type: string; body: string; status?: number; fields?: Record<string, string> }
>;

/** What each path answers, per side. The sides differ at the secret itself, and at `n` beside it. */
const PLACES: Sides = {
  "/json": (side) => ({
    type: "application/json",
    body: JSON.stringify({
      n: side,
      password: secret(side),
      user: {
        Access_Token: secret(side),
        accessToken: secret(side),
        clientSecret: secret(side),
        note: `write to ${email(side)}`,
      },
      list: [{ secret: secret(side) }, { secret: { deep: [secret(side)] } }],
      card: side === "legacy" ? CARDS[0] : CARDS[2],
      cardNumber: Number(CARDS[0]),
      text: `call with ${bearer(side)} or ${jwt(side)}`,
      configured: { iban: secret(side) },
    }),
  }),
  "/nested": (side) => ({
    type: "application/json",
    body: JSON.stringify({
      n: side,
      payload: JSON.stringify({ password: secret(side), inner: JSON.stringify({ token: secret(side), n: side }) }),
    }),
  }),
  "/form": (side) => ({
    type: "application/x-www-form-urlencoded",
    body: `n=${side}&password=${secret(side)}&token=${secret(side)}&mail=${encodeURIComponent(email(side))}`,
  }),
  "/xml": (side) => ({
    type: "application/xml",
    body: `<a n="${side}"><password>${secret(side)}</password><u token="${secret(side)}">${email(side)}</u><!-- ${bearer(side)} --></a>`,
  }),
  "/html": (side) => ({
    type: "text/html",
    body: `<p>${side}</p><input name="token" value="${secret(side)}"><script>var token = "${secret(side)}"</script><a href="/x?token=${secret(side)}">${email(side)}</a>`,
  }),
  "/multipart": (side) => ({
    type: "multipart/form-data; boundary=b",
    body: `--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n${side}\r\n--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${secret(side)}\r\n--b\r\nContent-Disposition: form-data; name="x"\r\nAuthorization: ${bearer(side)}\r\n\r\n${email(side)}\r\n--b--\r\n`,
  }),
  "/text": (side) => ({
    type: "text/plain",
    body: `${side}\npassword: ${secret(side)}\ntoken=${secret(side)}\nAuthorization: ${bearer(side)}\nfrom ${email(side)} paid by ${CARDS[1]}\nhttps://me:${secret(side)}@shop.example/?api_key=${secret(side)}\n`,
  }),
  "/csv": (side) => ({
    type: "text/csv",
    body: `n,password,mail\n${side},${secret(side)},${email(side)}\n`,
  }),
  "/events": (side) => ({
    type: "text/event-stream",
    body: `data: {"n":"${side}","token":"${secret(side)}"}\n\ndata: ${email(side)}\n\n`,
  }),
  "/lines": (side) => ({
    type: "application/x-ndjson",
    body: `{"n":"${side}","password":"${secret(side)}"}\n{"mail":"${email(side)}"}\n`,
  }),
  "/broken": (side) => ({
    type: "application/json",
    body:
      side === "legacy"
        ? `{"n":1,"password":"${secret(side)}"}`
        : `Error at /x: token=${secret(side)}, sent by ${email(side)}; {"password": "${secret(side)}"`,
  }),
  "/redirect": (side) => ({
    type: "text/plain",
    status: 302,
    body: side,
    fields: {
      location: `https://me:${secret(side)}@${side}.example/next?token=${secret(side)}&mail=${encodeURIComponent(email(side))}`,
    },
  }),
  "/fields": (side) => ({
    type: "text/plain",
    body: side,
    fields: {
      "set-cookie": `sid=${secret(side)}; Path=/`,
      "x-api-key": secret(side),
      "www-authenticate": `Bearer realm="${side}"`,
      "x-customer": secret(side),
      link: `</next?token=${secret(side)}>; rel=next`,
    },
  }),
  "/status": (side) => ({
    type: "application/json",
    status: side === "legacy" ? 200 : 500,
    body: JSON.stringify({ error: `no user ${email(side)} with ${bearer(side)}`, n: side }),
  }),
};

const side = (name: string) =>
  server((asked: IncomingMessage, response) => {
    const place = PLACES[asked.url!.split("?")[0]!.replace(/\/[^/]*$/, "")] ?? PLACES[asked.url!.split("?")[0]!];
    if (place === undefined) return void response.end("{}");
    const { type, body, status = 200, fields = {} } = place(name);
    // What the request brought comes back too, in a place of an innocent name.
    const echoed = `${asked.headers.authorization} ${asked.headers.cookie}`;
    response.writeHead(status, { "content-type": type, "x-echo": `${name} ${echoed}`, ...fields });
    response.end(body);
  });

/** Where a secret stands in a text, with what is around it. */
function found(name: string, text: string): string[] {
  const lower = text.toLowerCase();
  return SHAPES.flatMap((shape) => {
    const at = lower.indexOf(shape.toLowerCase());
    return at < 0 ? [] : [`${name}: ...${text.slice(Math.max(0, at - 160), at + 60).replace(/[^\x20-\x7e]/g, "?")}...`];
  });
}

function files(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const inFiles = (dir: string) => files(dir).flatMap((file) => found(file, readFileSync(file, "latin1")));

describe("secrets planted in traffic and config", () => {
  test.each(["shown", "hashed"])("stand in nothing that was written, with values %s", async (values) => {
    await using legacy = await side("legacy");
    await using candidate = await side("candidate");
    using at = folder();
    const data = join(at.path, "data");
    const file = join(at.path, "config.yaml");
    const token = `${WORD}-admin-token-0001`;
    writeFileSync(
      file,
      `legacy: "${legacy.url}"
candidate: "${candidate.url}"
data: ${data}
store: { flush: 20ms }
adminAccess: { token: "\${TOKEN}" }
redact: { fields: [x-customer], json: ["$..iban", "$.user.ssn"], query: [session], values: ${values} }
compare: { fields: { compare: all } }
recheck: { delay: 10ms, perSecond: 100, tries: 1, sample: 10% }
log: { level: trace }
${UNHURRIED}routes: [{ match: "POST /json", readOnly: true }]
`,
    );
    await using app = await serve([file], { env: { TOKEN: token } });
    const headers = { authorization: `Bearer ${token}` };
    const seen: string[] = [];
    let sent = 0;
    for (let round = 0; round < 3; round += 1) {
      for (const path of Object.keys(PLACES)) {
        const query = `token=${secret("query")}&accessToken=${secret("query")}&session=${secret("query")}&mail=${encodeURIComponent(email("query"))}&n=${round}`;
        for (const target of [`${path}?${query}`, `${path}/${email("path")}`]) {
          sent += 1;
          await ask(`${app.proxy}${target}`, {
            headers: {
              authorization: bearer("request"),
              cookie: `sid=${secret("request")}; other=${secret("request")}`,
              "x-customer": secret("request"),
              referer: `https://shop.example/?token=${secret("request")}`,
            },
          });
        }
      }
      sent += 1;
      await ask(`${app.proxy}/json`, {
        method: "POST",
        body: JSON.stringify({ password: secret("body"), n: email("body") }),
      });
    }
    const report = JSON.parse(
      await until(
        async () => {
          const { body } = await ask(`${app.admin}/api/v1/report`, { headers });
          return (JSON.parse(body) as Report).total.requests >= sent ? body : undefined;
        },
        () => app.out().slice(-2000),
      ),
    ) as Report;
    expect(report.total.outcomes.mismatch).toBeGreaterThan(sent / 2);
    expect(report.findings.length).toBeGreaterThan(25);

    // All that can be asked for while it runs.
    const finding = report.findings.map(({ id }) => `/api/v1/findings/${id}`);
    for (const path of [
      "/",
      "/metrics",
      "/api/v1/report",
      "/api/v1/config",
      "/api/v1/audit",
      "/api/v1/control",
      ...finding,
    ]) {
      const { status, body } = await ask(`${app.admin}${path}`, { headers });
      expect([path, status]).toEqual([path, 200]);
      seen.push(...found(path, body));
    }
    // What lies there in the middle of it, the log of writes too; and what is left after the end.
    await until(() => files(data).some((name) => readFileSync(name).length > 20_000));
    seen.push(...inFiles(data));
    app.kill("SIGTERM");
    expect(await app.exit).toBe(0);
    seen.push(...inFiles(data), ...found("log", app.out()), ...found("stderr", app.err()));
    const opened = openReader(data);
    if (opened.kind !== "open") throw new Error(opened.message);
    const samples = opened.reader.samples({ limit: 1000 });
    opened.reader.close();
    expect(samples.length).toBeGreaterThan(20);
    seen.push(...found("samples", JSON.stringify(samples)));
    for (const format of ["text", "json", "markdown", "html"]) {
      const shown = run(["report", "--data", data, "--format", format]);
      expect(await shown.exit).toBe(0);
      expect(shown.out().length).toBeGreaterThan(1000);
      seen.push(...found(`report ${format}`, shown.out()));
    }
    expect(seen).toEqual([]);
    expect(app.lines.filter(({ event }) => event === "mismatch").length).toBeGreaterThan(10);
  });
});

test("the demo's store and log hold no token, cookie or e-mail address of its traffic", async () => {
  const stock = createStock(500, Date.now);
  await using legacy = await openLegacy(PLANTED, stock, seeded(1));
  await using candidate = await openCandidate(PLANTED, stock, seeded(2));
  using at = folder();
  await using app = await serve(["--legacy", legacy.url, "--candidate", candidate.url, "--data", at.path]);
  const people: string[] = [];
  const { counts, done } = startTraffic(app.proxy, { rate: 150, seed: 3, stop: AbortSignal.timeout(4_000) });
  for (let n = 1; n < 40; n += 1) {
    const { body } = await ask(`${legacy.url}/customers/${n}`);
    people.push(...(body.match(/[\w.+-]+@[\w.-]+/g) ?? []));
  }
  await done;
  await app.counted(counts.answered);
  expect((await app.report()).findings.length).toBeGreaterThan(5);
  app.kill("SIGTERM");
  expect(await app.exit).toBe(0);
  const written = [...files(at.path).map((file) => readFileSync(file, "latin1")), app.out(), app.err()].join("\n");
  expect(written.length).toBeGreaterThan(50_000);
  expect(people.length).toBeGreaterThan(0);
  expect(written.match(/[\w.+-]+(?:@|%40)[\w-]+\.test/g)).toBe(null);
  expect(written.match(/bearer [\w.-]{8,}|(?:sid|session)=(?!\[)[\w-]+/gi)).toBe(null);
});
