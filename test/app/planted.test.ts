import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Report } from "../../src/model/report.ts";
import { ask, folder, run, serve, server, UNHURRIED, until } from "./serving.ts";

vi.setConfig({ testTimeout: 240_000 });

/** Every secret that was planted, so that each can be looked for by itself. */
const PLANTED: string[] = [];
let count = 0;
const next = () => {
  count += 1;
  return count;
};
const planted = (secret: string): string => {
  PLANTED.push(secret);
  return secret;
};
/** Has no look of its own: only the name beside it, or its place, says that it is secret. */
const word = () => planted(`zebra${next()}hunter`);
const hex = (length: number) => "3f9ac07e51d2b846".repeat(8).slice(count % 7, (count % 7) + length);
const alnum = (length: number) => `Z${next()}a7Kq2LmZ9xWc4VbN8sRt`.repeat(8).slice(0, length);

/** Of each format one secret; in two parts, so that no scanner takes this file for a leak. */
const FORMATS: Readonly<Record<string, () => string>> = {
  aws: () => `AKIA${alnum(40).toUpperCase().slice(0, 16)}`,
  github: () => `ghp_${alnum(36)}`,
  "github fine-grained": () => `github_pat_${alnum(60)}`,
  gitlab: () => `glpat-${alnum(20)}`,
  slack: () => `xoxb-${alnum(30)}`,
  stripe: () => `sk_live_${alnum(24)}`,
  google: () => `AIza${alnum(35)}`,
  "google oauth": () => `ya29.${alnum(50)}`,
  sendgrid: () => `SG.${alnum(22)}.${alnum(43)}`,
  npm: () => `npm_${alnum(36)}`,
  pypi: () => `pypi-${alnum(60)}`,
  "hugging face": () => `hf_${alnum(34)}`,
  digitalocean: () => `dop_v1_${hex(64)}`,
  shopify: () => `shpat_${hex(32)}`,
  vault: () => `hvs.${alnum(28)}`,
  openai: () => `sk-proj-${alnum(40)}`,
  "web token": () => `eyJhbGciOiJIUzI1NiJ9.${alnum(40)}.${alnum(43)}`,
};

const NAMES = [
  ...["password", "userPassword", "newPassword", "pwd", "secretAccessKey", "clientSecretKey", "x_api_key", "csrfToken"],
  ...["session", "sessionId", "auth", "sig", "X-Amz-Signature", "private_key", "bearer", "otp", "pin", "jwt", "ssn"],
  ...["cvv", "cardNumber", "iban", "credentials", "passphrase", "DB_PASSWORD", "refreshToken", "connectionString"],
];
const OTHER_NAMES = ["apiKey", "authenticity_token", "passwd", "access-token", "clientSecret", "sid", "recoveryCode"];
let nth = 0;
/** The names follow each other, and are the same in each answer of a place. */
const name = () => {
  nth += 1;
  return NAMES[nth % NAMES.length]!;
};
const key = () =>
  `-----BEGIN PRIVATE KEY-----\n${planted(`MIIE${alnum(40)}`)}\n${planted(`QIBA${alnum(40)}`)}\n-----END PRIVATE KEY-----`;

type Answer = { readonly type: string; readonly body: string; readonly fields?: Readonly<Record<string, string>> };

/** What each path answers, each side with secrets of its own, so that the sides differ in them. */
const PLACES: Readonly<Record<string, (side: string) => Answer>> = {
  "/names": () => ({
    type: "application/json",
    body: JSON.stringify(Object.fromEntries(NAMES.map((one) => [one, word()]))),
  }),
  "/deep": () => ({
    type: "application/json",
    body: JSON.stringify({
      a: [{ b: { [name()]: { c: [word(), { d: word() }] } } }],
      e: JSON.stringify({ [name()]: word() }),
    }),
  }),
  "/records": () => ({
    type: "application/json",
    body: JSON.stringify({
      env: [
        { name: "DB_PASSWORD", value: word() },
        { value: word(), key: "apiKey" },
      ],
      lines: key().split("\n"),
    }),
  }),
  "/formats": () => ({
    type: "application/json",
    body: JSON.stringify(Object.values(FORMATS).map((make, i) => ({ [`note${i}`]: `see ${planted(make())} there` }))),
  }),
  "/form": () => ({
    type: "application/x-www-form-urlencoded",
    body: `a=1&${name()}=${word()}&user%5Bpassword%5D=${word()}`,
  }),
  "/multipart": () => ({
    type: "multipart/form-data; boundary=b",
    body: `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${word()}\r\n--b\r\nContent-Disposition: form-data; name="x"\r\nContent-Type: application/json\r\n\r\n{"${name()}":"${word()}"}\r\n--b--\r\n`,
  }),
  "/html": () => ({
    type: "text/html",
    body: `<html><head><meta name="csrf-token" content="${word()}"></head><body data-api-key="${word()}"><form><input name="csrf_token" value="${word()}"><input type="password" value="${word()}"><textarea name="private_key">${word()}</textarea></form><script>var apiKey = "${word()}"</script><a href="/x?session=${word()}">x</a></body></html>`,
  }),
  "/xml": () => ({
    type: "application/xml",
    body: `<a><password>${word()}</password><u apiKey="${word()}"/><p name="db.password" value="${word()}"/><dict><key>token</key><string>${word()}</string></dict></a>`,
  }),
  "/csv": () => ({ type: "text/csv", body: `id,${name()},note\n1,${word()},x\n2,${word()},y\n` }),
  "/csv-records": () => ({ type: "text/csv", body: `name,value\nDB_PASSWORD,${word()}\n` }),
  "/env": () => ({
    type: "text/plain",
    body: `A=1\nDB_PASSWORD=${word()}\nexport API_KEY="${word()}"\nrun --password ${word()}\n${key()}\n`,
  }),
  "/connection": () => ({
    type: "text/plain",
    body: `Server=db;User=a;Password=${word()};\npostgres://app:${word()}@db/x\nAuthorization: Bearer ${planted(alnum(30))}\n`,
  }),
  "/lines": () => ({ type: "application/x-ndjson", body: `{"${name()}":"${word()}"}\n{"${name()}":"${word()}"}\n` }),
  "/events": () => ({
    type: "text/event-stream",
    body: `data: {"${name()}":"${word()}"}\n\ndata: token=${word()}\n\n`,
  }),
  "/yaml": () => ({ type: "application/yaml", body: `a: 1\npassword: ${word()}\nnested:\n  api_key: "${word()}"\n` }),
  "/broken": (side) => ({
    type: "application/json",
    body: `{"n":"${side}","${name()}":"${word()}","b":{"token":"${word()}`,
  }),
  "/fields": () => ({
    type: "text/plain",
    body: "x",
    fields: {
      "x-session": word(),
      "x-api-key": word(),
      "set-cookie": `sid=${word()}`,
      link: `</n?sig=${word()}>`,
      "x-note": planted(FORMATS["stripe"]!()),
    },
  }),
  "/redirect": () => ({
    type: "text/plain",
    body: "",
    fields: { location: `https://u:${word()}@h.example/cb?code=${planted(alnum(20))}` },
  }),
  "/paths": () => ({
    type: "application/json",
    body: JSON.stringify({ users: { [planted(alnum(24))]: Math.random() } }),
  }),
};

/** A side stands still: it says the same whenever it is asked. */
function side(of: string) {
  const answers = new Map(
    Object.entries(PLACES).map(([path, answer]) => {
      nth = path.length;
      return [path, answer(of)];
    }),
  );
  return server((asked, response) => {
    if (asked.url!.startsWith("/error")) {
      response.writeHead(of === "legacy" ? 200 : 500, { "content-type": "text/plain" });
      // What the request brought comes back in an error message.
      return void response.end(`no ${asked.headers.authorization} ${asked.headers.cookie} ${asked.url}`);
    }
    const { type, body, fields = {} } = answers.get(`/${asked.url!.split(/[?/;]/)[1]}`)!;
    response.writeHead(200, { "content-type": type, ...fields });
    response.end(body);
  });
}

/** As a secret may come out: as it is, for a URL, in JSON, in base64 and in hexadecimal. */
function shapes(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString("hex"),
    bytes.toString("base64").replace(/=+$/, "").slice(0, -1),
  ];
}

function found(where: string, text: string): string[] {
  return PLANTED.flatMap((secret) => {
    const at = shapes(secret)
      .map((shape) => text.indexOf(shape))
      .find((one) => one >= 0);
    return at === undefined
      ? []
      : [`${where}: ${secret}: ...${text.slice(Math.max(0, at - 120), at + 60).replace(/[^\x20-\x7e]/g, "?")}...`];
  });
}

const inFiles = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    // Whoever may read the switches may know whom they are for: that file is its owner's alone.
    .filter((file) => !file.endsWith("control.json"))
    .flatMap((file) => found(file, readFileSync(file, "latin1")));

test("hundreds of secrets, planted in every place by name and by format, stand in nothing that is written or shown", async () => {
  await using legacy = await side("legacy");
  await using candidate = await side("candidate");
  using at = folder();
  const data = join(at.path, "data");
  const file = join(at.path, "config.yaml");
  const token = planted(`adminzebra${alnum(16)}`);
  writeFileSync(
    file,
    `legacy: "${legacy.url}"
candidate: "${candidate.url}"
data: ${data}
store: { flush: 20ms }
adminAccess: { token: "\${TOKEN}" }
shadow: { by: "field x-plan", values: [all, ${word()}] }
compare: { fields: { compare: all } }
recheck: { delay: 10ms, perSecond: 200, tries: 1, sample: 5% }
log: { level: trace }
${UNHURRIED}routes: [{ match: "POST /names", readOnly: true }]
`,
  );
  await using app = await serve([file], { env: { TOKEN: token } });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const request = () => ({
    "x-plan": "all",
    authorization: `Bearer ${planted(alnum(24))}`,
    cookie: `sid=${planted(alnum(14))}; theme=${word()}`,
    "x-session": word(),
    "x-note": `by ${planted(FORMATS["github"]!())}`,
    referer: `https://shop.example/?access_token=${word()}`,
  });
  const send = (target: string, more: { method?: string; body?: string } = {}) =>
    ask(`${app.proxy}${target}`, { ...more, headers: request() });
  for (let round = 0; round < 2; round += 1) {
    for (const path of Object.keys(PLACES)) {
      const query = OTHER_NAMES.map((one) => `${one}=${word()}`).join("&");
      await send(`${path}?n=${round}&${query}&code=${planted(alnum(20))}&X-Amz-Signature=${planted(hex(64))}`);
      await send(`${path}/reset/${planted(alnum(24))};jsessionid=${planted(alnum(20).toUpperCase())}`);
      await send(`${path}/session/${planted(alnum(8))}`);
    }
    await send(`/error/${round}?token=${word()}`);
    await send("/names", {
      method: "POST",
      body: JSON.stringify({ [name()]: word(), a: [{ name: "token", value: word() }] }),
    });
  }
  const cohort = { field: "x-plan", values: [word(), word()] };
  const control = JSON.stringify({ cohort, for: "1h", by: "ann", why: `for ${planted(FORMATS["slack"]!())}` });
  const switched = await ask(`${app.admin}/api/v1/control`, {
    method: "PUT",
    body: control,
    headers: { ...headers, "content-length": String(control.length) },
  });
  expect([switched.status, switched.body]).toEqual([200, expect.any(String)]);
  const report = await until(
    async () => {
      const { body } = await ask(`${app.admin}/api/v1/report`, { headers });
      const read = JSON.parse(body) as Report;
      return read.findings.length >= 150 ? read : undefined;
    },
    () => app.out().slice(-2_000),
  );

  const seen = [...found("PUT control", switched.body)];
  const shown = ["/", "/metrics", "/api/v1/report", "/api/v1/config", "/api/v1/audit", "/api/v1/control", "/readyz"];
  for (const path of [...shown, ...report.findings.map(({ id }) => `/api/v1/findings/${id}`)]) {
    const { status, body } = await ask(`${app.admin}${path}`, { headers });
    expect([path, status]).toEqual([path, 200]);
    seen.push(...found(path, body));
  }
  // A changed config is told in the log, without its values.
  writeFileSync(file, readFileSync(file, "utf8").replace("[all,", `[all, ${word()},`));
  app.kill("SIGHUP");
  await until(() => app.lines.some(({ event, action }) => event === "audit" && action === "reload"));
  app.kill("SIGTERM");
  expect(await app.exit).toBe(0);
  seen.push(...inFiles(data), ...found("log", app.out()), ...found("stderr", app.err()));
  for (const format of ["text", "json", "markdown", "html"]) {
    const told = run(["report", "--data", data, "--format", format]);
    expect(await told.exit).toBe(0);
    seen.push(...found(`report ${format}`, told.out()));
  }
  expect(new Set(PLANTED).size).toBeGreaterThan(300);
  expect([...new Set(seen)]).toEqual([]);
  expect(app.lines.filter(({ event }) => event === "mismatch").length).toBeGreaterThan(20);
});
