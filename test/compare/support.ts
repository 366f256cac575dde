// test/compare/support.ts: responses to compare, and rules as the config would give them

import { Buffer } from "node:buffer";
import {
  type Asked,
  type CompareLimits,
  compareBodies,
  compareResponses,
  compileRules,
  type Origins,
  type Result,
} from "../../src/compare/index.ts";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Path } from "../../src/jsonpath/path.ts";
import type { Response } from "../../src/model/answer.ts";
import type { Body } from "../../src/model/body.ts";
import { type CompareRules, NO_RULES } from "../../src/model/rules.ts";

export const LIMITS: CompareLimits = { maxDecoded: 1_000_000, budget: 100_000 };

export function path(text: string): Path {
  const parsed = parsePath(text);
  if ("fault" in parsed) throw new Error(parsed.fault.message);
  return parsed.path;
}

type Words = { readonly ignore?: readonly string[]; readonly only?: readonly string[] } & Partial<
  Omit<CompareRules, "ignore" | "only">
>;

/** Rules with places in the config's words: `status`, `field etag`, `$.a`. */
export function rules(words: Words = {}, origins?: Origins) {
  const place = (text: string) => {
    if (text === "status") return { where: "status" } as const;
    if (text.startsWith("field ")) return { where: "field", name: text.slice(6) } as const;
    return { where: "body", path: path(text) } as const;
  };
  const named = (kind: string) => (text: string) => ({ name: `${kind} ${text}`, place: place(text) });
  const { ignore = [], only = [], ...rest } = words;
  return compileRules(
    { ...NO_RULES, ...rest, ignore: ignore.map(named("ignore")), only: only.map(named("only")) },
    origins,
  );
}

type Parts = {
  readonly status?: number;
  readonly type?: string;
  readonly fields?: readonly string[];
  readonly trailers?: readonly string[];
  readonly body?: string | Uint8Array | Body;
};

export function response({ status = 200, type, fields = [], trailers = [], body = "" }: Parts): Response {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const kept: Body = bytes instanceof Uint8Array ? { kind: "kept", chunks: [bytes], length: bytes.length } : bytes;
  const all = type === undefined ? fields : ["Content-Type", type, ...fields];
  return { kind: "response", status, reason: "", fields: all, body: kept, trailers, firstByteMs: 1, durationMs: 2 };
}

/** What comparing two responses says, by one set of rules. */
export function differ(legacy: Parts, candidate: Parts, words: Words = {}, origins?: Origins, asked?: Asked): Result {
  return compareResponses(response(legacy), response(candidate), rules(words, origins), LIMITS, asked);
}

/** The differences, as short as they can be read: `body $.a value 1 -> 2`, `body $ format`. */
export function said(result: Result): string[] {
  return result.differences.map(({ where, path: at, kind, legacy, candidate }) => {
    const values =
      kind === "format" || (legacy ?? candidate) === undefined ? [] : [legacy ?? "", "->", candidate ?? ""];
    return [where, at, kind, ...values].filter((word) => word !== "").join(" ");
  });
}

/** What comparing two bodies of one type says. */
export function bodies(
  type: string | undefined,
  legacy: string | Uint8Array,
  candidate: string | Uint8Array,
  words: Words = {},
) {
  const bytes = (body: string | Uint8Array) => (typeof body === "string" ? Buffer.from(body) : body);
  return compareBodies(bytes(legacy), bytes(candidate), type, rules(words), LIMITS);
}
