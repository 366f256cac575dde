// compare/engine.ts: the door to the JSON engine

export { compareJson, compileJsonRules, isJson, type JsonRules } from "./interim-json.ts";
