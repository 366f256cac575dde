// compare/references.ts: links in fields as absolute URLs, so that a relative one and an absolute one may be the same

import { Buffer, isUtf8 } from "node:buffer";
import type { Side } from "../model/answer.ts";
import { isUnder, mapText, type OriginMap, prefixOf } from "./origins.ts";
import type { Asked } from "./request-context.ts";

/** How one side's addresses are brought onto the common origin. */
export type Mapping = {
  readonly side: Side;
  readonly map: OriginMap | undefined;
  readonly asked: Asked | undefined;
};

/** A text in which a side's own origins are mapped, such as a policy or a challenge. */
export function mappedText({ map, side }: Mapping, text: string): string {
  return mapText(map, side, text);
}

/**
 * A reference (`Location`, a link's target) as an absolute URL on the common origin, if it leads to the side itself; else as it
 * is. Without the request's target only what begins with a slash is resolved.
 */
export function mappedReference(mapping: Mapping, text: string): string {
  const { map, asked } = mapping;
  if (map === undefined) return text;
  const mapped = mappedText(mapping, ownScheme(mapping, text));
  const base = `${map.origin}${asked?.target.startsWith("/") ? asked.target : "/"}`;
  if (!isResolvable(mapped, asked)) return mapped;
  try {
    const url = new URL(readable(mapped), base);
    return `${withPath(mapping, url)}`;
  } catch {
    return mapped;
  }
}

/** `//host/x` leads to the scheme of the page that it is on: to one's own where the host is. */
function ownScheme({ map, side, asked }: Mapping, text: string): string {
  if (!text.startsWith("//") || map === undefined) return text;
  const schemes = asked?.scheme === undefined ? ["http:", "https:"] : [`${asked.scheme}:`];
  for (const scheme of [map.origin.slice(0, map.origin.indexOf("//")), ...schemes]) {
    const mapped = mapText(map, side, scheme + text);
    if (mapped.startsWith(map.origin)) return mapped;
  }
  return text;
}

function isResolvable(text: string, asked: Asked | undefined): boolean {
  if (/^https?:/i.test(text)) return true;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || text === "") return false;
  return asked !== undefined || text.startsWith("/");
}

/** A field's characters are bytes; most of those above ASCII are UTF-8. */
function readable(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : text;
}

/** A URL on the common origin with the candidate's path prefix mapped back, if `mapText` has not found it yet. */
function withPath({ map, side }: Mapping, url: URL): string {
  const { origin, origins } = map!;
  const text = url.href;
  const own = new URL(origin).origin;
  if (side === "legacy" || !text.startsWith(`${own}/`) || origins.paths === undefined) return text;
  const path = text.slice(own.length);
  const prefix = prefixOf(path, origins.paths);
  if (prefix === undefined || origins.paths.some((one) => one.legacy !== "/" && isUnder(path, one))) return text;
  return own + prefix.legacy + path.slice(prefix.candidate.length);
}
