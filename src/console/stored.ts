// console/stored.ts: the report of what a proxy left behind, read without one

import type { Config } from "../config/index.ts";
import type { ReadinessSettings } from "../evidence/index.ts";
import type { Document } from "../model/document.ts";
import type { Report } from "../model/report.ts";

/** What a reader must know of the config that the evidence was gathered under. Holds no secret. */
type KeptSettings = {
  readonly readiness: Readiness;
  readonly routes: readonly { readonly route: string; readonly readiness: Readiness }[];
};

type Readiness = Pick<ReadinessSettings, "tolerance" | "confidence" | "comparableShare" | "errorRate" | "latency">;

const KIND = "settings";
const KEY = "evidence";

/** A config's readiness in the evidence's words. */
export function readinessOf(one: Config["readiness"] | Config["routes"][number]["readiness"]): Readiness {
  const { tolerance, confidence, comparable, errors, latency } = one;
  return { tolerance, confidence, comparableShare: comparable, errorRate: errors, latency };
}

/** To be kept beside the evidence whenever a config takes effect. */
export function settingsDocument({ readiness, routes }: Config): Document {
  const value: KeptSettings = {
    readiness: readinessOf(readiness),
    routes: routes.map((route) => ({ route: route.match.text, readiness: readinessOf(route.readiness) })),
  };
  return { kind: KIND, key: KEY, value };
}

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
    const settings = documents.find((one) => one.kind === KIND && one.key === KEY)?.value as KeptSettings | undefined;
    const routes = new Map(settings?.routes.map(({ route, readiness }) => [route, readiness]));
    const evidence = createEvidence({
      startedAt: now,
      ...(settings === undefined ? {} : { readiness: settings.readiness }),
      routeReadiness: (route) => routes.get(route),
      explainer: createExplainer(),
      limits: { routes: 20_000 }, // bounded already when it was kept
    });
    const { unreadable } = evidence.restore(documents.filter((one) => one.kind !== KIND));
    const warnings = [
      ...(settings === undefined ? ["The config is not kept here: readiness is judged by the defaults."] : []),
      ...(unreadable > 0 ? [`${unreadable} kept documents could not be read and are left out.`] : []),
    ];
    return { kind: "read", report: evidence.report(now, { declaredRoutes: [...routes.keys()], warnings }) };
  } catch (error) {
    return { kind: "unreadable", message: `${dir} cannot be read: ${(error as Error).message}` };
  } finally {
    reader.close();
  }
}
