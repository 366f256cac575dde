// telemetry/route-labels.ts: the routes that have series of their own: a bounded number

const OTHER = "other";

/**
 * The label of a route: its name, or `other` where `max` living routes have labels already. For a new route the oldest label
 * of a route that is not living any more is given up. Its series end: that is what Prometheus expects of a label value that
 * is gone, and `rate` and `increase` take the series for a new one if it comes back. Adding its counts to `other` would
 * look like a burst of requests at that moment.
 * @param max read each time
 * @param living the routes that may still be counted, at this moment; without it all
 * @param remove removes the series of a route
 */
export function createRouteLabels(
  max: () => number,
  living: (() => ReadonlySet<string>) | undefined,
  remove: (route: string) => void,
): (route: string) => string {
  const labels = new Set<string>();
  return (route) => {
    if (route === OTHER || labels.has(route)) return route;
    if (labels.size >= max()) {
      const counted = living?.() ?? labels;
      const gone = labels.values().find((label) => !counted.has(label));
      if (gone === undefined) return OTHER;
      labels.delete(gone);
      remove(gone);
    }
    labels.add(route);
    return route;
  };
}
