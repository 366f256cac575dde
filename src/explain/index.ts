// explain: differences -> causes, and the rule that would settle them

export { retest, type Settling, settling } from "./backtest.ts";
export { createExplainer, type ExplainerSettings, type RuleTrial } from "./explainer.ts";
