// app/evidence.ts: evidence as the config wants it

import type { Config } from "../config/index.ts";
import { createEvidence, type Evidence } from "../evidence/index.ts";
import { createExplainer, type ExplainerSettings } from "../explain/index.ts";
import type { Redactor } from "../store/index.ts";

/** Differences come without their secrets; the target is the one thing left to redact. */
export function openEvidence(
  config: Config,
  now: () => number,
  redactor: Redactor,
  backtest: NonNullable<ExplainerSettings["backtest"]>,
): Evidence {
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
    life: { fixedAfter: config.findings.fixedAfter },
    explainer: createExplainer({ ...config.causes, findings: config.findings.max, backtest }),
    limits: { routes: config.limits.maxRoutes + config.routes.length, samples: config.findings.samples },
    redact: (sample, route) => ({ ...sample, target: redactor.target(sample.target, route) }),
  });
}

/** Versions told apart. A field that changes with every answer is no version, and must not end an epoch each time. */
const MAX_VERSIONS = 200;

/** Calls `deployed` for a version that the candidate had not shown before; an older one, in a rolling deploy, is none. */
export function deploys(evidence: Evidence, at: number, deployed: (version: string) => void) {
  const { epoch, epochs = [] } = evidence.report(at);
  const seen = new Set([epoch.name, ...epochs.map(({ name }) => name)]);
  return (version: string | undefined): void => {
    if (version === undefined || seen.has(version) || seen.size > MAX_VERSIONS) return;
    seen.add(version);
    deployed(version);
  };
}
