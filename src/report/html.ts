// report/html.ts: a report as one page that needs nothing else, runs nothing and loads nothing

import { createHash } from "node:crypto";
import type { Entry, Finding, FindingSample, Report, RouteReport } from "../model/report.ts";
import { count, plural, shown } from "./escape.ts";
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
import { STYLE } from "./style.ts";

const CAPS = { findings: 50, settled: 20, rows: 30, routes: 100 };
const SAMPLES = 5;

/** Markup that is safe to put into a page. Made by `html` alone. */
type Markup = { readonly markup: string };
type Piece = Markup | string | number | readonly Markup[];

/** The one way to make markup: what is not markup already is made plain and escaped. */
function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const text = pieces.map((piece) => {
    if (typeof piece === "number") return count(piece);
    if (typeof piece === "string") return escaped(shown(piece, 500));
    return "markup" in piece ? piece.markup : piece.map((one) => one.markup).join("");
  });
  return { markup: parts.map((part, i) => part + (text[i] ?? "")).join("") };
}

function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (one) => entities[one]!);
}

const NOTHING: Markup = { markup: "" };
const when = (condition: boolean, then: () => Markup): Markup => (condition ? then() : NOTHING);
const each = <T>(some: readonly T[], one: (item: T) => Markup): Markup => ({
  markup: some.map((item) => one(item).markup).join(""),
});

/** The whole page. It carries its own policy, so that a saved copy is as harmless as the served one. */
export function renderHtml(report: Report): string {
  const view = outline(report, CAPS);
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${view.verdict} - parallel-run</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>parallel-run</h1>
${head(view)}
${list("warnings", "Warnings", view.warnings)}
${totals(view)}
${findings(view)}
${when(view.settled.shown.length > 0, () => html`<h2>Accepted and fixed</h2>${each(view.settled.shown, settled)}${more(view.settled)}`)}
${unsteady(view)}
${coverage(view)}
${routes(view)}
${list("naming", "Names of routes", view.naming)}
${rules(view)}
${list("epochs", "Earlier epochs", view.epochs)}
</main>
</body>
</html>
`;
  return page.markup;
}

function head(view: Outline): Markup {
  const word = view.verdict === "empty" ? "NO DATA" : view.verdict.toUpperCase();
  const reasons = when(
    view.reasons.shown.length > 0,
    () => html`<ul>${each(view.reasons.shown, (one) => html`<li>${one}</li>`)}</ul>${more(view.reasons)}`,
  );
  return html`<section class="verdict ${view.verdict}">
<strong>${word}</strong>
<p class="headline">${view.headline}</p>
${reasons}
<p class="soft">${view.period}</p>
</section>`;
}

function totals(view: Outline): Markup {
  const tile = ([label, value, of]: Outline["totals"][number]) =>
    html`<div${of.length > 60 ? { markup: ' class="wide"' } : NOTHING}><dt>${label}</dt><dd><span class="number">${value}</span><br><span class="soft">${of}</span></dd></div>`;
  const why = view.reasonsWhy.shown.map(([reason, n]) => `${reason} ${count(n)}`).join(", ");
  return html`<dl class="totals">${each(view.totals, tile)}</dl>${when(why !== "", () => html`<p class="soft">Reasons: ${why}</p>`)}`;
}

function list(name: string, title: string, some: Some<string>): Markup {
  if (some.shown.length === 0) return NOTHING;
  return html`<section class="${name}"><strong>${title}</strong><ul>${each(some.shown, (one) => html`<li>${prose(one)}</li>`)}</ul>${more(some)}</section>`;
}

/** A sentence in which keys and members stand between backticks. */
function prose(text: string): Markup {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return html`${text}`;
  return { markup: parts.map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`).markup).join("") };
}

function findings(view: Outline): Markup {
  const all = view.entries.shown.length + view.entries.more;
  if (all === 0) return NOTHING;
  return html`<h2>Findings <small>${all}, most important first</small></h2>${each(view.entries.shown, (one) => full(one, view.epochStartedAt))}${severe(view)}${more(view.entries)}`;
}

/** What the cap cut off and is severe all the same, in a line each. */
function severe({ severe }: Outline): Markup {
  if (severe.shown.length === 0) return NOTHING;
  const line = (entry: Entry) =>
    html`<li><span class="tag ${entry.severity}">${entry.severity}</span> ${titleOf(entry)} <code>${entry.lead.id}</code></li>`;
  return html`<h3>Also severe</h3><ul>${each(severe.shown, line)}</ul>`;
}

function full(entry: Entry, epochStartedAt: number): Markup {
  const { lead: finding, title } = entry;
  const head =
    title === undefined
      ? html`<code>${finding.route}</code> &middot; <code>${place(finding)}</code> &middot; ${finding.kind}`
      : prose(title);
  const [cause, ...others] = finding.causes;
  const [sample, ...rest] = finding.samples.slice(0, SAMPLES);
  return html`<article id="${finding.id}">
<h3>${head}</h3>
<p><span class="tag ${entry.severity}">${entry.severity}</span> ${each(entry.states, (state) => html`<span class="tag ${state}">${state}</span> `)}
<span class="soft">${title === undefined ? reach(finding) : spread(entry)}; ${seen(finding, epochStartedAt)}</span></p>
${finding.beside === undefined ? NOTHING : html`<p class="soft">Another difference at this place is accepted: finding <code>${finding.beside}</code></p>`}
${cause === undefined ? NOTHING : html`<p class="cause">Cause: ${stated(cause)}</p>`}
${sample === undefined ? NOTHING : pair(sample)}
${when(rest.length > 0, () => html`<details><summary>${plural(rest.length, "more sample")}</summary>${each(rest, pair)}</details>`)}
${cause?.rule === undefined ? NOTHING : html`<details><summary>Rule that would settle it: ${effect(cause.rule)}</summary><pre>${yaml(cause.rule.yaml)}</pre></details>`}
${when(others.length > 0, () => html`<details><summary>${plural(others.length, "other possible cause")}</summary><ul>${each(others.slice(0, 5), (one) => html`<li>${stated(one)}</li>`)}</ul></details>`)}
<p class="soft">To accept it: <code>parallel-run accept ${idsOf(entry)} --why REASON</code></p>
</article>`;
}

function yaml(text: string): Markup {
  return {
    markup: text
      .split("\n")
      .slice(0, 20)
      .map((line) => html`${line}`.markup)
      .join("\n"),
  };
}

function pair(sample: FindingSample): Markup {
  const side = (name: "legacy" | "candidate", value: string | undefined) =>
    html`<div class="${name}"><span>${name}</span><code>${value ?? "(absent)"}</code></div>`;
  return html`<p class="soft"><code>${sample.method} ${sample.target}</code>${when(sample.path !== "", () => html` at <code>${sample.path}</code>`)}, ${moment(sample.at)} UTC</p>
<div class="sides">${side("legacy", sample.legacy)}${side("candidate", sample.candidate)}</div>
${sample.note === undefined ? NOTHING : html`<p class="soft">${sample.note}</p>`}`;
}

function settled(finding: Finding): Markup {
  const { acceptance } = finding;
  const until = acceptance?.until === undefined ? "" : `, until ${moment(acceptance.until)} UTC`;
  return html`<article id="${finding.id}"><h3><code>${finding.route}</code> &middot; <code>${place(finding)}</code> &middot; ${finding.kind}</h3>
<p><span class="tag ${finding.state}">${finding.state}</span> <span class="soft">${finding.id}; ${reach(finding)}</span></p>
${acceptance === undefined ? NOTHING : html`<p>${acceptance.why} <span class="soft">(${acceptance.by}${until}${covered(acceptance)})</span></p>`}
${finding.causes[0] === undefined ? NOTHING : html`<p class="cause">Cause: ${stated(finding.causes[0])}</p>`}</article>`;
}

function unsteady(view: Outline): Markup {
  if (view.unsteady.shown.length === 0) return NOTHING;
  return html`<h2>Unsteady <small>noise, transient differences, and differences that were never confirmed</small></h2>
<div class="scroll"><table><thead><tr><th>why</th><th class="n">times</th><th>route</th><th>place</th><th>kind</th><th>to do</th></tr></thead><tbody>
${each(view.unsteady.shown, (one) => html`<tr><td class="word">${one.standing}</td><td class="n">${one.count}</td><td><code>${one.route}</code></td><td><code>${place(one)}</code></td><td>${one.kind}</td><td>${advice(one)}</td></tr>`)}
</tbody></table></div>${more(view.unsteady)}`;
}

function coverage(view: Outline): Markup {
  if (view.coverage.shown.length === 0) return NOTHING;
  return html`<h2>Not covered</h2><ul>${each(view.coverage.shown, (one) => html`<li><code>${one.route}</code>: ${one.note}</li>`)}</ul>${more(view.coverage)}`;
}

function routes(view: Outline): Markup {
  if (view.routes.shown.length === 0) return NOTHING;
  const row = (one: RouteReport) => {
    const p95 = one.latency.find((ratio) => ratio.quantile === "p95");
    return html`<tr><td><code>${one.route}</code></td><td class="verdict-cell ${one.part === "counts" ? one.readiness.verdict : "empty"}"><span class="tone">${verdictOf(one)}</span></td>
<td class="n">${one.requests}</td><td class="n">${one.compared}</td><td class="n">${one.outcomes.mismatch}</td>
<td class="n">${one.readiness.distinct}</td><td class="n">${one.readiness.answers}</td>
<td class="n">${one.compared === 0 ? "-" : percent(one.readiness.upper)}</td>
<td class="n">${p95 === undefined ? "-" : `x ${p95.ratio.toFixed(2)}`}</td>
<td class="n">${one.convergence === undefined ? "-" : duration(one.convergence.p95)}</td></tr>`;
  };
  return html`<h2>Routes</h2><div class="scroll"><table class="routes"><thead><tr><th>route</th><th>verdict</th><th class="n">requests</th><th class="n">compared</th><th class="n">mismatch</th><th class="n">distinct</th><th class="n">answers</th><th class="n">rate at most</th><th class="n">p95</th><th class="n">settles in</th></tr></thead><tbody>
${each(view.routes.shown, row)}
</tbody></table></div>${more(view.routes)}`;
}

function rules(view: Outline): Markup {
  if (view.rules.shown.length === 0) return NOTHING;
  return html`<h2>Rules <small>and how many differences each settled</small></h2><div class="scroll"><table><thead><tr><th class="n">settled</th><th>route</th><th>rule</th></tr></thead><tbody>
${each(view.rules.shown, (one) => html`<tr><td class="n">${one.settled}</td><td><code>${one.route}</code></td><td><code>${one.rule}</code>${when(one.settled === 0, () => html` <span class="soft">never applied</span>`)}</td></tr>`)}
</tbody></table></div>${more(view.rules)}`;
}

function more(some: Some<unknown>): Markup {
  return some.more === 0
    ? NOTHING
    : html`<p class="soft">and ${some.more} more; <code>parallel-run report --format json</code> shows all</p>`;
}
