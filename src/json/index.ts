// compare/json: two JSON documents -> differences, exactly

export { compareJson, isJson, type JsonCompared, type JsonLimits, jsonDocumentsIn } from "./compare.ts";
export { compileJsonRules, type JsonRules } from "./rules.ts";
export { instantOfText } from "./times.ts";
