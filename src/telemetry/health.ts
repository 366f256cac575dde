// telemetry/health.ts: whether to restart us, and whether to send us traffic, each with its reasons

export type HealthState = {
  readonly ok: boolean;
  readonly phase: Phase;
  /** Why it is not ok. */
  readonly reasons: readonly string[];
  /** What someone should know although it is ok: the store is degraded, the breaker is open. */
  readonly notes: readonly string[];
};

export type Phase = "starting" | "serving" | "draining";

export type Health = {
  /** False only when a restart is what helps. */
  readonly live: () => HealthState;
  /** False while starting and draining. The candidate's troubles never show here: clients are served by legacy. */
  readonly ready: () => HealthState;
  readonly enter: (phase: Phase) => void;
  /** A bug came to light that only a restart can mend. */
  readonly broken: (reason: string) => void;
  /** Read at each question: a sentence, or nothing to say. `fatal` ones make us not ready, the others are notes. */
  readonly watch: (read: () => string | undefined, weight?: "fatal" | "note") => void;
};

export function createHealth(): Health {
  let phase: Phase = "starting";
  const faults: string[] = [];
  const watched: { readonly read: () => string | undefined; readonly fatal: boolean }[] = [];
  const said = (fatal: boolean) => watched.filter((one) => one.fatal === fatal).flatMap(({ read }) => read() ?? []);
  return {
    live: () => ({ ok: faults.length === 0, phase, reasons: [...faults], notes: [] }),
    ready: () => {
      const reasons = [...(phase === "serving" ? [] : [phase]), ...faults, ...said(true)];
      return { ok: reasons.length === 0, phase, reasons, notes: said(false) };
    },
    enter: (next) => {
      phase = next;
    },
    broken: (reason) => {
      if (faults.length < 10) faults.push(reason);
    },
    watch: (read, weight = "note") => {
      watched.push({ read, fatal: weight === "fatal" });
    },
  };
}
