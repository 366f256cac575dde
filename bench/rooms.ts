// bench/rooms.ts: what the rooms measure of themselves, each where it lies; one that is not there is said and left out

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Options = { readonly quick: boolean; readonly say: (line: string) => void };

/** The comparison engine beside its peers: in a process of its own, so that no other code has warmed or filled its heap. */
export async function benchEngine({ quick, say }: Options): Promise<unknown> {
  const script = join(import.meta.dirname, "engine/main.ts");
  if (!existsSync(script)) return say("no bench/engine: left out");
  const child = spawn(process.execPath, [script, ...(quick ? ["50"] : [])], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`bench/engine ended with ${code}`);
  return JSON.parse(readFileSync(join(import.meta.dirname, "results/engine.json"), "utf8"));
}

/** What keeping costs. */
export async function benchStore(options: Options): Promise<unknown> {
  const script = join(import.meta.dirname, "store/index.ts");
  if (!existsSync(script)) return options.say("no bench/store: left out");
  const { storeBench } = (await import(pathToFileURL(script).href)) as {
    readonly storeBench: (options: Options) => Promise<unknown>;
  };
  return storeBench(options);
}
