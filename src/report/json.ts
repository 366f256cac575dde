// report/json.ts: JSON that a terminal shows as it is

import { UNSAFE } from "./escape.ts";

/** JSON text of a value; what a terminal would obey is escaped as JSON escapes it, so that it reads back the same. */
export function renderJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(UNSAFE, (one) => (one === "\n" ? one : escaped(one)))}\n`;
}

function escaped(one: string): string {
  return one
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
