// compare/field-meaning.ts: what a field's lines say, spelled in one way, so that equal meaning is equal text

import { mediaTypeMeaning, splitOutside, unquoted, withParameters } from "../bodies/media-type.ts";
import { type Mapping, mappedReference, mappedText } from "./references.ts";

/** Lists whose order says nothing, their members without case. */
const SETS = new Set([
  ...["accept-patch", "accept-post", "accept-ranges", "access-control-allow-headers", "access-control-expose-headers"],
  ...["allow-events", "clear-site-data", "content-language", "critical-ch", "accept-ch", "dav", "vary"],
  ...["accept-encoding", "origin-agent-cluster", "timing-allow-origin", "x-robots-tag"],
]);

/** The same with case: methods are case-sensitive (RFC 9110, 9.1). */
const CASED_SETS = new Set(["access-control-allow-methods", "allow"]);

/** `name=value` directives without order. */
const DIRECTIVES = new Set(["cache-control", "cdn-cache-control", "pragma", "surrogate-control", "prefer"]);

/** The same, divided by semicolons. */
const SEMICOLONS = new Set(["strict-transport-security", "expect-ct"]);

/** Fields that are one reference. */
const REFERENCES = new Set(["content-location", "location", "sourcemap"]);

/** Fields in whose text there may be addresses of the side itself. */
const ADDRESSES = new Set([
  ...["access-control-allow-origin", "content-security-policy", "link", "refresh"],
  ...["content-security-policy-report-only", "feature-policy", "permissions-policy", "timing-allow-origin"],
  "www-authenticate",
]);

/** Fields that hold addresses of the side itself: what is compared of them depends on the request. */
export const holdsAddresses = (name: string): boolean => REFERENCES.has(name) || ADDRESSES.has(name);

/**
 * A field's lines as one text that is equal for equal meaning. Repeated lines are one list (RFC 9110, 5.3).
 * @param name lower case
 * @param mapping the side's own origins onto the common one
 */
export function meaningOf(name: string, lines: readonly string[], mapping: Mapping): string {
  if (REFERENCES.has(name)) return lines.map((line) => mappedReference(mapping, line.trim())).join(", ");
  const mapped = ADDRESSES.has(name) ? lines.map((line) => mappedText(mapping, line)) : lines;
  if (name === "refresh") return mapped.map((line) => refreshMeaning(line, mapping)).join(", ");
  if (name === "content-type") return mapped.map(mediaTypeMeaning).join(", ");
  if (name === "content-disposition") return mapped.map(parametersMeaning).join(", ");
  const items = mapped
    .flatMap((line) => splitOutside(line, ",", name === "link" ? "<>" : ""))
    .filter((item) => item !== "");
  if (SETS.has(name)) return asSet(items.map((item) => item.toLowerCase()));
  if (CASED_SETS.has(name)) return asSet(items);
  if (DIRECTIVES.has(name)) return asSet(items.map(directive));
  if (SEMICOLONS.has(name)) return asSet(mapped.flatMap((line) => splitOutside(line, ";")).map(directive));
  if (name === "link") return asSet(items.map((item) => linkMeaning(item, mapping)));
  if (name === "content-security-policy" || name === "content-security-policy-report-only") {
    return asSet(items.map(policyMeaning));
  }
  if (name === "feature-policy") return asSet(items.map(policyMeaning));
  if (name === "permissions-policy" || name === "permissions-policy-report-only") {
    return asSet(mapped.flatMap((line) => splitOutside(line, ",", "()")).map(permissionMeaning));
  }
  if (name === "www-authenticate" || name === "proxy-authenticate") return items.map(challengeMeaning).join(", ");
  return items.join(", ");
}

function asSet(items: readonly string[]): string {
  return [...new Set(items)]
    .filter((item) => item !== "")
    .sort()
    .join(", ");
}

function directive(item: string): string {
  const equals = item.indexOf("=");
  if (equals < 0) return item.toLowerCase();
  return `${item.slice(0, equals).trim().toLowerCase()}=${unquoted(item.slice(equals + 1).trim())}`;
}

function parametersMeaning(value: string): string {
  const { name, parameters } = withParameters(value);
  return JSON.stringify([name, [...parameters].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** `5; url=/next`: after so many seconds, to there. */
function refreshMeaning(line: string, mapping: Mapping): string {
  const parts = /^\s*(\d+)[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?(["']?)(.*?)\2\s*$/is.exec(line);
  if (parts === null) return line;
  return JSON.stringify([Number(parts[1]), mappedReference(mapping, parts[3]!)]);
}

function linkMeaning(link: string, mapping: Mapping): string {
  const end = link.indexOf(">");
  if (!link.startsWith("<") || end < 0) return link;
  const { parameters } = withParameters(link.slice(end + 1));
  const rel = parameters.get("rel")?.toLowerCase().split(/\s+/).sort().join(" ");
  const kept = [...parameters].map(([key, value]) => [key, key === "rel" ? rel : value]);
  return JSON.stringify([
    mappedReference(mapping, link.slice(1, end).trim()),
    kept.sort(([a], [b]) => (a! < b! ? -1 : 1)),
  ]);
}

/**
 * Directives of a policy without order; of one that stands twice the first counts (CSP Level 3, 2.2.1). A nonce is made anew
 * for each answer; keywords in quotes, schemes and hosts have no case.
 */
function policyMeaning(policy: string): string {
  const directives = new Map<string, string>();
  for (const part of policy.split(";")) {
    const [name = "", ...sources] = part.trim().split(/\s+/);
    if (name === "" || directives.has(name.toLowerCase())) continue;
    directives.set(name.toLowerCase(), [...new Set(sources.map(sourceMeaning))].sort().join(" "));
  }
  return asSet([...directives].map(([name, sources]) => `${name} ${sources}`)).replaceAll(", ", "; ");
}

function sourceMeaning(source: string): string {
  if (/^'nonce-.+'$/i.test(source)) return "'nonce-'";
  if (/^'sha\d+-.+'$/i.test(source)) return source;
  if (source.startsWith("'")) return source.toLowerCase();
  return source.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, (origin) => origin.toLowerCase());
}

/** `geolocation=(self "https://a")`: features without order, and so are those whom each is allowed. */
function permissionMeaning(feature: string): string {
  const equals = feature.indexOf("=");
  if (equals < 0) return feature.toLowerCase();
  const allowed = feature.slice(equals + 1).trim();
  // `*`, a single member and a list of one are the same
  const members = allowed.replace(/^\((.*)\)$/s, "$1").match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g) ?? [];
  return `${feature.slice(0, equals).trim().toLowerCase()}=(${[...new Set(members)].sort().join(" ")})`;
}

/** A challenge's nonce and opaque value are made anew for each answer (RFC 7616, 3.3). */
function challengeMeaning(item: string): string {
  return item.replace(
    /\b(c?nonce|opaque)\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s,]+)/gi,
    (_, name: string) => `${name.toLowerCase()}=`,
  );
}
