// proxy/upstream/http1/stalled-calls.ts: which calls hold a connection that others wait for, though it is their client that does not go on

import type { Call } from "./call.ts";

/** An upload may be at rest this long, an answer untaken this long, while others wait for a connection. */
const UPLOAD_REST_MS = 2_000;
const ANSWER_REST_MS = 3_000;
/** An upload of less than a KiB a second over its first seconds is as good as at rest: a byte now and then is no progress. */
const LEAST_RATE = 1024 / 1000;
const JUDGED_AFTER_MS = 3_000;

/** How long a call has waited for its client, in milliseconds; `undefined` while its connection need not go to another call. */
export function waitsForClient(call: Call, now: number): number | undefined {
  if (call.pausedAt !== undefined) {
    const rest = now - call.pausedAt;
    return rest >= ANSWER_REST_MS ? rest : undefined;
  }
  if (call.sent || call.blocked) return undefined;
  const rest = now - call.movedAt;
  const elapsed = now - call.startedAt;
  const slow = elapsed >= JUDGED_AFTER_MS && call.moved < elapsed * LEAST_RATE;
  return rest >= UPLOAD_REST_MS || slow ? Math.max(rest, 1) : undefined;
}
