// config/offset.ts: where in a YAML scalar's source a character of its value stands

/**
 * The offset in `source` (quotes included) of the character at `offset` of `value`. Scalars over several lines are
 * folded, and there the answer is their beginning.
 */
export function offsetIn(source: string, value: string, offset: number): number {
  const quote = source[0];
  if (quote !== "'" && quote !== '"') return source.startsWith(value) ? Math.min(offset, source.length) : 0;
  if (source.includes("\n")) return 0;
  let at = 1;
  for (let seen = 0; seen < offset && at < source.length - 1; ) {
    const step = quote === "'" ? (source.startsWith("''", at) ? 2 : 1) : escapeLength(source, at);
    // An escape beyond the basic plane is two code units of the value.
    seen +=
      quote === '"' && source[at] === "\\" && Number.parseInt(source.slice(at + 2, at + step), 16) > 0xffff ? 2 : 1;
    at += step;
  }
  return at;
}

function escapeLength(source: string, at: number): number {
  if (source[at] !== "\\") return 1;
  return { x: 4, u: 6, U: 10 }[source[at + 1] ?? ""] ?? 2;
}
