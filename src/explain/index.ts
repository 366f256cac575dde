// explain: differences -> causes, and the rule that would settle them

export { type Retested, retest, type Settling, settling } from "./backtest.ts";
export { type Causes, createExplainer, type ExplainerSettings, type RuleTrial } from "./explainer.ts";
