// compare/json: two JSON documents -> differences, exactly

export { type Alignment, align, alignTexts } from "./align.ts";
export { compareJson, isJson, type JsonCompared, type JsonLimits } from "./compare.ts";
export { compileJsonRules, type JsonRules, patchRuleName, type SameStrings } from "./rules.ts";
