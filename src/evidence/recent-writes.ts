// evidence/recent-writes.ts: what was written through the proxy a moment ago

/** Writes of the last milliseconds, by resource. */
export type RecentWrites = {
  /** A request that may have changed something. `target` as it came, `at` in milliseconds since the epoch. */
  readonly note: (target: string, at: number) => void;
  /**
   * Whether this resource, one above it or one below it was written since a moment, or within the window before it. What
   * is judged late is judged by when it was asked, however long it has waited. What is said to have been written past the
   * window after `now` was noted by another clock.
   */
  readonly wasWritten: (target: string, since: number, now?: number) => boolean;
};

/**
 * `POST /orders/7/cancel` may move `/orders/7` and `/orders`; `PUT /orders` may move `/orders/7`. A write to `/` says
 * nothing of the rest. Paths beyond `limit` push out the oldest.
 */
export function createRecentWrites(windowMs: number, limit = 10_000): RecentWrites {
  const written = new Map<string, number>();
  const below = new Map<string, number>();

  const put = (map: Map<string, number>, path: string, at: number) => {
    map.delete(path);
    map.set(path, at);
    if (map.size > limit) map.delete(map.keys().next().value!);
  };
  const within = (map: Map<string, number>, path: string, since: number, now: number) => {
    const then = map.get(path);
    return then !== undefined && then >= since - windowMs && then <= now + windowMs;
  };

  return {
    note: (target, at) => {
      const [path, ...parents] = upwards(target);
      put(written, path!, at);
      for (const parent of parents) put(below, parent, at);
    },
    wasWritten: (target, since, now = since) => {
      const [path, ...parents] = upwards(target);
      return (
        within(written, path!, since, now) ||
        within(below, path!, since, now) ||
        parents.some((parent) => within(written, parent, since, now))
      );
    },
  };
}

/** The path and those above it, without the root: `/a/b/?x` -> `/a/b`, `/a`. At most 16. */
function upwards(target: string): string[] {
  const path = target
    .split(/[?#]/, 1)[0]!
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "")
    .replace(/\/+$/, "");
  const paths = [path === "" ? "/" : path];
  for (let cut = path.lastIndexOf("/"); cut > 0 && paths.length < 16; cut = path.lastIndexOf("/", cut - 1)) {
    paths.push(path.slice(0, cut));
  }
  return paths;
}
