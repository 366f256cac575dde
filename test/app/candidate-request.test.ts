import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { backend, eventually, exchange, ok } from "../support/wire.ts";
import { ask, folder, serve, until } from "./serving.ts";

/** A proxy in front of two raw servers with this config beside their URLs. */
async function open(more: (candidate: string) => string, reply: (target: string) => Buffer = () => ok("same")) {
  const closing = new AsyncDisposableStack();
  const legacy = closing.use(await backend((socket, { target }) => void socket.write(reply(target))));
  const candidate = closing.use(await backend((socket, { target }) => void socket.write(reply(target))));
  const at = folder();
  closing.defer(() => at[Symbol.dispose]());
  const file = join(at.path, "config.yaml");
  writeFileSync(join(at.path, "token.txt"), "Bearer from-a-file\n");
  writeFileSync(file, `legacy: "${legacy.url}"\noverload: { eventLoopDelay: 60s }\n${more(candidate.url)}`);
  const app = closing.use(await serve([file], { env: { CANDIDATE_TOKEN: "planted-candidate-token" } }));
  return { app, legacy, candidate, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

const get = (target: string, ...fields: string[]) =>
  `GET ${target} HTTP/1.1\r\nHost: shop.test\r\n${fields.map((line) => `${line}\r\n`).join("")}\r\n`;

describe("the candidate's copy", () => {
  test("goes to another path with other credentials, and legacy gets the client's own request", async () => {
    await using open_ = await open(
      (url) => `recheck: { perSecond: 0, sample: 0% }
candidate:
  url: ${url}/v2
  path: [{ from: /api/v1/, to: /orders-api/ }, { from: /old, to: /new }]
  fields: { set: { authorization: "Bearer \${CANDIDATE_TOKEN}", x-tenant: eu }, remove: [x-internal] }
routes:
- { match: "GET /files/*", candidate: { path: [{ from: /files/, to: /blobs/ }], fields: { set: { x-tenant: { file: token.txt } } } } }
`,
    );
    const { app, legacy, candidate } = open_;
    const targets = ["/api/v1/a?b=%2F&c", "/old", "/older", "/old?x", "/x//y/", "/files/1"];
    for (const target of targets) {
      await exchange(
        app.port,
        get(target, "AUTHORIZATION: Basic client", "X-Internal: 1", "x-internal: 2", "X-Last: 1"),
      );
    }
    await eventually(() => candidate.seen.length >= targets.length);
    expect(legacy.seen.map(({ target }) => target)).toEqual(targets);
    expect(legacy.seen[0]!.field("authorization")).toBe("Basic client");
    expect(legacy.seen[0]!.field("x-internal")).toBe("1");
    expect(candidate.seen.map(({ target }) => target)).toEqual([
      ...["/v2/orders-api/a?b=%2F&c", "/v2/new", "/v2/older", "/v2/new?x", "/v2/x//y/", "/v2/blobs/1"],
    ]);
    expect(candidate.seen[0]!.fields).toEqual([
      ["Host", "shop.test"],
      ["AUTHORIZATION", "Bearer planted-candidate-token"],
      ["X-Last", "1"],
      ["x-tenant", "eu"],
      ["x-parallel-run", "candidate"],
    ]);
    expect(candidate.seen.at(-1)!.field("x-tenant")).toBe("Bearer from-a-file");
    const shown = (await ask(`${app.admin}/api/v1/config`)).body;
    expect(shown + JSON.stringify(app.lines)).not.toMatch(/planted-candidate-token|from-a-file/);
  });

  test("is the same, byte for byte, when it is asked again, and so is legacy's but for conditions", async () => {
    let n = 0;
    await using open_ = await open(
      (url) => `candidate: { url: ${url}/v2, fields: { set: { x-token: secret } } }
forwarded: { xForwarded: true, forwarded: true }
recheck: { delay: 10ms, tries: 1 }
`,
      () => ok(`${n++}`),
    );
    const { app, legacy, candidate } = open_;
    const forged = ["X-Forwarded-For: 9.9.9.9", "Forwarded: for=9.9.9.9", "X-One: 1", "ACCEPT: a", "x-two:  2 "];
    await exchange(app.port, get("http://shop.test/orders/1", ...forged));
    await eventually(() => legacy.seen.length >= 2 && candidate.seen.length >= 2);
    for (const { seen } of [legacy, candidate]) expect(seen[1]!.head).toBe(seen[0]!.head);
    expect(candidate.seen[1]!.field("x-forwarded-for")).toBe("127.0.0.1");
  });

  test("has its paths mapped back in links before it is compared", async () => {
    const reply = (target: string) =>
      ok(JSON.stringify({ self: target, more: `${target}/lines?a=1` }), [
        `Location: ${target}/new`,
        "Content-Type: application/json",
      ]);
    await using open_ = await open(
      (url) => `candidate: { url: ${url}/v2, path: [{ from: /api/v1/, to: /orders-api/ }] }\n`,
      reply,
    );
    const { app, candidate } = open_;
    for (const target of ["/api/v1/orders/7", "/stock/7"]) await exchange(app.port, get(target));
    const { total } = await app.counted(2);
    expect(candidate.seen.map(({ target }) => target)).toEqual(["/v2/orders-api/orders/7", "/v2/stock/7"]);
    expect(total.outcomes.match).toBe(2);
  });

  test("is not made of what the candidate does not serve yet", async () => {
    await using open_ = await open((url) => `candidate: { url: "${url}", serves: ["GET /orders/{id}", "GET /c/*"] }\n`);
    const { app, candidate } = open_;
    for (const target of ["/orders/1", "/orders", "/c/d/e", "/stock/7"]) await exchange(app.port, get(target));
    const report = await until(async () => {
      const told = await app.report();
      return told.total.requests === 4 ? told : undefined;
    });
    expect(candidate.seen.map(({ target }) => target).sort()).toEqual(["/c/d/e", "/orders/1"]);
    expect(report.total.reasons["skipped/route"]).toBe(2);
    expect(report.warnings.join("\n")).toMatch(
      /Not built yet, by candidate\.serves: .*GET \/orders, GET \/stock\/\{id\}/,
    );
  });
});
