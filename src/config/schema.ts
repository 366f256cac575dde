// config/schema.ts: every key of a config, what it takes and what it means; validation, types and JSON Schema come from it
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import { z } from "zod";
import { address, network, origin, originWithPath } from "./addresses.ts";
import { pathMappings, requestFields } from "./candidate-request.ts";
import { compareKeys } from "./compare.ts";
import { DEFAULTS } from "./defaults.ts";
import { path } from "./places.ts";
import { readRoutePattern } from "./route-pattern.ts";
import { choice, count, duration, fieldName, flag, number, readFieldName, share, size, text } from "./scalars.ts";
import { scalar, section, shorthand } from "./section.ts";

const file = () => text("a file name");

const upstreamTls = section(
  {
    ca: file().describe("PEM file of the certificate authorities to trust instead of the system's."),
    cert: file().describe("PEM file of the client certificate that the proxy presents."),
    key: file().describe("PEM file of that certificate's private key."),
    serverName: text("a host name").describe(
      "The server name to send (SNI) and to verify, if it is not the URL's host.",
    ),
    insecure: flag().describe("Do not verify the server's certificate. For tests only."),
  },
  DEFAULTS.upstreamTls,
);

const upstreamKeys = {
  url: origin().describe("Scheme, host and port: http://legacy:8080. The request target is forwarded unchanged."),
  connectTimeout: duration({ least: "1ms" }).describe("Limit for DNS, TCP and TLS together."),
  idleTimeout: duration({ least: "1ms" }).describe("Longest pause in the middle of a body, in either direction."),
  keepAlive: duration().describe(
    "How long an idle connection is kept. Set it below the backend's own keep-alive timeout.",
  ),
  maxConnections: count(1, 65_535).describe("Concurrent connections."),
  maxHeaderSize: size({ least: "1KiB" }).describe(
    "Largest response head (status line and fields). A larger one counts as a protocol error of that side.",
  ),
  lenient: z
    .array(choice(["bare-lf", "folding", "space-before-colon", "length-and-chunks"], "deviation from HTTP/1.1"))
    .describe(
      "Deviations from HTTP/1.1 in its responses that are accepted, each with one defined meaning. `bare-lf`: lines that end without CR. `folding`: a field value that continues on the next line. `space-before-colon`: white space between field name and colon. `length-and-chunks`: Content-Length beside Transfer-Encoding; it is removed.",
    ),
  host: choice(["preserve", "rewrite"], "way to treat Host").describe(
    "`preserve` forwards the client's Host field; `rewrite` sends the URL's host.",
  ),
  tls: upstreamTls.describe("TLS settings for https URLs."),
};

const legacy = section(
  {
    ...upstreamKeys,
    timeout: duration({ least: "1ms" }).describe("Limit from the end of the request to the head of the response."),
  },
  DEFAULTS.legacy,
);

const candidate = section(
  {
    ...upstreamKeys,
    url: originWithPath().describe(
      "Scheme, host and port, and optionally a path that is prepended to every target: http://candidate:8080/v2.",
    ),
    path: pathMappings().describe("Path prefixes that differ on the candidate. The first match applies."),
    fields: requestFields().describe("How the fields of the candidate's copy differ from the client's."),
    serves: z
      .array(scalar({ type: "string", examples: ["GET /orders/{id}", "GET /customers/*"] }, readRoutePattern))
      .describe(
        "Routes that the candidate already implements. Other requests are skipped{route} and listed as not built. Empty: all routes.",
      ),
    timeout: duration({ least: "1ms" }).describe("Limit for the whole response, from the moment the request is sent."),
    maxInFlight: count(1, 65_535).describe(
      "Concurrent requests to the candidate; above it requests are skipped{overload}.",
    ),
    adaptive: flag().describe(
      "Adapt the concurrency limit: start at 64, raise it while the candidate is fast, lower it when the candidate slows down or answers 429.",
    ),
  },
  DEFAULTS.candidate,
);

const legacyReplica = section(
  { ...upstreamKeys, timeout: duration({ least: "1ms" }).describe("Limit for the whole response.") },
  DEFAULTS.legacyReplica,
);

const urlAlone = (value: unknown) => (typeof value === "string" ? { url: value } : value);
const URL_ALONE = { type: "string", examples: ["http://legacy:8080"] };

/** What keeps one user in or out. */
export type StickyBy = { readonly kind: "id" } | { readonly kind: "field" | "cookie"; readonly name: string };

const stickyBy = () =>
  scalar<StickyBy>(
    { type: "string", pattern: "^(id|field +\\S+|cookie +\\S+)$", examples: ["id", "field x-user", "cookie session"] },
    (value) => {
      if (value === "id") return { value: { kind: "id" } };
      const parts = typeof value === "string" ? /^(field|cookie) +(\S+)$/.exec(value) : null;
      const name = readFieldName(parts?.[2]);
      if (parts === null || "says" in name) {
        const header = typeof value === "string" ? /^header +(\S+)$/i.exec(value)?.[1] : undefined;
        const hint = "id, field x-user or cookie session";
        return {
          says: "is nothing to sample by",
          hint: header === undefined ? hint : `did you mean field ${header}? It takes ${hint}`,
        };
      }
      // A cookie's name has the same grammar as a field's, and its case counts.
      return {
        value: parts[1] === "field" ? { kind: "field", name: name.value } : { kind: "cookie", name: parts[2]! },
      };
    },
  );

const safeMethod = () =>
  scalar<string>({ enum: ["GET", "HEAD", "OPTIONS"] }, (value) => {
    if (value === "GET" || value === "HEAD" || value === "OPTIONS") return { value };
    return {
      says: "is not shadowed by its method",
      hint: "GET, HEAD or OPTIONS; others route by route, with readOnly: true",
    };
  });

const ramp = section(
  {
    from: share().describe("The share at the start."),
    over: duration({ least: "1s" }).describe(
      "How long it takes to reach `sample`, from the start of the process or from the moment shadowing is switched on.",
    ),
  },
  DEFAULTS.ramp,
  ["over"],
);

const shadowKeys = {
  enabled: flag().describe("Whether requests are sent to the candidate. `shadow: off` is short for `enabled: false`."),
  sample: share().describe("The share of eligible requests that is shadowed."),
  by: stickyBy().describe("What the sample is drawn by: `id` (each request), `field x-user`, `cookie session`."),
  values: z.array(text("a value")).describe("Shadow only requests whose `by` value is one of these. Empty: all."),
  maxRequestBody: size().describe("The largest request body that is sent to the candidate."),
  perSecond: number().describe("At most so many shadowed requests a second."),
};

const onOff = (value: unknown) => {
  if (value === "off" || value === false) return { enabled: false };
  return value === "on" || value === true ? { enabled: true } : value;
};
const ON_OFF = { enum: ["on", "off", true, false] };

const shadow = section(
  {
    ...shadowKeys,
    methods: z.array(safeMethod()).describe("Safe methods that are shadowed."),
    caseSensitive: flag().describe(
      "Whether `shadow: off` of a route applies to its path in this letter case only. By default it applies to `/Logout` as well as `/logout`.",
    ),
    ramp: ramp.describe("Raise the share gradually."),
    file: file().describe(
      "A file that is watched for runtime control, in addition to the command and the API. Relative to the working directory.",
    ),
  },
  DEFAULTS.shadow,
);

const routeShadow = section(shadowKeys, {});

const latency = section(
  {
    p50: number({ least: 0.01 }).describe("Median."),
    p95: number({ least: 0.01 }).describe("95th percentile."),
    p99: number({ least: 0.01 }).describe("99th percentile."),
  },
  {},
);

const readinessKeys = {
  tolerance: share({ inside: true }).describe(
    "The share of distinct requests, and of requests, that may be wrong: mismatched, or not answered by the candidate.",
  ),
  confidence: share({ inside: true }).describe(
    "Confidence level of the bounds. It holds no matter how often the verdict is read.",
  ),
  errors: share({ inside: true }).describe("The largest share of requests that may get no answer from the candidate."),
  unseen: share().describe(
    "The largest share of requests that could not be compared: skipped for overload, size or breaker, or not comparable.",
  ),
  repeat: count(1, 255).describe("For a route with few possible requests: how often each of them must have matched."),
  bake: duration().describe("For such a route: how long no new request may have been seen."),
  latency: latency.describe("Largest ratio of the candidate's latency to legacy's: `p95: 1.2` allows 20 % more."),
};

const readiness = section(
  {
    ...readinessKeys,
    openapi: file().describe("An OpenAPI file. The report lists its operations that were never compared."),
  },
  DEFAULTS.readiness,
);

const routeReadiness = section(
  {
    ...readinessKeys,
    counts: flag().describe(
      "Whether overall readiness needs this route. `readiness: off` is short for `counts: false`; the report lists the route as excluded.",
    ),
  },
  DEFAULTS.routeReadiness,
);

const notCounted = (value: unknown) => (value === "off" || value === false ? { counts: false } : value);

const lag = duration().describe(
  "How far the candidate may lag behind legacy. A difference that disappears within this time is transient, and each difference is rechecked until it has passed.",
);

const route = section(
  {
    match: scalar({ type: "string", examples: ["GET /orders/{id}", "ANY /files/*"] }, readRoutePattern).describe(
      "Method and path. `{name}` is one segment, `*` at the end matches the rest of the path, `ANY` any method. The most specific route applies.",
    ),
    readOnly: flag().describe(
      "Requests of this route change nothing although their method is not a safe one: they may be shadowed.",
    ),
    shadow: shorthand(ON_OFF, onOff, routeShadow).describe("`off`, or settings that override `shadow` above."),
    compare: compareKeys.describe("Rules for this route, in addition to those for all routes."),
    recheck: section({ lag }, {}).describe("Settings that override `recheck` above."),
    candidate: section(
      {
        path: pathMappings().describe("Path prefixes, before those under `candidate`."),
        fields: requestFields().describe("Fields, in addition to those under `candidate`."),
      },
      {},
    ).describe("Path prefixes and fields for this route, before those under `candidate`."),
    readiness: shorthand({ enum: ["off", false] }, notCounted, routeReadiness).describe(
      "`off`, or settings that override `readiness` above.",
    ),
  },
  { readOnly: false },
  ["match"],
);

const listenerTls = section(
  {
    cert: file().describe("PEM file of the certificate chain. Read again when it changes."),
    key: file().describe("PEM file of the private key."),
    clientCa: file().describe(
      "PEM file of the certificate authorities that client certificates must come from. Clients are asked for a certificate only if this is set.",
    ),
  },
  DEFAULTS.tls,
);

const keys = {
  listen: address().describe("Address that clients connect to."),
  admin: address().describe(
    "Metrics, health, API and report. Any address other than loopback requires a token in `adminAccess`.",
  ),
  tls: listenerTls.describe("TLS for `listen`."),
  legacy: shorthand(URL_ALONE, urlAlone, legacy).describe("The service that answers the clients."),
  candidate: shorthand(URL_ALONE, urlAlone, candidate).describe(
    "The service that gets a copy of each request that only reads.",
  ),
  legacyReplica: shorthand(URL_ALONE, urlAlone, legacyReplica).describe(
    "A second instance of legacy. Rechecks are sent to it instead of legacy.",
  ),
  forwarded: section(
    {
      xForwarded: flag().describe("Add X-Forwarded-For, -Proto and -Host."),
      forwarded: flag().describe("Add Forwarded (RFC 7239)."),
      trustedProxies: z
        .array(network())
        .describe("Addresses and networks of proxies whose forwarding fields are trusted."),
    },
    DEFAULTS.forwarded,
  ).describe("Forwarding fields that are added to requests. By default none."),
  shadow: shorthand(ON_OFF, onOff, shadow).describe("Which requests are sent to the candidate."),
  breaker: section(
    {
      errors: share({ inside: true }).describe("Opens at this share of candidate errors, measured over `window`."),
      window: duration({ least: "100ms" }).describe("The period over which errors are counted."),
      minimum: count(1).describe("The fewest requests within `window` for the breaker to open."),
      open: duration({ least: "1ms" }).describe("How long it stays open before it sends a probe."),
      latency: duration({ least: "1ms" }).describe("Also opens when the candidate's median response time is longer."),
    },
    DEFAULTS.breaker,
  ).describe("Circuit breaker: stops sending requests to a candidate that fails."),
  interference: section(
    {
      holdout: share().describe(
        "Leave at least this share of eligible requests unshadowed, chosen at random, to compare legacy's latency and errors with and without shadowing.",
      ),
      latency: number({ least: 1 }).describe(
        "Largest ratio of legacy's latency, shadowed over unshadowed, that is not interference.",
      ),
      errors: share().describe(
        "Largest increase of legacy's error share, shadowed over unshadowed, that is not interference.",
      ),
      stop: flag().describe("Switch shadowing of a route off when interference is found."),
    },
    DEFAULTS.interference,
  ).describe("Measures whether shadowing slows legacy down or makes it fail."),
  overload: section(
    {
      eventLoopDelay: duration({ least: "1ms" }).describe(
        "Shed shadowing while the event loop delay is above this: the average of the last 8 measurements, 25 ms apart, without the largest. A single delay sheds nothing.",
      ),
      memory: size({ least: "64MiB" }).describe("Shed shadowing while the process's resident memory is above this."),
    },
    DEFAULTS.overload,
  ).describe("When to shed shadowing, well before clients are affected."),
  capture: section(
    {
      maxBody: size().describe("Larger bodies are compared by length and hash."),
      budget: size({ least: "1MiB" }).describe("Memory for all captured bodies together."),
    },
    DEFAULTS.capture,
  ).describe("Limits on the bodies kept for comparison."),
  compare: compareKeys.describe("Rules for all routes."),
  verify: section(
    {
      threads: count(1, 64).describe("Comparer threads."),
      queue: size({ least: "1MiB" }).describe(
        "Bytes of bodies that may wait for comparison; above it requests are skipped{overload}.",
      ),
      deadline: duration({ least: "10ms" }).describe("Largest CPU time of one comparison."),
      maxDecoded: size({ least: "1KiB" }).describe(
        "The largest body after decoding, as a limit against decompression bombs.",
      ),
    },
    DEFAULTS.verify,
  ).describe("Comparison, on threads of its own."),
  recheck: section(
    {
      delay: duration().describe("The delay before both sides are asked a second time."),
      perSecond: number().describe("Rechecks per second over all routes, at most. 0: none."),
      queue: size({ least: "1MiB" }).describe(
        "Bytes of bodies kept while differing answers wait for a recheck. Above it they are classified without a recheck; places that were never confirmed have priority.",
      ),
      sample: share().describe(
        "The share of all shadowed requests for which legacy is asked twice, to learn its noise. For the first 24 requests of a route the share is a hundred times higher. At most `perSecond`. 0%: never.",
      ),
      tries: count(1, 10).describe("The most rechecks of one difference, with increasing delays."),
      afterWrite: duration().describe(
        "How long after a write to a resource its differences are rechecked later and more often.",
      ),
      lag,
    },
    DEFAULTS.recheck,
  ).describe(
    "A recheck asks both sides a second time, to tell a real difference from noise and from data that changed between the two requests.",
  ),
  readiness: readiness.describe("When a route is ready to be switched over."),
  identity: section(
    {
      fields: z
        .array(fieldName())
        .describe("Request fields that make requests distinct, in addition to those that legacy names in Vary."),
      cookies: z.array(text("a cookie name")).describe("Cookies that make requests distinct, such as the session's."),
      ignoreQuery: z
        .array(text("a parameter name"))
        .describe("Query parameters that do not affect the response: `utm_*` means all that begin with `utm_`."),
    },
    DEFAULTS.identity,
  ).describe("What makes requests distinct. Only keyed digests are kept."),
  causes: section(
    {
      support: share({ inside: true }).describe("The share of observations that a cause must explain."),
      minimum: count(1).describe("The fewest observations that a cause must explain."),
    },
    DEFAULTS.causes,
  ).describe("When the cause of a finding is stated."),
  findings: section(
    {
      max: count(1, 100_000).describe("The most findings kept; further ones are counted together."),
      samples: count(1, 100).describe("Samples kept per finding."),
      fixedAfter: count(1).describe(
        "A finding is fixed after at least this many comparisons that could have shown it and did not.",
      ),
    },
    DEFAULTS.findings,
  ).describe("Findings: groups of differences alike in route, place and kind."),
  epoch: section(
    { field: fieldName().describe("A response field of the candidate that changes with each deploy: x-version.") },
    DEFAULTS.epoch,
  ).describe("A new version of the candidate starts a new epoch: older evidence no longer counts."),
  redact: section(
    {
      fields: z
        .array(fieldName())
        .describe("Names of fields, in addition to the built-in ones. A listed name is secret wherever it occurs."),
      json: z.array(path()).describe("Paths of secret values in bodies."),
      query: z
        .array(text("a name"))
        .describe(
          "Names of query and form parameters, in addition to the built-in ones. A listed name is secret wherever it occurs.",
        ),
      show: z
        .array(text("a name"))
        .describe(
          "Names that are shown although the built-in list treats them as secret, such as `code` or `pageToken`.",
        ),
      patterns: z
        .array(choice(["bearer", "card", "email", "key", "iban"], "pattern"))
        .describe("Formats of secrets that are recognised anywhere."),
      values: choice(["shown", "hashed"], "way to show values").describe(
        "`hashed` keeps keyed digests, types and lengths instead of values.",
      ),
    },
    DEFAULTS.redact,
  ).describe("What is redacted before anything is stored, logged or shown."),
  data: text("a directory").describe(
    "Directory in which evidence and control survive a restart. Without it they are kept in memory. Relative to the working directory; other files are relative to the config.",
  ),
  store: section(
    {
      kind: choice(["sqlite", "memory"], "store").describe("By default `sqlite` if `data` is set, otherwise `memory`."),
      keep: duration({ least: "1m" }).describe("How long samples and evidence are kept."),
      maxSize: size({ least: "1MiB" }).describe("Largest size of the store."),
      flush: duration({ least: "10ms" }).describe("How often changes are written; a crash loses at most this much."),
    },
    DEFAULTS.store,
  ).describe("What the store keeps."),
  log: section(
    {
      level: choice(["trace", "debug", "info", "warn", "error", "fatal", "silent"], "log level").describe(
        "The lowest level that is logged.",
      ),
      mismatchesPerMinute: count(0).describe("Mismatch lines per finding and minute; the first one is always written."),
    },
    DEFAULTS.log,
  ).describe("JSON lines on standard output."),
  limits: section(
    {
      maxHeaderSize: size({ least: "1KiB" }).describe("Largest request head. A larger one is answered with 431."),
      headersTimeout: duration({ least: "1ms" }).describe("Limit for a client to send a request head."),
      requestTimeout: duration({ least: "1ms" }).describe("Limit for a client to send a whole request."),
      idleTimeout: duration({ least: "1ms" }).describe(
        "Longest pause of a client while it sends a request or reads a response.",
      ),
      keepAliveTimeout: duration({ least: "1ms" }).describe("How long an idle client connection is kept."),
      halfClose: flag().describe(
        "Answer a client that shuts down its write side after its request. A client that disconnected looks the same until data is written to it or a TCP keep-alive probe fails after 10 s. If false, both count as disconnected.",
      ),
      maxConnections: count(1).describe("Concurrent client connections."),
      maxRequestsPerSocket: count(1).describe("Requests on one client connection, which is then closed."),
      maxRoutes: count(1, 10_000).describe(
        "The most learned routes; above it those that legacy served least recently are removed. Requests without a learned or declared route are counted as `other`.",
      ),
    },
    DEFAULTS.limits,
  ).describe("Limits for clients."),
  adminAccess: section(
    {
      token: text("a token", { least: 16, secret: true }).describe(`May read and control. Written as \${NAME}.`),
      tokenFile: file().describe("The same, from a file."),
      readToken: text("a token", { least: 16, secret: true }).describe(`May only read. Written as \${NAME}.`),
      readTokenFile: file().describe("The same, from a file."),
      tls: listenerTls.describe("TLS for `admin`."),
      hosts: z.array(text("a host name")).describe("Further host names by which the admin listener may be addressed."),
    },
    DEFAULTS.adminAccess,
  ).describe("Who may read and control through `admin`."),
  grace: duration().describe("How long a shutdown waits for requests in flight."),
  reload: section(
    { watch: flag().describe("Reload when the file changes; SIGHUP always does.") },
    DEFAULTS.reload,
  ).describe("Reloading a changed config."),
  routes: z.array(route).describe("Routes with their own settings. Other routes are learned once legacy serves them."),
};

/** The schema of a config file. A section that is not written has its defaults; `legacyReplica` is present only if it is written. */
export const schema = section(keys, {
  listen: DEFAULTS.listen,
  admin: DEFAULTS.admin,
  tls: {},
  legacy: {},
  candidate: {},
  forwarded: {},
  shadow: {},
  breaker: {},
  interference: {},
  overload: {},
  capture: {},
  compare: DEFAULTS.compare,
  verify: {},
  recheck: {},
  readiness: {},
  identity: {},
  causes: {},
  findings: {},
  epoch: {},
  redact: {},
  store: {},
  log: {},
  limits: {},
  adminAccess: {},
  grace: DEFAULTS.grace,
  reload: {},
  routes: DEFAULTS.routes,
});

export type Parsed = z.output<typeof schema>;
