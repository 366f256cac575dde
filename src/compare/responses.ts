// compare/responses.ts: two whole responses: status, fields, trailers, body

import { codingsOf, type Decoded, decode } from "../bodies/content-codings.ts";
import { type MediaType, mediaType } from "../bodies/media-type.ts";
import type { Response } from "../model/answer.ts";
import { bytesOf } from "../model/body.ts";
import { fieldValue } from "../model/fields.ts";
import { compareBytes, sameBytes } from "./bytes.ts";
import { compareContent } from "./content.ts";
import { compareFields } from "./fields.ts";
import { compareMeasured } from "./hashed-bodies.ts";
import type { Asked } from "./request-context.ts";
import { type CompareLimits, EQUAL, found, type Result, together } from "./result.ts";
import type { CompiledRules } from "./rules.ts";
import { notOfType, wholeBody } from "./whole-body.ts";

/**
 * A response as it came. `isDecoded`: its content codings are undone already, whatever its fields say of how it was sent.
 * `isText`: so they are, and it is UTF-8. `type`: the media type of the body in place of its `Content-Type`.
 */
export type ComparedSide = Response & {
  readonly isDecoded?: boolean;
  readonly isText?: boolean;
  readonly type?: string;
};

/**
 * Compares two responses. It never throws, whatever the bytes and fields are.
 *
 * Where the statuses are of different classes, or one of them allows no body, that is the one difference: fields and body
 * differ as its consequence. An `ignore status` rule brings them back.
 * @param asked what is known of the request, so that links by the names that the client knows us by are known as our own
 */
export function compareResponses(
  legacy: ComparedSide,
  candidate: ComparedSide,
  rules: CompiledRules,
  limits: CompareLimits,
  asked?: Asked,
): Result {
  const status = compareStatus(legacy.status, candidate.status, rules);
  if (status.differences.length > 0 && tellsAll(legacy.status, candidate.status)) return status;
  return together([
    status,
    compareFields(legacy.fields, candidate.fields, rules, { asked }),
    compareFields(legacy.trailers, candidate.trailers, rules, { asked, note: "trailer" }),
    compareHeadLengths(legacy, candidate, rules),
    compareBodyOf(legacy, candidate, rules, limits, asked),
  ]);
}

function compareStatus(legacy: number, candidate: number, rules: CompiledRules): Result {
  if (legacy === candidate || !rules.status) return EQUAL;
  if (rules.ignoredStatus !== undefined) return found([], [{ rule: rules.ignoredStatus, count: 1 }]);
  return found([{ where: "status", path: "", kind: "value", legacy: `${legacy}`, candidate: `${candidate}` }]);
}

const bodiless = (status: number) => status < 200 || status === 204 || status === 205 || status === 304;

function tellsAll(legacy: number, candidate: number): boolean {
  return Math.trunc(legacy / 100) !== Math.trunc(candidate / 100) || bodiless(legacy) !== bodiless(candidate);
}

/**
 * `Content-Length` beside an empty body is the answer to a HEAD: the length that the body of a GET would have. It is compared
 * where both sides state it and no coding was applied; coded, only whether there would be a body.
 */
function compareHeadLengths(legacy: Response, candidate: Response, rules: CompiledRules): Result {
  if (!rules.headLength || legacy.body.length > 0 || candidate.body.length > 0) return EQUAL;
  if (bodiless(legacy.status) || bodiless(candidate.status)) return EQUAL;
  const [a, b] = [statedLength(legacy), statedLength(candidate)];
  if (a === undefined || b === undefined || a === b) return EQUAL;
  const isCoded = codingsOf(legacy.fields).length + codingsOf(candidate.fields).length > 0;
  if (isCoded && a > 0 && b > 0) return EQUAL;
  const rule = rules.ignoredFields.get("content-length");
  if (rule !== undefined) return found([], [{ rule, count: 1 }]);
  const note = "the length that the body of a GET would have";
  return found([
    { where: "field", path: "content-length", kind: "value", legacy: `"${a}"`, candidate: `"${b}"`, note },
  ]);
}

function statedLength({ fields }: Response): number | undefined {
  const stated = fieldValue(fields, "content-length")?.trim();
  return stated !== undefined && /^\d{1,15}$/.test(stated) ? Number(stated) : undefined;
}

function compareBodyOf(
  legacy: ComparedSide,
  candidate: ComparedSide,
  rules: CompiledRules,
  limits: CompareLimits,
  asked: Asked | undefined,
): Result {
  if (!rules.body || bodiless(legacy.status) || bodiless(candidate.status)) return EQUAL;
  const codings = { legacy: codingsUnder(legacy), candidate: codingsUnder(candidate) };
  const [a, b] = [legacy.body, candidate.body];
  if (a.kind === "measured" || b.kind === "measured") {
    return compareMeasured(a, b, codings, rules, limits);
  }
  const [x, y] = [bytesOf(a), bytesOf(b)];
  if (sameBytes(x, y) && codings.legacy.join() === codings.candidate.join()) return EQUAL;
  const [m, n] = [decode(x, codings.legacy, limits.maxDecoded), decode(y, codings.candidate, limits.maxDecoded)];
  if (m.kind !== "decoded" || n.kind !== "decoded") return compareUndecoded(m, n, x, y, rules, limits);
  return compareContent({
    legacy: { bytes: m.bytes, type: typeOf(legacy) },
    candidate: { bytes: n.bytes, type: typeOf(candidate) },
    rules,
    limits,
    asked,
  });
}

function codingsUnder({ fields, isDecoded, isText }: ComparedSide): string[] {
  return isDecoded === true || isText === true ? [] : codingsOf(fields);
}

function typeOf({ fields, isText, type }: ComparedSide): MediaType | undefined {
  const media = mediaType(type ?? fieldValue(fields, "content-type"));
  if (media === undefined || isText !== true) return media;
  return { ...media, parameters: new Map(media.parameters).set("charset", "utf-8") };
}

/** At least one side could not be decoded, and nothing is cut and then compared. */
function compareUndecoded(
  m: Decoded,
  n: Decoded,
  legacy: Uint8Array,
  candidate: Uint8Array,
  rules: CompiledRules,
  { maxDecoded }: CompareLimits,
): Result {
  const [a, b] = [fault(m, maxDecoded), fault(n, maxDecoded)];
  if (m.kind === "too_large" && n.kind === "too_large") return { ...EQUAL, incomparable: true };
  if (m.kind === n.kind)
    return compareBytes(legacy, candidate, rules, `coded bytes compared: neither could be decoded`);
  for (const [side, other, note] of [
    [m, n, `legacy's body ${a}`],
    [n, m, `the candidate's body ${b}`],
  ] as const) {
    if (side.kind !== "too_large" || other.kind !== "decoded") continue;
    if (other.bytes.length > maxDecoded) return { ...EQUAL, incomparable: true };
    return wholeBody({ kind: "value", note: `${note}, the other has ${other.bytes.length}` }, rules);
  }
  const [who, what] = m.kind === "broken" || n.kind === "decoded" ? ["legacy's", a] : ["the candidate's", b];
  return notOfType(`${who} body ${what}`, rules, {
    ...(m.kind === "decoded" ? { legacy: m.bytes } : {}),
    ...(n.kind === "decoded" ? { candidate: n.bytes } : {}),
  });
}

function fault(side: Decoded, max: number): string {
  if (side.kind === "decoded") return `has ${side.bytes.length} bytes`;
  if (side.kind === "too_large") return `has more than ${max} bytes when decoded`;
  return side.kind === "broken"
    ? `is not ${side.coding}, which its content-encoding says`
    : `has the content coding ${JSON.stringify(side.coding.slice(0, 40))}, which is not known here`;
}
