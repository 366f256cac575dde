// app/library-response.ts: what a caller gives for one side -> the response that the engine compares

import { types } from "node:util";
import { type ComparedSide, codingsOf, decode } from "../compare/index.ts";
import { nearest } from "../lib/nearest.ts";
import { NO_BODY } from "../model/body.ts";
import { type Fields, fieldValue } from "../model/fields.ts";
import type { InputFault } from "../model/library.ts";
import { isPlain, jsonOf, nameOf } from "./library-json.ts";

/** One side, and in which form its body was given. `form` is undefined where it has none. */
export type GivenSide = {
  readonly side: ComparedSide;
  readonly form: "text" | "bytes" | "parsed" | undefined;
  readonly has: { readonly status: boolean; readonly fields: boolean };
};

/** Where faults go. `cause`: what a getter threw. */
export type Refuse = (fault: InputFault, cause?: unknown) => void;

const KEYS = ["status", "fields", "headers", "trailers", "body"] as const;

/** What other tools call these, and what to write. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["statuscode", "did you mean status?"],
  ["data", "did you mean body?"],
  ["text", "did you mean body?"],
  ["json", "did you mean body? A parsed value is taken there too"],
  ["value", "did you mean body? A parsed value is taken there too"],
]);

/** A body alone: text or bytes. */
export function sideOfBody(body: string | Uint8Array, at: string, type: string | undefined, refuse: Refuse): GivenSide {
  const { form, side } = bodyOf(body, at, Number.POSITIVE_INFINITY, refuse);
  return { side: { ...EMPTY, ...typed(type), ...side }, form, has: { status: false, fields: false } };
}

/** A parsed value alone. */
export function sideOfValue(value: unknown, at: string, most: number, refuse: Refuse): GivenSide {
  const side = { ...EMPTY, ...parsedBody(value, at, most, refuse) };
  return { side, form: "parsed", has: { status: false, fields: false } };
}

/**
 * A response. The caller's object is read once and not kept.
 * @param type the media type where no `Content-Type` says it
 * @param most characters that a parsed body may have as JSON text
 */
export function sideOfResponse(
  given: object,
  at: string,
  options: { readonly type: string | undefined; readonly most: number },
  refuse: Refuse,
): GivenSide | undefined {
  try {
    if (!isPlain(given) || Array.isArray(given)) {
      refuse({ path: at, ...wrongSide(given) });
      return undefined;
    }
    const unknown = Object.keys(given).filter((key) => !(KEYS as readonly string[]).includes(key));
    for (const key of unknown) refuse({ path: at, message: `unknown key ${key}`, hint: hintFor(key) });
    if (unknown.length > 0) return undefined;
    if (KEYS.every((key) => Reflect.get(given, key) === undefined)) {
      refuse({ path: at, message: "has nothing to compare", hint: `give status, fields or body; ${VALUES}` });
      return undefined;
    }
    const { status, fields, headers, trailers, body } = given as Readonly<Record<(typeof KEYS)[number], unknown>>;
    if (fields !== undefined && headers !== undefined) {
      refuse({ path: at, message: "has both fields and headers, which are the same", hint: "give one of them" });
    }
    if (status !== undefined && !isStatus(status)) {
      refuse({ path: `${at}.status`, message: `${shown(status)} is not a status code`, hint: "100 to 999" });
    }
    const name = headers === undefined ? "fields" : "headers";
    const read = fieldsOf(fields ?? headers, `${at}.${name}`, refuse);
    const { form, side } = bodyOf(body, `${at}.body`, options.most, refuse);
    return {
      side: {
        ...EMPTY,
        ...typed(fieldValue(read, "content-type") === undefined ? options.type : undefined),
        ...side,
        ...(isFromFetch(fields ?? headers, body, read, options.most) ? { isDecoded: true } : {}),
        ...(isStatus(status) ? { status } : {}),
        fields: read,
        trailers: fieldsOf(trailers, `${at}.trailers`, refuse),
      },
      form,
      has: { status: status !== undefined, fields: (fields ?? headers) !== undefined },
    };
  } catch (error) {
    const message = `reading it threw: ${error instanceof Error ? error.message : String(error)}`;
    refuse({ path: at, message, hint: "give a plain object, without getters" }, error);
    return undefined;
  }
}

/**
 * `fetch` undoes content codings and leaves the field that names them. Bytes beside its `Headers` that are not in that coding are
 * what it gave; bytes that are, are as they came over the wire.
 */
function isFromFetch(given: unknown, body: unknown, fields: Fields, most: number): boolean {
  if (typeof given !== "object" || given === null || !types.isUint8Array(body)) return false;
  return nameOf(given) === "an instance of Headers" && decode(body, codingsOf(fields), most).kind === "broken";
}

const EMPTY: ComparedSide = {
  kind: "response",
  status: 200,
  reason: "",
  fields: [],
  trailers: [],
  body: NO_BODY,
  firstByteMs: 0,
  durationMs: 0,
};

const isStatus = (status: unknown): status is number =>
  typeof status === "number" && Number.isInteger(status) && status >= 100 && status <= 999;

function wrongSide(given: object): Pick<InputFault, "message" | "hint"> {
  if (Array.isArray(given)) return { message: "a list is not a response", hint: VALUES };
  const name = nameOf(given);
  if (name === "a Response") {
    const hint = "{ status: response.status, fields: response.headers, body: await response.text() }";
    return { message: "a Response cannot be read at once", hint };
  }
  if (given instanceof Promise) return { message: "a Promise is not a response", hint: "await it" };
  if (ArrayBuffer.isView(given)) return { message: `${name} is not a body`, hint: "bytes are a Uint8Array" };
  if (given instanceof ArrayBuffer) return { message: `${name} is not a body`, hint: "new Uint8Array(buffer)" };
  return { message: `${name} is not a response`, hint: "text, a Uint8Array, or { status, fields, body }" };
}

/** How parsed values are compared. */
export const VALUES = "to compare two parsed values: compareValues(legacy, candidate)";

function hintFor(key: string): string {
  const other = OTHER_NAMES.get(key.toLowerCase());
  if (other !== undefined) return other;
  const meant = nearest(key, KEYS);
  return meant === undefined ? `a response has status, fields, trailers and body; ${VALUES}` : `did you mean ${meant}?`;
}

type SideBody = Pick<ComparedSide, "body" | "isText" | "type">;
type GivenBody = Pick<GivenSide, "form"> & { readonly side: SideBody | undefined };

function bodyOf(body: unknown, at: string, most: number, refuse: Refuse): GivenBody {
  if (body === undefined) return { form: undefined, side: undefined };
  if (types.isUint8Array(body)) return { form: "bytes", side: { body: kept(body) } };
  if (typeof body !== "string") return { form: "parsed", side: parsedBody(body, at, most, refuse) };
  if (!body.isWellFormed()) {
    const message = "the text has a lone surrogate, which UTF-8 cannot hold";
    refuse({ path: at, message, hint: "give the bytes as they came, or escape it: \\ud800" });
  }
  return { form: "text", side: { body: kept(Buffer.from(body)), isText: true } };
}

function parsedBody(value: unknown, at: string, most: number, refuse: Refuse): SideBody {
  const json = jsonOf(value, at, most);
  if ("fault" in json) refuse(json.fault, json.cause);
  const text = "text" in json ? json.text : "";
  return { body: kept(Buffer.from(text)), isText: true, type: "application/json" };
}

const kept = (bytes: Uint8Array) => ({ kind: "kept", chunks: [bytes], length: bytes.length }) as const;

const typed = (type: string | undefined) => (type === undefined ? {} : { type });

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

function fieldsOf(given: unknown, at: string, refuse: Refuse): Fields {
  if (given === undefined) return [];
  const hint = 'a Headers, a list of pairs [["etag", "1"]], rawHeaders, or an object { etag: "1" }';
  if (typeof given !== "object" || given === null) {
    refuse({ path: at, message: `${shown(given)} is no set of fields`, hint });
    return [];
  }
  if (!(Symbol.iterator in given) && !isPlain(given)) {
    refuse({ path: at, message: `${nameOf(given)} is no set of fields`, hint });
    return [];
  }
  const fields: string[] = [];
  for (const [step, name, value] of pairsOf(given)) {
    const path = at + step;
    if (typeof name !== "string" || !TOKEN.test(name)) {
      refuse({ path, message: `${shown(name)} is not a field name`, hint });
      continue;
    }
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one === undefined && !Array.isArray(value)) continue;
      if (typeof one !== "string" && typeof one !== "number") {
        refuse({
          path,
          message: `the value of ${name} is ${shown(one)}`,
          hint: "a string, a number, or a list of strings",
        });
      } else if (/[^\u0000-\u00ff]|[\r\n\0]/.test(String(one))) {
        const message = `the value of ${name} has a character that no field can hold`;
        refuse({ path, message, hint: "each character is one byte (latin1), and CR, LF and NUL are not allowed" });
      } else fields.push(name, String(one));
    }
  }
  return fields;
}

/** The step of the path, the name and the value of each field. */
function* pairsOf(given: object): Generator<readonly [string, unknown, unknown]> {
  if (Array.isArray(given) && given.every((one) => typeof one === "string")) {
    for (let i = 0; i < given.length; i += 2) yield [`[${i}]`, given[i], given[i + 1] ?? null];
  } else if (Symbol.iterator in given) {
    let i = 0;
    for (const pair of given as Iterable<unknown>) {
      const isPair = Array.isArray(pair) && pair.length === 2;
      yield isPair ? [`[${i}]`, pair[0], pair[1]] : [`[${i}]`, pair, null];
      i += 1;
    }
  } else {
    for (const [name, value] of Object.entries(given)) yield [`['${name}']`, name, value];
  }
}

/** A value in a message, short. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return typeof value === "function" ? "a function" : String(value);
}
