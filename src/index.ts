// index.ts: what a library user may import

export { type CompareOptions, compare } from "./compare/index.ts";
