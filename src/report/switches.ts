// report/switches.ts: the runtime switches in words

import { type Cohort, type Control, controlAt, type Switch } from "../model/control.ts";
import { plural, shown } from "./escape.ts";
import { moment, percent } from "./format.ts";

/** `off, until 2026-11-21 14:00 UTC (by ann, 2026-11-21 12:00 UTC: incident 4711)` */
export function switchText(one: Switch): string {
  const share = one.share === undefined ? "" : `, share ${percent(one.share)}`;
  const cohort = one.cohort === undefined ? "" : `, ${cohortText(one.cohort)}`;
  const until = one.until === undefined ? "" : `, until ${moment(one.until)} UTC`;
  const after = one.previous === undefined ? "" : `, then ${stateText(one.previous)}`;
  const why = one.why === "" ? "" : `: ${shown(one.why, 200)}`;
  const when = one.at === 0 ? "" : `, ${moment(one.at)} UTC`;
  return `${one.on ? "on" : "off"}${share}${cohort}${until}${after} (by ${shown(one.by, 60)}${when}${why})`;
}

function stateText({ on, share }: Switch): string {
  return `${on ? "on" : "off"}${share === undefined ? "" : ` at ${percent(share)}`}`;
}

/** Without the values themselves: they name people. */
function cohortText({ by, values, share }: Cohort): string {
  const what = "field" in by ? `field ${shown(by.field, 60)}` : `cookie ${shown(by.cookie, 60)}`;
  const who = [
    ...(values === undefined ? [] : [plural(values.length, "value")]),
    ...(share === undefined ? [] : [`${percent(share)} of the values`]),
  ];
  return `only ${who.join(" and ")} of ${what}`;
}

/** Every switch in force, a line each, and which of them wins where they contradict each other. */
export function controlText(control: Control): string {
  const { everything, routes } = control;
  const lines = [`everything: ${everything === undefined ? "as the config says" : switchText(everything)}`];
  for (const { route, switch: one } of routes) {
    const isOverruled = everything?.on === false && one.on;
    const note = isOverruled ? "; no effect, because shadowing is off for all routes" : "";
    lines.push(`${shown(route, 100)}: ${switchText(one)}${note}`);
  }
  if (everything?.on === false)
    lines.push("Shadowing is off for every route. `parallel-run control on` switches it on.");
  return `${lines.join("\n")}\n`;
}

const MAX_ROUTES = 5;

/** What the switches in force mean for a reader of the report, a sentence each. */
export function switchWarnings(control: Control, now: number): string[] {
  const { everything, routes: set } = controlAt(control, now);
  const more = set.length - MAX_ROUTES;
  return [
    ...(everything !== undefined ? [`Shadowing is switched ${switchText(everything)}.`] : []),
    ...set.slice(0, MAX_ROUTES).map((one) => `Shadowing of ${one.route} is switched ${switchText(one.switch)}.`),
    ...(more > 0 ? [`Switches are set for ${more} more routes.`] : []),
  ];
}
