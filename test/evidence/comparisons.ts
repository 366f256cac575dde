// test/evidence/comparisons.ts: comparisons as the verifier would hand them over

import { defaultConfig } from "../../src/config/index.ts";
import * as rooms from "../../src/evidence/index.ts";
import type { EvidenceSettings, ReadinessSettings } from "../../src/evidence/settings.ts";
import type { Answer } from "../../src/model/answer.ts";
import { NO_BODY } from "../../src/model/body.ts";
import type { ClassifiedDifference, Comparison } from "../../src/model/comparison.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import { readinessOf } from "../../src/report/stored.ts";

const config = defaultConfig();

const LIMITS = { routes: config.limits.maxRoutes, findings: config.findings.max, samples: config.findings.samples };

/** The defaults of `readiness` in the config. */
export const READINESS: ReadinessSettings = readinessOf(config);

type Changed = Omit<EvidenceSettings, "readiness" | "routeReadiness" | "life" | "limits"> & {
  readonly readiness?: Partial<ReadinessSettings>;
  readonly routeReadiness?: (route: string) => Partial<ReadinessSettings> | undefined;
  readonly life?: Partial<EvidenceSettings["life"]>;
  readonly limits?: Partial<EvidenceSettings["limits"]>;
};

/** Evidence with the config's defaults, except for what a test sets. */
export function createEvidence({ readiness, routeReadiness, life, limits, ...settings }: Changed): rooms.Evidence {
  return rooms.createEvidence({
    ...settings,
    readiness: { ...READINESS, ...readiness },
    limits: { ...LIMITS, ...limits },
    routeReadiness: (route) => {
      const own = routeReadiness?.(route);
      return own && { ...READINESS, ...readiness, ...own };
    },
    life: { fixedAfter: 20, ...life }, // a tenth of the default: tests are short
  });
}

type Wanted = {
  readonly id?: string;
  readonly route?: string;
  readonly method?: string;
  readonly target?: string;
  readonly at?: number;
  readonly status?: number;
  readonly legacyMs?: number;
  readonly candidateMs?: number;
  readonly outcome?: Outcome;
  readonly differences?: readonly ClassifiedDifference[];
  readonly unconfirmed?: boolean;
  readonly convergedMs?: number;
  readonly masked?: Comparison["masked"];
  readonly requestBody?: Uint8Array;
};

export function response(status: number, durationMs: number): Answer {
  return {
    kind: "response",
    status,
    reason: "",
    fields: [],
    body: NO_BODY,
    trailers: [],
    firstByteMs: durationMs,
    durationMs,
  };
}

function outcomeOf(differences: readonly ClassifiedDifference[]): Outcome {
  if (differences.some(({ standing }) => standing === "mismatch")) return { outcome: "mismatch" };
  const standing = differences[0]?.standing ?? "match";
  return standing === "unconfirmed" ? { outcome: "not_comparable", reason: "unconfirmed" } : { outcome: standing };
}

export function comparison(wanted: Wanted = {}): Comparison {
  const differences = wanted.differences ?? [];
  const outcome = wanted.outcome ?? outcomeOf(differences);
  const target = wanted.target ?? "/orders/1";
  return {
    exchange: {
      id: wanted.id ?? `${target}@${wanted.at ?? 0}`,
      route: wanted.route ?? "GET /orders/{id}",
      request: { method: wanted.method ?? "GET", target, fields: [] },
      at: wanted.at ?? 0,
      legacy: response(wanted.status ?? 200, wanted.legacyMs ?? 10),
      candidate:
        outcome.outcome === "candidate_error"
          ? { kind: "failure", reason: outcome.reason, detail: "", durationMs: 1 }
          : response(wanted.status ?? 200, wanted.candidateMs ?? 10),
      ...(wanted.requestBody === undefined ? {} : { requestBody: wanted.requestBody }),
    },
    outcome,
    differences,
    approximate: false,
    masked: wanted.masked ?? [],
    unconfirmed: wanted.unconfirmed ?? false,
    ...(wanted.convergedMs === undefined ? {} : { convergedMs: wanted.convergedMs }),
    tookMs: 1,
  };
}

export function difference(
  path: string,
  kind: ClassifiedDifference["kind"],
  legacy: string | undefined,
  candidate: string | undefined,
  standing: ClassifiedDifference["standing"] = "mismatch",
): ClassifiedDifference {
  return {
    where: path.startsWith("$") ? "body" : path === "" ? "status" : "field",
    path,
    kind,
    standing,
    ...(legacy === undefined ? {} : { legacy }),
    ...(candidate === undefined ? {} : { candidate }),
  };
}
