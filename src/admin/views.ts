// admin/views.ts: costly answers, cached so that readers do not slow the thread that serves clients

import type { Report } from "../model/report.ts";
import { renderHtml } from "../report/html.ts";
import { createCostAwareCache } from "../telemetry/index.ts";
import type { AdminPorts } from "./ports.ts";
import { json } from "./response.ts";

/** Cached answers of the admin API. */
export type Views = {
  readonly report: () => Promise<Report>;
  readonly reportJson: () => Promise<string>;
  readonly page: () => Promise<string>;
  readonly metrics: () => Promise<string>;
  /** Drops the cached answers, after a change. */
  readonly forget: () => void;
};

/** Caches in proportion to what making an answer costs. */
export function createViews(ports: Pick<AdminPorts, "report" | "metricsText">): Views {
  const report = createCostAwareCache(async () => ports.report());
  const reportJson = createCostAwareCache(async () => json(await report.get()).body);
  const page = createCostAwareCache(async () => renderHtml(await report.get()));
  const metrics = createCostAwareCache(async () => ports.metricsText());
  return {
    report: report.get,
    reportJson: reportJson.get,
    page: page.get,
    metrics: metrics.get,
    forget: () => {
      for (const view of [report, reportJson, page, metrics]) view.forget();
    },
  };
}
