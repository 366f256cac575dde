// jsonpath/path.ts: places in a body, in the words of RFC 9535

/** One step of a path. `descendant` steps look at every depth (`..`). */
export type Selector =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "slice"; readonly start?: number; readonly end?: number; readonly step?: number }
  | { readonly kind: "wildcard" };

/** One segment of a query (RFC 9535, 2.5): its selectors apply to children, or to all descendants after `..`. */
export type Segment = { readonly descendant: boolean; readonly selectors: readonly Selector[] };

/** A parsed RFC 9535 query without filters, and the text it came from. */
export type Path = { readonly text: string; readonly segments: readonly Segment[] };

/** The names and indexes from the root to one place: `["items", 1, "price"]`. */
export type Trail = readonly (string | number)[];
