// app/app.ts: the composition root: opens the rooms from the ground up, wires their ports, closes them in reverse
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import { join } from "node:path";
import { openAdminListener, openRuntimeSwitches } from "../admin/index.ts";
import { identical } from "../compare/index.ts";
import type { Config } from "../config/index.ts";
import { createNoiseBook, createRecentWrites } from "../evidence/index.ts";
import type { Comparison } from "../model/comparison.ts";
import type { AuditEntry, Control } from "../model/control.ts";
import type { Difference } from "../model/difference.ts";
import type { Exchange } from "../model/exchange.ts";
import { fieldValue } from "../model/fields.ts";
import type { Report } from "../model/report.ts";
import {
  type BreakerState,
  comparable,
  openProxy,
  type ReadFile,
  requestSent,
  shadowControlOf,
} from "../proxy/index.ts";
import type { Redactor } from "../store/index.ts";
import { createCostAwareCache, createTelemetry, type LogTarget, type Telemetry } from "../telemetry/index.ts";
import { createPool, createVerifier } from "../verify/index.ts";
import { adminPorts } from "./admin.ts";
import { createBackTest } from "./back-test.ts";
import { certificateFiles, type WatchFile, watchFiles } from "./certificates.ts";
import { waitForRestart } from "./changes.ts";
import { type InForce, inForceOf } from "./config-in-force.ts";
import { deploys, openEvidence, settingsFold } from "./evidence.ts";
import { openIdentity } from "./identity.ts";
import { watchInterference } from "./interference.ts";
import { liveRedactor, reconcileOptions } from "./live.ts";
import { watchOther } from "./other.ts";
import { createPending } from "./pending.ts";
import { publish } from "./publish.ts";
import { reporting } from "./report.ts";
import { openKept } from "./store.ts";
import { watchTroubles } from "./troubles.ts";
import { classifying, lagOf } from "./verification.ts";

/** What the app takes from the outside. */
export type Effects = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly newId: () => string;
  /** Reads a file that the config names, relative to it. Throws with words for a person. */
  readonly readFile: ReadFile;
  /** Tells when such a file has changed. Without it, certificates stay as they were until a restart. */
  readonly watchFile?: WatchFile;
  readonly logTo: LogTarget;
  readonly version: string;
};

export type App = {
  /** Where clients come in, and where the admin listener is: `http://127.0.0.1:9900`. */
  readonly address: { readonly host: string; readonly port: number };
  readonly adminUrl: string;
  readonly report: () => Report;
  readonly telemetry: Telemetry;
  /**
   * Takes over another config between two requests, or rejects and leaves all as it was. Resolves to the keys that wait
   * for a restart. `changes` are for the audit log, a line each, without secrets.
   */
  readonly reload: (config: Config, changes: readonly string[]) => Promise<readonly string[]>;
  /** Notes that a changed config is refused, with its faults, a line each; without any, that the file is sound again. */
  readonly refuseReload: (faults: readonly string[]) => void;
  /** Stops accepting, drains within the config's grace, loses no comparison in flight. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** An app that cannot open says why in words for the one who starts it. */
export class CannotOpen extends Error {
  override name = "CannotOpen";
}

/** Opens everything, or nothing: what was opened before a failure is closed again. Rejects with `CannotOpen`. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: to be divided
export async function openApp(config: Config, effects: Effects): Promise<App> {
  const { now } = effects;
  await using opening = new AsyncDisposableStack();

  let inForce: InForce;
  try {
    inForce = inForceOf(config, effects.readFile);
  } catch (error) {
    throw new CannotOpen((error as Error).message, { cause: error });
  }
  opening.defer(() => inForce.asks.close());
  const current = () => inForce.config;
  /** Declared routes, and learned ones that are not forgotten. */
  let livingRoutes: () => ReadonlySet<string> = () => new Set();
  const redactor = liveRedactor(() => inForce.redactor);
  const telemetry = opening.use(
    createTelemetry({
      version: effects.version,
      log: { level: config.log.level, to: effects.logTo },
      redact: redactor,
      mismatchesPerMinute: config.log.mismatchesPerMinute,
      get maxRoutes() {
        return config.limits.maxRoutes + current().routes.length;
      },
      living: () => livingRoutes(),
      now,
    }),
  );
  const { log } = telemetry;
  opening.defer(() => log.info({ event: "stopped" }, "stopped"));
  const bug = (where: string) => (error: unknown) =>
    log.error({ event: "bug", where, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });

  let backTest: ReturnType<typeof createBackTest> = () => undefined;
  const { identity, fold: keptIdentity } = openIdentity(current);
  const pending = createPending(() => performance.now());
  const evidence = openEvidence(current, now, redactor, (trial) => backTest(trial), identity, {
    pending,
    living: () => livingRoutes(),
  });
  const noise = createNoiseBook();
  const writes = createRecentWrites(config.recheck.afterWrite);
  const folds = [keptIdentity, evidence, noise, settingsFold(current)];
  const { store, keeper, warnings: storeWarnings } = await openKept(config, { now, folds, redactor, log, opening });
  const audit = (entry: AuditEntry) => {
    log.info({ ...entry, event: "audit", at: undefined });
    keeper.audit(entry);
  };

  const comparer = createPool({
    setup: inForce.rules.setup,
    workers: config.verify.threads + 1, // one takes small pairs only
    onReplaced: (reason) => log.warn({ event: "worker_replaced", reason }),
  });
  opening.defer(comparer.close);
  backTest = createBackTest({
    samples: store.samples,
    compare: comparer.compare,
    rulesFor: (route) => inForce.rules.rulesFor(route),
  });

  const controlFile = config.shadow.file ?? (config.data === undefined ? undefined : join(config.data, "control.json"));
  const control = opening.use(
    await openRuntimeSwitches({
      ...(controlFile !== undefined && { file: controlFile }),
      now,
      audit,
      warn: (message) => log.warn({ event: "control_file", message }),
    }),
  );

  function emit(judged: Comparison): void {
    const { request, route, candidate } = judged.exchange;
    troubles.compared(judged.exchange);
    const { field } = current().epoch;
    if (field !== undefined && candidate.kind === "response") noticeDeploy(fieldValue(candidate.fields, field));
    const comparison = judged.differences.length === 0 ? judged : withoutSecrets(judged, redactor.forRequest(request));
    const findingId = (one: Difference) => evidence.findingOf(route, one, comparison.differences, now());
    telemetry.comparison(comparison, findingId); // counted first: whatever goes wrong further on, the outcomes add up
    const findings = evidence.add(comparison, now());
    keeper.offer(
      comparison,
      findings.map(({ finding }) => finding),
    );
  }

  const noticeDeploy = deploys(evidence, now(), (version) => {
    if (!evidence.newEpoch(version, now())) return;
    audit({ at: now(), who: "candidate", action: "epoch", what: version, why: `its ${current().epoch.field} changed` });
  });

  const wasWritten = ({ request, at }: Exchange) => writes.wasWritten(request.target, at, now());
  const verifier = createVerifier(reconcileOptions(current), {
    now,
    random: effects.random,
    comparer,
    comparable: ({ request, legacy, candidate }) => comparable(request, legacy, candidate),
    identical: (route, one, other) => identical(one, other, inForce.rules.compiledFor(route)),
    ask: (side, exchange, beside) => inForce.asks[side].ask(requestSent(exchange, side), exchange.requestBody, beside),
    ...classifying({
      noise,
      now,
      written: wasWritten,
      lagMs: lagOf(current),
      identity: (exchange) => identity.digest(exchange).lo,
    }),
    on: (route) => isOn(control.read(), route),
    accepted: (route, difference, all) => evidence.accepts(route, difference, all, now()),
    emit,
    bug: bug("verify"),
  });
  opening.defer(() => verifier.drain(current().grace));

  const interference = watchInterference(current, control, log, now);
  /** Why the config that changed last is not in force, if it was refused. */
  let refused: string | undefined;
  let breakerState: () => BreakerState = () => "closed";
  const troubles = watchTroubles(current, () => breakerState(), log, now);
  const warnings = () => [...troubles.warnings(), ...(refused === undefined ? [] : [refused]), ...storeWarnings()];
  const rechecking = () => verifier.stats().asking;
  const other = watchOther(redactor.target);
  let forgottenRoutes = () => 0;
  const report = reporting(current, () => inForce.described, evidence, control, {
    interference: interference.read,
    rechecking,
    warnings,
    other: () => ({
      examples: other.examples(),
      forgotten: forgottenRoutes(),
      limit: current().limits.maxRoutes,
    }),
    now,
  });
  const gauges = createCostAwareCache(() => evidence.gauges(now()));
  const opened = await openAdminListener(
    {
      host: config.admin.host,
      port: config.admin.port,
      ...(inForce.adminTls && { tls: inForce.adminTls }),
      tokens: () => inForce.tokens,
      names: () => current().adminAccess.hosts,
      now,
      failed: bug("console"),
    },
    adminPorts({
      ...{ now, config: current, evidence, store, control, telemetry, audit, flush: keeper.flush, text: redactor.text },
      report: report.get,
      version: effects.version,
      changed: () => {
        report.forget();
        gauges.forget();
      },
    }),
  );
  if (!opened.ok) throw new CannotOpen(opened.message);
  const admin = opening.use(opened.console);
  const forgetReports = () => {
    report.forget();
    admin.forget();
  };

  let isFirst = true;
  let switches = { of: control.read(), as: shadowControlOf(control.read()) };
  const proxy = await openProxy(inForce.proxy, {
    now,
    newId: effects.newId,
    control: () => {
      const read = control.read();
      if (read !== switches.of) switches = { of: read, as: shadowControlOf(read) };
      return switches.as;
    },
    hasCapacity: verifier.hasCapacity,
    routeOf: evidence.routeOf,
    offer: (route, begin, done) => {
      // Whoever reads the report after the first request is to see it.
      if (isFirst) forgetReports();
      isFirst = false;
      const end = pending.begin(route);
      const ended = () => {
        end();
        done();
      };
      if (verifier.offer(route.name, begin, ended)) return true;
      end();
      return false;
    },
    settle: (settled) => {
      telemetry.count(settled.route, settled.outcome);
      evidence.settle(settled, now());
    },
    observe: (observation) => {
      telemetry.observe(observation);
      troubles.observed(observation);
    },
    failed: troubles.failed,
    breaker: troubles.breaker,
    overhead: (_, seconds) => telemetry.overhead(seconds),
    answered: interference.answered,
    unnamed: (template, legacy) => other.note(template, legacy.kind === "response" ? legacy.status : undefined),
    wrote: (_, target, at) => writes.note(target, at),
    refused: (reason) => {
      telemetry.event("refused_requests_total", reason);
      troubles.refused(reason);
    },
    fault: (port, error) => bug(`proxy: ${port}`)(error),
  }).catch((error: Error) => {
    throw new CannotOpen(error.message, { cause: error });
  });
  opening.defer(() => proxy.stop(current().grace));
  livingRoutes = proxy.routes;
  forgottenRoutes = () => proxy.gauges().forgottenRoutes;
  const on = () => control.read().everything?.on !== false && shadows(current());
  publish(telemetry, {
    proxy,
    gauges: gauges.get,
    store,
    samplesOmitted: keeper.omitted,
    queue: () => verifier.stats().pending,
    comparing: () => comparer.stats().cpuMs,
    on,
    interference: interference.read,
    offUntil: () => {
      const { everything } = control.read();
      return everything?.on === false ? everything.until : undefined;
    },
    reloadRefused: () => refused !== undefined,
  });
  telemetry.health.watch(() => refused);
  breakerState = () => (on() ? proxy.gauges().breaker : "closed");
  telemetry.health.watch(() => store.stats().detail);
  for (const side of ["legacy", "candidate"] as const) telemetry.health.watch(() => troubles.note(side));
  telemetry.health.enter("serving");
  opening.defer(() => telemetry.health.enter("draining"));

  /** A config that cannot take over leaves no trace. */
  function takeOver(config: Config): void {
    const next = inForceOf(config, effects.readFile, inForce);
    if (next.proxy.listen.tls !== undefined) proxy.setTls(next.proxy.listen.tls);
    if (next.adminTls !== undefined) admin.setTls(next.adminTls);
    proxy.update(next.proxy);
    void inForce.asks.close();
    inForce = next;
    comparer.update(next.rules.setup);
    certificates.follow(certificateFiles(config));
    forgetReports();
  }

  const certificates = opening.use(
    watchFiles(effects.watchFile, (file) => {
      try {
        takeOver(current());
        log.info({ event: "certificates", file }, "read again");
      } catch (error) {
        const why = (error as Error).message;
        log.error({ event: "certificates", file, error: why }, "cannot be used: those in force stay");
      }
    }),
  );
  certificates.follow(certificateFiles(config));

  async function reload(next: Config, changes: readonly string[]): Promise<readonly string[]> {
    takeOver(next);
    refused = undefined;
    audit({ at: now(), who: "config", action: "reload", what: "config", to: JSON.stringify(changes) });
    return waitForRestart(config, next);
  }

  /** For those in this process, who want to see what is so now. */
  const fresh = () => {
    report.forget();
    return report.get();
  };
  const whole = opening.move();
  const { address } = proxy;
  const { url: adminUrl } = admin;
  const refuseReload = (faults: readonly string[]) => {
    refused = refusalText(faults);
    forgetReports();
  };
  return {
    address,
    adminUrl,
    report: fresh,
    telemetry,
    reload,
    refuseReload,
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

/** What a refused reload means for a reader of the report, in a sentence. Undefined without faults. */
function refusalText([first, ...more]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  const rest = more.length === 0 ? "" : ` and ${more.length} more`;
  return `The changed config is refused, the one before it is in force: ${first}${rest}. \`parallel-run check\` lists every fault.`;
}

/** Paths, values and notes without secrets, before anyone who writes them down sees them. */
function withoutSecrets(comparison: Comparison, redactor: Pick<Redactor, "differences">): Comparison {
  return { ...comparison, differences: redactor.differences(comparison.exchange.route, comparison.differences) };
}

const shadows = ({ shadow, routes }: Config) => shadow.enabled || routes.some((route) => route.shadow.enabled);

function isOn(control: Control, route: string): boolean {
  const own = control.routes.find((one) => one.route === route);
  return control.everything?.on !== false && own?.switch.on !== false;
}
