// telemetry/health.ts: whether to restart us, and whether to send us traffic, each with its reasons

/** The answer to a liveness or readiness probe. */
export type HealthState = {
  readonly ok: boolean;
  readonly phase: Phase;
  /** Why it is not ok. */
  readonly reasons: readonly string[];
  /** What someone should know although it is ok: the store is degraded, the breaker is open. */
  readonly notes: readonly string[];
};

/** Where the process is in its life. */
export type Phase = "starting" | "serving" | "draining";

/** Liveness and readiness of this process. */
export type Health = {
  /** False only when a restart is what helps. */
  readonly live: () => HealthState;
  /** False while starting and draining. The candidate's troubles never show here: clients are served by legacy. */
  readonly ready: () => HealthState;
  readonly enter: (phase: Phase) => void;
  /** From now on not live, and not ready: only a restart helps. */
  readonly broken: (reason: string) => void;
  /** Adds a source of notes, read at each question: a sentence, or nothing to say. */
  readonly watch: (read: () => string | undefined) => void;
};

/** Starts in the phase `starting`. */
export function createHealth(): Health {
  let phase: Phase = "starting";
  const faults: string[] = [];
  const watched: (() => string | undefined)[] = [];
  return {
    live: () => ({ ok: faults.length === 0, phase, reasons: [...faults], notes: [] }),
    ready: () => {
      const reasons = [...(phase === "serving" ? [] : [phase]), ...faults];
      return { ok: reasons.length === 0, phase, reasons, notes: watched.flatMap((read) => read() ?? []) };
    },
    enter: (next) => {
      phase = next;
    },
    broken: (reason) => {
      if (faults.length < 10) faults.push(reason);
    },
    watch: (read) => {
      watched.push(read);
    },
  };
}
