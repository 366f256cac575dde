import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultsFor } from "../../src/config/index.ts";
import type { Response } from "../../src/model/answer.ts";
import type { ClassifiedDifference, Comparison } from "../../src/model/comparison.ts";
import { findingOf } from "../../src/model/place.ts";
import { settingsDocument } from "../../src/report/index.ts";
import { compileRedactor, openSqliteStore } from "../../src/store/index.ts";
import { sampleOf } from "../../src/store/sample.ts";
import { createEvidence } from "../evidence/comparisons.ts";
import { cli } from "./some.ts";

const redactor = compileRedactor({ fields: [], show: [], json: [], query: [], patterns: [], values: "shown" });
const URLS = { legacy: "http://127.0.0.1:1", candidate: "http://127.0.0.1:2" };
const ROUTE = "GET /orders/{id}";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stored-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function response(body: unknown): Response {
  const bytes = Buffer.from(JSON.stringify(body));
  return {
    kind: "response",
    status: 200,
    reason: "OK",
    fields: ["Content-Type", "application/json"],
    body: { kind: "kept", chunks: [bytes], length: bytes.length },
    trailers: [],
    firstByteMs: 1,
    durationMs: 2,
  };
}

const value = (path: string, legacy: string, candidate: string): ClassifiedDifference => ({
  where: "body",
  path,
  kind: "value",
  legacy,
  candidate,
  standing: "mismatch",
});

function mismatch(i: number): Comparison {
  return {
    exchange: {
      id: `r${i}`,
      route: ROUTE,
      request: { method: "GET", target: `/orders/${i}`, fields: [] },
      at: 1_000 + i,
      legacy: response({ id: i, price: 10, at: "2026-01-01" }),
      candidate: response({ id: i, price: 1_000, at: "2026-01-02" }),
    },
    outcome: { outcome: "mismatch" },
    differences: [value("$.price", "10", "1000")],
    approximate: false,
    masked: [],
    unconfirmed: false,
    tookMs: 1,
  };
}

/** A data folder as a proxy leaves it: evidence, samples and what the config said. */
async function kept(count: number): Promise<string> {
  const dir = join(folder, "data");
  const evidence = createEvidence({ startedAt: 0 });
  const store = await openSqliteStore({ dir, keepMs: 1e12, maxBytes: 1e8, now: () => 2_000 });
  const comparisons = Array.from({ length: count }, (_, i) => mismatch(i));
  for (const one of comparisons) evidence.add(one, one.exchange.at);
  const reading = defaultsFor(URLS);
  if (!("config" in reading)) throw new Error("no config");
  const samples = comparisons.map((one) =>
    sampleOf(one, [findingOf(ROUTE, one.differences[0]!)], { redactor, decode: (bytes) => bytes, maxBody: 1_000 }),
  );
  await store.write({ documents: [...evidence.changes(), settingsDocument(reading.config)], samples, audit: [] });
  await store.close();
  return dir;
}

describe("--data", () => {
  test("reads the report that a proxy left behind, and the gate's verdict with it", async () => {
    const dir = await kept(50);
    const { code, out } = await cli(["report", "--data", dir]);
    expect(code).toBe(0);
    expect(out).toContain("50 comparisons (100 % of the route's), 50 distinct requests");
    expect(out).not.toContain("based on the default settings");
    expect((await cli(["gate", "--data", dir])).code).toBe(1);
  });

  test("a folder that holds nothing is told in a sentence", async () => {
    expect(await cli(["report", "--data", join(folder, "none")])).toMatchObject({
      code: 3,
      err: expect.stringContaining("serve --data"),
    });
    expect((await cli(["gate", "--data", join(folder, "none")])).code).toBe(2);
    expect((await cli(["report", "--data", "a", "--admin", "b"])).code).toBe(2);
  });
});

describe("rules test", () => {
  const written = (compare: string) => {
    const file = join(folder, "changed.yaml");
    writeFileSync(
      file,
      `legacy: "${URLS.legacy}"\ncandidate: "${URLS.candidate}"\nroutes:\n  - match: "${ROUTE}"\n    compare: ${compare}\n`,
    );
    return file;
  };
  const tested = async (dir: string, compare: string) => {
    const { code, out, err } = await cli([
      "rules",
      "test",
      "--config",
      written(compare),
      "--data",
      dir,
      "--format",
      "json",
    ]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return JSON.parse(out) as {
      samples: number;
      findings: { path: string; settled: number; known: boolean }[];
      rules: { settled: number }[];
    };
  };

  test("says which findings changed rules settle, and what else they hide", async () => {
    const dir = await kept(3);
    const narrow = await tested(dir, '{ ignore: ["$.price"] }');
    expect(narrow.samples).toBe(3);
    expect(narrow.findings.find(({ path }) => path === "$.price")).toMatchObject({ settled: 3, known: true });
    expect(narrow.findings.find(({ path }) => path === "$.at")).toMatchObject({ settled: 0, known: false });
    const wide = await tested(dir, '{ ignore: ["$.*"] }');
    expect(wide.findings.find(({ path }) => path === "$.at")).toMatchObject({ settled: 3, known: false });
    expect(wide.rules).toMatchObject([{ settled: 6, findings: 2 }]);
    const { out } = await cli(["rules", "test", "--config", written('{ ignore: ["$.*"] }'), "--data", dir]);
    expect(out).toMatch(/settled {2}3 of 3 samples .* body \$\.price {2}value/);
    expect(out).toMatch(/Also hidden[^\n]*\n {2}hidden {3}3 of 3 samples .* body \$\.at/);
  });

  test("no rule settles nothing", async () => {
    const { findings, rules } = await tested(await kept(2), "{}");
    expect(findings.map(({ settled }) => settled)).toEqual([0, 0]);
    expect(rules).toEqual([]);
  });

  test("a mistake and a faulty config are told, and nothing is tried", async () => {
    const dir = await kept(1);
    for (const words of [
      [],
      ["test"],
      ["test", "--config", "x"],
      ["tset", "--config", "x", "--data", dir],
      ["test", "--config", join(folder, "none"), "--data", dir],
    ]) {
      expect([words, (await cli(["rules", ...words])).code]).toEqual([words, 2]);
    }
    const faulty = await cli(["rules", "test", "--config", written('{ ignore: ["$["] }'), "--data", dir]);
    expect(faulty).toMatchObject({ code: 2, err: expect.stringContaining("changed.yaml:5:") });
    expect((await cli(["rules", "test", "--config", written("{}"), "--data", folder])).code).toBe(3);
  });
});
