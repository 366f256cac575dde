// console/render/switches.ts: the runtime switches in words; whoever reads a number must know what was switched

import { type Control, inForce, type Switch } from "../../model/control.ts";
import { moment, percent } from "./measures.ts";
import { shown } from "./plain.ts";

/** `off, until 2026-11-21 14:00 UTC (ann, 2026-11-21 12:00 UTC: incident 4711)` */
export function switchText(one: Switch): string {
  const share = one.share === undefined ? "" : `, ${percent(one.share)}`;
  const cohort = one.cohort === undefined ? "" : `, cohort ${shown(JSON.stringify(one.cohort), 200)}`;
  const until = one.until === undefined ? "" : `, until ${moment(one.until)} UTC`;
  const why = one.why === "" ? "" : `: ${shown(one.why, 200)}`;
  const when = one.at === 0 ? "" : `, ${moment(one.at)} UTC`;
  return `${one.on ? "on" : "off"}${share}${cohort}${until} (${shown(one.by, 60)}${when}${why})`;
}

const MAX_ROUTES = 5;

/** What the switches in force mean for a reader of the report, a sentence each. */
export function switchWarnings({ everything, routes }: Control, now: number): string[] {
  const set = routes.filter((one) => inForce(one.switch, now));
  const more = set.length - MAX_ROUTES;
  return [
    ...(inForce(everything, now) ? [`Shadowing is switched ${switchText(everything)}.`] : []),
    ...set.slice(0, MAX_ROUTES).map((one) => `Shadowing of ${one.route} is switched ${switchText(one.switch)}.`),
    ...(more > 0 ? [`Switches are set for ${more} more routes.`] : []),
  ];
}
