// store/sqlite/packing.ts: a sample in few bytes: the candidate's body as what changes legacy's into it

import jsonPatch, { type Operation } from "fast-json-patch";
import type { Sample, SampleBody } from "../sample.ts";

/** RFC 6902, from legacy's body to the candidate's; an empty one when they are the same text. */
type Patched = { readonly kind: "patch"; readonly patch: readonly Operation[] };

/** Where a sample is kept as JSON text, and its bodies once where they are alike. */
export function pack(json: string): string {
  const sample = JSON.parse(json) as Sample;
  const { legacy, candidate } = sample;
  if (legacy.kind !== "response" || candidate.kind !== "response") return json;
  if (legacy.body.kind !== "text" || candidate.body.kind !== "text") return json;
  const patch = patchOf(legacy.body.text, candidate.body.text);
  if (patch === undefined) return json;
  const body: Patched = { kind: "patch", patch };
  return JSON.stringify({ ...sample, candidate: { ...candidate, body } });
}

export function unpack(data: string): Sample {
  const sample = JSON.parse(data) as Sample;
  const { legacy, candidate } = sample;
  if (legacy.kind !== "response" || candidate.kind !== "response" || legacy.body.kind !== "text") return sample;
  const body = candidate.body as SampleBody | Patched;
  if (body.kind !== "patch") return sample;
  const text = body.patch.length === 0 ? legacy.body.text : applied(legacy.body.text, body.patch);
  return { ...sample, candidate: { ...candidate, body: { kind: "text", text } } };
}

/**
 * None where a patch would not give back the candidate's very text (numbers and spaces as they were written, duplicate
 * names, `__proto__`), or would be longer than it.
 */
function patchOf(legacy: string, candidate: string): readonly Operation[] | undefined {
  if (legacy === candidate) return [];
  try {
    const patch = jsonPatch.compare(JSON.parse(legacy) as object, JSON.parse(candidate) as object);
    if (JSON.stringify(patch).length >= candidate.length) return undefined;
    return patch.length > 0 && applied(legacy, patch) === candidate ? patch : undefined;
  } catch {
    return undefined; // not JSON, or too deep for the library
  }
}

function applied(legacy: string, patch: readonly Operation[]): string {
  return JSON.stringify(jsonPatch.applyPatch(JSON.parse(legacy), patch).newDocument);
}
