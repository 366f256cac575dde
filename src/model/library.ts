// model/library.ts: the types of the package's own functions; they need no other package, and no types of Node

import type { Compared, JsonText } from "./difference.ts";
import type { PatchOperation } from "./rules.ts";

/**
 * Comparison rules, in the words of the `compare` block of a config file. A path is a JSONPath (RFC 9535 without filters):
 * `$.items[*].price`, `$..updatedAt`. Nothing set means: compare as strictly as makes sense.
 */
export type Rules = {
  /** Places that are not compared: a path into the body, `status`, or `field etag`. */
  readonly ignore?: readonly string[] | undefined;
  /** Compare nothing but these places. */
  readonly only?: readonly string[] | undefined;
  /** How the elements of the lists at a path are paired; without a rule they are aligned. */
  readonly arrays?: Readonly<Record<string, ArrayPairing>> | undefined;
  /** Numbers that need not be exactly equal, or that must be written alike. */
  readonly numbers?: readonly NumberWords[] | undefined;
  /** Strings and numbers that are times, compared as instants. A path alone means no tolerance. */
  readonly times?: readonly (string | TimeWords)[] | undefined;
  /** Strings that need not be exactly equal. */
  readonly strings?: readonly StringWords[] | undefined;
  /** Paths of strings that hold JSON: where both sides' do, it is compared as JSON. */
  readonly json?: readonly string[] | undefined;
  /** RFC 6902 operations that are applied to a side's body before comparing. */
  readonly patch?:
    | {
        readonly legacy?: readonly PatchOperation[] | undefined;
        readonly candidate?: readonly PatchOperation[] | undefined;
      }
    | undefined;
  /** Which response fields are compared. */
  readonly fields?:
    | {
        /** `default` (all but those that belong to one answer, as `date`), `all`, or only these names. */
        readonly compare?: "default" | "all" | readonly string[] | undefined;
        /** Names of fields that are not compared. */
        readonly ignore?: readonly string[] | undefined;
      }
    | undefined;
  /** Whether each side's own origins, from the option `origins`, count as the same. Default: true. */
  readonly mapOrigins?: boolean | undefined;
};

/**
 * How the elements of a list are paired. `unordered`: as a multiset. `ordered`: by index. `key`: by these members; another
 * order is a difference unless `order` is `ignored`.
 */
export type ArrayPairing =
  | "unordered"
  | "ordered"
  | {
      readonly key: string | readonly string[];
      readonly order?: "compared" | "ignored" | undefined;
    };

/** A rule for numbers. At least one of `tolerance`, `relative` and `lexical` is set. */
export type NumberWords = {
  readonly path: string;
  /** How far apart they may be. */
  readonly tolerance?: number | undefined;
  /** How far apart they may be, as a share of legacy's value: `"1%"`. */
  readonly relative?: string | undefined;
  /** Compare as written: 1.0 is not 1. */
  readonly lexical?: boolean | undefined;
};

/** A rule for times. */
export type TimeWords = {
  readonly path: string;
  /** How far apart they may be, with its unit: `"500ms"`, `"2s"`. Default: `"0s"`. */
  readonly tolerance?: string | undefined;
};

/** A rule for strings. At least one member beside `path` is set. */
export type StringWords = {
  readonly path: string;
  /** Upper and lower case are the same. */
  readonly ignoreCase?: boolean | undefined;
  /** White space at both ends does not count. */
  readonly trim?: boolean | undefined;
  /** Compare in this Unicode normal form. */
  readonly normalize?: "NFC" | "NFD" | "NFKC" | "NFKD" | undefined;
  /** A regular expression, as text, that both sides must match; then they need not be equal. */
  readonly matches?: string | undefined;
};

/**
 * Response fields: what `fetch` and `node:http` give. An iterable of `[name, value]` pairs (`Headers`, `Map`), a list of names
 * and values in turn (`rawHeaders`), or an object (`headers` of `node:http`). Each character of a value is one byte (latin1).
 */
export type FieldsLike =
  | Iterable<readonly [string, string]>
  | readonly string[]
  | { readonly [name: string]: string | number | readonly string[] | undefined };

/**
 * A response, or the parts of it that are to be compared. `status` and `fields` are given on both sides or on neither: what
 * one side does not have is not known to be equal.
 */
export type ResponseLike = {
  /** 100 to 999. */
  readonly status?: number | undefined;
  readonly fields?: FieldsLike | undefined;
  /** Another name for `fields`. */
  readonly headers?: FieldsLike | undefined;
  /** Trailer fields; absent: none. */
  readonly trailers?: FieldsLike | undefined;
  /**
   * A `Uint8Array` is the body as it came over the wire, with the content codings that `Content-Encoding` names;
   * beside the `Headers` of `fetch`, which undoes them, it may be decoded already. A string is the text of the body, already decoded. Anything else is its parsed JSON value, see {@link compareValues} for what that
   * may hold. Absent: an empty body.
   */
  readonly body?: unknown;
};

/** A path prefix of legacy, `/api/v1/`, and what the candidate has in its place, `/v2/`. */
export type PathPrefix = { readonly legacy: string; readonly candidate: string };

/** Each side's own origins, `http://legacy:8080`, so that a link to itself is no difference. */
export type Origins = {
  /** The first is the one that is shown. */
  readonly legacy: readonly string[];
  readonly candidate: readonly string[];
  /** Path prefixes that are mapped back in the candidate's links; the first that fits counts. */
  readonly paths?: readonly PathPrefix[];
  /** The scheme by which clients reach the service, where that is certain. */
  readonly scheme?: "http" | "https";
};

/**
 * Reads a body of a type that the comparison does not know (protobuf, MessagePack, CBOR) into JSON text, which is then
 * compared like any other. Nothing or a throw says that the bytes are not of that type.
 */
export type Decoder = (bytes: Uint8Array) => JsonText | undefined;

/** Decoders by media type without parameters: `application/x-protobuf`. They go before what is built in. */
export type Decoders = Readonly<Record<string, Decoder>>;

/** How far one comparison may go. */
export type Limits = {
  /** Bytes that a body may have once its content codings are undone, or its value is written as JSON. Default: 64 MiB. */
  readonly maxDecoded?: number | undefined;
  /** Steps that the pairing of list elements may take before a cheaper one is used. Default: 10 million. */
  readonly budget?: number | undefined;
  /** Asked now and then; true ends the comparison. */
  readonly overdue?: (() => boolean) | undefined;
};

/** Options of a comparison. */
export type CompareOptions = {
  /** The media type of both bodies, `application/json`, where no `Content-Type` says it. Absent: it is found by a look. */
  readonly type?: string | undefined;
  readonly rules?: Rules | undefined;
  readonly origins?: Origins | undefined;
  readonly decoders?: Decoders | undefined;
  readonly limits?: Limits | undefined;
};

/** What a comparison found. Where there are differences they are true, whatever else is set. */
export type Result = Compared & {
  /** The deadline passed before all was compared: the differences are those found until then. */
  readonly overdue?: boolean;
  /** What a person should know about how the bodies were read, such as a charset that is not the declared one. */
  readonly notes?: readonly string[];
  /** It is not known whether the bodies are equal. */
  readonly incomparable?: boolean;
};

/** What `compare` and `compareValues` return. */
export type CompareResult = Result & {
  /**
   * `match`: no differences. `mismatch`: at least one. `not_comparable`: none was found, but not everything could be compared
   * (a limit, a deadline), so that this is not a match.
   */
  readonly outcome: "match" | "mismatch" | "not_comparable";
};

/** One thing that is wrong with what was given. */
export type InputFault = {
  /** Where: `rules.ignore[0]`, `legacy.body.items[3]`, `candidate.fields['x y']`. */
  readonly path: string;
  /** What is wrong there, with the value where it may help. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
};
