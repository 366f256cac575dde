// bench/soak.ts: an hour's worth of traffic in minutes, with faults switched on and off; what was opened must be closed again

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Agent, createServer, get, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { optionsOf, refuse } from "./options.ts";

const USAGE = `Usage: npm run soak -- [--minutes N] [--rate N]

  --minutes N  how long, 0 to 60; 5 unless given
  --rate N     requests a second, 1 to 5000; 400 unless given
`;
const values = optionsOf(USAGE, {
  minutes: { type: "string", default: "5" },
  rate: { type: "string", default: "400" },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);
if (!(minutes > 0 && minutes <= 60) || !(rate > 0 && rate <= 5000)) {
  refuse(USAGE, "--minutes takes 0 to 60, --rate 1 to 5000.");
}

/** What the candidate does in each phase; a phase lasts an equal part of the run. */
const PHASES = ["healthy", "hung", "resetting", "slow", "wrong", "large", "down", "healthy"] as const;
type Phase = (typeof PHASES)[number];
let phase: Phase = "healthy";

type Resources = Readonly<Record<"rssMiB" | "descriptors" | "sockets" | "timers" | "handles" | "heapMiB", number>>;

const text = (id: string) => JSON.stringify({ id, total: 19.99, note: "x".repeat(500) });
const large = Buffer.alloc(2 * 1024 * 1024, "y");

function legacy(req: IncomingMessage, res: ServerResponse): void {
  req.resume();
  req.on("end", () => res.setHeader("content-type", "application/json").end(text(req.url!)));
}

function candidate(req: IncomingMessage, res: ServerResponse): void {
  const answer = () => res.setHeader("content-type", "application/json").end(text(req.url!));
  switch (phase) {
    case "healthy":
      return void answer();
    case "hung":
      return;
    case "resetting":
      return void req.socket.resetAndDestroy();
    case "slow":
      return void setTimeout(answer, 300).unref();
    case "wrong":
      return void res.setHeader("content-type", "application/json").end(text(`${req.url} and more`));
    case "large":
      return void res.setHeader("content-type", "application/json").end(large);
    case "down":
      return void req.socket.destroy();
  }
}

async function listen(handle: (req: IncomingMessage, res: ServerResponse) => void): Promise<number> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function fetchText(url: string): Promise<string> {
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return body;
}

function series(metrics: string, name: string): { labels: string; value: number }[] {
  return [...metrics.matchAll(new RegExp(`^${name}(\\{.*\\})? (\\S+)$`, "gm"))].map((match) => ({
    labels: match[1] ?? "",
    value: Number(match[2]),
  }));
}

async function resources(proxy: ChildProcess, admin: number): Promise<Resources> {
  const metrics = await fetchText(`http://127.0.0.1:${admin}/metrics`);
  const sum = (name: string, label = "") =>
    series(metrics, name)
      .filter(({ labels }) => labels.includes(label))
      .reduce((total, { value }) => total + value, 0);
  const status = readFileSync(`/proc/${proxy.pid}/status`, "utf8");
  return {
    rssMiB: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024),
    descriptors: readdirSync(`/proc/${proxy.pid}/fd`).length,
    sockets: sum("nodejs_active_resources", "TCPSocketWrap"),
    timers: sum("nodejs_active_resources", "Timeout"),
    handles: sum("nodejs_active_handles"),
    heapMiB: Math.round(sum("nodejs_heap_size_used_bytes") / 1024 / 1024),
  };
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const counts = { sent: 0, wrong: 0, failed: 0 };

/** One request, whose answer must be legacy's to the byte. */
function ask(port: number, n: number): Promise<void> {
  const path = `/orders/${n % 5000}?n=${n}`;
  const method = n % 10 === 0 ? "POST" : "GET";
  counts.sent += 1;
  return new Promise((done) => {
    const req = request({ port, host: "127.0.0.1", path, method, agent }, async (res) => {
      let body = "";
      try {
        for await (const chunk of res.setEncoding("utf8")) body += chunk;
        if (res.statusCode !== 200 || body !== text(path)) counts.wrong += 1;
      } catch {
        counts.failed += 1;
      }
      done();
    });
    req.on("error", () => {
      counts.failed += 1;
      done();
    });
    req.end(method === "POST" ? "{}" : undefined);
  });
}

/** Requests sent over the whole run: the number of the next one. */
let next = 0;

/** Traffic at the rate, for so long; resolves when every answer has come. A stall is not made up for with a burst. */
async function drive(port: number, ms: number): Promise<void> {
  const open = new Set<Promise<void>>();
  const until = performance.now() + ms;
  let last = performance.now();
  let owed = 0;
  while (performance.now() < until) {
    const now = performance.now();
    owed = Math.min(owed + ((now - last) / 1000) * rate, rate / 4);
    last = now;
    for (; owed >= 1 && open.size < 2000; owed -= 1) {
      const one = ask(port, next++);
      open.add(one);
      void one.finally(() => open.delete(one));
    }
    await new Promise((done) => setTimeout(done, 10));
  }
  await Promise.all(open);
}

const [legacyPort, candidatePort, listenPort, adminPort] = [
  await listen(legacy),
  await listen(candidate),
  await freePort(),
  await freePort(),
];
const data = mkdtempSync(join(tmpdir(), "soak-"));
const proxy = spawn(
  process.execPath,
  [
    resolve(import.meta.dirname, "../src/main.ts"),
    "serve",
    ...["--legacy", `http://127.0.0.1:${legacyPort}`, "--candidate", `http://127.0.0.1:${candidatePort}`],
    ...["--listen", `127.0.0.1:${listenPort}`, "--admin", `127.0.0.1:${adminPort}`, "--data", data],
  ],
  { stdio: ["ignore", "ignore", "inherit"] },
);
const exited = once(proxy, "exit");
process.on("exit", () => {
  proxy.kill("SIGKILL");
  rmSync(data, { recursive: true, force: true });
});
for (let i = 0; i < 200; i += 1) {
  const up = await fetchText(`http://127.0.0.1:${adminPort}/readyz`).catch(() => "");
  if (up) break;
  await new Promise((done) => setTimeout(done, 50));
}

const table: [string, Resources][] = [];
const note = async (when: string) => {
  const seen = await resources(proxy, adminPort);
  table.push([when, seen]);
  process.stdout.write(
    `${when.padEnd(18)} ${JSON.stringify(seen)}  sent ${counts.sent}, wrong ${counts.wrong}, failed ${counts.failed}\n`,
  );
};
/** All is quiet: connections that were opened in a storm have had the time to close. */
const rest = () => new Promise((done) => setTimeout(done, Math.min(20_000, minutes * 10_000)));

// Warm: all code compiled, all threads started, all pools filled, so that what grows from here on is a leak.
for (const mode of PHASES) {
  phase = mode;
  await drive(listenPort, Math.min(30_000, minutes * 20_000) / PHASES.length);
}
await rest();
await note("before");
// The same twice: what the first round filled (heaps of threads, caches, pages that the allocator keeps) is full then, and
// what the second adds is a leak.
const part = (minutes * 60_000) / PHASES.length / 2;
for (const round of ["first", "second"]) {
  for (const mode of PHASES) {
    phase = mode;
    await drive(listenPort, part);
    await note(`${round}: ${mode}`);
  }
  if (round === "first") {
    await rest();
    await note("middle");
  }
}
agent.destroy();
await rest();
await note("after");

const metrics = await fetchText(`http://127.0.0.1:${adminPort}/metrics`);
const outcomes = series(metrics, "parallel_run_requests_total").reduce((total, { value }) => total + value, 0);
proxy.kill("SIGTERM");
const [code] = (await exited) as [number | null];

const before = table[0]![1];
const middle = table.find(([when]) => when === "middle")![1];
const after = table.at(-1)![1];
const faults: string[] = [];
if (counts.wrong + counts.failed > 0)
  faults.push(`clients saw ${counts.wrong} wrong and ${counts.failed} failed answers`);
if (outcomes !== counts.sent) faults.push(`${outcomes} outcomes for ${counts.sent} requests`);
if (after.descriptors > before.descriptors + 8)
  faults.push(`descriptors grew from ${before.descriptors} to ${after.descriptors}`);
if (after.sockets > before.sockets + 8) faults.push(`sockets grew from ${before.sockets} to ${after.sockets}`);
if (after.timers > before.timers + 8) faults.push(`timers grew from ${before.timers} to ${after.timers}`);
if (after.rssMiB > before.rssMiB * 1.3 + 64) faults.push(`RSS grew from ${before.rssMiB} to ${after.rssMiB} MiB`);
if (after.rssMiB > middle.rssMiB * 1.1 + 16) faults.push(`RSS grew from ${middle.rssMiB} to ${after.rssMiB} MiB`);
if (code !== 0) faults.push(`the proxy ended with exit code ${code}`);

const columns = Object.keys(before) as (keyof Resources)[];
process.stdout.write(`\n${["".padEnd(20), ...columns.map((name) => name.padStart(12))].join("")}\n`);
for (const [when, seen] of table.filter(([when]) => ["before", "middle", "after"].includes(when))) {
  process.stdout.write(`${[when.padEnd(20), ...columns.map((name) => String(seen[name]).padStart(12))].join("")}\n`);
}
process.stdout.write(
  `\n${counts.sent} requests, ${outcomes} outcomes, client errors ${counts.wrong + counts.failed}\n`,
);
for (const fault of faults) process.stdout.write(`soak: ${fault}\n`);
process.stdout.write(faults.length === 0 ? "soak: sound\n" : "");
process.exit(faults.length === 0 ? 0 : 1);
