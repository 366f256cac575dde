import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { openReader, openSqliteStore } from "../../src/store/index.ts";

const dir = mkdtempSync(join(tmpdir(), "store-kill-"));
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill("SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

/** Runs the writer until it has acknowledged so many, kills it in the middle of the next, and says what was acknowledged. */
async function runAndKill(from: number, acknowledgements: number): Promise<number> {
  child = spawn(process.execPath, [join(import.meta.dirname, "writer.ts"), dir, `${from}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  let killed = false;
  child.stdout!.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (killed || text.split("\n").length <= acknowledgements) return;
    killed = true;
    child!.kill("SIGKILL");
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  expect([code, signal]).toEqual([null, "SIGKILL"]);
  return Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1));
}

describe("a process that is killed while it writes", () => {
  test("has lost nothing that was acknowledged, and its file is sound, each of 20 times", async () => {
    let from = 0;
    for (let round = 0; round < 20; round += 1) {
      const last = await runAndKill(from, 1 + ((round * 37) % 40));
      const database = new DatabaseSync(join(dir, "parallel-run.db"));
      expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
      database.close();
      const opened = openReader(dir);
      if (opened.kind !== "open") throw new Error(opened.message);
      const { reader } = opened;
      const kept = Number(reader.documents("last")[0]!.value);
      expect(kept).toBeGreaterThanOrEqual(last);
      // A batch is there as a whole: its document, its sample, its entry.
      expect(reader.audit(1)[0]!.what).toBe(`${kept}`);
      expect(reader.samples({ finding: `f${kept % 5}`, limit: 1 })[0]!.id).toBe(`s${kept}`);
      const counts = reader.documents("count").map(({ value }) => (value as { n: number }).n);
      expect(Math.max(...counts)).toBe(kept);
      expect(counts.every((n) => n > kept - 100)).toBe(true);
      reader.close();
      from = kept + 1;
    }
    await using store = await openSqliteStore({ dir, keepMs: 1e12, maxBytes: 4 << 20, now: Date.now });
    expect(store.stats()).toMatchObject({ kind: "sqlite", state: "ok" });
    expect((await store.documents("count")).length).toBe(100);
  }, 240_000);
});
