// admin/requests.ts: what someone sent, turned into a wish we can trust, or into every fault it has

import type { Cohort } from "../model/control.ts";
import type { ControlChange } from "./control-file.ts";
import type { AcceptWish, EpochWish } from "./ports.ts";

export type Read<T> =
  | { readonly ok: true; readonly wish: T }
  | { readonly ok: false; readonly faults: readonly string[] };

const MAX_TEXT = 500;
const MAX_VALUES = 1000;

/** Collects the faults of an object with known members; a member that nobody knows is a fault too. */
function reading(body: unknown, known: readonly string[]) {
  const faults: string[] = [];
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  const members = new Map(isObject ? Object.entries(body) : []);
  if (!isObject) faults.push("the body must be a JSON object");
  for (const name of members.keys()) {
    if (!known.includes(name))
      faults.push(`unknown member ${JSON.stringify(name.slice(0, 60))}; known: ${known.join(", ")}`);
  }
  const text = (name: string, need: "required" | "optional"): string | undefined => {
    const value = members.get(name);
    if (value === "" && need === "optional" && name !== "why") {
      // An empty name is most often a variable that is not set, and must not turn into "everything" or "anybody".
      faults.push(`${name} is empty: give a text, or leave ${name} out`);
      return undefined;
    }
    if (value === undefined || value === "") {
      if (need === "required") faults.push(`${name} is missing: a text`);
      return undefined;
    }
    if (typeof value !== "string" || value.length > MAX_TEXT) {
      faults.push(`${name} must be a text of at most ${MAX_TEXT} characters`);
      return undefined;
    }
    return value;
  };
  return { faults, members, text };
}

function done<T>(faults: readonly string[], wish: () => T): Read<T> {
  return faults.length > 0 ? { ok: false, faults } : { ok: true, wish: wish() };
}

type Reading = ReturnType<typeof reading>;

/** `until` as ISO 8601 or milliseconds since the epoch, or `for` as a duration from now. */
function readUntil({ members, faults }: Reading, now: number): number | undefined {
  const [until, span] = [members.get("until"), members.get("for")];
  if (until !== undefined && span !== undefined) faults.push("give until or for, not both");
  if (span !== undefined) {
    const ms = typeof span === "string" ? parseDuration(span) : undefined;
    if (ms === undefined || ms <= 0) faults.push('for must be a duration such as "30m", "2h" or "14d"');
    return ms === undefined ? undefined : now + ms;
  }
  if (until === undefined) return undefined;
  const at = typeof until === "string" ? Date.parse(until) : until;
  if (typeof at !== "number" || !Number.isFinite(at)) {
    faults.push('until must be a time such as "2026-12-31T18:00:00Z"');
    return undefined;
  }
  if (at <= now) faults.push("until has passed already");
  return at;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** `500ms`, `10s`, `30m`, `2h`, `14d` as milliseconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * UNITS.get(match[2]!)!;
}

/** `10%`, `0.1`, `100%` as 0 to 1. */
export function parseShare(value: unknown): number | undefined {
  if (typeof value === "number") return value >= 0 && value <= 1 ? value : undefined;
  const match = typeof value === "string" ? /^(\d{1,3}(?:\.\d{1,9})?)\s*(%?)$/.exec(value.trim()) : null;
  if (match === null) return undefined;
  const share = Number(match[1]) / (match[2] === "%" ? 100 : 1);
  return share <= 1 ? share : undefined;
}

export function readAccept(finding: string, body: unknown, now: number): Read<AcceptWish> {
  const it = reading(body, ["why", "by", "until", "for"]);
  const why = it.text("why", "required");
  const by = it.text("by", "optional") ?? "anonymous";
  const until = readUntil(it, now);
  return done(it.faults, () => ({ finding, by, why: why!, ...(until === undefined ? {} : { until }) }));
}

export function readUnaccept(finding: string, body: unknown): Read<{ finding: string; by: string; why: string }> {
  const it = reading(body ?? {}, ["why", "by"]);
  const wish = { finding, by: it.text("by", "optional") ?? "anonymous", why: it.text("why", "optional") ?? "" };
  return done(it.faults, () => wish);
}

export function readEpoch(body: unknown): Read<EpochWish> {
  const it = reading(body, ["name", "by", "why"]);
  const name = it.text("name", "required");
  if (name !== undefined && !/^[\w.+:@/-]{1,100}$/.test(name)) {
    it.faults.push("name must be 1 to 100 letters, digits or . _ + : @ / -, such as a version");
  }
  const wish = { by: it.text("by", "optional") ?? "anonymous", why: it.text("why", "optional") ?? "" };
  return done(it.faults, () => ({ name: name!, ...wish }));
}

/**
 * A change of one switch: of everything, or of one route. `{"on": false}` is enough to stop shadowing. What is not named
 * stays as it is. `{"clear": true}` gives the switch back to the config.
 */
export function readControl(body: unknown, now: number): Read<ControlChange> {
  const it = reading(body, ["on", "share", "cohort", "route", "clear", "until", "for", "by", "why"]);
  const { faults, members } = it;
  const [on, clear] = [members.get("on"), members.get("clear")];
  const share = members.has("share") ? parseShare(members.get("share")) : undefined;
  if (members.has("share") && share === undefined) faults.push('share must be "0%" to "100%", or 0 to 1');
  if (on !== undefined && typeof on !== "boolean") faults.push("on must be true or false");
  if (clear !== undefined && typeof clear !== "boolean") faults.push("clear must be true or false");
  const cohort = members.has("cohort") ? readCohort(members.get("cohort"), faults) : undefined;
  const sets = on !== undefined || share !== undefined || cohort !== undefined;
  if (clear === true && sets) faults.push("clear goes with no other setting");
  if (clear !== true && !sets && faults.length === 0) faults.push("nothing to change: give on, share, cohort or clear");
  const until = readUntil(it, now);
  const route = it.text("route", "optional");
  const by = it.text("by", "optional") ?? "anonymous";
  const why = it.text("why", "optional") ?? "";
  return done(faults, () => ({
    ...(route === undefined ? {} : { route }),
    by,
    why,
    ...(clear === true
      ? {}
      : {
          to: {
            ...(on === undefined ? {} : { on: on === true }),
            ...(share === undefined ? {} : { share }),
            ...(cohort === undefined ? {} : { cohort }),
            ...(until === undefined ? {} : { until }),
            by,
            why,
            at: now,
          },
        }),
  }));
}

function readCohort(body: unknown, faults: string[]): Cohort | undefined {
  const it = reading(body, ["field", "cookie", "values", "share"]);
  const [field, cookie] = [it.text("field", "optional"), it.text("cookie", "optional")];
  if ((field === undefined) === (cookie === undefined)) it.faults.push("give either field or cookie");
  const values = it.members.get("values");
  const listed = values === undefined || (Array.isArray(values) && values.length <= MAX_VALUES);
  if (!listed || (Array.isArray(values) && values.some((one) => typeof one !== "string" || one.length > MAX_TEXT))) {
    it.faults.push(`values must be a list of at most ${MAX_VALUES} texts`);
  }
  const share = it.members.has("share") ? parseShare(it.members.get("share")) : undefined;
  if (it.members.has("share") && share === undefined) it.faults.push('share must be "0%" to "100%", or 0 to 1');
  if (values === undefined && share === undefined) it.faults.push("give values or share");
  faults.push(...it.faults.map((fault) => `cohort: ${fault}`));
  if (it.faults.length > 0) return undefined;
  return {
    by: field !== undefined ? { field: field.toLowerCase() } : { cookie: cookie! },
    ...(values === undefined ? {} : { values: values as string[] }),
    ...(share === undefined ? {} : { share }),
  };
}
