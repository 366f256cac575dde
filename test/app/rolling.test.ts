import { writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { answerTo, ask, echo, folder, many, run, type Serving, serve, server, until } from "./serving.ts";

describe("a rolling restart", () => {
  test("of two instances under load fails no request of clients that heed Connection: close", async () => {
    await using legacy = await server((asked, response) => void setTimeout(() => echo(asked, response), 5));
    await using candidate = await server(echo);
    const flags = ["--legacy", legacy.url, "--candidate", candidate.url];
    const closing = new AsyncDisposableStack();
    const start = async () => closing.use(await serve(flags));
    const inService: Serving[] = [await start(), await start()];
    const failed: unknown[] = [];
    let sent = 0;
    let going = true;
    const agents = Array.from({ length: 12 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    // Each client keeps its connection as long as it may, idle now and then, and asks whoever is in service.
    const clients = many(12, 12, async (client) => {
      for (let n = 0; going; n += 1) {
        const one = inService[(client + n) % inService.length]!;
        const target = `/orders/${sent++}`;
        await ask(`${one.proxy}${target}`, { agent: agents[client]! }).then(
          ({ status, body }) => {
            if (status !== 200 || body !== answerTo("GET", target)) failed.push([status, body]);
          },
          (error: Error) => failed.push(error.message),
        );
        if (n % 5 === 0) await new Promise((done) => setTimeout(done, n % 40));
      }
    });
    for (let round = 0; round < 4; round += 1) {
      const at = sent;
      await until(() => sent > at + 150);
      // As a balancer does it: the new one is in before the old one is told to go, and the old one out just before.
      const old = inService.shift()!;
      inService.push(await start());
      old.kill("SIGTERM");
      expect(await old.exit).toBe(0);
    }
    going = false;
    await clients;
    for (const agent of agents) agent.destroy();
    await closing.disposeAsync();
    expect(failed).toEqual([]);
    expect(sent).toBeGreaterThan(600);
  });
});

describe("a stop", () => {
  test("resets no connection on which a client may be asking: each hears Connection: close", async () => {
    await using legacy = await server(echo);
    await using candidate = await server(echo);
    const failed: string[] = [];
    let told = 0;
    for (let round = 0; round < 2; round += 1) {
      await using app = await serve(["--legacy", legacy.url, "--candidate", candidate.url]);
      let sent = 0;
      const clients = many(48, 48, async (client) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        for (let n = 0; ; n += 1) {
          sent += 1;
          const answer = await ask(`${app.proxy}/orders/${n}`, { agent }).catch((error: Error) => error.message);
          if (typeof answer === "string") failed.push(answer);
          if (typeof answer === "string" || answer.fields["connection"] === "close") break;
          await new Promise((done) => setTimeout(done, 2 + ((n * 7 + client) % 10)));
        }
        told += 1;
        agent.destroy();
      });
      await until(() => sent > 500);
      app.kill("SIGTERM");
      expect(await app.exit).toBe(0);
      await clients;
    }
    expect(failed).toEqual([]);
    expect(told).toBe(96);
  });
});

describe("a bug that nobody caught", () => {
  test.each([
    ["a rejection", "Promise.reject(new Error('planted bug'))"],
    ["an exception", "throw new Error('planted bug')"],
  ])("%s is told, clients get what they are owed, and the exit code is not 0", async (_what, does) => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    await using legacy = await server((asked, response) => void held.then(() => echo(asked, response)));
    await using candidate = await server(echo);
    using at = folder();
    const preload = join(at.path, "bug.mjs");
    writeFileSync(preload, `process.on("SIGUSR2", () => { setTimeout(() => { ${does} }); });`);
    await using app = await serve(
      ["--legacy", legacy.url, "--candidate", candidate.url, "--data", join(at.path, "d")],
      {
        preload: [preload],
      },
    );
    const owed = ask(`${app.proxy}/orders/1`);
    await until(() => candidate.seen.length > 0);
    app.kill("SIGUSR2");
    await until(() => app.err().includes("planted bug"));
    expect(app.err()).toMatch(/unhandled error/);
    release();
    expect(await owed).toMatchObject({ status: 200, body: answerTo("GET", "/orders/1") });
    expect(await app.exit).toBe(3);
    const kept = run(["report", "--data", join(at.path, "d"), "--format", "json"]);
    expect(await kept.exit).toBe(0);
    expect(JSON.parse(kept.out())).toMatchObject({ total: { requests: 1, outcomes: { match: 1 } } });
  });
});
