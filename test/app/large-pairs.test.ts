import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ask, folder, serve, UNHURRIED } from "./serving.ts";

const PARTS = ["admin", "shop", "search", "help", "blog"];
const SCRIPTS = 60;
const PER_SECOND = 20;
const BYTES = 1_500_000;

/** A script of which every line differs between the sides. */
function script(side: string, part: string): Buffer {
  let text = "";
  for (let line = 0; text.length < BYTES; line += 1) {
    text += `export function ${part}${line}(x, y) { return x + ${line} * y - ${side}${line % 97}; }\n`;
  }
  return Buffer.from(text);
}

async function backend(side: string) {
  const scripts = new Map(PARTS.map((part) => [part, script(side, part)]));
  const server = createServer((request, response) => {
    const body = scripts.get(request.url!.split("/")[1]!) ?? Buffer.from(JSON.stringify({ side }));
    const type = body.length > 1000 ? "text/javascript" : "application/json";
    response.writeHead(200, { "content-type": type, "content-length": body.length }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The candidate's limits and the memory for bodies in flight are out of the way: what is judged is verification. */
const CONFIG = `${UNHURRIED}candidate: { adaptive: false, url: URL }\ncapture: { maxBody: MAX, budget: 1GiB }\n`;

describe("scripts of 1.5 MB that differ on every line, twenty a second", () => {
  test.each([
    ["kept", "2MiB"],
    ["measured", "1MiB"],
  ])(
    "%s: are confirmed on every route, no small request is skipped for them, and only the budget leaves any unconfirmed",
    { timeout: 240_000 },
    async (_, maxBody) => {
      await using legacy = await backend("a");
      await using candidate = await backend("b");
      using at = folder();
      const file = join(at.path, "config.yaml");
      const config = CONFIG.replace("URL", `"${candidate.url}"`).replace("MAX", maxBody);
      writeFileSync(file, `legacy: "${legacy.url}"\n${config}`);
      await using serving = await serve([file]);
      const request = async (n: number) => {
        await new Promise((resolve) => setTimeout(resolve, (n / PER_SECOND) * 1000));
        const targets = [`/${PARTS[n % PARTS.length]}/${n}.js`, `/items/${n}`];
        await Promise.all(targets.map((target) => ask(`${serving.proxy}${target}`)));
      };
      await Promise.all(Array.from({ length: SCRIPTS }, (_, n) => request(n)));
      const { total, routes, unsteady } = await serving.counted(2 * SCRIPTS);

      expect(unsteady.filter(({ undecided }) => undecided !== "budget")).toEqual([]);
      const small = routes.find(({ route }) => route === "GET /items/{id}")!;
      expect(small.outcomes.skipped).toBe(0);
      const { body: metrics } = await ask(`${serving.admin}/metrics`);
      expect(routes.length).toBe(1 + PARTS.length);
      for (const { route, outcomes } of routes) {
        expect(metrics).toContain(`recheck_total{route="${route}",result="mismatch"}`);
        expect(outcomes.mismatch).toBeGreaterThan(0);
      }
      expect(Object.keys(total.reasons).every((why) => /skipped.overload|unconfirmed/.test(why))).toBe(true);
    },
  );
});
