// report/stored.ts: the report of what a proxy left behind, read without one

import { type Config, defaultConfig } from "../config/index.ts";
import type { ReadinessSettings } from "../evidence/index.ts";
import type { Document } from "../model/document.ts";
import type { Report } from "../model/report.ts";

/** What a reader must know of the config that the evidence was gathered under. Holds no secret. */
type KeptSettings = {
  /** What has another shape, such as that of an older version, is not used. */
  readonly shape: typeof SHAPE;
  readonly readiness: ReadinessSettings;
  readonly routes: readonly { readonly route: string; readonly readiness: ReadinessSettings }[];
  readonly fixedAfter: number;
  readonly samples: number;
  readonly causes: Config["causes"];
};

const KIND = "settings";
const KEY = "evidence";
const SHAPE = 2;

/** A config's readiness in the evidence's words: for a declared route, or for the others. */
export function readinessOf(config: Config, route?: Config["routes"][number]): ReadinessSettings {
  const { tolerance, confidence, errors, unseen, repeat, bake, latency } = route?.readiness ?? config.readiness;
  const excludedBy = excludedByOf(config, route);
  return {
    ...{ tolerance, confidence, errorRate: errors, unseen, repeat, bakeMs: bake, latency },
    ...(excludedBy === undefined ? {} : { excludedBy }),
  };
}

/** A route is left out on purpose only: by its readiness, or because the config does not shadow it. */
function excludedByOf(config: Config, route: Config["routes"][number] | undefined): string | undefined {
  if (route?.readiness.counts === false) return "readiness: off";
  return (route ?? config).shadow.enabled ? undefined : "shadow: off";
}

/** To be kept beside the evidence whenever a config takes effect. */
export function settingsDocument(config: Config): Document {
  return { kind: KIND, key: KEY, value: keptOf(config) };
}

function keptOf(config: Config): KeptSettings {
  return {
    shape: SHAPE,
    readiness: readinessOf(config),
    routes: config.routes.map((route) => ({ route: route.match.text, readiness: readinessOf(config, route) })),
    fixedAfter: config.findings.fixedAfter,
    samples: config.findings.samples,
    causes: config.causes,
  };
}

function isKeptSettings(value: unknown): value is KeptSettings {
  const { shape, readiness, routes, causes } = (value ?? {}) as Partial<Record<keyof KeptSettings, unknown>>;
  return shape === SHAPE && [readiness, causes].every((one) => isObject(one)) && Array.isArray(routes);
}

const isObject = (value: unknown) => typeof value === "object" && value !== null;

/** What is read was bounded when it was stored, by at most these: the largest `findings.max`, and routes beyond what a config can have. */
const KEPT_FINDINGS = 100_000;
const KEPT_ROUTES = 20_000;

/** A report from a data directory, or why it cannot be read. */
export type StoredReport =
  | { readonly kind: "read"; readonly report: Report }
  | { readonly kind: "unreadable"; readonly message: string };

/** What was kept in a data folder, as a report. @param now milliseconds since the epoch */
export async function storedReport(dir: string, now: number): Promise<StoredReport> {
  // Loaded when wanted: a command that only says its help should not wait for a database.
  const [{ createEvidence }, { createExplainer }, { openReader }] = await Promise.all([
    import("../evidence/index.ts"),
    import("../explain/index.ts"),
    import("../store/index.ts"),
  ]);
  const opened = openReader(dir);
  if (opened.kind === "unreadable") return opened;
  const { reader } = opened;
  try {
    const documents = reader.documents();
    const found = documents.find((one) => one.kind === KIND && one.key === KEY)?.value;
    const isKept = isKeptSettings(found);
    const settings = isKept ? found : keptOf(defaultConfig());
    const routes = new Map(settings.routes.map(({ route, readiness }) => [route, readiness]));
    const evidence = createEvidence({
      startedAt: now,
      readiness: settings.readiness,
      routeReadiness: (route) => routes.get(route),
      life: { fixedAfter: settings.fixedAfter },
      explainer: createExplainer({ ...settings.causes, findings: KEPT_FINDINGS }),
      limits: { routes: KEPT_ROUTES, findings: KEPT_FINDINGS, samples: settings.samples },
    });
    const { unreadable: unknown } = evidence.restore(documents.filter((one) => one.kind !== KIND));
    const unreadable = unknown + reader.unreadable();
    const warnings = [
      ...(isKept ? [] : ["The config is not stored here: readiness is based on the default settings."]),
      ...(unreadable > 0 ? [`${unreadable} stored documents could not be read and are ignored.`] : []),
    ];
    return { kind: "read", report: evidence.report(now, { declaredRoutes: [...routes.keys()], warnings }) };
  } catch (error) {
    return { kind: "unreadable", message: `${dir} cannot be read: ${(error as Error).message}` };
  } finally {
    reader.close();
  }
}
