// compare/decoder.ts: a user's reader for a type that is bytes to us

import { Buffer } from "node:buffer";
import type { Content } from "../bodies/content.ts";
import type { Read } from "../bodies/reader.ts";
import { isJson } from "../json/index.ts";
import type { Decoder } from "../model/library.ts";
import type { CompiledRules } from "./rules.ts";

/** The decoder for legacy's type, or the candidate's where legacy has none. */
export function decoderFor(legacy: Content, candidate: Content, { decoders }: CompiledRules): Decoder | undefined {
  const name = legacy.type?.name ?? candidate.type?.name;
  return name === undefined || decoders.size === 0 ? undefined : decoders.get(name);
}

/** A decoder is a user's code: what it throws is a fault of the bytes, never of the comparison. */
export function readBy(decoder: Decoder, { bytes }: Content): Read {
  try {
    const document = decoder(bytes);
    if (typeof document === "string" && isJson(Buffer.from(document))) return { document };
    return { fault: "the decoder for this type gave no JSON" };
  } catch {
    return { fault: "the decoder for this type threw" };
  }
}
