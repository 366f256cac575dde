// cli/compare/input.ts: the two bodies, from files or standard input, and what type they are

import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { Readable } from "node:stream";
import { UsageError } from "../command.ts";
import { unreadable } from "../files.ts";

/** The bytes of both bodies. */
export type Bodies = { readonly legacy: Uint8Array; readonly candidate: Uint8Array };

/** Reads both; `-` is standard input, for one of them. */
export async function readBoth(legacy: string, candidate: string, stdin: Readable): Promise<Bodies> {
  if (legacy === "-" && candidate === "-") throw new UsageError("only one of the two can be standard input");
  const read = (name: string) => (name === "-" ? all(stdin) : file(name));
  return { legacy: await read(legacy), candidate: await read(candidate) };
}

async function file(name: string): Promise<Uint8Array> {
  try {
    return await readFile(name);
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function all(stdin: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

const BY_EXTENSION: ReadonlyMap<string, string> = new Map([
  [".json", "application/json"],
  [".geojson", "application/geo+json"],
  [".jsonld", "application/ld+json"],
  [".ndjson", "application/x-ndjson"],
  [".jsonl", "application/x-ndjson"],
  [".xml", "application/xml"],
  [".svg", "image/svg+xml"],
  [".xhtml", "application/xhtml+xml"],
  [".html", "text/html"],
  [".htm", "text/html"],
  [".csv", "text/csv"],
  [".tsv", "text/tab-separated-values"],
  [".sse", "text/event-stream"],
  [".form", "application/x-www-form-urlencoded"],
  [".txt", "text/plain"],
  [".text", "text/plain"],
  [".log", "text/plain"],
  [".md", "text/plain"],
  [".yaml", "application/yaml"],
  [".yml", "application/yaml"],
]);

/** The type as given, else by the extension of either file, legacy's first; nothing where only a look can tell. */
export function mediaTypeOf(given: string | undefined, legacy: string, candidate: string): string | undefined {
  if (given !== undefined) {
    if (!/^[^\s/;]+\/[^\s/;]+/.test(given)) throw new UsageError("--type is a media type, such as application/json");
    return given;
  }
  return BY_EXTENSION.get(extname(legacy).toLowerCase()) ?? BY_EXTENSION.get(extname(candidate).toLowerCase());
}
