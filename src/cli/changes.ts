// cli/changes.ts: what a reload changed, a line each, fit for the log

import deepDiff from "deep-diff";
import { asWritten, configShown } from "../admin/index.ts";
import { shown } from "../report/index.ts";

const MAX_CHANGES = 100;

/** `candidate.timeout: 10000 -> 5000`. Secrets are masked: the line shows that one changed, not its value. */
export function changesOf(before: unknown, after: unknown): string[] {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(asWritten(value)));
  const found = deepDiff.diff(plain(before), plain(after)) ?? [];
  const masked = { before: plain(configShown(before)), after: plain(configShown(after)) };
  const lines = found.slice(0, MAX_CHANGES).map((change) => {
    const path = change.kind === "A" ? [...(change.path ?? []), change.index] : (change.path ?? []);
    return `${path.join(".")}: ${shownValue(at(masked.before, path))} -> ${shownValue(at(masked.after, path))}`;
  });
  return found.length > lines.length ? [...lines, `and ${found.length - lines.length} more`] : lines;
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  let here: unknown = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

function shownValue(value: unknown): string {
  return value === undefined ? "(none)" : shown(JSON.stringify(value), 200);
}
