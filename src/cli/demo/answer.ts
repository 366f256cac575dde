// cli/demo/answer.ts: what a demo backend answers, before it is written to the socket

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object. */
export type JsonObject = { readonly [name: string]: Json };

/** A JSON answer is still a value, so that the candidate's faults can be put into it. */
export type DemoAnswer =
  | { readonly kind: "json"; readonly status: number; readonly body: JsonObject }
  | { readonly kind: "bytes"; readonly status: number; readonly type: string; readonly body: Buffer }
  | { readonly kind: "empty"; readonly status: number };

/** A JSON response. */
export const json = (body: JsonObject, status = 200): DemoAnswer => ({ kind: "json", status, body });
/** A response without a body. */
export const empty = (status = 204): DemoAnswer => ({ kind: "empty", status });
/** A response with a body of this media type. */
export const bytes = (type: string, body: Buffer): DemoAnswer => ({ kind: "bytes", status: 200, type, body });
/** A 404 as the demo service sends it. */
export const notFound = (what: string): DemoAnswer =>
  json({ error: { code: "NOT_FOUND", message: `${what} does not exist` } }, 404);
