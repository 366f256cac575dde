// bench/store/index.ts: what keeping costs: documents, samples, and taking secrets out of them

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Comparison } from "../../src/model/comparison.ts";
import { compileRedactor, openMemoryStore, openSqliteStore, type Sample, type Store } from "../../src/store/index.ts";
import { sampleOf } from "../../src/store/sample.ts";

type Row = {
  readonly what: string;
  /** Microseconds until durable, each, at full speed. */
  readonly wallUs: number;
  /** Microseconds of CPU of the whole process, each. */
  readonly cpuUs: number;
  /** Microseconds of the calling thread, each: what the proxy's event loop pays. */
  readonly loopUs: number;
};

const limits = { keepMs: 1e12, maxBytes: 256 << 20, now: Date.now };

/** Prints a table by `say`; the rows are for the file. Writes to a directory of its own below the system's for such. */
export async function storeBench(options: {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}): Promise<unknown> {
  const { quick, say } = options;
  const dir = mkdtempSync(join(tmpdir(), "bench-store-"));
  const rows: Row[] = [];
  const redactor = compileRedactor({
    fields: [],
    show: [],
    query: ["token"],
    json: ["$..password", "$.items[*].card"].flatMap((text) => ("path" in parsePath(text) ? [pathOf(text)] : [])),
    patterns: ["bearer", "card", "email"],
    values: "shown",
  });
  try {
    for (const kind of ["memory", "sqlite"] as const) {
      await using store = kind === "memory" ? openMemoryStore(limits) : await openSqliteStore({ ...limits, dir });
      rows.push(await upserts(kind, store, quick ? 2_000 : 100_000));
      rows.push(await samples(kind, store, quick ? 500 : 10_000));
    }
    for (const size of [1_000, 64_000]) rows.push(redaction(size, quick));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  say(`${"".padEnd(44)}${"wall us".padStart(10)}${"cpu us".padStart(10)}${"loop us".padStart(10)}`);
  for (const { what, wallUs, cpuUs, loopUs } of rows) {
    say(what.padEnd(44) + [wallUs, cpuUs, loopUs].map((us) => us.toFixed(1).padStart(10)).join(""));
  }
  return rows;

  function redaction(size: number, brief: boolean): Row {
    const body = Buffer.from(bodyOf(size));
    const times = Math.ceil((brief ? 1 : 30) * (1_000_000 / size));
    redactor.body(body, "application/json");
    return timed(`redact a JSON body of ${size / 1_000} KB`, times, () => {
      for (let i = 0; i < times; i += 1) redactor.body(body, "application/json");
    });
  }

  /** As evidence writes: batches of what changed, the same keys again and again. */
  async function upserts(kind: string, store: Store, count: number): Promise<Row> {
    const batch = 200;
    const value = (n: number) => ({ n, text: "x".repeat(1_000), list: Array.from({ length: 50 }, (_, i) => i * n) });
    return timed(`${kind}: upsert a document of 1.3 KB`, count, async () => {
      for (let n = 0; n < count; n += batch) {
        const documents = Array.from({ length: batch }, (_, i) => ({
          kind: "k",
          key: `${(n + i) % 1_000}`,
          value: value(n + i),
        }));
        await store.write({ documents, samples: [], audit: [] });
      }
    });
  }

  async function samples(kind: string, store: Store, count: number): Promise<Row> {
    const parts = { redactor, decode: (bytes: Uint8Array) => bytes, maxBody: 64 << 10 };
    const legacy = bodyOf(4_000);
    const candidate = legacy.replace('"price":7', '"price":8');
    return timed(`${kind}: redact and keep a sample of 2 x 4 KB`, count, async () => {
      for (let n = 0; n < count; n += 10) {
        const batch: Sample[] = Array.from({ length: 10 }, (_, i) =>
          sampleOf(comparison(`${n + i}`, legacy, candidate), [`f${(n + i) % 200}`], parts),
        );
        await store.write({ documents: [], samples: batch, audit: [] });
      }
    });
  }
}

function timed(what: string, count: number, run: () => void): Row;
function timed(what: string, count: number, run: () => Promise<void>): Promise<Row>;
function timed(what: string, count: number, run: () => void | Promise<void>): Row | Promise<Row> {
  const begin = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const end = (): Row => {
    const used = process.cpuUsage(cpu);
    const { active } = performance.eventLoopUtilization(loop);
    const wallUs = Number(process.hrtime.bigint() - begin) / 1_000 / count;
    const cpuUs = (used.user + used.system) / count;
    return { what, wallUs, cpuUs, loopUs: active > 0 ? (active * 1_000) / count : wallUs };
  };
  const done = run();
  return done === undefined ? end() : done.then(end);
}

function pathOf(text: string) {
  const parsed = parsePath(text);
  if ("fault" in parsed) throw new Error(parsed.fault.message);
  return parsed.path;
}

function bodyOf(size: number): string {
  const items: unknown[] = [];
  for (let i = 0; JSON.stringify(items).length < size; i += 1) {
    items.push({
      id: i,
      sku: `sku-${i}`,
      price: i,
      card: "4111 1111 1111 1111",
      note: "a gift, to be wrapped",
      mail: `u${i}@example.com`,
    });
  }
  return JSON.stringify({ password: "s3", items });
}

function comparison(id: string, legacy: string, candidate: string): Comparison {
  const answer = (text: string) => ({
    kind: "response" as const,
    status: 200,
    reason: "OK",
    fields: ["Content-Type", "application/json", "Set-Cookie", "sid=1; Path=/"],
    body: { kind: "kept" as const, chunks: [Buffer.from(text)], length: text.length },
    trailers: [],
    firstByteMs: 1,
    durationMs: 2,
  });
  return {
    exchange: {
      id,
      route: "GET /orders/{id}",
      request: {
        method: "GET",
        target: `/orders/${id}?token=s3`,
        fields: ["Host", "shop", "Cookie", "sid=1", "Authorization", "Bearer abcdef"],
      },
      at: Date.now(),
      legacy: answer(legacy),
      candidate: answer(candidate),
    },
    outcome: { outcome: "mismatch" },
    differences: [],
    approximate: false,
    masked: [],
    unconfirmed: false,
    tookMs: 1,
  };
}
