// model/control.ts: what may be shadowed right now, as an operator set it at run time

import type { JsonText } from "./difference.ts";

/** Who is in: requests whose field or cookie has one of these values, or falls into a share of them, sticky per value. */
export type Cohort = {
  readonly by: { readonly field: string } | { readonly cookie: string };
  readonly values?: readonly string[];
  /** 0 to 1. */
  readonly share?: number;
};

/**
 * One switch, and who set it. Times in milliseconds since the epoch. From `until` on, `previous` holds again, or without
 * one the config.
 */
export type Switch = {
  readonly on: boolean;
  /** 0 to 1, in place of the config's `shadow.sample`. */
  readonly share?: number;
  readonly cohort?: Cohort;
  readonly until?: number;
  readonly previous?: Switch;
  readonly by: string;
  readonly why: string;
  readonly at: number;
};

/** A change of one switch: only what it names changes, the rest of the switch stays as it is. */
export type SwitchChange = Omit<Switch, "on" | "previous"> & { readonly on?: boolean };

/** Timed switches that wait behind another one, at most; the ones set longest ago are dropped. */
const MAX_PREVIOUS = 8;

/**
 * The switch after a change. `off`, `share` and `cohort` never replace one another: a share that is set while shadowing is
 * off leaves it off.
 * - A change with an end replaces what it names until then; afterwards what held before holds again.
 * - A change without an end also holds after the end of a switch that is in force for a time.
 * @param current what is in force, if anything
 */
export function changedSwitch(current: Switch | undefined, change: SwitchChange, depth = MAX_PREVIOUS): Switch {
  const { on = true, share, cohort } = current ?? {};
  const next: Switch = {
    on,
    ...(share === undefined ? {} : { share }),
    ...(cohort === undefined ? {} : { cohort }),
    ...change,
  };
  if (change.until === undefined) {
    if (current?.until === undefined) return next;
    return {
      ...next,
      until: current.until,
      ...(depth > 0 ? { previous: changedSwitch(current.previous, change, depth - 1) } : {}),
    };
  }
  const { until } = change;
  let previous = current;
  while (previous?.until !== undefined && previous.until <= until) previous = previous.previous;
  return previous === undefined || depth === 0 ? next : { ...next, previous: shortened(previous, depth - 1) };
}

/** The same switch with at most so many waiting behind it. */
function shortened({ previous, ...one }: Switch, depth: number): Switch {
  return previous === undefined || depth === 0 ? one : { ...one, previous: shortened(previous, depth - 1) };
}

/**
 * The runtime switches. `off` for everything wins over any route; a route's share and cohort win over those of
 * everything. A switch never makes eligible what the config does not: it narrows, and it sets the share.
 */
export type Control = {
  readonly everything?: Switch;
  readonly routes: readonly { readonly route: string; readonly switch: Switch }[];
};

/** Stands for each value of a cohort: they name people, or are session identifiers. */
const HIDDEN = "[redacted]";

/** The switch as it may be shown, logged and audited: without the values of its cohort, but with their number. */
export function switchShown({ cohort, previous, ...rest }: Switch): Switch {
  const values = cohort?.values;
  return {
    ...rest,
    ...(cohort === undefined
      ? {}
      : { cohort: values === undefined ? cohort : { ...cohort, values: values.map(() => HIDDEN) } }),
    ...(previous === undefined ? {} : { previous: switchShown(previous) }),
  };
}

/** All switches as they may be shown. */
export function controlShown({ everything, routes }: Control): Control {
  return {
    ...(everything === undefined ? {} : { everything: switchShown(everything) }),
    routes: routes.map((one) => ({ route: one.route, switch: switchShown(one.switch) })),
  };
}

/** No switch is set: the config applies. */
export const NO_CONTROL: Control = Object.freeze({ routes: Object.freeze([]) });

/** What a switch says at this time, in milliseconds since the epoch: itself, or what holds after its end. */
export function switchAt(one: Switch | undefined, now: number): Switch | undefined {
  let found = one;
  while (found?.until !== undefined && now >= found.until) found = found.previous;
  return found;
}

/** The switches that are in force at this time, in milliseconds since the epoch. */
export function controlAt({ everything, routes }: Control, now: number): Control {
  const whole = switchAt(everything, now);
  return {
    ...(whole === undefined ? {} : { everything: whole }),
    routes: routes.flatMap(({ route, switch: one }) => {
      const found = switchAt(one, now);
      return found === undefined ? [] : [{ route, switch: found }];
    }),
  };
}

/** A change, for the audit log. `from` and `to` are JSON texts, redacted. */
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
