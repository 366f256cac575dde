// app/app.ts: opens the parts of the program, each after those that it uses, and closes them in reverse order

import { join } from "node:path";
import { openRuntimeSwitches } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import { createNoiseBook, createRecentWrites } from "../evidence/index.ts";
import type { Report } from "../model/report.ts";
import { createCostAwareCache, createTelemetry, type Telemetry } from "../telemetry/index.ts";
import { createPool } from "../verify/index.ts";
import { openAdmin } from "./admin.ts";
import { createBackTest } from "./back-test.ts";
import { createLiveConfig, type LiveConfig } from "./config-in-force.ts";
import type { AppContext, Audit, Effects } from "./context.ts";
import { openEvidence, settingsFold } from "./evidence.ts";
import { openIdentity } from "./identity.ts";
import { watchInterference } from "./interference.ts";
import { liveRedactor } from "./live.ts";
import { watchOther } from "./other.ts";
import { createPending } from "./pending.ts";
import { createProxyState, openProxyOf, type ProxyState } from "./proxy.ts";
import { publish } from "./publish.ts";
import { createRecorder } from "./recorder.ts";
import { createRefusedReload, createReloader } from "./reload.ts";
import { reporting } from "./report.ts";
import { createShadowSwitch } from "./shadow-switch.ts";
import { openStore, restoreAndKeep } from "./store.ts";
import { watchTroubles } from "./troubles.ts";
import { openVerifier } from "./verification.ts";

export type { Effects } from "./context.ts";

/** The running program. */
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

/** The app cannot open. The message is for the user. */
export class CannotOpen extends Error {
  override name = "CannotOpen";
}

/** Opens everything, or nothing: what was opened before a failure is closed again. Rejects with `CannotOpen`. */
export async function openApp(config: Config, effects: Effects): Promise<App> {
  await using opening = new AsyncDisposableStack();
  const live = opening.use(await orCannotOpen(() => createLiveConfig(config, effects.readFile)));
  const proxyState = createProxyState();
  const context = openContext(effects, live, proxyState, opening);
  const storage = await openStorage(context, proxyState, opening);
  const verification = openVerification(context, storage, proxyState, opening);
  const app = await openListeners(context, { ...storage, ...verification }, proxyState, opening);
  const whole = opening.move();
  return { ...app, [Symbol.asyncDispose]: () => whole.disposeAsync() };
}

/** Turns an error whose message is for the user into `CannotOpen`. */
async function orCannotOpen<T>(open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new CannotOpen((error as Error).message, { cause: error });
  }
}

/** Opens the log and the metrics. */
function openContext(
  effects: Effects,
  live: LiveConfig,
  proxyState: ProxyState,
  opening: AsyncDisposableStack,
): AppContext {
  const { log, limits } = live.current();
  const redactor = liveRedactor(() => live.inForce().redactor);
  const telemetry = opening.use(
    createTelemetry({
      version: effects.version,
      log: { level: log.level, to: effects.logTo },
      redact: redactor,
      mismatchesPerMinute: log.mismatchesPerMinute,
      get maxRoutes() {
        return limits.maxRoutes + live.current().routes.length;
      },
      living: proxyState.routes,
      now: effects.now,
    }),
  );
  opening.defer(() => telemetry.log.info({ event: "stopped" }, "stopped"));
  return { effects, live, telemetry, redactor };
}

type Storage = Awaited<ReturnType<typeof openStorage>>;

/** Opens the store and the runtime switches, and restores the evidence. */
async function openStorage(context: AppContext, proxyState: ProxyState, opening: AsyncDisposableStack) {
  const { effects, live, telemetry, redactor } = context;
  const { now } = effects;
  const { log } = telemetry;
  const config = live.current();
  const store = opening.use(await openStore(config, now, log));
  const comparer = createPool({
    setup: live.inForce().rules.setup,
    workers: config.verify.threads + 1, // one compares only small pairs
    onReplaced: (reason) => log.warn({ event: "worker_replaced", reason }),
  });
  opening.defer(comparer.close);
  const backTest = createBackTest({
    samples: store.samples,
    compare: comparer.compare,
    rulesFor: (route) => live.inForce().rules.rulesFor(route),
  });
  const { identity, fold: identityFold } = openIdentity(live.current);
  const pending = createPending(() => performance.now());
  const evidence = openEvidence(live.current, now, redactor, backTest, identity, {
    pending,
    living: proxyState.routes,
  });
  const noise = createNoiseBook();
  const folds = [identityFold, evidence, noise, settingsFold(live.current)];
  const { keeper, warnings } = await restoreAndKeep(config, { now, store, folds, redactor, log });
  opening.use(keeper);
  const audit: Audit = (entry) => {
    log.info({ ...entry, event: "audit", at: undefined });
    keeper.audit(entry);
  };
  const file = config.shadow.file ?? (config.data === undefined ? undefined : join(config.data, "control.json"));
  const switches = opening.use(
    await openRuntimeSwitches({
      ...(file !== undefined && { file }),
      now,
      audit,
      warn: (message) => log.warn({ event: "control_file", message }),
    }),
  );
  const shadowing = createShadowSwitch(live.current, switches);
  return { store, warnings, comparer, identity, pending, evidence, noise, keeper, audit, switches, shadowing };
}

type Verification = ReturnType<typeof openVerification>;

/** Opens the verifier, and what watches the two services. */
function openVerification(
  context: AppContext,
  storage: Storage,
  proxyState: ProxyState,
  opening: AsyncDisposableStack,
) {
  const { effects, live, telemetry } = context;
  const { now } = effects;
  const breaker = () => (storage.shadowing.isOn() ? proxyState.breaker() : "closed");
  const troubles = watchTroubles(live.current, breaker, telemetry.log, now);
  const interference = watchInterference(live.current, storage.switches, telemetry.log, now);
  const other = watchOther(context.redactor.target);
  const writes = createRecentWrites(live.current().recheck.afterWrite);
  const record = createRecorder(context, { ...storage, troubles });
  const verifier = openVerifier(context, { ...storage, writes, record });
  opening.defer(() => verifier.drain(live.current().grace));
  return { troubles, interference, other, writes, verifier };
}

/** Opens the admin listener and the proxy. From here on clients are served. */
async function openListeners(
  context: AppContext,
  parts: Storage & Verification,
  proxyState: ProxyState,
  opening: AsyncDisposableStack,
): Promise<Omit<App, typeof Symbol.asyncDispose>> {
  const { effects, live, telemetry } = context;
  const { now } = effects;
  const { evidence, store, verifier, troubles, keeper, interference, other } = parts;
  const refused = createRefusedReload();
  const report = reporting(live.current, () => live.inForce().described, evidence, parts.switches, {
    interference: interference.read,
    rechecking: () => verifier.stats().asking,
    warnings: () => [troubles.warnings(), refused.text() ?? [], parts.warnings()].flat(),
    other: () => ({
      examples: other.examples(),
      forgotten: proxyState.forgottenRoutes(),
      limit: live.current().limits.maxRoutes,
    }),
    now,
  });
  const gauges = createCostAwareCache(() => evidence.gauges(now()));
  const changed = () => {
    report.forget();
    gauges.forget();
  };
  const admin = opening.use(
    await orCannotOpen(() => openAdmin(context, { ...parts, flush: keeper.flush, report: report.get, changed })),
  );
  const forgetReports = () => {
    report.forget();
    admin.forget();
  };
  const proxy = await orCannotOpen(() => openProxyOf(context, { ...parts, onFirstShadow: forgetReports }, proxyState));
  opening.defer(() => proxy.stop(live.current().grace));
  publish(telemetry, { ...parts, proxy, refused, gauges: gauges.get });
  telemetry.health.watch(refused.text);
  telemetry.health.watch(() => store.stats().detail);
  for (const side of ["legacy", "candidate"] as const) telemetry.health.watch(() => troubles.note(side));
  telemetry.health.enter("serving");
  opening.defer(() => telemetry.health.enter("draining"));
  const reloader = opening.use(createReloader(context, { ...parts, proxy, admin, refused, forgetReports }));
  return {
    address: proxy.address,
    adminUrl: admin.url,
    report: () => {
      report.forget();
      return report.get();
    },
    telemetry,
    reload: reloader.reload,
    refuseReload: (faults) => {
      refused.set(faults);
      forgetReports();
    },
  };
}
