// config/defaults.ts: every default, in the config's own words

/** What holds where the config says nothing. Only the two URLs have no default. */
export const DEFAULTS = {
  listen: "127.0.0.1:8080",
  admin: "127.0.0.1:9900",
  legacy: {
    timeout: "60s",
    connectTimeout: "5s",
    idleTimeout: "60s",
    keepAlive: "4s",
    maxConnections: 1_024,
    host: "preserve",
    tls: {},
  },
  candidate: {
    timeout: "10s",
    connectTimeout: "2s",
    idleTimeout: "10s",
    keepAlive: "4s",
    maxConnections: 256,
    maxInFlight: 256,
    adaptive: true,
    host: "preserve",
    tls: {},
  },
  legacyReplica: {
    timeout: "10s",
    connectTimeout: "2s",
    idleTimeout: "10s",
    keepAlive: "4s",
    maxConnections: 32,
    host: "preserve",
    tls: {},
  },
  upstreamTls: { insecure: false },
  forwarded: { xForwarded: false, forwarded: false, trustedProxies: [] },
  shadow: { enabled: true, sample: "100%", methods: ["GET", "HEAD"], maxRequestBody: "64KiB", by: "id", values: [] },
  ramp: { from: "1%" },
  breaker: { errors: "50%", window: "10s", minimum: 20, open: "10s" },
  interference: { holdout: "0%", latency: 1.2, errors: "1%", stop: false },
  overload: { eventLoopDelay: "100ms", memory: "768MiB" },
  capture: { maxBody: "1MiB", budget: "128MiB" },
  verify: { threads: 1, queue: "32MiB", deadline: "2s", share: "2%", maxDecoded: "16MiB" },
  recheck: { delay: "500ms", perSecond: 20, sample: "1%", tries: 3, afterWrite: "10s" },
  readiness: {
    tolerance: "0.1%",
    confidence: "95%",
    errors: "1%",
    unseen: "5%",
    repeat: 10,
    bake: "1m",
    latency: { p95: 1.2 },
  },
  routeReadiness: { counts: true },
  identity: {
    fields: ["authorization", "host"],
    cookies: [],
    ignoreQuery: ["_", "_t", "_ts", "cb", "ts", "rnd", "nocache", "cachebuster", "utm_*", "gclid", "fbclid", "msclkid"],
  },
  causes: { support: "90%", minimum: 5 },
  findings: { max: 1_000, samples: 10, fixedAfter: 200 },
  epoch: {},
  redact: { fields: [], json: [], query: [], patterns: ["bearer", "card", "email"], values: "shown" },
  store: { keep: "14d", maxSize: "2GiB", flush: "500ms" },
  log: { level: "info", mismatchesPerMinute: 60 },
  limits: {
    maxHeaderSize: "32KiB",
    headersTimeout: "30s",
    requestTimeout: "1h",
    idleTimeout: "60s",
    keepAliveTimeout: "65s",
    maxConnections: 10_000,
    maxRoutes: 200,
  },
  adminAccess: { tls: {}, hosts: [] },
  tls: {},
  grace: "10s",
  reload: { watch: true },
  compare: {},
  routes: [],
} as const;

const SECRET_NAMES = [
  ...["password", "passwd", "passphrase", "secret", "client_secret", "clientSecret", "private_key", "privateKey"],
  ...["token", "access_token", "accessToken", "refresh_token", "refreshToken", "id_token", "idToken"],
  ...["api_key", "apiKey"],
] as const;

/** What is redacted whatever the config says, in any case, beside the fields that the redactor knows of itself. */
export const ALWAYS_REDACTED = {
  json: SECRET_NAMES.map((name) => `$..${name}`),
  query: SECRET_NAMES,
} as const;
