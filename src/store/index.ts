// store/index.ts: what is kept, and what must not be

export { compileRedactor, type Redactor } from "../redact/redactor.ts";
export type { RedactPattern, RedactSettings } from "../redact/settings.ts";
export type { Batch, SampleFilter, Store, StoreLimits, StoreStats, Written } from "./contract.ts";
export { openMemoryStore } from "./memory.ts";
export { exchangeOf, type Sample, type SampleAnswer, type SampleBody, type SampleParts } from "./sample.ts";
export { type OpenedReader, openReader, type Reader } from "./sqlite/reader.ts";
export { openSqliteStore, type SqliteOptions } from "./sqlite/store.ts";
export { createStoreWriter, type StoreWriter, type StoreWriterOptions } from "./store-writer.ts";
