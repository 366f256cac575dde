// test/trial/judge.ts: what a report says of what was planted on a route

import type { Cause, Finding, Report, RouteReport } from "../../src/model/report.ts";
import type { Calm } from "./calm/index.ts";
import { type Fault, isAmong, routeOf } from "./fault.ts";
import type { Line } from "./line.ts";

/** Statements that repeat the difference and explain nothing; true wherever they are made. */
const PLAIN = /^(?:missing|extra|added): |^particular_requests: |does not have it$/;

export const spell = ({ where, path, kind }: Pick<Finding, "where" | "path" | "kind">): string =>
  `${where === "status" ? "status" : path} ${kind}`;

export const findingsOf = (report: Report, route: string): readonly Finding[] =>
  report.findings.filter((finding) => finding.route === route && finding.state !== "fixed");

export function judgeFault(report: Report, fault: Fault): Line {
  const route = routeOf(fault);
  const findings = findingsOf(report, route);
  const expected = [fault.shows].flat().slice(0, 2).join(" or ");
  const found = findings.filter((one) => isAmong(fault.shows, spell(one)));
  const stray = findings.filter((one) => !isAmong([fault.shows, fault.also ?? []].flat(), spell(one)));
  const verdict = report.routes.find((one) => one.route === route)?.readiness.verdict ?? "never asked";
  const line = (ok: boolean, said: string): Line => ({
    kind: "fault",
    planted: fault.name,
    expected,
    said,
    ok,
    cause: fault.cause === undefined ? "none" : "not named",
  });
  if (verdict === "ready") return line(false, `the route is ready; ${describe(findings)}`);
  if (found.length === 0) return line(false, `${verdict}; ${describe(findings)}`);
  if (stray.length > 0) return line(false, `also ${describe(stray)}`);
  const ids = new Set(findings.map(({ id }) => id));
  const entries = report.entries.filter((entry) => entry.findings.some((id) => ids.has(id)));
  const further = fault.check?.(findings, entries) ?? overreach(findings);
  if (further !== undefined) return line(false, `${further}; ${describe(findings)}`);
  const told = causesOf(findings);
  const said = `${spell(found[0]!)}, ${found[0]!.distinct} distinct; ${told[0] ?? "no cause"}`;
  const wrong = told.find((cause) => !PLAIN.test(cause) && !fault.cause?.test(cause) && !fault.true?.test(cause));
  if (wrong !== undefined) return { ...line(true, `${said}; WRONG: ${wrong}`), cause: "wrong" };
  const named = fault.cause !== undefined && told.some((cause) => fault.cause!.test(cause));
  return named ? { ...line(true, said), cause: "named" } : line(true, said);
}

/** A rule is offered only by a cause that explains all of the finding. */
function overreach(findings: readonly Finding[]): string | undefined {
  const causes = findings.flatMap((one) => one.causes);
  const found = causes.find(({ rule, support, of }) => rule !== undefined && support < of);
  return found && `a rule for a cause of ${found.support} in ${found.of}: ${found.says}`;
}

/** The best cause of each finding, as `KIND: SENTENCE`. */
function causesOf(findings: readonly Finding[]): string[] {
  const spellCause = ({ kind, says, support, of }: Cause) => `${kind}: ${says} (${support} of ${of})`;
  return [...new Set(findings.flatMap(({ causes }) => causes.slice(0, 1).map(spellCause)))];
}

export function judgeCalm(report: Report, kind: "noise" | "moving" | "clean", calm: Calm): Line {
  const route = routeOf(calm);
  const findings = findingsOf(report, route);
  const known = report.routes.find((one) => one.route === route);
  const verdict = known?.readiness.verdict ?? "never asked";
  const mismatches = known?.outcomes.mismatch ?? 0;
  const ok = known !== undefined && findings.length === 0 && verdict !== "reject" && mismatches === 0;
  const said = `${verdict}, ${findings.length === 0 ? "no finding" : describe(findings)}, ${outcomesOf(known)}`;
  return { kind, planted: calm.name, expected: "no finding, no reject", said, ok };
}

export function describe(findings: readonly Finding[]): string {
  if (findings.length === 0) return "no finding";
  const list = findings.slice(0, 4).map((one) => `${spell(one)} (${one.count}, ${one.confirmed ?? "?"} confirmed)`);
  return `${findings.length} finding${findings.length === 1 ? "" : "s"}: ${list.join(", ")}`;
}

/** The outcomes that occurred: `match 80, noise 12`. */
export function outcomesOf(route: RouteReport | undefined): string {
  const named = Object.entries(route?.reasons ?? {}).filter(([, count]) => count > 0);
  const plain = Object.entries(route?.outcomes ?? {}).filter(
    ([name, count]) => count > 0 && !named.some(([reason]) => reason.startsWith(`${name}/`)),
  );
  return [...plain, ...named].map(([name, count]) => `${name} ${count}`).join(", ");
}
