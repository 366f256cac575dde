// model/difference.ts: one place where the candidate departs from legacy

/** Where a difference is: the status code, a header or trailer field, or the body. */
export type Where = "status" | "field" | "body";

/** All kinds of differences. */
export const KINDS = ["missing", "extra", "value", "type", "order", "format"] as const;

/**
 * How the candidate departs: `missing` (legacy has it, the candidate does not), `extra` (the other way round), `value`
 * (same type, another value), `type` (another JSON type), `order` (a list with the same elements in another order),
 * `format` (one side is not of the body's type).
 */
export type Kind = (typeof KINDS)[number];

/** A value as it was written, as JSON text: `12345678901234567890`, `1.0`, `"a"`, `{"b":[]}`. */
export type JsonText = string;

/** One place where the candidate departs from legacy. Absent values are absent members, not null. */
export type Difference = {
  readonly where: Where;
  /**
   * `status`: the empty string. `field`: the lower-case field name. `body`: an RFC 9535 normalized path in its short
   * form, `$.items[1].price`, `$['a.b']`. An index is legacy's; for `extra` the candidate's.
   */
  readonly path: string;
  /**
   * Where the path leads through a dictionary, an object whose member names are data: the path with `[*]` for each of those
   * names, `$.messages[*]`. Absent elsewhere.
   */
  readonly general?: string;
  readonly kind: Kind;
  readonly legacy?: JsonText;
  readonly candidate?: JsonText;
  /** What a person should know beside the values: `first difference at byte 118`. */
  readonly note?: string;
  /**
   * Names that stand beside the value and say what it is, as `password` in `<input name="password" value="...">`, for
   * redaction, which decides by them what may be shown. Not stored.
   */
  readonly named?: readonly string[];
  /**
   * How many more differences there were that are alike (general place, kind, and the look of both values) and are not
   * listed. Only where a live comparison is passed on; on the first of those alike.
   */
  readonly alike?: number;
  /** For an element of a list that is missing or extra: the list that it belongs to. */
  readonly list?: ListOf;
};

/** What is known of the list that an element of one side only belongs to. */
export type ListOf = {
  /** How long both sides' lists are. */
  readonly legacy: number;
  readonly candidate: number;
  /** The element occurs in its own list more than once. */
  readonly isRepeated: boolean;
  /** What tells the elements of one side only from the others: `only "state": "CUSTOMS"`, `other "state"`. */
  readonly conditions?: readonly string[];
};

/** A rule, by the words of the config that made it (`ignore $.meta.requestId`), and how many differences it settled. */
export type Masked = { readonly rule: string; readonly count: number };

/** What comparing two responses found. No differences is a match. */
export type Compared = {
  readonly differences: readonly Difference[];
  /** The budget ran out and a cheaper pairing was used: the places may be coarser, equal or not is still exact. */
  readonly approximate: boolean;
  /** The rules that settled something here. */
  readonly masked: readonly Masked[];
};
