// evidence/framework-fields.ts: response fields that a web framework or a proxy before it sets regardless of the service

/**
 * Caching, CORS and security fields: another framework sets others on every route, and clients of an API seldom read them.
 * What a service itself says in fields (`location`, `link`, `set-cookie`, `content-type`, `x-total-count`) is not among them.
 */
const FRAMEWORK: ReadonlySet<string> = new Set([
  ...["accept-ranges", "allow", "cache-control", "pragma", "surrogate-control", "vary"],
  ...["cross-origin-embedder-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"],
  ...["content-security-policy", "content-security-policy-report-only", "expect-ct", "feature-policy"],
  ...[
    "origin-agent-cluster",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "timing-allow-origin",
  ],
  ...["x-content-type-options", "x-dns-prefetch-control", "x-download-options", "x-frame-options"],
  ...["x-permitted-cross-domain-policies", "x-ua-compatible", "x-xss-protection", "x-robots-tag"],
]);

/** Whether web frameworks set this field on all routes. @param name in lower case */
export function isFrameworkField(name: string): boolean {
  return FRAMEWORK.has(name) || name.startsWith("access-control-");
}
