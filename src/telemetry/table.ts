// telemetry/table.ts: every metric there is, in one table; users' alerts and dashboards hold on to these names

export const PREFIX = "parallel_run_";

/** Seconds. What a backend's answer takes. */
const ANSWER = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds. What we add ourselves: from tens of microseconds. */
const OURS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5];
/** Seconds. How long data takes to settle. */
const SETTLING = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/**
 * Name (without the prefix), type, labels, help, buckets in seconds. At most three labels; `route` always comes first,
 * because it is the one that is bounded by count.
 */
export const METRICS = {
  requests_total: {
    type: "counter",
    labels: ["route", "outcome", "reason"],
    help: "Client requests by what became of them; each ends in exactly one outcome.",
  },
  differences_total: {
    type: "counter",
    labels: ["route", "where", "kind"],
    help: "Differences that stood, by where they are and what kind they are.",
  },
  upstream_requests_total: {
    type: "counter",
    labels: ["route", "side", "code"],
    help: "Requests to legacy and to the candidate by status class, or by the reason for having no answer.",
  },
  upstream_duration_seconds: {
    type: "histogram",
    labels: ["route", "side"],
    help: "Time until a side's whole answer was in.",
    buckets: ANSWER,
  },
  upstream_first_byte_seconds: {
    type: "histogram",
    labels: ["route", "side"],
    help: "Time until the first byte of a side's answer.",
    buckets: ANSWER,
  },
  proxy_overhead_seconds: {
    type: "histogram",
    labels: [],
    help: "Time a request spent in the proxy rather than in legacy.",
    buckets: OURS,
  },
  findings: { type: "gauge", labels: ["route", "state"], help: "Findings by where they are in their life." },
  readiness: { type: "gauge", labels: ["route"], help: "1 ready, 0 hold, -1 reject." },
  mismatch_rate_upper_bound: {
    type: "gauge",
    labels: ["route"],
    help: "Anytime-valid upper bound on the mismatch rate over distinct requests, 0 to 1.",
  },
  convergence_seconds: {
    type: "histogram",
    labels: ["route"],
    help: "How long a transient difference took to settle, at most: the time that it waited to be looked at is in it.",
    buckets: SETTLING,
  },
  routes_forgotten_total: {
    type: "counter",
    labels: [],
    help: "Learned routes that were forgotten because limits.maxRoutes others were served after them.",
  },
  config_reload_failed: {
    type: "gauge",
    labels: [],
    help: "1 while the config file that changed last cannot be used; the config before it is in force.",
  },
  in_flight: { type: "gauge", labels: [], help: "Candidate requests in flight." },
  capture_bytes: { type: "gauge", labels: [], help: "Bytes held by captured bodies." },
  verify_queue: { type: "gauge", labels: [], help: "Exchanges waiting for verification." },
  verify_cpu_seconds_total: {
    type: "counter",
    labels: [],
    help: "Processor time of the threads that compare. A thread that was replaced takes what it had not reported with it.",
  },
  breaker_state: {
    type: "gauge",
    labels: ["state"],
    help: "1 for what the breaker is: closed, open (the candidate is left alone), half_open (it is asked carefully).",
  },
  candidate_limit: {
    type: "gauge",
    labels: [],
    help: "Candidate requests that may be in flight: fewer than configured while the candidate is overloaded.",
  },
  shed_total: {
    type: "counter",
    labels: ["cause"],
    help: "Requests not shadowed for want of room, by what there was too much of: in_flight, capture, event_loop, memory, verify.",
  },
  breaker_open: { type: "gauge", labels: [], help: "1 while the breaker keeps requests from the candidate." },
  verify_duration_seconds: {
    type: "histogram",
    labels: [],
    help: "Time from both answers being in to the outcome, waiting and rechecks included.",
    buckets: OURS,
  },
  unconfirmed_total: {
    type: "counter",
    labels: ["route"],
    help: "Differing answers classified by what earlier rechecks of the same places showed, because recheck.perSecond was spent.",
  },
  recheck_total: {
    type: "counter",
    labels: ["route", "result"],
    help: "Differing answers by what a recheck of both sides showed: mismatch, noise or transient; `unconfirmed` when none decided and nothing was known of the place, `refused` when none was made and the place was known.",
  },
  refused_requests_total: {
    type: "counter",
    labels: ["reason"],
    help: "Requests refused before they were relayed, because of how they were sent; not in requests_total.",
  },
  store_lost_total: { type: "counter", labels: [], help: "Records that the store could not keep." },
  samples_omitted_total: {
    type: "counter",
    labels: [],
    help: "Samples of findings that were not kept, because redacting them would have taken too much of the clients' thread.",
  },
  store_degraded: { type: "gauge", labels: [], help: "1 while the store cannot write and keeps to memory." },
  store_bytes: { type: "gauge", labels: [], help: "Size of the store." },
  shadow_share: {
    type: "gauge",
    labels: ["route"],
    help: "Share of a route's eligible requests that is shadowed now, runtime control included, 0 to 1.",
  },
  shadow_enabled: { type: "gauge", labels: [], help: "1 while shadowing is switched on, 0 while the switch is off." },
  shadow_off_until_timestamp_seconds: {
    type: "gauge",
    labels: [],
    help: "When shadowing that was switched off for a time comes back by itself, in seconds since the epoch; else 0.",
  },
  interference_ratio: {
    type: "gauge",
    labels: ["route", "bound"],
    help: "Legacy's latency for shadowed over unshadowed requests: estimate, low and high.",
  },
  mismatch_lines_suppressed_total: {
    type: "counter",
    labels: [],
    help: "Mismatch log lines that were not written, because their finding had had its share.",
  },
  log_dropped_total: {
    type: "counter",
    labels: [],
    help: "Log lines dropped because the reader of standard output is slow or gone.",
  },
  build_info: { type: "gauge", labels: ["version", "node"], help: "Always 1; what is running." },
} as const satisfies Record<string, Metric>;

export type Metric = {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  readonly help: string;
  readonly buckets?: readonly number[];
};

export type MetricName = keyof typeof METRICS;

/** Names of the metrics of one type. */
export type NameOf<Type extends Metric["type"]> = {
  [Name in MetricName]: (typeof METRICS)[Name]["type"] extends Type ? Name : never;
}[MetricName];
