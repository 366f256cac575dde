// proxy/server/relayed-request.ts: what is known of a client's request before it is relayed

import type { SkippedReason } from "../../model/outcome.ts";
import type { Label } from "../admission/route-label.ts";
import type { Route } from "../admission/routes.ts";
import type { Peer } from "../upstream/request-heads.ts";
import type { Incoming } from "./request.ts";

/** What is known of a request before it is relayed. */
export type RelayedRequest = {
  readonly id: string;
  readonly incoming: Incoming;
  /** What its requests may do. Its name may be any: what counts is the label. */
  readonly route: Route;
  readonly label: Label;
  /** The client, where the config forwards its address. */
  readonly peer: Peer | undefined;
  /** Why it is not shadowed. */
  readonly skipped: SkippedReason | "held_out" | undefined;
};
