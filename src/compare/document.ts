// compare/document.ts: what a reader of a structured type gives: the body as one JSON document

import type { JsonText } from "../model/difference.ts";

/** A body as a JSON document, or why it is not of its type. A fault's words never hold the body's content. */
export type Read = { readonly document: JsonText } | { readonly fault: string };
