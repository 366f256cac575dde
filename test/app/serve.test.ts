import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type RequestListener, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/model/report.ts";
import {
  agent,
  always,
  answerTo,
  ask,
  counter,
  echo,
  folder,
  freePort,
  many,
  run,
  type Server,
  serve,
  server,
  UNHURRIED,
  until,
} from "./serving.ts";

const flags = (legacy: { url: string }, candidate: { url: string }) => [
  ...["--legacy", legacy.url, "--candidate", candidate.url],
];
const MIB = 1024 * 1024;

/** Sends a request, waits until legacy has it, and leaves. */
async function leave(port: number, target: string, legacy: Server): Promise<void> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  socket.write(`GET ${target} HTTP/1.1\r\nHost: shop.example\r\n\r\n`);
  await until(() => legacy.seen.includes(`GET ${target}`));
  socket.destroy();
}

describe("serve with two URLs as flags", () => {
  test("counts each of 1,000 mixed requests once, whatever the candidate does and whoever leaves", async () => {
    await using legacy = await server((asked, response) => {
      if (asked.url!.startsWith("/left/")) return; // its client leaves
      echo(asked, response);
    });
    await using candidate = await server((asked, response) => {
      const n = Number(/\d+$/.exec(asked.url!)?.[0]);
      if (n % 7 === 1) return void asked.socket.resetAndDestroy();
      if (n % 7 === 2) return void response.writeHead(500).end("no");
      if (n % 7 === 3) return void response.end("{");
      if (n % 7 === 4)
        return void response.writeHead(200, { "content-length": 100 }).write("short", () => response.destroy());
      echo(asked, response);
    });
    await using app = await serve(flags(legacy, candidate), { flagsAlone: true });
    await many(1000, 32, async (n) => {
      if (n % 50 === 7) return leave(app.port, `/left/${n}`, legacy);
      const method = n % 10 === 0 ? "POST" : n % 10 === 5 ? "HEAD" : n % 10 === 9 ? "DELETE" : "GET";
      const { status, body } = await ask(`${app.proxy}/orders/${n}`, {
        method,
        ...(method === "POST" && { body: "{}" }),
      });
      expect([n, status, body]).toEqual([n, 200, method === "HEAD" ? "" : answerTo(method, `/orders/${n}`)]);
    });
    const { total } = await app.counted(1000);
    expect(total.requests).toBe(1000);
    expect(Object.values(total.outcomes).reduce((a, b) => a + b, 0)).toBe(1000);
    // Each of the twenty whose client left, but for those that were kept from the candidate: it fails, and we are busy.
    const gone = total.reasons["not_comparable/client_gone"] ?? 0;
    expect(gone).toBeGreaterThan(0);
    expect(gone).toBeLessThanOrEqual(20);
    const kept = (total.reasons["skipped/breaker"] ?? 0) + (total.reasons["skipped/overload"] ?? 0);
    expect(20 - gone).toBeLessThanOrEqual(kept);
    expect(await counter(app.admin, "parallel_run_requests_total")).toBe(1000);
    // What may write was asked of legacy alone.
    expect(legacy.seen.filter((one) => /^(POST|DELETE)/.test(one)).length).toBe(200);
    expect(candidate.seen.filter((one) => !/^(GET|HEAD) /.test(one))).toEqual([]);
    app.kill("SIGTERM");
    expect(await app.exit).toBe(0);
  });

  test("never sends the candidate a write, unless its route is declared readOnly", async () => {
    await using legacy = await server(echo);
    await using candidate = await server(echo);
    using at = folder();
    const file = join(at.path, "config.yaml");
    writeFileSync(
      file,
      `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\nroutes: [{ match: "POST /search", readOnly: true }]\n${UNHURRIED}`,
    );
    await using app = await serve([file]);
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY"]) {
      for (const target of ["/search/", "/Search", "//search", "/search/x", "/search%2f", "/orders"]) {
        await ask(`${app.proxy}${target}`, { method, body: "{}", headers: { "x-http-method-override": "GET" } });
      }
    }
    await ask(`${app.proxy}/search?q=1`, { method: "POST", body: "{}" });
    await app.counted(43);
    expect(candidate.seen).toEqual(["POST /search?q=1"]);
  });

  test("passes 100 MB up and 100 MB down with less than 200 MB of memory", async () => {
    const size = 100 * MIB;
    const block = Buffer.alloc(MIB, "b");
    let taken = 0;
    const handle: RequestListener = (asked, response) => {
      asked.on("data", (bytes: Buffer) => {
        taken += bytes.length;
      });
      asked.on("end", () => {
        if (asked.method === "POST") return void response.end("taken");
        response.setHeader("content-length", size);
        let left = size / MIB;
        const more = () => {
          while (left > 0) {
            left -= 1;
            if (!response.write(block)) return void response.once("drain", more);
          }
          response.end();
        };
        more();
      });
    };
    await using legacy = await server(handle);
    await using candidate = await server(handle);
    await using app = await serve(flags(legacy, candidate));
    const upload = request(`${app.proxy}/upload`, { method: "POST", agent, headers: { "content-length": size } });
    for (let i = 0; i < size / MIB; i += 1) if (!upload.write(block)) await once(upload, "drain");
    upload.end();
    const [answer] = await once(upload, "response");
    answer.resume();
    expect(taken).toBe(size);
    const [download] = await once(request(`${app.proxy}/download`, { agent }).end(), "response");
    let length = 0;
    for await (const bytes of download) length += (bytes as Buffer).length;
    expect(length).toBe(size);
    const { total } = await app.counted(2);
    expect(total.outcomes.match).toBe(1);
    expect(app.peakMiB()).toBeLessThan(200);
  });

  test("SIGTERM lets what is under way finish, and loses no comparison in flight", async () => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    await using legacy = await server((asked, response) => {
      if (asked.url === "/slow") void held.then(() => echo(asked, response));
      else echo(asked, response);
    });
    await using candidate = await server((asked, response) => void held.then(() => echo(asked, response)));
    using at = folder();
    await using app = await serve([...flags(legacy, candidate), "--data", at.path]);
    for (let n = 0; n < 20; n += 1) await ask(`${app.proxy}/orders/${n}`);
    const slow = ask(`${app.proxy}/slow`);
    await until(() => candidate.seen.length === 21);
    app.kill("SIGTERM");
    await until(() => app.lines.find(({ event }) => event === "stopping"));
    // It still says that it is alive, is ready no more, and takes nobody new.
    await until(async () => (await ask(`${app.admin}/readyz`, { agent: false })).status === 503);
    expect((await ask(`${app.admin}/livez`, { agent: false })).status).toBe(200);
    await expect(ask(`${app.proxy}/late`, { agent: false })).rejects.toThrow("ECONNREFUSED");
    release();
    expect(await slow).toMatchObject({ status: 200, body: answerTo("GET", "/slow"), fields: { connection: "close" } });
    expect(await app.exit).toBe(0);
    const kept = run(["report", "--data", at.path, "--format", "json"]);
    expect(await kept.exit).toBe(0);
    expect(JSON.parse(kept.out())).toMatchObject({ total: { requests: 21, outcomes: { match: 21 } } });
  });

  test("SIGTERM has all that waits compared", async () => {
    const rows = (wrong: number) => always(Array.from({ length: 4000 }, (_, id) => ({ id, price: id + wrong })));
    await using legacy = await server(rows(0));
    await using candidate = await server(rows(0.5));
    using at = folder();
    const file = join(at.path, "config.yaml");
    const config = `legacy: "${legacy.url}"\ncandidate: { url: "${candidate.url}", adaptive: false }\ndata: ${at.path}\n`;
    writeFileSync(file, `${config}grace: 60s\n${UNHURRIED}`);
    await using app = await serve([file]);
    await many(100, 16, async (n) => expect((await ask(`${app.proxy}/rows/${n}`)).status).toBe(200));
    app.kill("SIGTERM");
    expect(await app.exit).toBe(0);
    const kept = run(["report", "--data", at.path, "--format", "json"]);
    expect(await kept.exit).toBe(0);
    const { outcomes, reasons, requests } = (JSON.parse(kept.out()) as Report).total;
    // There is no time left for a recheck, so what differs is not confirmed.
    const compared = outcomes.mismatch + (reasons["not_comparable/unconfirmed"] ?? 0);
    expect([requests, compared + (reasons["skipped/overload"] ?? 0)]).toEqual([100, 100]);
    expect(compared).toBeGreaterThan(10);
  });

  test("a second SIGTERM ends it at once", async () => {
    await using legacy = await server(() => {});
    await using candidate = await server(echo);
    await using app = await serve(flags(legacy, candidate));
    ask(`${app.proxy}/hung`).catch(() => {});
    await until(() => legacy.seen.length > 0);
    app.kill("SIGTERM");
    await until(() => app.lines.find(({ event }) => event === "stopping"));
    app.kill("SIGTERM");
    expect(await app.exit).toBe(143);
  });

  test("past its grace it cuts what hangs, and still ends with 0", async () => {
    await using legacy = await server(() => {});
    await using candidate = await server(echo);
    using at = folder();
    const file = join(at.path, "config.yaml");
    writeFileSync(file, `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\ngrace: 300ms\n`);
    await using app = await serve([file]);
    const hung = ask(`${app.proxy}/hung`).then(
      () => "answered",
      () => "cut",
    );
    await until(() => legacy.seen.length > 0);
    app.kill("SIGINT");
    expect(await hung).toBe("cut");
    expect(await app.exit).toBe(0);
  });
});

describe("serve that cannot start", () => {
  test.each(["--listen", "--admin"])("says that the port of %s is in use, and exits with 3", async (flag) => {
    await using taken = await server(echo);
    const { exit, err } = run([
      ...[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        ...flags({ url: "http://127.0.0.1:2" }, { url: "http://127.0.0.1:1" }),
      ],
      ...[flag, `127.0.0.1:${taken.port}`],
    ]);
    expect(await exit).toBe(3);
    expect(err()).toMatch(/in use/);
    expect(err()).toContain(String(taken.port));
    expect(err().trim().split("\n").length).toBeLessThan(4);
  });

  test("names every fault of its config, listens nowhere and exits with 2", async () => {
    using at = folder();
    const port = await freePort();
    const file = join(at.path, "config.yaml");
    writeFileSync(file, `listen: 127.0.0.1:${port}\nlegacy: nonsense\ncandidat: "http://127.0.0.1:1"\ngrace: soon\n`);
    const { exit, err, out } = run(["serve", file]);
    expect(await exit).toBe(2);
    for (const line of [2, 3, 4]) expect(err()).toMatch(new RegExp(`config\\.yaml:${line}:\\d+: `));
    expect(out()).toBe("");
    await expect(ask(`http://127.0.0.1:${port}/`, { agent: false })).rejects.toThrow("ECONNREFUSED");
  });
});

describe("a candidate that", () => {
  const CANDIDATES = {
    "does not listen": async () => ({
      url: `http://127.0.0.1:${await freePort()}`,
      [Symbol.asyncDispose]: async () => {},
    }),
    "accepts and never answers": () => server(() => {}),
  };
  test.each(Object.entries(CANDIDATES))("%s changes no client's answer", async (_name, open) => {
    await using legacy = await server((asked, response) => {
      const n = Number(/\d+$/.exec(asked.url!)?.[0]);
      response.setHeader("x-n", n);
      if (n % 5 === 1) return void response.writeHead(404, "Gone Fishing").end("not there");
      if (n % 5 === 2) return void response.writeHead(302, { location: "/else where" }).end();
      if (n % 5 === 3) return void response.writeHead(204).end();
      echo(asked, response);
    });
    await using candidate = await open();
    await using app = await serve(flags(legacy, candidate));
    const same = ({
      status,
      body,
      fields: { date: _, connection: __, "keep-alive": ___, ...fields },
    }: Awaited<ReturnType<typeof ask>>) => ({ status, body, fields });
    await many(300, 16, async (n) => {
      const [through, direct] = [await ask(`${app.proxy}/orders/${n}`), await ask(`${legacy.url}/orders/${n}`)];
      expect(same(through)).toEqual(same(direct));
    });
  });
});
