// index.ts: what a library user may import

export { compare, compareValues } from "./app/library.ts";
export { CompareError } from "./app/library-error.ts";
export type { Compared, Difference, JsonText, Kind, ListOf, Masked, Where } from "./model/difference.ts";
export type {
  ArrayPairing,
  CompareOptions,
  CompareResult,
  Decoder,
  Decoders,
  FieldsLike,
  InputFault,
  Limits,
  NumberWords,
  Origins,
  PathPrefix,
  ResponseLike,
  Result,
  Rules,
  StringWords,
  TimeWords,
} from "./model/library.ts";
export type { PatchOperation } from "./model/rules.ts";
