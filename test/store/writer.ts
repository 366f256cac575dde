// test/store/writer.ts: a process that writes without end and says each number once it is durable, until it is killed

import { openSqliteStore } from "../../src/store/index.ts";
import { entry, sample } from "./contract.ts";

const [dir = "", from = "0"] = process.argv.slice(2);
const store = await openSqliteStore({ dir, keepMs: 1e12, maxBytes: 4 << 20, now: Date.now });
if (store.stats().state !== "ok") throw new Error(store.stats().detail);
const body = "x".repeat(3_000);
for (let n = Number(from); ; n += 1) {
  const { durable } = await store.write({
    documents: [
      { kind: "count", key: `${n % 100}`, value: { n, body } },
      { kind: "last", key: "n", value: n },
    ],
    samples: [sample(`s${n}`, [`f${n % 5}`], { at: Date.now() }, [body, `${body}${n}`])],
    audit: [entry(`${n}`)],
  });
  if (durable) process.stdout.write(`${n}\n`);
}
