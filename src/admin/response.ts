// admin/response.ts: what an endpoint answers with, and the fields that every answer carries

import { createHash } from "node:crypto";
import { STYLE } from "../report/style.ts";

/** A response of the admin API. */
export type AdminResponse = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly fields?: Readonly<Record<string, string>>;
};

const HASH = createHash("sha256").update(STYLE).digest("base64");

/** No scripts, no loading of other resources, no framing; the one style sheet is known by its hash. */
const POLICY = `default-src 'none'; style-src 'sha256-${HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** Fields that every response carries. */
export const GUARDS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

/** The media type of JSON responses. */
export const JSON_TYPE = "application/json; charset=utf-8";

/** A value as a JSON response. */
export function json(value: unknown, status = 200): AdminResponse {
  return { status, type: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}

/** An error as RFC 9457 has it: `faults` lists everything that was wrong. */
export function problem(
  status: number,
  title: string,
  detail: string,
  more: { readonly faults?: readonly string[]; readonly fields?: Readonly<Record<string, string>> } = {},
): AdminResponse {
  const { faults, fields } = more;
  const body = { type: "about:blank", title, status, detail, ...(faults === undefined ? {} : { faults }) };
  return {
    status,
    type: "application/problem+json",
    body: `${JSON.stringify(body)}\n`,
    ...(fields === undefined ? {} : { fields }),
  };
}
