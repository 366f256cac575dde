// app.ts: the composition root: opens the rooms from the ground up, wires their ports, closes them in reverse

import { type CompiledRules, compileRules, identical, type Origins } from "./compare/index.ts";
import type { Config } from "./config/index.ts";
import { openConsole, openControl } from "./console/index.ts";
import { createEvidence, type Evidence } from "./evidence/index.ts";
import type { Comparison } from "./model/comparison.ts";
import type { Control } from "./model/control.ts";
import { FINDING_STATES, type Report } from "./model/report.ts";
import {
  askOverWire,
  comparable,
  openProxy,
  proxyOptionsOf,
  type ReadFile,
  type RunningProxy,
  shadowControlOf,
  upstreamOf,
} from "./proxy/index.ts";
import { createPool, createReconciler, type Setup } from "./reconcile/index.ts";
import { compileRedactor } from "./store/index.ts";
import { createTelemetry, type LogTarget, type Telemetry } from "./telemetry/index.ts";

/** What the app takes from the outside. */
export type Effects = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly newId: () => string;
  /** Reads a file that the config names, relative to it. Throws with words for a person. */
  readonly readFile: ReadFile;
  readonly logTo: LogTarget;
  readonly version: string;
};

export type App = {
  /** Where clients come in, and where the admin listener is: `http://127.0.0.1:9900`. */
  readonly address: { readonly host: string; readonly port: number };
  readonly adminUrl: string;
  readonly report: () => Report;
  readonly telemetry: Telemetry;
  /** Stops accepting, drains within the config's grace, loses no comparison in flight. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** An app that cannot open says why in words for the one who starts it. */
export class CannotOpen extends Error {
  override name = "CannotOpen";
}

/** Steps of list pairing before a cheaper one is used: some milliseconds' worth. */
const PAIRING_BUDGET = 2_000_000;

export async function openApp(config: Config, effects: Effects): Promise<App> {
  const { now } = effects;
  await using opening = new AsyncDisposableStack();

  const redactor = compileRedactor(config.redact);
  const telemetry = opening.use(
    createTelemetry({
      version: effects.version,
      log: { level: config.log.level, to: effects.logTo },
      redact: redactor,
      mismatchesPerMinute: config.log.mismatchesPerMinute,
      maxRoutes: config.limits.maxRoutes + config.routes.length,
      now,
    }),
  );
  const { log } = telemetry;
  const bug = (where: string) => (error: unknown) =>
    log.error({ event: "bug", where, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });

  const evidence = openEvidence(config, now, redactor);
  const rules = rulesOf(config);
  const comparer = createPool({
    setup: rules.setup,
    workers: config.reconcile.workers + 1, // one takes small pairs only
    onReplaced: (reason) => log.warn({ event: "worker_replaced", reason }),
  });
  opening.defer(comparer.close);

  const legacy = config.control ?? config.legacy;
  const asks = {
    legacy: askOf("legacy", config, legacy, effects.readFile),
    candidate: askOf("candidate", config, config.candidate, effects.readFile),
  };
  opening.defer(asks.legacy.close);
  opening.defer(asks.candidate.close);

  const control = opening.use(
    await openControl({
      ...(config.shadow.file !== undefined && { file: config.shadow.file }),
      now,
      audit: (entry) => log.info({ event: "audit", ...entry }),
      warn: (message) => log.warn({ event: "control_file", message }),
    }),
  );

  function emit(comparison: Comparison): void {
    evidence.add(comparison, now());
    telemetry.comparison(comparison);
  }

  const reconciler = createReconciler(
    {
      maxPending: config.candidate.maxInFlight + 4096,
      queueBytes: config.reconcile.queue,
      again: {
        delayMs: config.again.delay,
        tries: config.again.tries,
        maxWaiting: 256,
        maxBytes: config.reconcile.queue / 2,
        perSecond: config.again.perSecond,
        sample: config.again.sample,
      },
    },
    {
      now,
      random: effects.random,
      comparer,
      comparable: ({ request, legacy, candidate }) => comparable(request, legacy, candidate),
      identical: (route, one, other) => identical(one, other, rules.compiledFor(route)),
      ask: (side, exchange) => asks[side].ask(exchange.request, exchange.requestBody),
      written: () => false,
      on: (route) => isOn(control.read(), route),
      accepted: (route, difference) => evidence.accepts(route, difference, now()),
      classify: (_, differences) => differences.map((difference) => ({ ...difference, standing: "mismatch" as const })),
      noticed: () => {},
      emit,
      bug: bug("reconcile"),
    },
  );
  opening.defer(() => reconciler.drain(config.grace));

  let proxy: RunningProxy | undefined;
  const report = () => evidence.report(now(), { declaredRoutes: config.routes.map((route) => route.match.text) });
  const opened = await openConsole(
    {
      host: config.admin.host,
      port: config.admin.port,
      tokens: tokensOf(config, effects.readFile),
      names: config.adminAccess.hosts,
      now,
      failed: bug("console"),
    },
    {
      report,
      metricsText: telemetry.metricsText,
      metricsType: telemetry.metricsType,
      live: telemetry.health.live,
      ready: telemetry.health.ready,
      samples: (finding) => evidence.finding(finding, now())?.samples ?? [],
      accept: ({ finding, ...wish }) =>
        evidence.accept(finding, { ...wish, at: now() }) ? { ok: true } : unknownFinding(finding),
      unaccept: ({ finding }) => (evidence.unaccept(finding, now()) ? { ok: true } : unknownFinding(finding)),
      epoch: ({ name }) => {
        evidence.newEpoch(name, now());
        return { ok: true };
      },
      control: { read: control.read, change: control.change },
      audit: () => [],
      configShown: () => ({ legacy: config.legacy.url, candidate: config.candidate.url }),
    },
  );
  if (!opened.ok) throw new CannotOpen(opened.message);
  const admin = opening.use(opened.console);

  let switches = { of: control.read(), as: shadowControlOf(control.read()) };
  proxy = await openProxy(proxyOptionsOf(config, effects.readFile), {
    now,
    newId: effects.newId,
    control: () => {
      const current = control.read();
      if (current !== switches.of) switches = { of: current, as: shadowControlOf(current) };
      return switches.as;
    },
    offer: reconciler.offer,
    settle: (settled) => {
      telemetry.count(settled.route, settled.outcome);
      evidence.settle(settled, now());
    },
    observe: telemetry.observe,
    overhead: (_, seconds) => telemetry.overhead(seconds),
    refused: (reason) => telemetry.event("refused_requests_total", reason),
    fault: (port, error) => bug(`proxy: ${port}`)(error),
  }).catch((error: Error) => {
    throw new CannotOpen(error.message);
  });
  opening.defer(() => proxy.stop(config.grace));
  publish(telemetry, proxy, () => reconciler.stats().pending, report);
  telemetry.health.enter("serving");
  opening.defer(() => telemetry.health.enter("draining"));

  const whole = opening.move();
  const { address } = proxy;
  return { address, adminUrl: admin.url, report, telemetry, [Symbol.asyncDispose]: () => whole.disposeAsync() };
}

function openEvidence(config: Config, now: () => number, redactor: ReturnType<typeof compileRedactor>): Evidence {
  const { readiness } = config;
  const settings = (one: typeof readiness) => ({
    tolerance: one.tolerance,
    confidence: one.confidence,
    comparableShare: one.comparable,
    errorRate: one.errors,
    latency: one.latency,
  });
  const routes = new Map(config.routes.map((route) => [route.match.text, settings(route.readiness)]));
  return createEvidence({
    startedAt: now(),
    readiness: settings(readiness),
    routeReadiness: (route) => routes.get(route),
    limits: { routes: config.limits.maxRoutes + config.routes.length, samples: config.findings.samples },
    redact: (sample) => ({
      ...sample,
      target: redactor.target(sample.target),
      ...(sample.legacy !== undefined && { legacy: redactor.value(sample.path, sample.legacy) }),
      ...(sample.candidate !== undefined && { candidate: redactor.value(sample.path, sample.candidate) }),
    }),
  });
}

function rulesOf(config: Config): { readonly setup: Setup; readonly compiledFor: (route: string) => CompiledRules } {
  const origins: Origins = { legacy: [config.legacy.url], candidate: [config.candidate.url] };
  const routes = new Map(config.routes.map((route) => [route.match.text, route.compare]));
  const compiled = new Map([...routes].map(([route, rules]) => [route, compileRules(rules, origins)]));
  const otherwise = compileRules(config.compare, origins);
  const { maxDecoded, deadline } = config.reconcile;
  return {
    setup: {
      routes,
      otherwise: config.compare,
      origins,
      limits: { maxDecoded, budget: PAIRING_BUDGET, deadlineMs: deadline },
    },
    compiledFor: (route) => compiled.get(route) ?? otherwise,
  };
}

function askOf(side: "legacy" | "candidate", config: Config, upstream: Config["legacy" | "candidate"], read: ReadFile) {
  return askOverWire({
    side,
    upstream: upstreamOf(upstream, upstream.timeout, read),
    timeout: Math.min(upstream.timeout, config.candidate.timeout),
    maxBody: config.capture.maxBody,
  });
}

function isOn(control: Control, route: string): boolean {
  const own = control.routes.find((one) => one.route === route);
  return control.everything?.on !== false && own?.switch.on !== false;
}

function tokensOf({ adminAccess }: Config, read: ReadFile): { readonly read?: string; readonly control?: string } {
  const from = (token: string | undefined, file: string | undefined) =>
    token ?? (file === undefined ? undefined : read(file).toString("utf8").trim());
  const control = from(adminAccess.token, adminAccess.tokenFile);
  const readOnly = from(adminAccess.readToken, adminAccess.readTokenFile);
  return { ...(control !== undefined && { control }), ...(readOnly !== undefined && { read: readOnly }) };
}

const unknownFinding = (id: string) => ({ ok: false, status: 404, detail: `there is no finding ${id}` }) as const;

const VERDICTS = { ready: 1, hold: 0, reject: -1 } as const;

/** Has what lives in the rooms read at each scrape. */
function publish(telemetry: Telemetry, proxy: RunningProxy, queue: () => number, report: () => Report): void {
  telemetry.publish("in_flight", () => proxy.gauges().candidateInFlight);
  telemetry.publish("capture_bytes", () => proxy.gauges().captureBytes);
  telemetry.publish("breaker_open", () => (proxy.gauges().breaker === "closed" ? 0 : 1));
  telemetry.publish("reconcile_queue", queue);
  telemetry.publish("readiness", () =>
    report().routes.map(({ route, readiness }) => [[route], VERDICTS[readiness.verdict]]),
  );
  telemetry.publish("mismatch_rate_upper_bound", () =>
    report().routes.map(({ route, readiness }) => [[route], readiness.upper]),
  );
  telemetry.publish("findings", () => {
    const counts = new Map<string, number>();
    const { findings, routes } = report();
    for (const { route } of routes) for (const state of FINDING_STATES) counts.set(`${state} ${route}`, 0);
    for (const { route, state } of findings)
      counts.set(`${state} ${route}`, (counts.get(`${state} ${route}`) ?? 0) + 1);
    return [...counts].map(([key, count]) => {
      const space = key.indexOf(" ");
      return [[key.slice(space + 1), key.slice(0, space)], count];
    });
  });
}
