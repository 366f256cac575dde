// bench/main.ts: everything that is measured, side by side in one run; loopback only, installs nothing

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { startTalker } from "./child.ts";
import { benchCoverage, coverageTable } from "./coverage.ts";
import { benchIsolation, isolationTable } from "./isolation.ts";
import { type Million, millionTable } from "./million.ts";
import { optionsOf, refuse } from "./options.ts";
import { benchRelay, isContender, relayTable } from "./relay.ts";
import { benchEngine, benchStore } from "./rooms.ts";
import { benchSaturation, saturationTable } from "./saturation.ts";

const HELP = `Usage: npm run bench -- [--only NAME] [--quick]

  --only NAME  relay, isolation, saturation, coverage, million, engine, store, or a part of a contender's name (http-proxy, mirror, "equal")
  --quick      one round, fewer requests: whether it runs, not how fast

Prints tables and writes bench/results/<time>.json. Needs Linux (/proc). nginx is measured if it is installed.
cpu us: microseconds of CPU a request, the whole process tree, 64 connections asking as fast as they are answered.
paced cpu us, p50, p99: at a fixed rate. opens: connections opened a request. shadowed, paced: candidate requests a request, in each of the two; under 1 shadowing was shed.
`;

const { only, quick } = optionsOf(HELP, { only: { type: "string" }, quick: { type: "boolean", default: false } });
const print = (text: string) => process.stdout.write(`${text}\n`);
const say = (line: string) => process.stderr.write(`${line}\n`);

const sections = ["relay", "isolation", "saturation", "coverage", "million", "engine", "store"];
const contender = only !== undefined && !sections.includes(only) ? only : undefined;
if (contender !== undefined && !isContender(contender)) refuse(HELP, `Nothing is called ${JSON.stringify(only)}.`);
const wanted = (section: string) => only === undefined || only === section || (section === "relay" && contender);
const results: Record<string, unknown> = {
  at: new Date().toISOString(),
  node: process.version,
  cpus: cpus().map(({ model }) => model),
  quick,
};
/** A section that fails is said, and the rest is still measured; the exit code tells. */
const section = async (name: string, measure: () => Promise<unknown>) => {
  if (!wanted(name)) return;
  try {
    results[name] = await measure();
  } catch (error) {
    say(`${name} failed: ${(error as Error).message}`);
    process.exitCode = 1;
  }
};
await section("relay", async () => {
  const rows = await benchRelay({ quick, say, ...(contender === undefined ? {} : { only: contender }) });
  print(`\n${relayTable(rows)}`);
  return rows;
});
await section("isolation", async () => {
  const rows = await benchIsolation({ quick, say });
  print(`\n${isolationTable(rows)}`);
  return rows;
});
await section("saturation", async () => {
  const rows = await benchSaturation({ quick, say });
  print(`\n${saturationTable(rows)}`);
  return rows;
});
await section("coverage", async () => {
  const rows = await benchCoverage({ quick, say });
  print(`\n${coverageTable(rows)}`);
  return rows;
});
await section("million", async () => {
  await using apart = startTalker("./million.ts"); // in a heap of its own
  const comparisons = quick ? 50_000 : 1_000_000;
  const result = await apart.ask<Million>({ comparisons, costs: true });
  print(`\n${millionTable(result)}`);
  return result;
});
await section("engine", () => benchEngine({ quick, say: print }));
await section("store", () => benchStore({ quick, say: print }));

const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
const file = join(folder, `${new Date().toISOString().replaceAll(/[:.]/g, "-")}.json`);
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
say(`\nwritten: ${file}`);
