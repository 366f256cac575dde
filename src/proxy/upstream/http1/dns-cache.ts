// proxy/upstream/http1/dns-cache.ts: name look-ups for one upstream: one at a time, and an answer serves for a few seconds

import { type LookupAddress, lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";

type Waiting = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** How long an answer is good for. The system's resolver tells no lifetime; this is short enough to follow a move. */
const GOOD_FOR_MS = 5_000;

/**
 * `getaddrinfo` runs on a pool of four threads that everybody shares. If each new connection asked by itself, a candidate
 * with a slow name server would keep legacy from connecting; so an upstream has one question under way at most.
 */
export function createLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  let known: { readonly addresses: LookupAddress[]; readonly until: number } | undefined;
  let waiting: Waiting[] | undefined;

  function ask(hostname: string, done: Waiting): void {
    if (known !== undefined && performance.now() < known.until) {
      done(null, known.addresses);
      return;
    }
    if (waiting !== undefined) return void waiting.push(done);
    waiting = [done];
    resolve(hostname, { all: true }, (error, addresses) => {
      known = error ? undefined : { addresses, until: performance.now() + GOOD_FOR_MS };
      const asked = waiting ?? [];
      waiting = undefined;
      for (const each of asked) each(error, addresses);
    });
  }

  return (hostname, options, callback) => {
    ask(hostname, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const first = addresses[0];
      if (options.all) callback(null, addresses);
      else if (first) callback(null, first.address, first.family);
    });
  };
}
