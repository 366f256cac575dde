// admin/ports.ts: what the admin listener shows and asks for; others provide it

import type { AuditEntry, Control } from "../model/control.ts";
import type { Acceptance, FindingSample, Report } from "../model/report.ts";
import type { ControlChange } from "./control-file.ts";

/** Whether something could be done, and if not, why: a sentence for the one who asked. */
export type Done =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 404 | 409 | 503; readonly detail: string };

type HealthState = {
  readonly ok: boolean;
  readonly phase: string;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
};

/** To accept a finding. `until` is in milliseconds since the epoch. */
export type AcceptRequest = Pick<Acceptance, "finding" | "by" | "why" | "until">;

/** To end the acceptance of a finding. */
export type UnacceptRequest = { readonly finding: string; readonly by: string; readonly why: string };

/** To say that another version of the candidate was deployed. */
export type EpochRequest = { readonly name: string; readonly by: string; readonly why: string };

/** Everything is redacted before it comes here. Any of them may be slow or reject; the listener answers 500 or 503. */
export type AdminPorts = {
  readonly report: () => Report | Promise<Report>;
  readonly metricsText: () => Promise<string>;
  readonly metricsType: string;
  /** The version of parallel-run. */
  readonly version: string;
  readonly live: () => HealthState;
  readonly ready: () => HealthState;
  /** Stored samples of a finding, newest first; empty when there are none. */
  readonly samples: (finding: string) => readonly FindingSample[] | Promise<readonly FindingSample[]>;
  readonly accept: (request: AcceptRequest) => Done | Promise<Done>;
  readonly unaccept: (request: UnacceptRequest) => Done | Promise<Done>;
  readonly epoch: (request: EpochRequest) => Done | Promise<Done>;
  readonly control: {
    readonly read: () => Control;
    readonly change: (change: ControlChange) => Done | Promise<Done>;
  };
  /** The latest changes, newest first. */
  readonly audit: () => readonly AuditEntry[] | Promise<readonly AuditEntry[]>;
  /** The config in force, secrets masked, as JSON can hold it. */
  readonly configShown: () => unknown;
};
