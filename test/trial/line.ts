// test/trial/line.ts: one line of the trial's table, and its score

export const KINDS = ["fault", "noise", "moving", "clean", "not ready", "ready", "whole"] as const;

export type Line = {
  readonly kind: (typeof KINDS)[number];
  readonly planted: string;
  readonly expected: string;
  readonly said: string;
  readonly ok: boolean;
  /** For faults: whether its cause was named; `none` where there is none to name. */
  readonly cause?: "named" | "not named" | "wrong" | "none";
};

export type Score = {
  readonly faults: number;
  readonly found: number;
  readonly causes: number;
  readonly named: number;
  readonly wrongCauses: number;
  /** Lines of routes with nothing wrong that have a finding or a `reject`. */
  readonly falseAlarms: number;
  readonly calm: number;
  readonly wronglyReady: number;
  readonly neverReady: number;
  readonly broken: number;
  readonly passed: boolean;
};

const LEAST_FOUND = 0.98;
const LEAST_NAMED = 0.8;

export function scoreOf(lines: readonly Line[]): Score {
  const count = (wanted: (line: Line) => boolean) => lines.filter(wanted).length;
  const faults = count(({ kind }) => kind === "fault");
  const found = count(({ kind, ok }) => kind === "fault" && ok);
  const causes = count(({ cause }) => cause !== undefined && cause !== "none");
  const named = count(({ cause }) => cause === "named");
  const wrongCauses = count(({ cause }) => cause === "wrong");
  const isCalm = ({ kind }: Line) => kind === "noise" || kind === "moving" || kind === "clean";
  const falseAlarms = count((line) => isCalm(line) && !line.ok);
  const wronglyReady = count(({ kind, ok }) => kind === "not ready" && !ok);
  const neverReady = count(({ kind, ok }) => kind === "ready" && !ok);
  const broken = count(({ kind, ok }) => kind === "whole" && !ok);
  const passed =
    found >= faults * LEAST_FOUND &&
    wrongCauses === 0 &&
    named >= causes * LEAST_NAMED &&
    falseAlarms + wronglyReady + neverReady + broken === 0;
  return {
    ...{ faults, found, causes, named, wrongCauses, falseAlarms, calm: count(isCalm) },
    ...{ wronglyReady, neverReady, broken, passed },
  };
}

/** The table, failures last, and then the score. */
export function render(lines: readonly Line[]): string {
  const sorted = lines.toSorted((a, b) => Number(b.ok) - Number(a.ok) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const width = (pick: (line: Line) => string, most: number) =>
    Math.min(most, Math.max(0, ...sorted.map((line) => pick(line).length)));
  const [planted, expected] = [width((line) => line.planted, 40), width((line) => line.expected, 60)];
  const rows = sorted.map((line) => {
    const mark = !line.ok
      ? "WRONG"
      : line.cause === "wrong"
        ? "CAUSE"
        : line.cause === "not named"
          ? "ok -c "
          : "ok   ";
    const cells = [mark.padEnd(5), line.kind.padEnd(9), line.planted.padEnd(planted), line.expected.padEnd(expected)];
    return `${cells.join("  ")}  ${line.said}`;
  });
  const s = scoreOf(lines);
  const share = (part: number, whole: number) =>
    `${part} of ${whole} (${whole === 0 ? "-" : `${((part / whole) * 100).toFixed(1)} %`})`;
  return [
    `${"".padEnd(5)}  ${"kind".padEnd(9)}  ${"planted".padEnd(planted)}  ${"expected".padEnd(expected)}  said`,
    ...rows,
    "",
    `faults found          ${share(s.found, s.faults)}, at least 98 % wanted`,
    `causes named          ${share(s.named, s.causes)}, at least 80 % wanted; wrong: ${s.wrongCauses}, none allowed`,
    `false alarms          ${s.falseAlarms} of ${s.calm} routes with nothing wrong, none allowed`,
    `wrongly ready         ${s.wronglyReady}, none allowed`,
    `ready and not told so ${s.neverReady}, none allowed`,
    `other                 ${s.broken} not as they should be, none allowed`,
    s.passed ? "The trial is passed." : "The trial is NOT passed.",
    "",
  ].join("\n");
}
