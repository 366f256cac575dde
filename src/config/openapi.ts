// config/openapi.ts: the operations that an OpenAPI file names, as routes

import { parse } from "yaml";

const METHODS = ["get", "head", "options", "post", "put", "patch", "delete", "trace"];
/** More than any service has; it bounds what a report can list. */
const MOST = 5_000;

/**
 * `GET /v1/orders/{orderId}` for each operation of an OpenAPI 3 or Swagger 2 file, YAML or JSON, with the path of its first
 * server (or `basePath`) in front; or what is wrong with the file, for a person.
 */
export function operationsOf(text: string): { readonly operations: readonly string[] } | { readonly says: string } {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    return { says: `is neither YAML nor JSON: ${(error as Error).message.split("\n")[0]}` };
  }
  const paths = member(document, "paths");
  if (typeof paths !== "object" || paths === null) return { says: "is no OpenAPI file: it has no paths" };
  const base = basePath(document);
  const operations = Object.entries(paths)
    .filter(([path]) => path.startsWith("/"))
    .flatMap(([path, item]) =>
      METHODS.filter((method) => member(item, method) !== undefined).map(
        (method) => `${method.toUpperCase()} ${base}${path}`,
      ),
    );
  return { operations: operations.slice(0, MOST) };
}

/** Without a slash at its end. A server's URL may be relative, or have variables for its host. */
function basePath(document: unknown): string {
  const servers = member(document, "servers");
  const first = Array.isArray(servers) ? member(servers[0], "url") : member(document, "basePath");
  if (typeof first !== "string") return "";
  const path = first
    .replace(/^[^/]*:?\/\/[^/]*/, "")
    .replace(/[?#].*$/s, "")
    .replace(/\/+$/, "");
  return path === "" || path.startsWith("/") ? path : `/${path}`;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
