// compare/interim-json.ts: a first JSON comparison, by index and without rules but `ignore`

import type { Difference, Masked } from "../model/difference.ts";
import { normalizedPath, type Trail } from "../model/path.ts";
import type { CompareRules } from "../model/rules.ts";
import { selectPath } from "../model/select-path.ts";

export type JsonRules = { readonly ignore: CompareRules["ignore"] };

export function compileJsonRules(rules: CompareRules): JsonRules {
  return { ignore: rules.ignore };
}

type Side = Uint8Array | string;

function read(side: Side): { value: unknown } | undefined {
  try {
    return {
      value: JSON.parse(typeof side === "string" ? side : new TextDecoder("utf-8", { fatal: true }).decode(side)),
    };
  } catch {
    return undefined;
  }
}

export function isJson(side: Side): boolean {
  return read(side) !== undefined;
}

export function compareJson(
  legacy: Side,
  candidate: Side,
  rules: JsonRules,
  _limits: { readonly budget: number; readonly overdue?: () => boolean },
): { differences: Difference[]; approximate: boolean; masked: Masked[]; overdue: boolean } {
  const [a, b] = [read(legacy), read(candidate)];
  const differences: Difference[] = [];
  if (a === undefined || b === undefined) {
    differences.push({ where: "body", path: "$", kind: "format" });
  } else {
    try {
      walk(a.value, b.value, [], differences);
    } catch {
      differences.push({ where: "body", path: "$", kind: "value" });
    }
  }
  const masked: Masked[] = [];
  let left = differences;
  for (const rule of rules.ignore) {
    if (rule.place.where !== "body") continue;
    const places = new Set<string>();
    for (const side of [a, b]) {
      if (side) for (const { path } of selectPath(rule.place.path, side.value)) places.add(path);
    }
    const kept = left.filter(({ path }) => ![...places].some((place) => path === place || path.startsWith(place)));
    if (kept.length < left.length) masked.push({ rule: rule.name, count: left.length - kept.length });
    left = kept;
  }
  return { differences: left, approximate: false, masked, overdue: false };
}

const typeOf = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

function walk(a: unknown, b: unknown, trail: Trail, out: Difference[]): void {
  const place = { where: "body" as const, path: "" };
  if (typeOf(a) !== typeOf(b)) {
    place.path = normalizedPath(trail);
    out.push({ ...place, kind: "type", legacy: JSON.stringify(a), candidate: JSON.stringify(b) });
  } else if (typeof a === "object" && a !== null) {
    const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
    const step = (key: string) => (Array.isArray(a) ? Number(key) : key);
    for (const key of new Set([...Object.keys(x), ...Object.keys(y)])) {
      const here = [...trail, step(key)];
      const path = normalizedPath(here);
      if (!Object.hasOwn(y, key)) out.push({ ...place, path, kind: "missing", legacy: JSON.stringify(x[key]) });
      else if (!Object.hasOwn(x, key)) out.push({ ...place, path, kind: "extra", candidate: JSON.stringify(y[key]) });
      else walk(x[key], y[key], here, out);
    }
  } else if (a !== b) {
    place.path = normalizedPath(trail);
    out.push({ ...place, kind: "value", legacy: JSON.stringify(a), candidate: JSON.stringify(b) });
  }
}
