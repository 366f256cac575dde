// admin/views.ts: the costly answers, made no more often than the clients' thread can spare

import type { Report } from "../model/report.ts";
import { renderHtml } from "../report/html.ts";
import { createThrift } from "../telemetry/index.ts";
import type { ConsolePorts } from "./ports.ts";
import { json } from "./response.ts";

export type Views = {
  readonly report: () => Promise<Report>;
  readonly reportJson: () => Promise<string>;
  readonly page: () => Promise<string>;
  readonly metrics: () => Promise<string>;
  /** After a change: whoever made it wants to see it. */
  readonly forget: () => void;
};

export function createViews(ports: Pick<ConsolePorts, "report" | "metricsText">): Views {
  const report = createThrift(async () => ports.report());
  const reportJson = createThrift(async () => json(await report.get()).body);
  const page = createThrift(async () => renderHtml(await report.get()));
  const metrics = createThrift(async () => ports.metricsText());
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
