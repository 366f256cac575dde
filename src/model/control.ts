// model/control.ts: what may be shadowed right now, as an operator set it at run time

import type { JsonText } from "./difference.ts";

/** Who is in: requests whose field or cookie has one of these values, or falls into a share of them, sticky per value. */
export type Cohort = {
  readonly by: { readonly field: string } | { readonly cookie: string };
  readonly values?: readonly string[];
  /** 0 to 1. */
  readonly share?: number;
};

/** One switch, and who set it. Past `until` it no longer counts and the config holds again. Times in ms since the epoch. */
export type Switch = {
  readonly on: boolean;
  /** 0 to 1, in place of the config's `shadow.sample`. */
  readonly share?: number;
  readonly cohort?: Cohort;
  readonly until?: number;
  readonly by: string;
  readonly why: string;
  readonly at: number;
};

/**
 * The runtime switches. `off` for everything wins over any route; a route's share and cohort win over those of
 * everything. A switch never makes eligible what the config does not: it narrows, and it sets the share.
 */
export type Control = {
  readonly everything?: Switch;
  readonly routes: readonly { readonly route: string; readonly switch: Switch }[];
};

export const NO_CONTROL: Control = Object.freeze({ routes: Object.freeze([]) });

/** Whether a switch counts at this time, in milliseconds since the epoch. */
export function inForce(one: Switch | undefined, now: number): one is Switch {
  return one !== undefined && (one.until === undefined || now < one.until);
}

/** A change that someone made, for the audit log. `from` and `to` are JSON texts, redacted. */
export type AuditEntry = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly who: string;
  readonly action: "control" | "accept" | "unaccept" | "epoch" | "reload";
  /** What it was done to: a route, a finding's id, an epoch's name, a file. */
  readonly what: string;
  readonly from?: JsonText;
  readonly to?: JsonText;
  readonly why?: string;
};
