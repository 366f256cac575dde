// index.ts: what a library user may import

export { type CompareOptions, compare } from "./app/library.ts";
export type { Decoder, Decoders, Origins, Result } from "./compare/index.ts";
export type { Compared, Difference, Kind, Where } from "./model/difference.ts";
