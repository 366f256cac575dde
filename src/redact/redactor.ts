// redact/redactor.ts: the one place where secrets are taken out of what will be stored, logged, reported or counted

import { rewriteParameters } from "../bodies/formats/form.ts";
import { clipJson, clipText, LOOKED_AT, SHOWN } from "../lib/clip.ts";
import { isSecretSegment } from "../lib/path-token.ts";
import { createNameTest, isSecretValue, type NameTest, type NameVerdict, worse } from "../lib/secret-names.ts";
import type { Difference, JsonText } from "../model/difference.ts";
import type { RequestHead } from "../model/exchange.ts";
import type { Fields } from "../model/fields.ts";
import { createBodies, createRedaction } from "./bodies.ts";
import { createHeads } from "./fields.ts";
import { createSweep } from "./free-text.ts";
import { createJsonRedactor, type JsonRedactor } from "./json.ts";
import { createMarks, type Hides, type Marks } from "./marks.ts";
import { createMarkup, type Markup } from "./markup.ts";
import { compilePlaces, namedAnywhere, stepsOf } from "./places.ts";
import { type Hide, hideKnown } from "./request-secrets.ts";
import type { RedactSettings } from "./settings.ts";

/** Every function is total, takes time linear in its input, and can be applied again without harm. */
export type Redactor = {
  readonly fields: (fields: Fields) => Fields;
  /** A request target or a URL: parameters, credentials in the authority, and what has a secret's looks in the path. */
  readonly target: (target: string, route?: string) => string;
  /** A body without content codings, as readable text. */
  readonly body: (bytes: Uint8Array, mediaType: string | undefined) => string;
  /**
   * A value as a difference has it, by the difference's path: a place in a body (`$.a`), a field's name, or none for the
   * status. Gone when it is at or below a secret place, and without the secrets below it.
   */
  readonly value: (path: string, json: JsonText) => JsonText;
  /** A message, an error, a note, a log line: anything. */
  readonly text: (text: string) => string;
  readonly difference: <D extends Difference>(route: string, difference: D) => D;
  /** All of one comparison. So many characters are looked at, in order; values beyond them are {@link NOT_EXAMINED}. */
  readonly differences: <D extends Difference>(route: string, differences: readonly D[]) => D[];
  /** The same, and blind to the credentials of this request wherever an answer repeats them. */
  readonly forRequest: (request: RequestHead) => Redactor;
};

/** Stands for a value that nobody had the time to look at: what is not known to be no secret is not shown. */
export const NOT_EXAMINED = '"[redacted: not examined]"';
/** Characters of one comparison's values and notes that are looked at: some ten milliseconds of the worst text. */
const EXAMINED = 128 * 1024;

/** Compiles the settings once. The redactor keeps no state beyond bounded caches of names. */
export function compileRedactor(settings: RedactSettings): Redactor {
  const marks = createMarks(settings);
  const listed = [...settings.fields, ...settings.query, ...namedAnywhere(settings.json)];
  const places = compilePlaces(settings.json);
  // In JSON a path says where; elsewhere only its last name is left of it.
  const inJson = createNameTest(listed, settings.show);
  const verdict = createNameTest([...listed, ...places.names], settings.show);
  const hides: Hides = (name, text) => isSecretValue(verdict(name), text);
  const sweep = createSweep({ verdict, patterns: settings.patterns, marks });
  const cards = settings.patterns.includes("card");
  const withNames = (test: NameTest): JsonRedactor =>
    createJsonRedactor({ places, verdict: test, marks, sweep, markup: (text) => markup(text), cards });
  const [json, jsonByNames] = [withNames(inJson), withNames(verdict)];
  const markup: Markup = createMarkup({ verdict, text: (text) => inMarkup(text), marks });
  const besidePlaces = {
    hides: (name: string, text: string) => isSecretValue(inJson(name), text),
    text: createSweep({ verdict: inJson, patterns: settings.patterns, marks }),
  };
  const redaction = createRedaction({ places, hides, marks, text: sweep, besidePlaces, json, jsonByNames, markup });
  const inMarkup = (text: string): string => (/^\s*</.test(text) ? sweep(text) : redaction.value(text));
  const body = createBodies(redaction);
  const parameters = (text: string) => rewriteParameters(text, redaction);
  const heads = createHeads({ verdict, hides, parameters, marks, sweep });

  const inBody = (path: string, text: JsonText, named: readonly string[]): JsonText => {
    let at = places.root;
    let says: NameVerdict = "plain";
    for (const step of stepsOf(path) ?? []) {
      if (places.secret(at) || says === "secret") break;
      const next = places.step(at, step);
      // An attribute of the name is as secret as an element of it.
      const isAttribute = typeof step === "string" && step.startsWith("@");
      at = isAttribute ? places.both(next, places.step(at, step.slice(1))) : next;
      if (typeof step === "string") says = inJson(isAttribute ? step.slice(1) : step);
    }
    for (const name of named) says = worse(says, verdict(name));
    if (places.secret(at)) return gone(text);
    const content = literal(text);
    if (says === "secret" && isSecretValue(says, content)) return gone(text);
    if (/^\s*[[{]/.test(text)) return json.document(text, at, says);
    if (isSecretValue(says, content)) return gone(text);
    return json.sound(text, at) ?? JSON.stringify(marks.hashed ? marks.leaf("text", text) : sweep(text));
  };
  const gone = (text: JsonText): JsonText => JSON.stringify(marks.secret(literal(text)));

  const ofField = (name: string, text: JsonText): JsonText => {
    // A field's differences may name a part of it, such as one cookie: a secret field's parts are secrets.
    const field = /^[a-z0-9_-]*/i.exec(name)![0].toLowerCase();
    if (field !== name && verdict(field) === "secret") return gone(text);
    if (text.startsWith('"')) return JSON.stringify(heads.fieldValue(name, literal(text)));
    return hides(name, text) ? gone(text) : (json.sound(text, places.root) ?? JSON.stringify(sweep(text)));
  };

  const value = (path: string, text: JsonText, named: readonly string[] = []): JsonText => {
    if (path === "" && /^\d{3}$/.test(text)) return text;
    const looked = clipJson(text, LOOKED_AT);
    const shown = path === "" || path.startsWith("$") ? inBody(path, looked, named) : ofField(path, looked);
    return clipJson(shown, SHOWN);
  };

  const shownPath = (path: string): string => withoutSecretNames(sweep(clipText(path, LOOKED_AT)), marks);

  const difference = <D extends Difference>(_route: string, { named, ...one }: D): D =>
    ({
      ...one,
      path: shownPath(one.path),
      ...(one.general === undefined ? {} : { general: shownPath(one.general) }),
      ...(one.legacy === undefined ? {} : { legacy: value(one.path, one.legacy, named) }),
      ...(one.candidate === undefined ? {} : { candidate: value(one.path, one.candidate, named) }),
      ...(one.general === undefined ? {} : { general: sweep(clipText(one.general, LOOKED_AT)) }),
      ...(one.note === undefined ? {} : { note: sweep(clipText(one.note, LOOKED_AT)) }),
    }) as unknown as D;

  const redactor: Redactor = {
    fields: heads.fields,
    target: heads.target,
    body,
    value,
    text: sweep,
    difference,
    differences: (route, list) => withinBudget(list, (one) => difference(route, one)),
    forRequest: (request) => {
      const hide = hideKnown(request, { verdict, marks });
      return hide === undefined ? redactor : hiding(redactor, hide);
    },
  };
  return redactor;
}

/** Redacts one after the other until the budget is spent; what remains loses its values and notes. */
function withinBudget<D extends Difference>(list: readonly D[], redact: (difference: D) => D): D[] {
  let left = EXAMINED;
  return list.map((one) => {
    const { legacy = "", candidate = "", note = "" } = one;
    const looked = [legacy, candidate, note].reduce((sum, text) => sum + Math.min(text.length, LOOKED_AT), 0);
    left -= looked;
    if (left >= 0 || looked === 0) return redact(one);
    const { note: _, ...rest } = one;
    return redact({
      ...rest,
      ...(one.legacy === undefined ? {} : { legacy: NOT_EXAMINED }),
      ...(one.candidate === undefined ? {} : { candidate: NOT_EXAMINED }),
    } as unknown as D);
  });
}

/** A path without the names in it that are secrets themselves: an object may have tokens for names. */
const withoutSecretNames = (path: string, marks: Marks): string =>
  path.replace(NAME_STEP, (step: string, plain?: string, quoted?: string) => {
    const name = plain ?? quoted!;
    return name.length >= 16 && isSecretSegment(name) ? `['${marks.segment(name)}']` : step;
  });

/** A member's step of a path. */
const NAME_STEP = /\.([^.[\]']+)|\['((?:[^'\\]|\\.)*)'\]/g;

function hiding(redactor: Redactor, hide: Hide): Redactor {
  return {
    fields: (fields) => redactor.fields(fields).map(hide),
    target: (target, route) => hide(redactor.target(target, route)),
    body: (bytes, mediaType) => hide(redactor.body(bytes, mediaType)),
    value: (path, json) => hide(redactor.value(path, json)),
    text: (text) => hide(redactor.text(text)),
    differences: (route, list) => withinBudget(list, (one) => hidingDifference(route, one)),
    difference: hidingDifference,
    forRequest: (request) => hiding(redactor.forRequest(request), hide),
  };

  function hidingDifference<D extends Difference>(route: string, difference: D): D {
    const { path, general, legacy, candidate, note, ...rest } = redactor.difference(route, difference);
    return {
      ...rest,
      path: hide(path),
      ...(general === undefined ? {} : { general: hide(general) }),
      ...(legacy === undefined ? {} : { legacy: hide(legacy) }),
      ...(candidate === undefined ? {} : { candidate: hide(candidate) }),
      ...(note === undefined ? {} : { note: hide(note) }),
    } as unknown as D;
  }
}

/** What a JSON string says; any other JSON text is itself. */
function literal(text: JsonText): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : text;
  } catch {
    return text;
  }
}
