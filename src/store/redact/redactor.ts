// store/redact/redactor.ts: the one place where secrets are taken out of what will be stored, logged, reported or counted

import type { Difference, JsonText } from "../../model/difference.ts";
import type { RequestHead } from "../../model/exchange.ts";
import type { Fields } from "../../model/fields.ts";
import { createBodies } from "./bodies.ts";
import { createHeads } from "./heads.ts";
import { createJsonRedactor, type JsonRedactor } from "./json.ts";
import { type Hide, hideKnown } from "./known.ts";
import { createMarks } from "./marks.ts";
import { createMarkup } from "./markup.ts";
import { createParameters } from "./parameters.ts";
import { compilePlaces, namedAnywhere, stepsOf } from "./places.ts";
import { type RedactSettings, SECRET_FIELDS } from "./settings.ts";
import { createSweep } from "./sweep.ts";

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
  /** The same, and blind to the credentials of this request wherever an answer repeats them. */
  readonly forRequest: (request: RequestHead) => Redactor;
};

export function compileRedactor(settings: RedactSettings): Redactor {
  const marks = createMarks(settings);
  const secretFields = new Set([...SECRET_FIELDS, ...settings.fields.map((name) => name.toLowerCase())]);
  const places = compilePlaces(settings.json, new Set([...secretFields, ...namedAnywhere(settings.json)]));
  const query = settings.query.map((name) => name.toLowerCase());
  const names = [...new Set([...query, ...places.names])];
  const sweep = createSweep({ names, lines: [...secretFields], patterns: settings.patterns, marks });
  const isSecret = createNameTest([...names, ...secretFields]);
  let json: JsonRedactor;
  const looks = (text: string): string => {
    const first = /\S/.exec(text)?.[0];
    return (first === "{" || first === "[" ? json.sound(text, places.root) : undefined) ?? sweep(text);
  };
  const markup = createMarkup({ isSecret, text: looks, marks });
  json = createJsonRedactor({ places, marks, sweep, markup, cards: settings.patterns.includes("card") });
  const parameter = (text: string): string => (/^\s*</.test(text) ? markup(text) : looks(text));
  const parameters = createParameters({ isSecret, value: parameter, marks, sweep });
  const body = createBodies({ marks, sweep, json, markup, parameters, isSecret, places });
  const heads = createHeads({ secretFields, parameters, marks, sweep });

  const inBody = (path: string, text: JsonText): JsonText => {
    let at = places.root;
    for (const step of stepsOf(path) ?? []) {
      if (places.secret(at)) break;
      const next = places.step(at, step);
      // An attribute of the name is as secret as an element of it.
      const isAttribute = typeof step === "string" && step.startsWith("@");
      at = isAttribute ? places.both(next, places.step(at, step.slice(1))) : next;
    }
    if (places.secret(at)) return gone(text);
    return json.sound(text, at) ?? JSON.stringify(marks.hashed ? marks.leaf("text", text) : sweep(text));
  };
  const gone = (text: JsonText): JsonText => JSON.stringify(marks.secret(literal(text)));

  const ofField = (name: string, text: JsonText): JsonText => {
    // A field's differences may name a part of it, such as one cookie: a secret field's parts are secrets.
    if (!secretFields.has(name) && secretFields.has(/^[a-z0-9_-]*/i.exec(name)![0].toLowerCase())) return gone(text);
    if (text.startsWith('"')) return JSON.stringify(heads.fieldValue(name, literal(text)));
    return secretFields.has(name) ? gone(text) : (json.sound(text, places.root) ?? JSON.stringify(sweep(text)));
  };

  const value = (path: string, text: JsonText): JsonText => {
    if (path === "" && /^\d{3}$/.test(text)) return text;
    return path === "" || path.startsWith("$") ? inBody(path, text) : ofField(path, text);
  };

  const difference = <D extends Difference>(_route: string, one: D): D => {
    return {
      ...one,
      path: sweep(one.path),
      ...(one.legacy === undefined ? {} : { legacy: value(one.path, one.legacy) }),
      ...(one.candidate === undefined ? {} : { candidate: value(one.path, one.candidate) }),
      ...(one.note === undefined ? {} : { note: sweep(one.note) }),
    };
  };

  const redactor: Redactor = {
    fields: heads.fields,
    target: heads.target,
    body,
    value,
    text: sweep,
    difference,
    forRequest: (request) => {
      const hide = hideKnown(request, { secretFields, isSecret, marks });
      return hide === undefined ? redactor : hiding(redactor, hide);
    },
  };
  return redactor;
}

function hiding(redactor: Redactor, hide: Hide): Redactor {
  return {
    fields: (fields) => redactor.fields(fields).map(hide),
    target: (target, route) => hide(redactor.target(target, route)),
    body: (bytes, mediaType) => hide(redactor.body(bytes, mediaType)),
    value: (path, json) => hide(redactor.value(path, json)),
    text: (text) => hide(redactor.text(text)),
    difference: (route, difference) => {
      const { path, legacy, candidate, note, ...rest } = redactor.difference(route, difference);
      return {
        ...rest,
        path: hide(path),
        ...(legacy === undefined ? {} : { legacy: hide(legacy) }),
        ...(candidate === undefined ? {} : { candidate: hide(candidate) }),
        ...(note === undefined ? {} : { note: hide(note) }),
      } as typeof difference;
    },
    forRequest: (request) => hiding(redactor.forRequest(request), hide),
  };
}

/** Whether a name is secret, also as a part of a longer one: `user[token]`, `access_token`, `token[0]`, `soap:token`. */
function createNameTest(names: readonly string[]): (name: string) => boolean {
  const words = names.filter((name) => name !== "").map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const test = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{N}_-])`, "iu");
  return (name) => test.test(name);
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
