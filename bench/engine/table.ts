// bench/engine/table.ts: the rows for a reader

import type { EngineRow } from "./bench.ts";

export function engineTable(rows: readonly EngineRow[]): string {
  const lines = [["size", "corpus", "contender", "ms", "speed / reference", "found"]];
  for (const { bytes, corpus, contender, ms, ratio, found } of rows) {
    lines.push([sizeOf(bytes), corpus, contender, ms.toPrecision(3), `${ratio.toFixed(2)} x`, String(found)]);
  }
  const widths = lines[0]!.map((_, k) => Math.max(...lines.map((line) => line[k]!.length)));
  return lines
    .map((line) => line.map((cell, k) => (k < 3 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join("  "))
    .join("\n");
}

function sizeOf(bytes: number): string {
  return bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1_000} KB`;
}
