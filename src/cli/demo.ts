// cli/demo.ts: the whole thing on one machine: two backends with planted differences, traffic, the proxy, the report

import { renderText } from "../report/index.ts";
import { type Arguments, type Command, type Io, UsageError } from "./command.ts";
import { PLANTED } from "./demo/planted.ts";
import { runDemo } from "./demo/run.ts";
import { summary } from "./demo/summary.ts";

/** `parallel-run demo`. */
export const demoCommand: Command = {
  name: "demo",
  summary: "demonstration: two small backends with planted differences, traffic and the report",
  help: `Usage: parallel-run demo [--seconds N] [--rate N] [--clean] [--keep-open] [--listen H:P] [--admin H:P]

Starts two backends of an invented order service, the proxy in front of them, and traffic. The candidate has
planted faults: a renamed field, cents instead of euros, another time zone, a missing field, a wrong status, a list in
another order, a code that is not mapped. Both sides have noise; one route lags, one is slow, one fails
occasionally. At the end it prints the report, and whether the report names all planted faults and nothing else.

Options:
  --seconds N          duration of the traffic, 1 to 3600 (20)
  --rate N             requests a second, 1 to 2000 (200)
  --clean              no planted faults: the two backends give the same answers
  --keep-open          keep running afterwards, to view the page; Ctrl-C stops it
  --listen H:P         address of the proxy (127.0.0.1, any free port)
  --admin H:P          address of report and metrics (127.0.0.1, any free port)

Exit codes: 0 all planted faults were found, and nothing else; 1 otherwise; 2 usage error; 3 it could not run

Example:
  parallel-run demo --seconds 20`,
  options: {
    seconds: { type: "string" },
    rate: { type: "string" },
    clean: { type: "boolean" },
    "keep-open": { type: "boolean" },
    listen: { type: "string" },
    admin: { type: "string" },
  },
  run: async (args, io) => {
    if (args.positionals.length > 0) throw new UsageError(`unexpected argument ${args.positionals[0]}`);
    const seconds = whole(args, "seconds", 20, 3_600);
    const rate = whole(args, "rate", 200, 2_000);
    const planted = args.values["clean"] === true ? [] : PLANTED;
    const address = (name: "listen" | "admin") => (args.values[name] as string | undefined) ?? "127.0.0.1:0";
    await using demo = await runDemo({
      planted,
      seconds,
      rate,
      listen: address("listen"),
      admin: address("admin"),
      stop: io.stop,
      log: io.stderr,
      opened: ({ proxy, admin }) =>
        io.stdout(
          `Proxy    ${proxy}\nReport   ${admin}/\nMetrics  ${admin}/metrics\n\n${seconds} seconds of traffic\n`,
        ),
      progress: (at, { sent }, { total, findings }) =>
        io.stdout(
          `${at.toFixed(0).padStart(4)} s  ${sent} requests, ${total.compared} compared, ${total.outcomes.mismatch} mismatches, ${findings.length} findings\n`,
        ),
    });
    io.stdout(`\n${renderText(demo.report, { colour: io.colour })}\n${summary(demo.checks, planted, io.colour)}`);
    if (args.values["keep-open"] === true && !io.stop.aborted) await stopped(io);
    return demo.checks.every(({ ok }) => ok) ? 0 : 1;
  },
};

function whole(args: Arguments, name: string, otherwise: number, most: number): number {
  const text = args.values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new UsageError(`--${name} is a whole number, 1 to ${most}`);
  return value;
}

async function stopped(io: Io): Promise<void> {
  io.stdout("Still running; Ctrl-C stops it.\n");
  await new Promise((resolve) => io.stop.addEventListener("abort", resolve, { once: true }));
}
