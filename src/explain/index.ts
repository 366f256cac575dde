// explain: differences -> causes, and the rule that would settle them

export { retest, settling } from "./backtest.ts";
export { createExplainer, type ExplainerSettings } from "./explainer.ts";
