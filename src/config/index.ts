// config: the outside's words -> a trusted Config, or every fault with file, line and column

export type { Address } from "./addresses.ts";
export type { Config, ReadinessConfig, RouteConfig, RouteShadow } from "./config.ts";
export { type Fault, formatFault } from "./fault.ts";
export { jsonSchema } from "./json-schema.ts";
export { defaultsFor, type Overrides, type Reading, type ReadOptions, readConfig } from "./read.ts";
export type { PatternSegment, RoutePattern } from "./route-pattern.ts";
export type { StickyBy } from "./schema.ts";
