// json/apply.ts: a list of differences as an RFC 6902 patch that makes the candidate of legacy

import type { Operation } from "fast-json-patch";
import type { Difference } from "../../src/model/difference.ts";
import { readIndexes } from "../../src/model/index-runs.ts";

type Step = string | number;
type Changes = { steps: Step[]; missing: number[]; extra: Map<number, unknown>; order?: [number[], number[]] };

/** The steps of a normalized path in its short form. */
export function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  for (const [, plain, index, quoted] of path
    .slice(1)
    .matchAll(/\.([A-Za-z_]\w*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/gs)) {
    if (plain !== undefined) steps.push(plain);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(JSON.parse(`"${quoted!.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`) as string);
  }
  return steps;
}

const pointer = (steps: readonly Step[]): string =>
  steps.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/**
 * All paths but the last step of an `extra` element speak of legacy. So what leaves indexes alone goes first, then the lists,
 * the deepest first; in each list removals from the end, then the new order, then insertions from the head.
 */
export function patchOf(differences: readonly Difference[]): Operation[] {
  const operations: Operation[] = [];
  const lists = new Map<string, Changes>();
  const listAt = (steps: Step[]): Changes => {
    const key = JSON.stringify(steps);
    const list: Changes = lists.get(key) ?? { steps, missing: [], extra: new Map() };
    lists.set(key, list);
    return list;
  };
  for (const { kind, path, legacy, candidate } of differences) {
    const steps = stepsOf(path);
    const [parent, last] = [steps.slice(0, -1), steps.at(-1)];
    const value = candidate === undefined ? undefined : (JSON.parse(candidate) as unknown);
    if (kind === "order") listAt(steps).order = [readIndexes(JSON.parse(legacy!))!, readIndexes(value)!];
    else if (kind === "missing" && typeof last === "number") listAt(parent).missing.push(last);
    else if (kind === "extra" && typeof last === "number") listAt(parent).extra.set(last, value);
    else if (kind === "missing") operations.push({ op: "remove", path: pointer(steps) });
    else operations.push({ op: kind === "extra" ? "add" : "replace", path: pointer(steps), value });
  }
  for (const { steps, missing, extra, order } of [...lists.values()].sort((x, y) => y.steps.length - x.steps.length)) {
    const removed = missing.sort((x, y) => y - x);
    for (const index of removed) operations.push({ op: "remove", path: pointer([...steps, index]) });
    if (order !== undefined) {
      const [before, after] = order;
      const now = [...before];
      const first = before[0]! - removed.filter((index) => index < before[0]!).length;
      for (const [k, index] of after.entries()) {
        const from = now.indexOf(index);
        if (from === k) continue;
        now.splice(k, 0, ...now.splice(from, 1));
        operations.push({ op: "move", from: pointer([...steps, first + from]), path: pointer([...steps, first + k]) });
      }
    }
    for (const [index, value] of [...extra].sort(([x], [y]) => x - y)) {
      operations.push({ op: "add", path: pointer([...steps, index]), value });
    }
  }
  return operations;
}
