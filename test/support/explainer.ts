// test/support/explainer.ts: an explainer with the config's defaults, except for what a test sets

import { defaultConfig } from "../../src/config/index.ts";
import * as explain from "../../src/explain/index.ts";

const { causes, findings } = defaultConfig();

export function createExplainer(settings: Partial<explain.ExplainerSettings> = {}) {
  return explain.createExplainer({ ...causes, findings: findings.max, ...settings });
}
