// bench/engine/main.ts: the engine's table alone; `node bench/engine/main.ts [milliseconds per cell] [pairs of 5 MB]`

import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { engineBench, engineVerdicts, SIZES } from "./bench.ts";
import { engineMemory } from "./memory.ts";
import { engineTable } from "./table.ts";

const RESULTS = resolve(import.meta.dirname, "../results");

const rows = await engineBench(SIZES, Number(process.argv[2] ?? 400));
const verdicts = engineVerdicts(rows);
process.stdout.write(`${engineTable(rows)}\n\n`);
for (const { holds, says } of verdicts) process.stdout.write(`${holds ? "holds" : "FAILS"}  ${says}\n`);
const memory = await engineMemory(Number(process.argv[3] ?? 1_000));
const { pairs, warmMb, mostMb, endMb } = memory;
process.stdout.write(
  `${memory.holds ? "holds" : "FAILS"}  ${pairs} pairs of 5 MB: ${warmMb} MB once warm, ${mostMb} MB at most, ${endMb} MB at the end\n`,
);
mkdirSync(RESULTS, { recursive: true });
writeFileSync(resolve(RESULTS, "engine.json"), `${JSON.stringify({ rows, verdicts, memory }, null, 2)}\n`);
