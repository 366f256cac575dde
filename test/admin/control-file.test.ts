import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type ControlChange,
  changeControlFile,
  openRuntimeSwitches,
  type RuntimeSwitches,
} from "../../src/admin/index.ts";
import { type AuditEntry, changedSwitch, controlShown, type Switch, switchAt } from "../../src/model/control.ts";

const HOSTILE = ["__proto__", "constructor", "toString", "a/b", "m~n", "0", ""];
const to = (more: Partial<Switch> = {}): Switch => ({ on: true, by: "ann", why: "", at: 0, ...more });
const change = (more: Partial<ControlChange> = {}): ControlChange => ({ by: "ann", why: "test", ...more });

let folder: string;
const opened: RuntimeSwitches[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "control-"));
});
afterEach(async () => {
  for (const switches of opened.splice(0)) await switches[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: { file?: string; now?: () => number } = {}) {
  const audit: AuditEntry[] = [];
  const warnings: string[] = [];
  const switches = await openRuntimeSwitches({
    now: () => 0,
    audit: (entry) => audit.push(entry),
    warn: (message) => warnings.push(message),
    ...options,
  });
  opened.push(switches);
  return { switches, audit, warnings };
}

/** Waits without moving a faked clock, as `vi.waitFor` would. */
async function until(look: () => boolean): Promise<void> {
  for (let i = 0; !look(); i += 1) {
    if (i > 3_000) throw new Error("it never came");
    await new Promise((done) => setTimeout(done, 10));
  }
}

describe("the runtime switches", () => {
  test("a change holds at once, survives a restart, and is in the audit log: who, from what, to what, why", async () => {
    const file = join(folder, "data", "control.json");
    const { switches, audit } = await open({ file });
    const done = switches.change(change({ to: to({ on: false, why: "incident" }), why: "incident" }));
    expect(switches.read().everything?.on).toBe(false); // before the disk has answered
    expect(await done).toEqual({ ok: true });
    expect(audit).toMatchObject([{ who: "ann", action: "control", what: "everything", from: "null", why: "incident" }]);
    expect(JSON.parse(audit[0]!.to!)).toMatchObject({ on: false });
    await switches.reload();
    expect(audit).toHaveLength(1); // our own write is not someone else's
    const again = await open({ file });
    expect(again.switches.read()).toEqual(switches.read());
    expect(again.audit).toEqual([]);
  });

  test("who is in a cohort stands in no audit entry, and in the file for its owner alone", async () => {
    const file = join(folder, "control.json");
    const mode = () => statSync(file).mode & 0o777;
    const { switches, audit } = await open({ file });
    await switches.change(change({ to: to({ on: false }) }));
    expect(mode()).toBe(0o644);
    const cohort = { by: { cookie: "sid" }, values: ["planted-1", "planted-2"] };
    await switches.change(change({ route: "GET /a", to: to({ cohort, until: 1_000 }) }));
    await switches.change(change({ route: "GET /a", to: to({ share: 0.5, until: 500 }) })); // the cohort waits behind it
    await switches.change(change({ to: to({ on: true }) }));
    expect(mode()).toBe(0o600);
    expect(switches.read().routes[0]!.switch.previous?.cohort).toEqual(cohort);
    expect(JSON.stringify([audit, controlShown(switches.read())])).not.toContain("planted");
    expect(audit.at(-2)!.to).toContain('"values":["[redacted]","[redacted]"]');
    // What someone else put into the file is audited as well.
    writeFileSync(
      file,
      JSON.stringify({ everything: { on: true, cohort: { ...cohort, values: ["planted-3"] } }, routes: [] }),
    );
    await switches.reload();
    expect(audit.at(-1)).toMatchObject({ who: "file" });
    expect(JSON.stringify(audit)).not.toContain("planted");
    await switches.change(change());
    await switches.change(change({ route: "GET /a" }));
    expect(mode()).toBe(0o644);
  });

  test("a switch of a route stays with its route, whatever the route is called", async () => {
    const { switches } = await open();
    for (const [i, route] of HOSTILE.entries()) await switches.change(change({ route, to: to({ share: i / 10 }) }));
    expect(switches.read().routes.map(({ route, switch: { share } }) => [route, share])).toEqual(
      HOSTILE.map((route, i) => [route, i / 10]),
    );
    for (const route of HOSTILE) await switches.change(change({ route }));
    expect(switches.read()).toEqual({ routes: [] });
  });

  test("past its time a switch no longer counts, and the others stay", async () => {
    let now = 0;
    const { switches } = await open({ now: () => now });
    await switches.change(change({ to: to({ on: false, until: 100 }) }));
    await switches.change(change({ route: "GET /a", to: to({ until: 200 }) }));
    now = 99;
    expect(switches.read().everything?.on).toBe(false);
    now = 100;
    expect(switches.read().everything).toBeUndefined();
    expect(switches.read().routes).toHaveLength(1);
    now = 200;
    expect(switches.read()).toEqual({ routes: [] });
  });

  test("a change for a time gives way to what held before, and a longer one is not cut short", async () => {
    let now = 0;
    const { switches } = await open({ now: () => now });
    await switches.change(change({ to: { by: "ann", why: "", at: 0, share: 0.1 } }));
    await switches.change(change({ to: { by: "bob", why: "incident", at: 0, on: false, until: 300 } }));
    await switches.change(change({ to: { by: "eve", why: "", at: 0, share: 1, until: 200 } }));
    const state = () => [switches.read().everything?.on, switches.read().everything?.share];
    expect(state()).toEqual([false, 1]);
    now = 200;
    expect(state()).toEqual([false, 0.1]);
    now = 300;
    expect(state()).toEqual([true, 0.1]);
  });

  test("whatever is changed, only `on`, the end of a timed `off` or `clear` switches shadowing on again", () => {
    const other = fc.record(
      { share: fc.constantFrom(0, 0.5, 1), until: fc.integer({ min: 1, max: 1000 }), why: fc.constant("") },
      { requiredKeys: ["why"] },
    );
    fc.assert(
      fc.property(
        fc.array(other, { maxLength: 20 }),
        fc.option(fc.integer({ min: 1, max: 1000 })),
        (changes, until) => {
          let one = changedSwitch(undefined, {
            on: false,
            by: "a",
            why: "",
            at: 0,
            ...(until === null ? {} : { until }),
          });
          for (const each of changes) one = changedSwitch(one, { by: "b", at: 0, ...each });
          const end = until ?? Number.POSITIVE_INFINITY;
          for (let now = 0; now < Math.min(end, 1000); now += 10) expect(switchAt(one, now)?.on).toBe(false);
        },
      ),
    );
  });

  test("a file that someone wrote by hand takes effect at the next look, and is in the audit log", async () => {
    // The looks are ours: the file is looked at when the process's timers say that half a second has passed, and not again.
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const file = join(folder, "control.json");
      const { switches, audit } = await open({ file });
      writeFileSync(file, '{"everything": {"on": false}}');
      vi.advanceTimersByTime(500);
      await until(() => switches.read().everything?.on === false);
      expect(switches.read().everything).toMatchObject({ on: false, by: "file" });
      expect(audit).toMatchObject([{ who: "file", why: "the file changed" }]);
      rmSync(file);
      vi.advanceTimersByTime(500);
      await until(() => switches.read().everything === undefined);
    } finally {
      vi.useRealTimers();
    }
  });

  test("the file can be changed without anybody listening", async () => {
    const file = join(folder, "none", "control.json");
    await changeControlFile(file, change({ to: to({ on: false }) }), 0);
    await changeControlFile(file, change({ route: "GET /a", to: to({ share: 0.5 }) }), 0);
    expect((await open({ file })).switches.read()).toMatchObject({
      everything: { on: false },
      routes: [{ route: "GET /a" }],
    });
  });

  test("two processes that change the same file at the same time lose none of the changes", async () => {
    const file = join(folder, "control.json");
    const rooms = [(await open({ file })).switches, (await open({ file })).switches];
    const changes = Array.from({ length: 40 }, (_, i) =>
      i % 4 === 3
        ? changeControlFile(file, change({ route: `GET /${i}`, to: to() }), 0)
        : rooms[i % 2]!.change(change({ route: `GET /${i}`, to: to() })),
    );
    await Promise.all(changes);
    for (const switches of rooms) {
      await switches.reload();
      expect(
        switches
          .read()
          .routes.map(({ route }) => route)
          .sort(),
      ).toEqual(Array.from({ length: 40 }, (_, i) => `GET /${i}`).sort());
    }
  });

  test("a lock that a killed process left behind does not keep a switch from working", async () => {
    const file = join(folder, "control.json");
    writeFileSync(`${file}.lock`, "");
    utimesSync(`${file}.lock`, 0, 1);
    const { switches } = await open({ file });
    expect(await switches.change(change({ to: to({ on: false }) }))).toEqual({ ok: true });
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test("a file that makes no sense changes nothing and is told of once", async () => {
    const file = join(folder, "control.json");
    const { switches, warnings } = await open({ file });
    await switches.change(change({ to: to({ on: false }) }));
    for (const text of [
      "",
      "{",
      "[]",
      "null",
      "1",
      '{"everything":{"on":"no"}}',
      '{"everything":{"on":true,"share":7}}',
      ...[7, {}, { by: "x" }, { by: {}, share: 1 }, { by: { field: 1 }, share: 1 }, { by: { field: "a" } }].map(
        (cohort) => JSON.stringify({ everything: { on: true, cohort } }),
      ),
      ...[
        { values: "ada" },
        { values: [1] },
        { share: 2 },
        { share: "all" },
        { by: { field: "a", cookie: "b" }, share: 1 },
      ].map((bad) => JSON.stringify({ everything: { on: true, cohort: { by: { field: "a" }, ...bad } } })),
      '{"everything":{"on":true,"at":"now"}}',
      '{"everything":{"on":true,"by":{}}}',
      '{"routes":[{}]}',
      '{"version":1}',
      '{"everythin":{"on":true}}',
      '{"routes":[null]}',
      '{"routes":{"length":9}}',
    ]) {
      writeFileSync(file, text);
      await switches.reload();
      await switches.reload();
      expect(switches.read().everything?.on).toBe(false);
    }
    expect(warnings.length).toBeGreaterThan(0);
    expect(new Set(warnings).size).toBe(warnings.length);
  });

  test("a file that cannot be read at the start means off, until it can be read, is removed, or a switch is set", async () => {
    for (const mend of ["write", "remove", "switch"]) {
      const file = join(folder, `${mend}.json`);
      writeFileSync(file, "{");
      const { switches, warnings } = await open({ file });
      expect(switches.read().everything?.on).toBe(false);
      expect(warnings.join()).toMatch(/\.json: .*; shadowing is off until the file can be read, or a switch is set/);
      if (mend === "write") writeFileSync(file, JSON.stringify({ routes: [] }));
      if (mend === "remove") rmSync(file);
      if (mend === "switch") expect(await switches.change(change({ to: to({ on: true }) }))).toEqual({ ok: true });
      await switches.reload();
      expect(switches.read().everything?.on ?? true).toBe(true);
    }
  });

  test("a switch-off outlives a broken file, whatever else is changed then", async () => {
    const file = join(folder, "control.json");
    const { switches: room } = await open({ file });
    await room.change(change({ to: to({ on: false }) }));
    writeFileSync(file, "{");
    await room.change(change({ route: "GET /a", to: to({ on: true, share: 0.1 }) }));
    expect(room.read().everything?.on).toBe(false);
    const again = await open({ file });
    expect(again.switches.read()).toMatchObject({ everything: { on: false }, routes: [{ route: "GET /a" }] });
  });

  test("a switch-off outlives the folder of its file, and is written again with the next change", async () => {
    const file = join(folder, "data", "control.json");
    const { switches: room, warnings } = await open({ file });
    await room.change(change({ to: to({ on: false }) }));
    rmSync(join(folder, "data"), { recursive: true });
    await room.reload();
    expect(room.read().everything?.on).toBe(false);
    expect(warnings).toEqual([expect.stringContaining("its folder is gone")]);
    await room.change(change({ route: "GET /a", to: to({ on: true }) }));
    expect((await open({ file })).switches.read().everything?.on).toBe(false);
  });

  test("a cohort that someone wrote by hand is in force", async () => {
    const file = join(folder, "control.json");
    const { switches } = await open({ file });
    const cohort = { by: { cookie: "user" }, values: ["ada", ""], share: 0.1 };
    writeFileSync(file, JSON.stringify({ routes: [{ route: "GET /a", switch: { on: true, cohort } }] }));
    await switches.reload();
    expect(switches.read().routes[0]!.switch.cohort).toEqual(cohort);
  });

  test("any JSON in the file is either a set of switches or is refused, and never breaks a reader", async () => {
    const file = join(folder, "control.json");
    const { switches } = await open({ file });
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        writeFileSync(file, text);
        await switches.reload();
        expect(Array.isArray(switches.read().routes)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("a disk that cannot be written still switches off, and says that it will not last", async (context) => {
    const isRoot = process.getuid?.() === 0; // who may write into any folder, but not into the kernel's
    if (isRoot && process.platform !== "linux") context.skip("root writes anywhere");
    chmodSync(folder, 0o500);
    const { switches } = await open({ file: join(isRoot ? "/proc/self" : folder, "control.json") });
    expect(await switches.change(change({ to: to({ on: false }) }))).toMatchObject({ ok: false, status: 503 });
    expect(switches.read().everything?.on).toBe(false);
  });

  test("a folder that is a file still switches off, and says that it will not last", async () => {
    writeFileSync(join(folder, "data"), "");
    const { switches } = await open({ file: join(folder, "data", "control.json") });
    expect(await switches.change(change({ to: to({ on: false }) }))).toMatchObject({ ok: false, status: 503 });
    expect(switches.read().everything?.on).toBe(false);
  });

  test("changes at the same time all count, and the file is the last state", async () => {
    const file = join(folder, "control.json");
    const { switches } = await open({ file });
    await Promise.all(Array.from({ length: 50 }, (_, i) => switches.change(change({ route: `GET /${i}`, to: to() }))));
    expect(switches.read().routes).toHaveLength(50);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(switches.read());
  });

  test("switches are bounded in number", async () => {
    const { switches } = await open();
    for (let i = 0; i < 1_000; i += 1) await switches.change(change({ route: `GET /${i}`, to: to() }));
    expect(await switches.change(change({ route: "GET /more", to: to() }))).toMatchObject({ ok: false, status: 409 });
    expect(await switches.change(change({ to: to({ on: false }) }))).toEqual({ ok: true });
  });
});
