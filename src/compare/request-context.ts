// compare/request-context.ts: what of a request tells where its answers' links lead: its target, and the names that the client knows us by

import { splitOutside, unquoted } from "../bodies/media-type.ts";
import { type Fields, fieldValue } from "../model/fields.ts";

/** What the comparison must know of a request. Small plain data: it goes to worker threads. */
export type Asked = {
  /** The path and query, against which relative references are resolved. */
  readonly target: string;
  /** Authorities that are the service's own to this client, `shop.example`: `Host` and what proxies in front forwarded. */
  readonly authorities: readonly string[];
  /** How the client came, as far as a proxy in front said so. */
  readonly scheme?: "http" | "https";
};

const AUTHORITY = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
const MOST_AUTHORITIES = 4;

/** Reads it from a request's target and fields. What is no authority is left out. */
export function askedOf({ target, fields }: { readonly target: string; readonly fields: Fields }): Asked {
  const absolute = /^(https?):\/\/([^/?#]*)/i.exec(target);
  const forwarded = forwardedBy(fields);
  const proto = first(fieldValue(fields, "x-forwarded-proto")) ?? forwarded.get("proto");
  const named = [
    absolute?.[2],
    fieldValue(fields, "host")?.trim(),
    first(fieldValue(fields, "x-forwarded-host")),
    forwarded.get("host"),
  ];
  const authorities = named.filter((name) => name !== undefined && AUTHORITY.test(name)) as string[];
  const scheme = (proto ?? absolute?.[1])?.toLowerCase();
  return {
    target: absolute === null ? target : target.slice(absolute[0].length) || "/",
    authorities: [...new Set(authorities)].slice(0, MOST_AUTHORITIES),
    ...(scheme === "http" || scheme === "https" ? { scheme } : {}),
  };
}

/** The first of a list: what the proxy nearest to the client said. */
const first = (list: string | undefined): string | undefined => list?.split(",", 1)[0]?.trim();

/** The parameters of the first element of `Forwarded` (RFC 7239). */
function forwardedBy(fields: Fields): ReadonlyMap<string, string> {
  const [element = ""] = splitOutside(fieldValue(fields, "forwarded") ?? "", ",");
  return new Map(
    splitOutside(element, ";").flatMap((pair): [string, string][] => {
      const equals = pair.indexOf("=");
      return equals < 0 ? [] : [[pair.slice(0, equals).trim().toLowerCase(), unquoted(pair.slice(equals + 1).trim())]];
    }),
  );
}
