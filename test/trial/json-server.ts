// test/trial/json-server.ts: a real migration, json-server 0.17.4 to 1.0.0-beta.3 on one data file, and what the report says

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { between, pick, type Random, seeded } from "../../src/cli/demo/random.ts";
import type { Entry, Report } from "../../src/model/report.ts";
import { folder, freePort, until } from "../app/serving.ts";
import { type Call, openClients } from "./clients.ts";
import { spell } from "./judge.ts";
import type { Line } from "./line.ts";
import { openProduct } from "./product.ts";

const VERSIONS = { legacy: "0.17.4", candidate: "1.0.0-beta.3" } as const;
const PER_SECOND = 45;
const INSTALL_MS = 180_000;

/** What the first entries must name, in any order. */
const BREAKS: readonly (readonly [string, RegExp])[] = [
  ["pagination ignored", /_page/],
  ["search ignored", /[`?&"]q\b|\bq=/],
  ["sort turned", /_sort|_order/],
  ["body of the 404", /Not Found/],
  ["Link lost", /\blink\b/i],
];
const FRAMEWORK = /pragma|cache-control|x-content-type-options|access-control|vary/;

export type MigrationOptions = {
  readonly seed: number;
  readonly seconds: number;
  readonly progress: (says: string) => void;
  /** Told of the text report. */
  readonly reported?: (text: string) => void;
};

export async function runMigration({ seed, seconds, progress, reported }: MigrationOptions): Promise<Line[]> {
  using at = folder();
  progress("installing both versions of json-server");
  for (const [side, version] of Object.entries(VERSIONS)) {
    const failed = await install(join(at.path, side), `json-server@${version}`);
    if (failed !== undefined) {
      progress(`the migration of json-server is skipped, ${version} could not be installed: ${failed}`);
      return [];
    }
  }
  const data = JSON.stringify(records(seeded(seed)));
  const [old, recent] = [await freePort(), await freePort()];
  await using _legacy = await start(
    join(at.path, "legacy"),
    data,
    ["--port", `${old}`, "--host", "127.0.0.1", "--quiet"],
    old,
  );
  await using _candidate = await start(
    join(at.path, "candidate"),
    data,
    ["--port", `${recent}`, "--host", "127.0.0.1"],
    recent,
  );
  const sides = { legacy: `http://127.0.0.1:${old}`, candidate: `http://127.0.0.1:${recent}` };
  // With the defaults alone, as whoever tries it first.
  await using product = await openProduct(sides, "readiness: { tolerance: 0.1% }\n");
  using clients = openClients(product.proxy);
  progress(`${seconds} s of ${PER_SECOND} requests a second`);
  const random = seeded(seed + 1);
  const requests = seconds * PER_SECOND;
  await clients.load({ requests, perSecond: PER_SECOND, atOnce: 4, next: () => request(random) });
  const report = await product.settled(requests);
  const text = (await product.command("report")).text;
  reported?.(text);
  return judge(report, await product.shed());
}

/** What an entry of the report says in words: its title or place, its causes, its first sample's values, and its places. */
export function spellEntry({ title, lead, places }: Entry): string {
  const [sample] = lead.samples;
  return [
    title ?? `${lead.route} ${spell(lead)}`,
    ...lead.causes.map(({ says }) => says),
    sample?.legacy ?? "",
    sample?.candidate ?? "",
    ...places,
  ].join(" | ");
}

function judge({ entries }: Report, shed: string): Line[] {
  const told = entries.map(spellEntry);
  const line = (planted: string, expected: string, said: string, ok: boolean): Line => ({
    kind: "whole",
    planted: `json-server: ${planted}`,
    expected,
    said,
    ok,
  });
  const named = BREAKS.map(([what, pattern]) => [what, told.findIndex((entry) => pattern.test(entry))] as const);
  const lacking = named
    .filter(([, place]) => place < 0 || place >= BREAKS.length)
    .map(([what, place]) => (place < 0 ? `${what} is not named` : `${what} is number ${place + 1}`));
  const framework = told.filter((entry) => FRAMEWORK.test(entry.split(" | ")[0]!));
  const all = told.map((entry) => entry.slice(0, 80)).join("; ");
  return [
    line("entries", "at most ten", `${told.length}: ${all}`, told.length <= 10 && told.length > 0),
    line("first five", "the five breaks", lacking.join(", ") || "named", lacking.length === 0),
    line("fields of the framework", "one entry", `${framework.length}`, framework.length === 1),
    // A busy machine may shed by its event loop; so few requests are no load otherwise.
    line("shed", "nothing but by the event loop", shed || "nothing", /^(?:event_loop \d+)?$/.test(shed)),
  ];
}

const WORDS = "harbour crane anchor cargo pilot tide buoy rope hull mast keel deck galley winch ferry dock".split(" ");

/** Ids are strings: what was a number in 0.17 is one in 1.0, which would be a difference in every element. */
function records(random: Random) {
  const words = (length: number) => Array.from({ length }, () => pick(random, WORDS)).join(" ");
  const posts = Array.from({ length: 120 }, (_, n) => ({
    id: String(n + 1),
    title: `${words(3)} ${n + 1}`,
    views: n * 13 + between(random, 0, 9),
    author: pick(random, ["ana", "bo", "cem", "dee"]),
    tags: WORDS.filter(() => random() < 0.2),
  }));
  const comments = Array.from({ length: 240 }, (_, n) => ({
    id: String(n + 1),
    postId: String(between(random, 1, 120)),
    body: words(6),
  }));
  return { posts, comments };
}

/** Reads of four routes: lists with and without parameters, single ones, and a few that do not exist. */
function request(random: Random): Call {
  const get = (target: string) => ({ target, fields: { accept: "application/json" } });
  const drawn = random();
  if (drawn < 0.28) return get(`/posts/${between(random, 1, 120)}`);
  if (drawn < 0.32) return get(`/posts/${between(random, 1_000, 1_400)}`);
  if (drawn < 0.55) return get(`/comments/${between(random, 1, 240)}`);
  if (drawn < 0.57) return get(`/comments/${between(random, 1_000, 1_400)}`);
  if (drawn < 0.72) return get(`/comments?postId=${between(random, 1, 120)}`);
  if (drawn < 0.8) return get(`/posts?author=${pick(random, ["ana", "bo", "cem", "dee"])}`);
  if (drawn < 0.84) return get("/posts");
  if (drawn < 0.9) return get(`/posts?_page=${between(random, 2, 12)}&_limit=10`);
  if (drawn < 0.95) return get(`/posts?q=${pick(random, WORDS)}`);
  return get("/posts?_sort=views&_order=desc");
}

/** Resolves to why it failed, or nothing. */
function install(into: string, what: string): Promise<string | undefined> {
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, "package.json"), '{ "private": true }\n');
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", what];
  return new Promise((resolve) => {
    execFile("npm", args, { cwd: into, timeout: INSTALL_MS }, (error, _, stderr) =>
      resolve(error === null ? undefined : stderr.trim().split("\n").at(-1) || error.message),
    );
  });
}

async function start(at: string, data: string, args: readonly string[], port: number): Promise<AsyncDisposable> {
  writeFileSync(join(at, "db.json"), data);
  const command = join(at, "node_modules/.bin/json-server");
  const child: ChildProcess = spawn(process.execPath, [command, ...args, "db.json"], { cwd: at, stdio: "ignore" });
  const end = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await until(
    () =>
      fetch(`http://127.0.0.1:${port}/posts/1`).then(
        ({ ok }) => (ok ? true : undefined),
        () => undefined,
      ),
    () => `${command} does not answer`,
  );
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await end;
    },
  };
}
