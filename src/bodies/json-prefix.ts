// bodies/json-prefix.ts: JSON behind a prefix that keeps scripts from reading it, or in a call (JSONP)

import { Buffer } from "node:buffer";
import { isJson } from "../json/index.ts";

/** What stands around the JSON, spelled in one way (`)]}'`, `callback(`), and the JSON itself. */
export type Unwrapped = { readonly wrapper: string; readonly bytes: Uint8Array };

/** Prefixes with which servers make JSON useless as a script. */
const PREFIX =
  /^\s*(\)\]\}'?,?|while\s*\(\s*1\s*\);|for\s*\(\s*;\s*;\s*\);|\{\}\s*&&|throw\s+1\s*;(?:\s*<[^>\n]{0,40}>)?|\/\/[^\n]{0,40}\n)\s*/;

/** `callback(`, perhaps behind a comment and a test of the callback's type. */
const CALL =
  /^\s*(?:\/\*[^*]{0,40}\*\/\s*)?(?:typeof\s+[\w$.]{1,200}\s*===?\s*['"]function['"]\s*&&\s*)?([A-Za-z_$][\w$.[\]'"]{0,200})\s*\(\s*/;
const CALL_END = /\s*\)\s*;?\s*$/;

/** A head or tail longer than this is not a wrapper's. */
const LOOKED_AT = 512;

/** The JSON document in a wrapper; undefined where the body is none. */
export function unwrapJson(bytes: Uint8Array): Unwrapped | undefined {
  const head = latin1(bytes.subarray(0, LOOKED_AT));
  const prefix = PREFIX.exec(head);
  if (prefix !== null) {
    const inner = bytes.subarray(prefix[0].length);
    return isJson(inner) ? { wrapper: prefix[1]!.replace(/\s+/g, ""), bytes: inner } : undefined;
  }
  const call = CALL.exec(head);
  const end = call === null ? null : CALL_END.exec(latin1(bytes.subarray(-LOOKED_AT)));
  if (call === null || end === null || call[0].length + end[0].length >= bytes.length) return undefined;
  const inner = bytes.subarray(call[0].length, bytes.length - end[0].length);
  return isJson(inner) ? { wrapper: `${call[1]}(`, bytes: inner } : undefined;
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
