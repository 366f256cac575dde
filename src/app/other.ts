// app/other.ts: the requests that count as `other`: which paths they ask for, and what a reader can do about it

import { LRUCache } from "lru-cache";
import type { OtherRequests, Report } from "../model/report.ts";

/** The paths of requests that have no route of their own. */
export type OtherRoutes = {
  /** A request counts as `other`. @param status of legacy's answer, if there was one */
  readonly note: (route: string, status: number | undefined) => void;
  /** The most frequent templates, without secrets. */
  readonly examples: () => OtherRequests["examples"];
};

const MAX_ROUTES = 500;
const SHOWN = 5;
/** Of all requests, the share that a reader must know of. */
const RELEVANT = 0.05;

/** @param redacted takes secrets out of a path */
export function watchOther(redacted: (path: string) => string): OtherRoutes {
  const seen = new LRUCache<string, { requests: number; status: number | undefined }>({ max: MAX_ROUTES });
  return {
    note: (route, status) => {
      const known = seen.get(route);
      if (known === undefined) seen.set(route, { requests: 1, status });
      else {
        known.requests += 1;
        known.status = status;
      }
    },
    examples: () =>
      [...seen.entries()]
        .sort(([, a], [, b]) => b.requests - a.requests)
        .slice(0, SHOWN)
        .map(([route, { requests, status }]) => ({
          route: shownRoute(route, redacted),
          ...(status === undefined ? {} : { status }),
          requests,
        })),
  };
}

function shownRoute(route: string, redacted: (path: string) => string): string {
  const space = route.indexOf(" ");
  return route.slice(0, space + 1) + redacted(route.slice(space + 1));
}

/** What to know of `other` and to do about it, where a relevant share of the requests is in it. */
export function otherWarning({ other, total }: Pick<Report, "other" | "total">): string | undefined {
  if (other === undefined || other.requests < total.requests * RELEVANT) return undefined;
  const share = Math.round((other.requests / total.requests) * 100);
  const examples = other.examples.slice(0, 3).map(({ route, status }) => `${route} (${status ?? "no answer"})`);
  const why =
    examples.length === 0
      ? ""
      : ` Legacy never served most of these paths, such as ${examples.join(", ")}: declare those that matter under \`routes:\`.`;
  const forgotten =
    other.forgotten === 0
      ? ""
      : ` Learned routes were forgotten ${other.forgotten} times, since \`limits.maxRoutes\` (${other.limit}) was reached: raise it, or declare the routes in use under \`routes:\`.`;
  return `${other.requests} of ${total.requests} requests (${share} %) have no route of their own and are judged together, as \`other\`.${why}${forgotten}`;
}
