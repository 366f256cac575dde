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

/** A wish to accept a finding. Times in milliseconds since the epoch. */
export type AcceptWish = Pick<Acceptance, "finding" | "by" | "why" | "until">;

export type EpochWish = { readonly name: string; readonly by: string; readonly why: string };

/** Everything is redacted before it comes here. Any of them may be slow or reject; the listener answers 500 or 503. */
export type ConsolePorts = {
  readonly report: () => Report | Promise<Report>;
  readonly metricsText: () => Promise<string>;
  readonly metricsType: string;
  readonly live: () => HealthState;
  readonly ready: () => HealthState;
  /** Stored samples of a finding, newest first; empty when there are none. */
  readonly samples: (finding: string) => readonly FindingSample[] | Promise<readonly FindingSample[]>;
  readonly accept: (wish: AcceptWish) => Done | Promise<Done>;
  readonly unaccept: (wish: {
    readonly finding: string;
    readonly by: string;
    readonly why: string;
  }) => Done | Promise<Done>;
  readonly epoch: (wish: EpochWish) => Done | Promise<Done>;
  readonly control: {
    readonly read: () => Control;
    readonly change: (change: ControlChange) => Done | Promise<Done>;
  };
  /** The latest changes, newest first. */
  readonly audit: () => readonly AuditEntry[] | Promise<readonly AuditEntry[]>;
  /** The config in force, secrets masked, as JSON can hold it. */
  readonly configShown: () => unknown;
};
