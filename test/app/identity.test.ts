import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openIdentity } from "../../src/app/identity.ts";
import { type Config, readConfig } from "../../src/config/index.ts";
import type { Exchange } from "../../src/model/exchange.ts";
import type { Report } from "../../src/model/report.ts";
import { comparison, response } from "../evidence/comparisons.ts";
import { ask, folder, many, serve, server, until } from "./serving.ts";

function configOf(identity = "{}"): Config {
  const text = `legacy: "http://legacy.invalid"\ncandidate: "http://candidate.invalid"\nidentity: ${identity}\n`;
  const read = readConfig(text, { file: "test", env: {} });
  if ("faults" in read) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

function exchange(target: string, fields: readonly string[] = [], vary?: string): Exchange {
  const { exchange: made } = comparison({ target });
  const legacy = response(200, 1);
  return {
    ...made,
    request: { ...made.request, fields },
    legacy: vary === undefined || legacy.kind !== "response" ? legacy : { ...legacy, fields: ["Vary", vary] },
  };
}

describe("the identity of a request", () => {
  const { identity } = openIdentity(() => configOf());
  const same = (a: Exchange, b: Exchange) => {
    const [x, y] = [identity.digest(a), identity.digest(b)];
    return x.hi === y.hi && x.lo === y.lo;
  };

  test("is who asks, the host, and what legacy names in Vary; not what answers do not depend on", () => {
    const plain = exchange("/me", ["Host", "a", "Authorization", "Bearer 1", "Accept-Language", "de"]);
    expect(same(plain, exchange("/me", ["host", "a", "authorization", "Bearer 1"]))).toBe(true);
    expect(same(plain, exchange("/me", ["Host", "a", "Authorization", "Bearer 2"]))).toBe(false);
    expect(same(plain, exchange("/me", ["Host", "b", "Authorization", "Bearer 1"]))).toBe(false);
    expect(same(plain, exchange("/me", ["Host", "a"]))).toBe(false);
    const speaking = (language: string, vary: string) => exchange("/", ["Accept-Language", language], vary);
    expect(same(speaking("de", "Accept-Encoding, accept-language"), speaking("fr", "accept-language"))).toBe(false);
    expect(same(speaking("de", "Accept-Encoding"), speaking("fr", "Accept-Encoding"))).toBe(true);
    const browser = (agent: string) => exchange("/", ["User-Agent", agent, "Cookie", agent], "User-Agent, Cookie, *");
    expect(same(browser("a"), browser("b"))).toBe(true);
  });

  test("does not depend on parameters that change nothing, however they are written", () => {
    for (const [a, b] of [
      ["/a?_=1", "/a?_=2"],
      ["/a?_=1", "/a"],
      ["/a?x=1&cb=5&y=2", "/a?x=1&y=2"],
      ["/a?utm_source=x&utm_%6Dedium=y", "/a"],
      ["/a?ts", "/a"],
    ] as const) {
      expect(same(exchange(a), exchange(b)), `${a} ${b}`).toBe(true);
    }
    for (const [a, b] of [
      ["/a?x=1", "/a?x=2"],
      ["/a?page_=1", "/a?page_=2"],
      ["/a?ut=1", "/a?ut=2"],
      ["/a?%ff=1", "/a?%ff=2"],
    ] as const) {
      expect(same(exchange(a), exchange(b)), `${a} ${b}`).toBe(false);
    }
  });

  test("has the cookies that are named, in any order and beside any others", () => {
    const { identity } = openIdentity(() => configOf("{ cookies: [session] }"));
    const of = (...cookies: string[]) =>
      identity.digest(
        exchange(
          "/me",
          cookies.flatMap((cookie) => ["Cookie", cookie]),
        ),
      );
    expect(of("session=1; _ga=7")).toEqual(of("_ga=8", "session=1"));
    expect(of("session=1")).not.toEqual(of("session=2"));
    expect(of("xsession=1")).toEqual(of("xsession=2"));
  });

  test("is another under another key and under other settings, and the same once the key was kept", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (target, token) => {
        const asked = exchange(`/${target}`, ["Authorization", token]);
        let config = configOf();
        const first = openIdentity(() => config);
        const kept = first.fold.changes();
        expect(first.fold.changes()).toEqual([]);
        const again = openIdentity(() => configOf());
        again.fold.restore(kept);
        expect(again.fold.changes()).toEqual([]);
        expect(again.identity.digest(asked)).toEqual(first.identity.digest(asked));
        expect(again.identity.version()).toBe(first.identity.version());
        const other = openIdentity(() => configOf());
        expect(other.identity.digest(asked)).not.toEqual(first.identity.digest(asked));
        const before = first.identity.version();
        config = configOf("{ cookies: [a] }");
        expect(first.identity.version()).not.toBe(before);
      }),
      { numRuns: 20 },
    );
  });
});

describe("serve", () => {
  const readiness = ({ routes }: Report, route: string) => routes.find((one) => one.route === route)!.readiness;

  test("counts 100 users on /me, tenants by host and languages by Vary; keeps them over kill -9, and no token", async () => {
    const listener = (wrong: boolean) =>
      server((asked, response) => {
        response.setHeader("vary", "accept-language").setHeader("content-type", "application/json");
        const user = asked.headers.authorization?.slice(-2) ?? "";
        response.end(JSON.stringify({ user, status: wrong && user.endsWith("7") ? "gone" : "active" }));
      });
    await using legacy = await listener(false);
    await using candidate = await listener(true);
    using at = folder();
    const data = join(at.path, "data");
    const flags = ["--legacy", legacy.url, "--candidate", candidate.url, "--data", data];
    const file = join(at.path, "config.yaml");
    writeFileSync(
      file,
      "recheck: { delay: 1ms, perSecond: 1000, tries: 1 }\noverload: { eventLoopDelay: 60s, memory: 8GiB }\n",
    );
    let asked = 0;
    const before = await (async () => {
      await using app = await serve([file, ...flags]);
      // A busy machine may leave one out (`skipped`, `unconfirmed`): asked again, each still counts once.
      const report = await until(async () => {
        await many(100, 4, async (i) => {
          await ask(`${app.proxy}/me`, { headers: { host: "api", authorization: `Bearer secret-of-user-${i}` } });
        });
        await many(30, 4, async (i) => void (await ask(`${app.proxy}/tenant`, { headers: { host: `t${i}.example` } })));
        await many(
          12,
          4,
          async (i) => void (await ask(`${app.proxy}/text`, { headers: { "accept-language": `x-${i}` } })),
        );
        await many(50, 4, async (i) => void (await ask(`${app.proxy}/one?_=${i}`)));
        asked += 192;
        const told = await app.counted(asked);
        const distinct = told.routes.reduce((sum, route) => sum + route.readiness.distinct, 0);
        return distinct >= 100 + 30 + 12 + 1 ? told : undefined;
      });
      await new Promise((done) => setTimeout(done, 1_500)); // longer than the flush that may be lost
      app.kill("SIGKILL");
      await app.exit;
      return report;
    })();
    expect(readiness(before, "GET /me")).toMatchObject({ distinct: 100, wrong: 10, answers: 100 });
    expect(readiness(before, "GET /tenant").distinct).toBe(30);
    expect(readiness(before, "GET /text").distinct).toBe(12);
    expect(readiness(before, "GET /one")).toMatchObject({ distinct: 1, answers: 1 });

    await using app = await serve([file, ...flags]);
    await ask(`${app.proxy}/me`, { headers: { host: "api", authorization: "Bearer secret-of-user-3" } });
    const after = await app.counted(asked + 1);
    expect(readiness(after, "GET /me")).toMatchObject({ distinct: 100, wrong: 10, answers: 100 });
    for (const name of readdirSync(data)) {
      expect(readFileSync(join(data, name)).includes("secret-of-user"), name).toBe(false);
    }
  }, 120_000);
});
