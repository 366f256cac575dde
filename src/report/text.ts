// report/text.ts: a report for a terminal, 100 columns, no colour unless asked

import type { Entry, Finding, Report, RouteReport } from "../model/report.ts";
import { count, plain, shown } from "./escape.ts";
import { duration, moment, percent } from "./format.ts";
import {
  advice,
  covered,
  effect,
  idsOf,
  type Outline,
  outline,
  place,
  reach,
  type Some,
  seen,
  spread,
  stated,
  titleOf,
  verdictOf,
} from "./outline.ts";

const CAPS = { findings: 20, settled: 5, rows: 15, routes: 30 };
const WIDTH = 100;

type Paint = (text: string, code: number) => string;
const BOLD = 1;
const DIM = 2;
const RED = 31;
const GREEN = 32;
const YELLOW = 33;
const VERDICT = { ready: GREEN, hold: YELLOW, reject: RED, empty: DIM } as const;

/** The whole report as text. Everything that came from outside is made plain. */
export function renderText(report: Report, options: { readonly colour?: boolean } = {}): string {
  const paint: Paint = options.colour ? (text, code) => `\u001b[${code}m${text}\u001b[0m` : (text) => text;
  const view = outline(report, CAPS);
  const sections = [
    head(view, paint),
    section(
      "Warnings",
      view.warnings,
      (one) => [...wrapped(`! ${shown(one, 400)}`, "  ")].map((l) => paint(l, YELLOW)),
      paint,
    ),
    totals(view, paint),
    findings(view, paint),
    section("Accepted and fixed", view.settled, (one) => brief(one), paint),
    section(
      "Unsteady: noise, transient differences, and differences that were never confirmed",
      view.unsteady,
      (one) => [
        `  ${one.standing.padEnd(11)} ${count(one.count).padStart(7)}  ${shown(one.route, 50)}  ${shown(place(one), 60)}  ${one.kind}`,
        ...(one.undecided === undefined ? [] : [`      ${advice(one)}`]),
      ],
      paint,
    ),
    section("Not covered", view.coverage, (one) => [`  ${shown(one.route, 60)}: ${shown(one.note, 200)}`], paint),
    routes(view, paint),
    section("Names of routes", view.naming, (one) => wrapped(shown(one, 500), "    ", "  "), paint),
    section(
      "Rules",
      view.rules,
      (one) => [
        `  ${count(one.settled).padStart(7)} settled  ${shown(one.route, 50)}  ${shown(one.rule, 80)}${one.settled === 0 ? "  (never applied)" : ""}`,
      ],
      paint,
    ),
    section("Earlier epochs", view.epochs, (one) => wrapped(shown(one, 300), "    ", "  "), paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function head(view: Outline, paint: Paint): string[] {
  const word = view.verdict === "empty" ? "NO DATA" : view.verdict.toUpperCase();
  const lines = wrapped(`${word}  ${shown(view.headline, 400)}`, "       ", "");
  const [top = "", ...rest] = lines;
  return [
    top.replace(word, paint(word, VERDICT[view.verdict])),
    ...rest,
    ...view.reasons.shown.flatMap((reason) => wrapped(`- ${shown(reason, 600)}`, "         ", "       ")),
    ...more(view.reasons, "       "),
    paint(`       ${shown(view.period, 300)}`, DIM),
  ];
}

function totals(view: Outline, paint: Paint): string[] {
  const why = view.reasonsWhy.shown.map(([reason, n]) => `${shown(reason, 40)} ${count(n)}`).join(", ");
  return [
    ...view.totals.map(([label, value, of]) => {
      const line = `  ${label.padEnd(16)} ${value.padStart(9)}  ${of}`.trimEnd();
      return label === "mismatch" && value !== "0" ? paint(line, RED) : line;
    }),
    ...(why === "" ? [] : wrapped(`reasons: ${why}`, "    ", "  ")),
  ];
}

function findings(view: Outline, paint: Paint): string[] {
  const lines = view.entries.shown.flatMap((entry, i) => ["", ...full(entry, i + 1, view.epochStartedAt, paint)]);
  if (lines.length === 0) return [];
  const all = view.entries.shown.length + view.entries.more;
  const severe = view.severe.shown.map(
    (entry) => `  ${entry.severity.padEnd(8)}  ${shown(titleOf(entry), 120)}  ${shown(entry.lead.id, 40)}`,
  );
  return [
    paint(`Findings (${count(all)}, most important first)`, BOLD),
    ...lines,
    ...(severe.length === 0 ? [] : ["", paint("  Also severe:", BOLD), ...severe]),
    ...more(view.entries, "  "),
  ];
}

function full(entry: Entry, number: number, epochStartedAt: number, paint: Paint): string[] {
  const in4 = "    ";
  const { lead: finding } = entry;
  const title =
    entry.title === undefined
      ? `${shown(finding.route, 60)}  ${shown(place(finding), 80)}  ${finding.kind}`
      : shown(entry.title, 160);
  const [cause] = finding.causes;
  const [sample] = finding.samples;
  const graded = `${entry.severity}, ${entry.states.join(" and ")}`;
  return [
    ...wrapped(title, "    ", `${String(number).padStart(2)}  `).map((line) => paint(line, BOLD)),
    ...(entry.title === undefined
      ? [`${in4}${graded}, ${reach(finding)}`]
      : wrapped(`${graded}, ${shown(spread(entry), 600)}`, in4)),
    paint(`${in4}${seen(finding, epochStartedAt)}, id ${shown(idsOf(entry), 120)}`, DIM),
    ...besides(finding, in4),
    ...(cause === undefined ? [] : wrapped(`cause: ${shown(stated(cause), 300)}`, `${in4}       `, in4)),
    ...(cause?.rule === undefined
      ? []
      : [
          `${in4}rule that would settle it (${effect(cause.rule)}):`,
          ...cause.rule.yaml
            .trimEnd()
            .split("\n")
            .slice(0, 8)
            .map((line) => `${in4}  ${shown(line, 90)}`),
        ]),
    ...(sample === undefined
      ? []
      : [
          `${in4}${shown(sample.method, 20)} ${shown(sample.target, 80)}${sample.path === "" || sample.path === finding.path ? "" : `  at ${shown(sample.path, 80)}`}`,
          paint(`${in4}- ${sample.legacy === undefined ? "(absent)" : shown(sample.legacy, 200)}`, RED),
          paint(`${in4}+ ${sample.candidate === undefined ? "(absent)" : shown(sample.candidate, 200)}`, GREEN),
          ...(sample.note === undefined ? [] : [`${in4}  ${shown(sample.note, 200)}`]),
        ]),
  ];
}

/** That something else was accepted at its place. */
function besides({ beside }: Finding, indent: string): string[] {
  return beside === undefined
    ? []
    : [`${indent}another difference at this place is accepted: finding ${shown(beside, 40)}`];
}

function brief(finding: Finding): string[] {
  const { acceptance } = finding;
  const until = acceptance?.until === undefined ? "" : ` until ${moment(acceptance.until)}`;
  const why = acceptance === undefined ? "" : `: ${shown(acceptance.why, 120)} (${shown(acceptance.by, 40)}${until})`;
  const [cause] = finding.causes;
  const says = cause === undefined ? "" : `; cause: ${shown(stated(cause), 200)}`;
  return wrapped(
    `${finding.state} ${shown(finding.id, 40)}  ${shown(finding.route, 60)}  ${shown(place(finding), 80)}  ${finding.kind}${why}${shown(covered(acceptance), 200)}${says}`,
    "    ",
    "  ",
  );
}

function routes(view: Outline, paint: Paint): string[] {
  if (view.routes.shown.length === 0) return [];
  const wide = Math.min(34, Math.max(5, ...view.routes.shown.map((one) => shown(one.route, 34).length)));
  const columns = (cells: readonly string[]) =>
    `  ${cells[0]!.padEnd(wide)} ${cells
      .slice(1, -1)
      .map((cell, i) => cell.padStart([9, 9, 9, 9, 9, 10][i]!))
      .join(" ")}  ${cells.at(-1)}`.trimEnd();
  const row = (one: RouteReport) =>
    columns([
      cut(plain(one.route), wide),
      count(one.requests),
      count(one.compared),
      count(one.outcomes.mismatch),
      count(one.readiness.distinct),
      count(one.readiness.answers),
      one.compared === 0 ? "-" : percent(one.readiness.upper),
      [
        verdictOf(one),
        ...one.latency.filter((l) => l.quantile === "p95").map((l) => `p95 x${l.ratio.toFixed(2)}`),
        ...(one.convergence === undefined ? [] : [`settles in ${duration(one.convergence.p95)}`]),
      ].join(", "),
    ]);
  return [
    paint("Routes", BOLD),
    paint(columns(["route", "requests", "compared", "mismatch", "distinct", "answers", "at most", "verdict"]), DIM),
    ...view.routes.shown.map(row),
    ...more(view.routes, "  "),
  ];
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

function section<T>(title: string, some: Some<T>, line: (one: T) => readonly string[], paint: Paint): string[] {
  if (some.shown.length === 0) return [];
  return [paint(title, BOLD), ...some.shown.flatMap(line), ...more(some, "  ")];
}

function more(some: Some<unknown>, indent: string): string[] {
  return some.more === 0 ? [] : [`${indent}and ${count(some.more)} more; --format json shows all`];
}

/** Words broken at the width; what does not fit in a line gets one of its own. */
function wrapped(text: string, indent: string, start = indent): string[] {
  const lines: string[] = [];
  let line = start;
  for (const word of text.split(" ")) {
    const next = line.trim() === "" ? line + word : `${line} ${word}`;
    if (next.length > WIDTH && line.trim() !== "") {
      lines.push(line);
      line = indent + word;
    } else line = next;
  }
  return [...lines, line];
}
