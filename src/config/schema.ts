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
    ca: file().describe("PEM file of the authorities to trust, in place of the system's."),
    cert: file().describe("PEM file of our client certificate."),
    key: file().describe("PEM file of our client certificate's key."),
    serverName: text("a host name").describe("The name to ask for and to check, where it is not the URL's host."),
    insecure: flag().describe("Do not check the certificate. For tests only."),
  },
  DEFAULTS.upstreamTls,
);

const upstreamKeys = {
  url: origin().describe(
    "Scheme, host and port: http://legacy:8080. The request's own target is passed on as it came.",
  ),
  connectTimeout: duration({ least: "1ms" }).describe("For name look-up, TCP and TLS together."),
  idleTimeout: duration({ least: "1ms" }).describe("Longest silence in the middle of a body, in either direction."),
  keepAlive: duration().describe("How long an unused connection is kept; keep it below the backend's own."),
  maxConnections: count(1, 65_535).describe("Connections at once."),
  maxHeaderSize: size({ least: "1KiB" }).describe("A response's head; past it the side gave no answer."),
  lenient: z
    .array(choice(["bare-lf", "folding", "space-before-colon", "length-and-chunks"], "deviation from HTTP/1.1"))
    .describe(
      "Deviations from HTTP/1.1 in its responses that are read with one meaning instead of refused. `bare-lf`: lines end without CR. `folding`: a field value goes on in the next line. `space-before-colon`: white space after a field's name. `length-and-chunks`: Content-Length beside chunks is dropped.",
    ),
  host: choice(["preserve", "rewrite"], "way to treat Host").describe(
    "`preserve` passes the client's Host field on; `rewrite` sends the URL's host.",
  ),
  tls: upstreamTls.describe("For https."),
};

const legacy = section(
  {
    ...upstreamKeys,
    timeout: duration({ least: "1ms" }).describe("From the end of the request to the head of the response."),
  },
  DEFAULTS.legacy,
);

const candidate = section(
  {
    ...upstreamKeys,
    url: originWithPath().describe(
      "Scheme, host and port, and perhaps a path that is put before every target: http://candidate:8080/v2.",
    ),
    path: pathMappings().describe("Path prefixes that are others on the candidate. The first that fits counts."),
    fields: requestFields().describe("How the fields of the candidate's copy differ from the client's."),
    serves: z
      .array(scalar({ type: "string", examples: ["GET /orders/{id}", "GET /customers/*"] }, readRoutePattern))
      .describe("What is built already. Other requests are skipped{route} and listed as not built. Empty: everything."),
    timeout: duration({ least: "1ms" }).describe("For the whole answer, from the moment it is asked."),
    maxInFlight: count(1, 65_535).describe("Requests to the candidate at once; past it they are skipped{overload}."),
    adaptive: flag().describe(
      "Ask 64 at once to begin with, more while the candidate is quick, fewer when it slows down or says 429.",
    ),
  },
  DEFAULTS.candidate,
);

const legacyReplica = section(
  { ...upstreamKeys, timeout: duration({ least: "1ms" }).describe("For the whole answer.") },
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
    from: share().describe("The share to begin with."),
    over: duration({ least: "1s" }).describe(
      "How long it takes to reach `sample`, from the start of the process or from being switched on.",
    ),
  },
  DEFAULTS.ramp,
  ["over"],
);

const shadowKeys = {
  enabled: flag().describe("Whether the candidate is asked at all. `shadow: off` is short for `enabled: false`."),
  sample: share().describe("The share of eligible requests that is shadowed."),
  by: stickyBy().describe("What decides who is in the sample: `id` (each request), `field x-user`, `cookie session`."),
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
      "Whether `shadow: off` of a route holds for its path in this case only; by default for `/Logout` as for `/logout`.",
    ),
    ramp: ramp.describe("Raise the share slowly."),
    file: file().describe(
      "A file that is watched for runtime control, beside the command and the API. Relative to the working directory.",
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
  confidence: share({ inside: true }).describe("How sure to be; holds however often one looks."),
  errors: share({ inside: true }).describe("The largest share of requests that the candidate may not answer."),
  unseen: share().describe(
    "The largest share of requests that could not be compared: skipped for overload, size or breaker, or not comparable.",
  ),
  repeat: count(1, 255).describe(
    "A route with few possible requests: how often each of them must have been compared and right.",
  ),
  bake: duration().describe("The same: for how long no new request may have come."),
  latency: latency.describe("How slow the candidate may be, over legacy: p95: 1.2 is a fifth slower."),
};

const readiness = section(
  {
    ...readinessKeys,
    openapi: file().describe("An OpenAPI file; its operations that were never compared are listed."),
  },
  DEFAULTS.readiness,
);

const routeReadiness = section(
  {
    ...readinessKeys,
    counts: flag().describe(
      "Whether the whole waits for this route. `readiness: off` is short for `counts: false`; it is listed as left out.",
    ),
  },
  DEFAULTS.routeReadiness,
);

const notCounted = (value: unknown) => (value === "off" || value === false ? { counts: false } : value);

const lag = duration().describe(
  "For so long the candidate may be behind legacy. What agrees within it is transient, and each difference is rechecked until it has passed.",
);

const route = section(
  {
    match: scalar({ type: "string", examples: ["GET /orders/{id}", "ANY /files/*"] }, readRoutePattern).describe(
      "Method and path. `{name}` is one segment, `*` at the end all that follows, `ANY` every method. The most specific counts.",
    ),
    readOnly: flag().describe("This route changes nothing, whatever its method says: it may be shadowed."),
    shadow: shorthand(ON_OFF, onOff, routeShadow).describe("`off`, or what differs from `shadow` above."),
    compare: compareKeys.describe("Rules for this route, beside those for all routes."),
    recheck: section({ lag }, {}).describe("What differs from `recheck` above."),
    candidate: section(
      {
        path: pathMappings().describe("Path prefixes, before those under `candidate`."),
        fields: requestFields().describe("Fields, beside those under `candidate`."),
      },
      {},
    ).describe("Path prefixes and fields for this route, before those under `candidate`."),
    readiness: shorthand({ enum: ["off", false] }, notCounted, routeReadiness).describe(
      "`off`, or what differs from `readiness` above.",
    ),
  },
  { readOnly: false },
  ["match"],
);

const listenerTls = section(
  {
    cert: file().describe("PEM file of the certificate chain. Read again when it changes."),
    key: file().describe("PEM file of the key."),
    clientCa: file().describe("PEM file of the authorities whose client certificates are asked for."),
  },
  DEFAULTS.tls,
);

const keys = {
  listen: address().describe("Where clients come in."),
  admin: address().describe("Metrics, health, API and report. Off loopback it needs a token in `adminAccess`."),
  tls: listenerTls.describe("TLS for `listen`."),
  legacy: shorthand(URL_ALONE, urlAlone, legacy).describe("Serves the clients."),
  candidate: shorthand(URL_ALONE, urlAlone, candidate).describe("Gets its copy of what only reads."),
  legacyReplica: shorthand(URL_ALONE, urlAlone, legacyReplica).describe(
    "A second instance of legacy. A recheck asks it in place of legacy.",
  ),
  forwarded: section(
    {
      xForwarded: flag().describe("Add X-Forwarded-For, -Proto and -Host."),
      forwarded: flag().describe("Add Forwarded (RFC 7239)."),
      trustedProxies: z.array(network()).describe("Peers whose forwarding fields are believed."),
    },
    DEFAULTS.forwarded,
  ).describe("What the backends are told of the client. By default nothing is added."),
  shadow: shorthand(ON_OFF, onOff, shadow).describe("What is sent to the candidate."),
  breaker: section(
    {
      errors: share({ inside: true }).describe("Opens at this share of candidate errors ..."),
      window: duration({ least: "100ms" }).describe("... within this time ..."),
      minimum: count(1).describe("... of at least so many requests."),
      open: duration({ least: "1ms" }).describe("How long it stays open before it probes."),
      latency: duration({ least: "1ms" }).describe("Also opens when the candidate's median answer takes longer."),
    },
    DEFAULTS.breaker,
  ).describe("Stops asking a candidate that fails."),
  interference: section(
    {
      holdout: share().describe(
        "Keep at least this share unshadowed, by a draw for each request, to compare legacy with and without.",
      ),
      latency: number({ least: 1 }).describe("Legacy, shadowed over unshadowed: more is interference."),
      errors: share().describe("More errors of legacy by this share, shadowed over unshadowed, is interference."),
      stop: flag().describe("Switch shadowing of a route off when it interferes."),
    },
    DEFAULTS.interference,
  ).describe("Whether shadowing hurts legacy."),
  overload: section(
    {
      eventLoopDelay: duration({ least: "1ms" }).describe(
        "Shed shadowing while the event loop stays so late: on average over the last 8 looks, 25 ms apart, without the worst. A single delay sheds nothing.",
      ),
      memory: size({ least: "64MiB" }).describe("Shed shadowing when the process is larger."),
    },
    DEFAULTS.overload,
  ).describe("When to shed shadowing, long before clients feel anything."),
  capture: section(
    {
      maxBody: size().describe("Larger bodies are compared by length and hash."),
      budget: size({ least: "1MiB" }).describe("For all captured bodies together."),
    },
    DEFAULTS.capture,
  ).describe("What is kept of bodies until they are compared."),
  compare: compareKeys.describe("Rules for all routes."),
  verify: section(
    {
      threads: count(1, 64).describe("Threads that compare."),
      queue: size({ least: "1MiB" }).describe(
        "Bytes of bodies that may wait for comparison; past it requests are skipped{overload}.",
      ),
      deadline: duration({ least: "10ms" }).describe("CPU time for one comparison."),
      maxDecoded: size({ least: "1KiB" }).describe("The largest body after decoding; a limit against bombs."),
    },
    DEFAULTS.verify,
  ).describe("Comparing, on threads of its own."),
  recheck: section(
    {
      delay: duration().describe("The wait before both sides are asked a second time."),
      perSecond: number().describe("The most rechecks a second, over all routes. 0: none."),
      queue: size({ least: "1MiB" }).describe(
        "Bytes of bodies that differing answers may keep while they wait for a recheck; past it they are decided without, and places never confirmed come first.",
      ),
      sample: share().describe(
        "The share of all shadowed requests for which legacy is asked twice, to learn its noise; of the first 24 of a route, a hundred times that share. At most `perSecond`. 0%: none.",
      ),
      tries: count(1, 10).describe("How often a difference is rechecked at most, with growing delays."),
      afterWrite: duration().describe(
        "For so long after a write to the same resource, its rechecks come later and more often.",
      ),
      lag,
    },
    DEFAULTS.recheck,
  ).describe("Asking both sides a second time, to tell a real difference from noise and from data that moved."),
  readiness: readiness.describe("When a route counts as ready to switch over."),
  identity: section(
    {
      fields: z
        .array(fieldName())
        .describe("Request fields that make requests distinct, beside those that legacy names in Vary."),
      cookies: z.array(text("a cookie name")).describe("Cookies that make requests distinct, such as the session's."),
      ignoreQuery: z
        .array(text("a parameter name"))
        .describe("Query parameters that change no answer: `utm_*` is all that begin with `utm_`."),
    },
    DEFAULTS.identity,
  ).describe("Which requests are distinct. Kept as keyed digests only."),
  causes: section(
    {
      support: share({ inside: true }).describe("The share of observations that must fit."),
      minimum: count(1).describe("And at least so many."),
    },
    DEFAULTS.causes,
  ).describe("When an explanation is stated."),
  findings: section(
    {
      max: count(1, 100_000).describe("Findings kept; further ones are counted together."),
      samples: count(1, 100).describe("Samples kept of each."),
      fixedAfter: count(1).describe("Comparisons that would have shown it and did not, until it counts as fixed."),
    },
    DEFAULTS.findings,
  ).describe("Differences alike in route, place and kind."),
  epoch: section(
    { field: fieldName().describe("A response field of the candidate that changes with each deploy: x-version.") },
    DEFAULTS.epoch,
  ).describe("A deploy of the candidate begins new evidence."),
  redact: section(
    {
      fields: z
        .array(fieldName())
        .describe("Names of fields, beside the built-in ones. A listed name is secret everywhere."),
      json: z.array(path()).describe("Paths into bodies."),
      query: z
        .array(text("a name"))
        .describe("Names of query and form parameters, beside the built-in ones. A listed name is secret everywhere."),
      show: z
        .array(text("a name"))
        .describe("Names that are shown although the built-in list calls them secret, such as `code` or `pageToken`."),
      patterns: z
        .array(choice(["bearer", "card", "email", "key", "iban"], "pattern"))
        .describe("What is found by its looks, anywhere."),
      values: choice(["shown", "hashed"], "way to show values").describe(
        "`hashed` keeps keyed digests, types and lengths in place of all values.",
      ),
    },
    DEFAULTS.redact,
  ).describe("What is taken out before anything is stored, logged or shown."),
  data: text("a directory").describe(
    "Where evidence and control are kept over a restart. Without it they are in memory. Relative to the working directory; other files are relative to the config.",
  ),
  store: section(
    {
      kind: choice(["sqlite", "memory"], "store").describe("`sqlite` where there is `data`, else `memory`."),
      keep: duration({ least: "1m" }).describe("How long."),
      maxSize: size({ least: "1MiB" }).describe("How much."),
      flush: duration({ least: "10ms" }).describe("The most that a crash may lose."),
    },
    DEFAULTS.store,
  ).describe("What is kept."),
  log: section(
    {
      level: choice(["trace", "debug", "info", "warn", "error", "fatal", "silent"], "log level").describe(
        "From which level on.",
      ),
      mismatchesPerMinute: count(0).describe("Mismatch lines per finding; the first of each always."),
    },
    DEFAULTS.log,
  ).describe("JSON lines on standard output."),
  limits: section(
    {
      maxHeaderSize: size({ least: "1KiB" }).describe("A request's head; past it 431."),
      headersTimeout: duration({ least: "1ms" }).describe("For a client to send a head."),
      requestTimeout: duration({ least: "1ms" }).describe("For a client to send a whole request."),
      idleTimeout: duration({ least: "1ms" }).describe("For a client to stand still, sending or reading."),
      keepAliveTimeout: duration({ least: "1ms" }).describe("For an unused client connection."),
      halfClose: flag().describe(
        "Answer a client that shuts its write side after its request. One that left looks the same until it is written to, or a TCP probe finds out after 10 s. If false, both count as gone.",
      ),
      maxConnections: count(1).describe("Client connections at once."),
      maxRequestsPerSocket: count(1).describe("Requests on one client connection."),
      maxRoutes: count(1, 10_000).describe(
        "Learned routes; beyond it those that legacy served least recently are forgotten. Requests without a learned or declared route are counted as `other`.",
      ),
    },
    DEFAULTS.limits,
  ).describe("What a client may take."),
  adminAccess: section(
    {
      token: text("a token", { least: 16, secret: true }).describe(`May read and control. Written as \${NAME}.`),
      tokenFile: file().describe("The same, from a file."),
      readToken: text("a token", { least: 16, secret: true }).describe(`May only read. Written as \${NAME}.`),
      readTokenFile: file().describe("The same, from a file."),
      tls: listenerTls.describe("TLS for `admin`."),
      hosts: z.array(text("a host name")).describe("Further names under which the admin listener may be addressed."),
    },
    DEFAULTS.adminAccess,
  ).describe("Who may read and control through `admin`."),
  grace: duration().describe("How long a stop waits for what is in flight."),
  reload: section(
    { watch: flag().describe("Reload when the file changes; SIGHUP always does.") },
    DEFAULTS.reload,
  ).describe("Taking over a changed config."),
  routes: z.array(route).describe("Routes with settings of their own. The others are learned once legacy serves them."),
};

/** What a file may hold. Sections that are not written are as their defaults say; `legacyReplica` is present only if it is written. */
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
