// model/document.ts: a keyed JSON document, the unit in which evidence is kept across restarts

/**
 * One piece of kept knowledge. `kind` and `key` together name it; a later document of the same name replaces it, and
 * `null` removes it. The value is plain JSON, and already redacted.
 */
export type Document = { readonly kind: string; readonly key: string; readonly value: unknown };
