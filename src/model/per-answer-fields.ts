// model/per-answer-fields.ts: the fields that belong to one answer or one server, not to what it says

/**
 * Fields that are not compared by default. `fields.compare: all` compares them too, a list compares only what it names.
 * `content-length`, `content-encoding` and `transfer-encoding` are here because bodies are compared decoded.
 */
export const PER_ANSWER_FIELDS: ReadonlySet<string> = new Set([
  // of the message and its way
  ...["age", "alt-svc", "connection", "content-encoding", "content-length", "date", "keep-alive", "proxy-connection"],
  ...["proxy-status", "trailer", "transfer-encoding", "upgrade", "via", "warning"],
  // validators and lifetimes that each server makes for itself; how long to keep stands in cache-control
  ...["content-digest", "content-md5", "digest", "etag", "expires", "last-modified", "repr-digest"],
  // who answered
  ...["server", "x-aspnet-version", "x-backend", "x-backend-server", "x-envoy-decorator-operation", "x-generator"],
  ...["x-hostname", "x-instance-id", "x-powered-by", "x-served-by", "x-server", "x-version"],
  // which answer it was
  ...["b3", "cf-ray", "request-id", "traceparent", "traceresponse", "tracestate", "x-amz-apigw-id", "x-amz-cf-id"],
  ...["x-amz-cf-pop", "x-amz-id-2", "x-amz-request-id", "x-amzn-requestid", "x-amzn-trace-id", "x-b3-sampled"],
  ...["x-b3-spanid", "x-b3-traceid", "x-cloud-trace-context", "x-correlation-id", "x-github-request-id"],
  ...["x-ms-request-id", "x-parallel-run", "x-request-id", "x-trace-id", "x-transaction-id", "x-vercel-id"],
  // how long it took, where it was cached, and what is left of a quota
  ...["cf-cache-status", "ratelimit", "ratelimit-limit", "ratelimit-policy", "ratelimit-remaining", "ratelimit-reset"],
  ...["cache-status", "server-timing", "x-cache", "x-cache-hits", "x-envoy-upstream-service-time"],
  ...["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-response-time", "x-runtime", "x-timer"],
  // where a browser reports to
  ...["nel", "report-to", "reporting-endpoints"],
]);
