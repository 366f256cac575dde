// config: the outside's words -> a trusted Config, or every fault with file, line and column

export type { Config } from "./config.ts";
export { type Fault, formatFault } from "./fault.ts";
export { jsonSchema } from "./json-schema.ts";
export type { NamedFile } from "./named-files.ts";
export { operationsOf } from "./openapi.ts";
export { defaultConfig, defaultsFor, type Overrides, readConfig, readRules } from "./read.ts";
