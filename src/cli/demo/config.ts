// cli/demo/config.ts: the demo's config, as a user would write it

/** What the demo's config depends on. */
export type DemoWiring = {
  readonly legacy: string;
  readonly candidate: string;
  /** Nothing is planted: then the run is to end in `ready`. */
  readonly clean: boolean;
};

/** What half a minute can prove. Answers take a millisecond here, so the ratio of two says nothing. */
const CLEAN = `readiness: { tolerance: 5%, errors: 5%, latency: {} }
`;

/** The demo's config as YAML. */
export function demoConfig({ legacy, candidate, clean }: DemoWiring): string {
  return `legacy: { url: "${legacy}" }
candidate: { url: "${candidate}", timeout: ${clean ? "30s" : "8s"}, adaptive: false }
# Backends, clients and proxy share one process here: how late its event loop is says nothing of the proxy.
overload: { eventLoopDelay: 10s, memory: 4GiB }
# Asked again sooner and more often than by default: a demo is short, and most of its routes are wrong.
recheck: { delay: 300ms, perSecond: 400, sample: 5%, tries: 1 }
${clean ? CLEAN : ""}causes: { minimum: 5 }
log: { level: warn, mismatchesPerMinute: 0 }
routes:
  - match: "GET /health"      # every few seconds, and says nothing
    shadow: off
  - match: "POST /search"     # a read, though its method does not say so
    readOnly: true
# The other routes are learned from the paths.
`;
}
