import { createServer } from "node:http";
import type { LookupFunction } from "node:net";
import { expect, test } from "vitest";
import { createDeadlines } from "../../../src/proxy/upstream/http1/deadlines.ts";
import { createDialer } from "../../../src/proxy/upstream/http1/dial.ts";
import { createPool } from "../../../src/proxy/upstream/http1/pool.ts";
import { UpstreamHead } from "../../../src/proxy/upstream/upstream.ts";
import { DEFAULTS } from "../../support/proxy-options.ts";

/** A server on one address of this machine that counts what it is asked. */
async function serverAt(address: string, port: number) {
  let asked = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
    asked += 1;
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  return {
    asked: () => asked,
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a name that has moved to another address is followed under constant load, and no request fails", async () => {
  await using before = await serverAt("127.0.0.1", 0);
  await using after = await serverAt("127.0.0.2", before.port);
  let address = "127.0.0.1";
  const lookup: LookupFunction = (_name, { all }, done) =>
    all ? done(null, [{ address, family: 4 }]) : done(null, address, 4);
  const options = {
    ...DEFAULTS.candidate,
    url: `http://moving.test:${before.port}`,
    maxConnections: 4,
    maxWaiting: 100,
  };
  const deadlines = createDeadlines();
  const pool = createPool(options, deadlines, createDialer(options, lookup), 300);
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const nothing = () => {};
      const listener = {
        ...{
          onStart: nothing,
          onInformation: nothing,
          onHead: nothing,
          onData: nothing,
          onPause: nothing,
          onUpgrade: nothing,
        },
        ...{ onDrain: nothing, onEnd: () => resolve() },
        onFailure: (trouble: unknown) => reject(new Error(JSON.stringify(trouble))),
      };
      pool.call({ head: new UpstreamHead("GET", "/", ["Host", "moving.test"]), framing: "none" }, listener).send();
    });
  let isGoing = true;
  // More at once than there are connections, so that none of them is ever unused.
  const load = Array.from({ length: 12 }, async () => {
    while (isGoing) await ask();
  });
  await expect.poll(before.asked).toBeGreaterThan(200);
  expect(after.asked()).toBe(0);
  address = "127.0.0.2";
  await expect.poll(after.asked).toBeGreaterThan(200);
  await expect
    .poll(async () => {
      const asked = before.asked();
      const goal = after.asked() + 200;
      await expect.poll(after.asked).toBeGreaterThan(goal);
      return before.asked() - asked;
    })
    .toBe(0);
  isGoing = false;
  await Promise.all(load);
  pool.destroy();
  deadlines[Symbol.dispose]();
});
