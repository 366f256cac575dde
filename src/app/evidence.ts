// app/evidence.ts: evidence as the config wants it

import type { Config } from "../config/index.ts";
import { createEvidence, type Evidence, type EvidenceSettings, type Identity } from "../evidence/index.ts";
import { createExplainer, type ExplainerSettings } from "../explain/index.ts";
import { readinessOf, settingsDocument } from "../report/index.ts";
import type { Redactor } from "../store/index.ts";
import type { Pending } from "./pending.ts";
import type { Fold } from "./store.ts";

/** Differences come without their secrets; the target is the one thing left to redact. Readiness is as the config in force says. */
export function openEvidence(
  config: () => Config,
  now: () => number,
  redactor: Redactor,
  backtest: NonNullable<ExplainerSettings["backtest"]>,
  identity: Identity,
  {
    pending,
    living,
  }: {
    readonly pending?: Pick<Pending, "all" | "waiting">;
    readonly living?: NonNullable<EvidenceSettings["living"]>;
  } = {},
): Evidence {
  const { limits, findings, causes } = config();
  const readiness = readinessIn(config);
  return createEvidence({
    startedAt: now(),
    get readiness() {
      return readiness().all;
    },
    routeReadiness: (route) => readiness().routes.get(route),
    identity,
    ...(pending && { underWay: pending.all, pending: pending.waiting }),
    ...(living && { living }),
    life: { fixedAfter: findings.fixedAfter },
    explainer: createExplainer({ ...causes, findings: findings.max, backtest }),
    limits: { routes: limits.maxRoutes, samples: findings.samples, findings: findings.max },
    redactDifference: redactor.difference,
    redact: targetsRedacted(config, redactor),
  });
}

/** All samples of a comparison have the same target, which is redacted once. */
function targetsRedacted(config: () => Config, redactor: Redactor): NonNullable<EvidenceSettings["redact"]> {
  let last:
    | { readonly by: Config; readonly route: string; readonly target: string; readonly shown: string }
    | undefined;
  return (sample, route) => {
    const { target } = sample;
    if (last === undefined || last.target !== target || last.route !== route || last.by !== config()) {
      last = { by: config(), route, target, shown: redactor.target(target, route) };
    }
    return { ...sample, target: last.shown };
  };
}

/** What makes routes ready, worked out once for each config: it is asked for with every request. */
function readinessIn(config: () => Config) {
  const of = (now: Config) => ({
    config: now,
    all: readinessOf(now),
    routes: new Map(now.routes.map((route) => [route.match.text, readinessOf(now, route)])),
  });
  let known = of(config());
  return () => {
    if (known.config !== config()) known = of(config());
    return known;
  };
}

/** The config's settings, kept with the evidence: a reader without the config uses them. */
export function settingsFold(config: () => Config): Fold {
  let kept: Config | undefined;
  return {
    changes: () => {
      if (kept === config()) return [];
      kept = config();
      return [settingsDocument(kept)];
    },
    restore: () => ({ unreadable: 0 }),
  };
}

/** Versions that are distinguished. A field that changes with every answer is no version, and must not end an epoch each time. */
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
