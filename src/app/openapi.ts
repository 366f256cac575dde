// app/openapi.ts: the operations of the API description that the config names

import { type Config, operationsOf } from "../config/index.ts";
import type { ReadFile } from "../proxy/index.ts";

/** Throws with words for a person where the file is no API description. */
export function describedRoutes({ readiness: { openapi } }: Config, read: ReadFile): readonly string[] {
  if (openapi === undefined) return [];
  const found = operationsOf(read(openapi).toString("utf8"));
  if ("says" in found) throw new Error(`${openapi} (readiness.openapi) ${found.says}`);
  return found.operations;
}
