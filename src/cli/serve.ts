// cli/serve.ts: the proxy, from its config to a clean stop

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Config, Overrides } from "../config/index.ts";
import type { Health, Log } from "../telemetry/index.ts";
import { changesOf } from "./changes.ts";
import { type Arguments, type Command, type Io, UsageError } from "./command.ts";
import { load, onChange } from "./config-file.ts";
import { Failed } from "./failed.ts";
import { onHangUp } from "./hang-up.ts";
import { version } from "./version.ts";

/** What an app takes from the outside. */
type ServeEffects = {
  readonly now: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  /** A file that the config names, relative to the config. */
  readonly readFile: (file: string) => Buffer;
  /** Calls back when such a file has changed; returns what ends that. */
  readonly watchFile: (file: string, changed: () => void) => () => void;
  readonly logTo: "stdout";
  readonly version: string;
};

/** What `serve` needs of an app that is open. */
type Served = {
  readonly address: { readonly host: string; readonly port: number };
  readonly adminUrl: string;
  readonly telemetry: { readonly log: Log; readonly health: Pick<Health, "broken"> };
  /** Takes over a changed config between two requests; resolves to what needs a restart to take effect. */
  readonly reload?: (config: Config, changes: readonly string[]) => Promise<readonly string[]>;
  /** Notes that the changed config is refused, and why; or, without faults, that the file is sound again. */
  readonly refuseReload?: (faults: readonly string[]) => void;
  /** Stops accepting, drains within the config's grace, then cuts. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Opens the app. Rejects if an address cannot be listened on or a file cannot be read. */
export type OpenApp = (config: Config, effects: ServeEffects) => Promise<Served>;

const HELP = `Usage: parallel-run serve [CONFIG] [--legacy URL] [--candidate URL] [--listen HOST:PORT]
                          [--admin HOST:PORT] [--data DIR]

Runs the proxy: every request goes to legacy, whose answer goes to the client; requests that only read also
go to the candidate, and both answers are compared. With both URLs as flags no file is needed.

Options (each wins over the file):
  --legacy URL         the service that answers the clients
  --candidate URL      the service that is to replace it
  --listen HOST:PORT   where clients come in (127.0.0.1:8080)
  --admin HOST:PORT    metrics, health, API and report (127.0.0.1:9900); elsewhere than on loopback it
                       needs a token
  --data DIR           keep evidence and runtime switches here; else they are in memory

Signals: SIGTERM and SIGINT stop it cleanly; SIGHUP reads the config again, as a changed file does.
It logs JSON lines to standard output.

Exit codes: 0 after a clean stop; 2 usage or config error; 3 it could not start, or an unhandled error

Example:
  parallel-run serve --legacy http://127.0.0.1:8081 --candidate http://127.0.0.1:8082`;

/** The command around the app that it opens. */
export function serveWith(openApp: OpenApp): Command {
  return {
    name: "serve",
    summary: "run the proxy in front of legacy and the candidate",
    help: HELP,
    options: {
      legacy: { type: "string" },
      candidate: { type: "string" },
      listen: { type: "string" },
      admin: { type: "string" },
      data: { type: "string" },
    },
    run: (args, io) => serve(args, io, openApp),
  };
}

async function serve(args: Arguments, io: Io, openApp: OpenApp): Promise<number> {
  const [file, ...more] = args.positionals;
  if (more.length > 0) throw new UsageError("serve takes one config file at most");
  const flags = args.values as Overrides;
  if (file === undefined && (flags.legacy === undefined || flags.candidate === undefined)) {
    throw new UsageError("give a config file, or both --legacy URL and --candidate URL");
  }
  const loaded = await load(file, flags, io.env);
  if ("faults" in loaded) {
    io.stderr(loaded.faults.map((fault) => `${fault}\n`).join(""));
    return 2;
  }
  for (const warning of loaded.warnings) io.stderr(`warning: ${warning}\n`);
  if (io.stop.aborted) return 0;
  const app = await opened(loaded.config, file, openApp);
  const { log } = app.telemetry;
  const { legacy, candidate } = loaded.config;
  const { host, port } = app.address;
  log.info(
    {
      event: "listening",
      listen: `${host.includes(":") ? `[${host}]` : host}:${port}`,
      admin: app.adminUrl,
      legacy: legacy.url,
      candidate: candidate.url,
    },
    "clients are served",
  );
  const watched = file === undefined ? untilHangUp() : watch(app, { file, flags, io, config: loaded.config });
  const stop = AbortSignal.any([io.stop, watched.hungUp]);
  await stopped(stop);
  watched.end();
  if (stop.reason === "bug") app.telemetry.health.broken("unhandled error: draining, then exiting with code 3");
  log.info(
    { event: "stopping", why: String(stop.reason) },
    "accepting no new connections; draining requests in flight",
  );
  await stoppedBy(app, loaded.config.grace + AFTER_GRACE_MS);
  return 0;
}

/** What closing may take beyond the grace that requests under way have. */
const AFTER_GRACE_MS = 5_000;

/** Closes the app; what hangs while closing (a thread or a disk) is abandoned after so many milliseconds. */
async function stoppedBy(app: Served, limitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    app.telemetry.log.error({ event: "stopping", limitMs }, "closing takes too long: the process ends without it");
    resolve();
  }, limitMs);
  await Promise.race([app[Symbol.asyncDispose](), promise]);
  clearTimeout(timer);
}

async function opened(config: Config, file: string | undefined, openApp: OpenApp): Promise<Served> {
  const base = file === undefined ? "." : dirname(file);
  const effects: ServeEffects = {
    now: Date.now,
    random: Math.random,
    newId: requestIds(),
    readFile: (name) => {
      try {
        return readFileSync(resolve(base, name));
      } catch (error) {
        throw new Failed(`cannot read ${name}, which the config names: ${(error as Error).message}`);
      }
    },
    watchFile: (name, changed) => onChange(resolve(base, name), changed),
    logTo: "stdout",
    version: version(),
  };
  try {
    return await openApp(config, effects);
  } catch (error) {
    const { name, message } = error as Error;
    throw name === "CannotOpen" ? new Failed(message) : error;
  }
}

/** Names for requests that no other process gives; all but the first are as cheap as counting. */
function requestIds(): () => string {
  const prefix = crypto.randomUUID().slice(0, 13);
  let count = 0;
  return () => `${prefix}-${(count++).toString(36)}`;
}

type Watching = { readonly hungUp: AbortSignal; readonly end: () => void };

/** Without a file there is nothing to read again: the terminal was closed, which stops the proxy. */
function untilHangUp(): Watching {
  const hangUp = new AbortController();
  return { hungUp: hangUp.signal, end: onHangUp(() => hangUp.abort("SIGHUP")) };
}

type Watched = { readonly file: string; readonly flags: Overrides; readonly io: Io; readonly config: Config };

/** Reloads on SIGHUP and, unless switched off, when the file changes. One at a time; a faulty file changes nothing. */
function watch(app: Served, { file, flags, io, config }: Watched): Watching {
  const { log } = app.telemetry;
  let inForce = config;
  let last: Promise<void> = Promise.resolve();
  const reload = async (why: string): Promise<void> => {
    const loaded = await load(file, flags, io.env).catch((error: Error) => ({ faults: [error.message] }));
    if ("faults" in loaded) {
      log.error(
        { event: "reload_refused", why, faults: loaded.faults.slice(0, 50) },
        "the changed config is invalid; the previous config stays in force",
      );
      app.refuseReload?.(loaded.faults);
      return;
    }
    const changes = changesOf(inForce, loaded.config);
    if (changes.length === 0) {
      log.info({ event: "reload", why, changes: [] }, "the config has not changed");
      app.refuseReload?.([]);
      return;
    }
    if (app.reload === undefined) {
      log.warn({ event: "reload_refused", why, changes }, "the changed config takes effect after a restart");
      return;
    }
    const later = await app.reload(loaded.config, changes);
    inForce = loaded.config;
    log.info(
      { event: "reload", why, changes, ...(later.length > 0 ? { afterRestart: later } : {}) },
      "the changed config is in force",
    );
  };
  const inTurn = (why: string) => {
    last = last
      .then(() => reload(why))
      .catch((error: Error) => {
        log.error(
          { event: "reload_refused", why, faults: [error.message] },
          "the changed config is invalid; the previous config stays in force",
        );
        app.refuseReload?.([error.message]);
      });
  };
  const stopListening = onHangUp(() => inTurn("SIGHUP"));
  const stopLooking = config.reload.watch ? onChange(file, () => inTurn("the file changed")) : () => undefined;
  const end = () => {
    stopListening();
    stopLooking();
  };
  return { hungUp: new AbortController().signal, end };
}

function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
}
