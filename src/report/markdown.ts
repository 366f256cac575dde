// report/markdown.ts: a report for a pull request or a ticket

import type { Entry, Finding, Report } from "../model/report.ts";
import { count, shown } from "./escape.ts";
import { percent } from "./format.ts";
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

const CAPS = { findings: 20, settled: 10, rows: 15, routes: 40 };

/** GitHub's Markdown. Nothing from outside can make a row, a link, an image, a mention or a tag. */
export function renderMarkdown(report: Report): string {
  const view = outline(report, CAPS);
  const word = view.verdict === "empty" ? "NO DATA" : view.verdict.toUpperCase();
  const blocks = [
    `# parallel-run: ${word}`,
    prose(view.headline),
    bullets(view.reasons.shown.map(prose), view.reasons),
    `_${prose(view.period)}_`,
    section("Warnings", bullets(view.warnings.shown.map(prose), view.warnings)),
    section("Numbers", totals(view)),
    section(
      `Findings (${count(view.entries.shown.length + view.entries.more)}, most important first)`,
      joined(
        view.entries.shown.map((one) => full(one, view.epochStartedAt)),
        view.entries,
      ),
    ),
    section(
      "Also severe",
      bullets(
        view.severe.shown.map((one) => `**${one.severity}** ${prose(titleOf(one))} ${code(one.lead.id)}`),
        view.severe,
      ),
    ),
    section("Accepted and fixed", bullets(view.settled.shown.map(brief), view.settled)),
    section(
      "Unsteady",
      table(
        ["why", "times", "route", "place", "kind", "to do"],
        view.unsteady.shown.map((one) => [
          one.standing,
          count(one.count),
          cell(one.route),
          cell(place(one)),
          one.kind,
          advice(one),
        ]),
        view.unsteady,
      ),
    ),
    section(
      "Not covered",
      bullets(
        view.coverage.shown.map((one) => `${code(one.route)}: ${prose(one.note)}`),
        view.coverage,
      ),
    ),
    section(
      "Routes",
      table(
        ["route", "verdict", "requests", "compared", "mismatch", "distinct", "answers", "rate at most"],
        view.routes.shown.map((one) => [
          cell(one.route),
          verdictOf(one),
          count(one.requests),
          count(one.compared),
          count(one.outcomes.mismatch),
          count(one.readiness.distinct),
          count(one.readiness.answers),
          one.compared === 0 ? "-" : percent(one.readiness.upper),
        ]),
        view.routes,
      ),
    ),
    section("Names of routes", bullets(view.naming.shown.map(prose), view.naming)),
    section(
      "Rules",
      table(
        ["settled", "route", "rule"],
        view.rules.shown.map((one) => [count(one.settled), cell(one.route), cell(one.rule)]),
        view.rules,
      ),
    ),
    section("Earlier epochs", bullets(view.epochs.shown.map(prose), view.epochs)),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

const totals = (view: Outline) =>
  table(
    ["what", "number", "of"],
    view.totals.map((row) => [...row]),
  );

function full(entry: Entry, epochStartedAt: number): string {
  const { lead: finding, title } = entry;
  const [cause] = finding.causes;
  const [sample] = finding.samples;
  return [
    title === undefined ? `### ${code(finding.route)} ${code(place(finding))} ${finding.kind}` : `### ${prose(title)}`,
    `**${entry.severity}**, ${entry.states.join(" and ")}, ${title === undefined ? reach(finding) : prose(spread(entry))}; ${seen(finding, epochStartedAt)}; ${code(idsOf(entry))}`,
    ...(finding.beside === undefined
      ? []
      : [`Another difference at this place is accepted: finding ${code(finding.beside)}`]),
    ...(cause === undefined ? [] : [`Cause: ${prose(stated(cause))}`]),
    ...(cause?.rule === undefined
      ? []
      : [
          `Rule that would settle it (${effect(cause.rule)}):`,
          fenced("yaml", cause.rule.yaml.trimEnd().split("\n").slice(0, 20)),
        ]),
    ...(sample === undefined
      ? []
      : [
          `${code(`${sample.method} ${sample.target}`)}${sample.path === "" ? "" : ` at ${code(sample.path)}`}`,
          fenced("diff", [`- ${sample.legacy ?? "(absent)"}`, `+ ${sample.candidate ?? "(absent)"}`]),
        ]),
  ].join("\n\n");
}

function brief(finding: Finding): string {
  const { acceptance } = finding;
  const why = acceptance === undefined ? "" : `: ${prose(acceptance.why)} (${prose(acceptance.by)})`;
  const [cause] = finding.causes;
  const says = cause === undefined ? "" : `; cause: ${prose(stated(cause))}`;
  return `${finding.state} ${code(finding.id)} ${code(finding.route)} ${code(place(finding))} ${finding.kind}${why}${prose(covered(acceptance))}${says}`;
}

/** Text in a sentence: every character that Markdown or HTML could take for its own is escaped. */
function prose(text: string): string {
  return shown(text, 400)
    .replace(/[\\`*_{}[\]()#~]/g, "\\$&")
    .replace(/[<>&@|]/g, (one) => `&#${one.charCodeAt(0)};`)
    .replace(/^([-+=:]|\d+[.)])/, "\\$1")
    .replace(/\b(https?|ftp|www)([:.])/gi, "$1&#8203;$2");
}

/** Text as code: the fence is longer than any run of backticks in it. Not for tables, where a pipe would end the cell. */
function code(text: string): string {
  const safe = shown(text, 200);
  const fence = "`".repeat(longestRun(safe) + 1);
  return safe === "" ? "``` ```" : `${fence} ${safe} ${fence}`;
}

/** Code in a table's cell. */
function cell(text: string): string {
  return `<code>${prose(text)}</code>`;
}

function fenced(language: string, lines: readonly string[]): string {
  const safe = lines.map((line) => shown(line, 300));
  const fence = "`".repeat(Math.max(3, ...safe.map((line) => longestRun(line) + 1)));
  return [fence + language, ...safe, fence].join("\n");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function table(head: readonly string[], rows: readonly (readonly string[])[], some?: Some<unknown>): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ...rest(some)].join("\n");
}

function bullets(items: readonly string[], some: Some<unknown>): string {
  return [...items.map((item) => `- ${item}`), ...rest(some)].join("\n");
}

function joined(items: readonly string[], some: Some<unknown>): string {
  return [...items, ...rest(some)].join("\n\n").trim();
}

function rest(some: Some<unknown> | undefined): string[] {
  return some === undefined || some.more === 0
    ? []
    : ["", `and ${count(some.more)} more; ${code("--format json")} shows all`];
}

function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}
