import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Io, UsageError } from "../../src/cli/command.ts";
import { Failed } from "../../src/cli/failed.ts";
import { type OpenApp, serveWith } from "../../src/cli/serve.ts";
import type { Config } from "../../src/config/index.ts";

const URLS = { legacy: "http://127.0.0.1:1", candidate: "http://127.0.0.1:2" };
const YAML = `legacy: { url: "http://127.0.0.1:1" }\ncandidate: { url: "http://127.0.0.1:2" }\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "serve-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Serves with an app that only remembers what it was told. */
function serve(positionals: string[], values: Record<string, string>, more: { reload?: boolean; fail?: Error } = {}) {
  const stop = new AbortController();
  const seen = {
    out: "",
    err: "",
    logged: [] as Record<string, unknown>[],
    opened: [] as Config[],
    reloaded: [] as Config[],
    closed: 0,
  };
  const note = (fields: object) => void seen.logged.push(fields as Record<string, unknown>);
  const io: Io = {
    stdin: Readable.from([]),
    stdout: (text) => {
      seen.out += text;
    },
    stderr: (text) => {
      seen.err += text;
    },
    env: {},
    colour: false,
    stop: stop.signal,
  };
  const openApp: OpenApp = async (config, effects) => {
    if (more.fail) throw more.fail;
    seen.opened.push(config);
    expect(effects.readFile("parallel-run.yaml").toString()).toContain("legacy");
    return {
      address: { host: "127.0.0.1", port: 8080 },
      adminUrl: "http://127.0.0.1:9900",
      telemetry: { log: { debug: note, info: note, warn: note, error: note }, health: { broken: () => {} } },
      ...(more.reload === false
        ? {}
        : {
            reload: async (next: Config) => {
              seen.reloaded.push(next);
              return ["listen"];
            },
          }),
      [Symbol.asyncDispose]: async () => {
        seen.closed += 1;
      },
    };
  };
  const done = serveWith(openApp).run({ values, positionals }, io);
  return { done, seen, stop: () => stop.abort("SIGTERM") };
}

const written = (text = YAML) => {
  const file = join(folder, "parallel-run.yaml");
  writeFileSync(file, text);
  return file;
};
const events = (seen: { logged: Record<string, unknown>[] }) => seen.logged.map((line) => line["event"]);

describe("serve", () => {
  test("says where it listens, serves until it is stopped, closes and exits 0", async () => {
    const { done, seen, stop } = serve([written()], {});
    await vi.waitFor(() => expect(events(seen)).toContain("listening"));
    expect(seen.logged[0]).toMatchObject({
      listen: "127.0.0.1:8080",
      admin: "http://127.0.0.1:9900",
      legacy: URLS.legacy,
    });
    expect(seen.closed).toBe(0);
    stop();
    expect(await done).toBe(0);
    expect(seen.closed).toBe(1);
  });

  test("a config with faults never starts, and each fault is told with its place", async () => {
    const file = written("legacy: { url: nonsense }\ncandidat: {}\n");
    const { done, seen } = serve([file], {});
    expect(await done).toBe(2);
    expect(seen.opened).toEqual([]);
    expect(seen.err.trim().split("\n").length).toBeGreaterThan(1);
    expect(seen.err).toContain(`${file}:1:`);
  });

  test("neither a file nor both URLs, two files and a file that is not there are usage errors", async () => {
    await expect(serve([], {}).done).rejects.toThrow(UsageError);
    await expect(serve([], { legacy: URLS.legacy }).done).rejects.toThrow(/--legacy URL and --candidate URL/);
    await expect(serve(["a", "b"], URLS).done).rejects.toThrow(UsageError);
    await expect(serve([join(folder, "none.yaml")], {}).done).rejects.toThrow(/cannot read .*none\.yaml/);
  });

  test("an app that cannot open says why, and a mistake in a call of ours stays a bug", async () => {
    const taken = Object.assign(new Error("127.0.0.1:8080 is in use"), { name: "CannotOpen" });
    await expect(serve([written()], {}, { fail: taken }).done).rejects.toThrow(Failed);
    await expect(serve([written()], {}, { fail: new TypeError("x") }).done).rejects.toThrow(TypeError);
  });

  test("a changed file takes over, with what changed and what waits for a restart in the log", async () => {
    const file = written();
    const { done, seen, stop } = serve([file], {});
    await vi.waitFor(() => expect(events(seen)).toContain("listening"));
    await vi.waitFor(
      async () => {
        written(`${YAML}grace: 3s\n# ${Math.random()}`); // until it has looked once before, a change cannot be told
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(seen.reloaded).toHaveLength(1);
      },
      { timeout: 60_000, interval: 50 },
    );
    expect(seen.reloaded[0]!.grace).toBe(3_000);
    expect(seen.logged.find((line) => line["event"] === "reload")).toMatchObject({
      changes: ["grace: 10000 -> 3000"],
      afterRestart: ["listen"],
    });
    stop();
    await done;
  });

  test("SIGHUP with a faulty file changes nothing, and the log has the faults", async () => {
    const file = written();
    const { done, seen, stop } = serve([file], {});
    await vi.waitFor(() => expect(events(seen)).toContain("listening"));
    written("legacy: 1\n");
    process.emit("SIGHUP", "SIGHUP");
    await vi.waitFor(() => expect(events(seen)).toContain("reload_refused"));
    expect(seen.reloaded).toEqual([]);
    stop();
    await done;
  });

  test("a secret that changed is told as changed, not told", async () => {
    const { changesOf } = await import("../../src/cli/changes.ts");
    const before = { adminAccess: { token: "planted-secret-0001" }, legacy: { url: "http://u:planted@a" }, list: [1] };
    const after = {
      adminAccess: { token: "planted-secret-0002" },
      legacy: { url: "http://u:planted@b" },
      list: [1, 2],
    };
    expect(changesOf(before, after)).toEqual([
      'adminAccess.token: "***" -> "***"',
      'legacy.url: "http://***@a" -> "http://***@b"',
      "list.1: (none) -> 2",
    ]);
    expect(changesOf(before, before)).toEqual([]);
  });
});
