import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createThread } from "../../src/store/sqlite/thread.ts";

const dir = mkdtempSync(join(tmpdir(), "store-thread-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const settings = { dir, maxBytes: 1 << 20, caps: { samplesPerFinding: 1, auditEntries: 1 }, pid: 1 };
const open = { ask: "open", now: 0, lockWaitMs: 0, running: false } as const;

describe("the store's thread", () => {
  test("that dies answers that it failed, and the next question begins a new one", async () => {
    const thread = createThread(undefined as never); // it cannot even start
    for (let i = 0; i < 2; i += 1) {
      expect(await thread.ask(open, 10_000)).toMatchObject({ reply: "failed", kind: "disk", reopen: true });
    }
    await thread.end();
  });

  test("that is slow is not waited for longer than said, and answers the next question", async () => {
    const thread = createThread(settings);
    expect(await thread.ask(open, 0)).toMatchObject({
      reply: "failed",
      detail: expect.stringContaining("did not answer"),
    });
    expect(await thread.ask({ ask: "audit", limit: 1 }, 10_000)).toEqual({
      reply: "audit",
      entries: [],
      unreadable: 0,
    });
    await thread.ask({ ask: "close" }, 10_000);
    await thread.end();
  });

  test("says that nothing is open rather than fail", async () => {
    const thread = createThread(settings);
    expect(await thread.ask({ ask: "prune", before: 0 }, 10_000)).toMatchObject({ reply: "failed", reopen: true });
    await thread.end();
  });
});
