// explain: differences -> causes, and the rule that would settle them

export { type Settling, settling, type Tried } from "./backtest.ts";
export { createExplainer, type ExplainerSettings, type RuleTrial } from "./explainer.ts";
