import { describe, expect, test } from "vitest";
import type { Comparison } from "../../src/model/comparison.ts";
import { compileRedactor, createStoreWriter, openMemoryStore } from "../../src/store/index.ts";
import { NOW } from "./contract.ts";

const redactor = compileRedactor({ fields: [], show: [], query: [], json: [], patterns: ["email"], values: "shown" });

function comparison(bodyBytes: number): Comparison {
  const bytes = Buffer.from(JSON.stringify("a".repeat(bodyBytes)));
  const response = {
    kind: "response" as const,
    status: 200,
    reason: "OK",
    fields: ["content-type", "application/json"],
    body: { kind: "kept" as const, chunks: [bytes], length: bytes.length },
    trailers: [],
    firstByteMs: 1,
    durationMs: 2,
  };
  return {
    exchange: {
      id: "id1",
      route: "GET /orders",
      request: { method: "GET", target: "/orders", fields: [] },
      at: NOW,
      legacy: response,
      candidate: response,
    },
    outcome: { outcome: "mismatch" },
    differences: [],
    approximate: false,
    masked: [],
    unconfirmed: false,
    tookMs: 1,
  };
}

/** A keeper with its own clock. `offer` gives it one comparison, of a finding that none had before. */
function keeping() {
  let at = NOW;
  let findings = 0;
  let written = 0;
  const store = openMemoryStore({ keepMs: 1e9, maxBytes: 1e9, now: () => at });
  const counting = {
    ...store,
    write: (batch: Parameters<typeof store.write>[0]) => {
      written += batch.samples.length;
      return store.write(batch);
    },
  };
  const parts = { redactor, decode: (bytes: Uint8Array) => bytes, maxBody: 128 * 1024 };
  const keeper = createStoreWriter({ store: counting, flushMs: 1e9, parts, changes: () => [], now: () => at });
  return {
    keeper,
    pass: (ms: number) => {
      at += ms;
    },
    offer: (bodyBytes: number) => keeper.offer(comparison(bodyBytes), [`finding ${findings++}`]),
    written: async () => {
      await keeper.flush();
      return written;
    },
    [Symbol.asyncDispose]: () => keeper[Symbol.asyncDispose](),
  };
}

describe("what is kept of comparisons", () => {
  test("is bounded by the bytes that are redacted, and not by how long the machine takes for them", async () => {
    await using one = keeping();
    // Two bodies of 64 KiB each are 128 KiB, so four use up what may be redacted at once.
    for (let i = 0; i < 10; i += 1) one.offer(64 * 1024);
    expect(await one.written()).toBe(4);
    expect(one.keeper.omitted()).toBe(6);
    one.pass(600);
    for (let i = 0; i < 10; i += 1) one.offer(64 * 1024);
    expect(await one.written()).toBe(6);
    one.pass(60_000);
    for (let i = 0; i < 10; i += 1) one.offer(64 * 1024);
    expect(await one.written()).toBe(10);
    expect(one.keeper.omitted()).toBe(20);
  });

  test("is 20 samples between two writes where bodies are small", async () => {
    await using one = keeping();
    for (let i = 0; i < 30; i += 1) one.offer(100);
    expect(await one.written()).toBe(20);
    for (let i = 0; i < 30; i += 1) one.offer(100);
    expect(await one.written()).toBe(40);
    expect(one.keeper.omitted()).toBe(20);
  });

  test("is not counted as omitted where a finding has samples enough", async () => {
    await using one = keeping();
    for (let i = 0; i < 12; i += 1) one.keeper.offer(comparison(100), ["one finding"]);
    expect(await one.written()).toBe(8);
    expect(one.keeper.omitted()).toBe(0);
  });
});
