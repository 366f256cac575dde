// compare/cookie-value.ts: what a cookie's value looks like; the value itself is never kept

/** What a value looks like: its kind, what must be equal beside it, and the same in words. */
export type ValueLook = {
  readonly kind: "empty" | "word" | "number" | "uuid" | "hex" | "jwt" | "json" | "opaque" | "short";
  /** For a word the word, for hex its length; else empty. */
  readonly exact: string;
  /** `a UUID`, `a JSON Web Token`: holds nothing of the value. */
  readonly text: string;
};

/** Values that are known by heart: words, locales, flags. Anything longer or mixed may be made anew for each answer. */
const WORD = /^(?:[a-z]{1,12}|[A-Z]{1,12}|[A-Z][a-z]{1,11})(?:[-_](?:[a-z]{1,12}|[A-Z]{1,12}))?$|^[01]$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const JWT = /^eyJ[\w-]{5,}\.[\w-]+\.[\w-]*$/;
/** Below this length a random value may look like anything by chance. */
const LONG = 16;

/** Names of cookies whose values are made anew, so that even a word in them says nothing. */
const TOKEN_NAME = /sess|sid\b|token|csrf|xsrf|auth|jwt|secret|nonce|ticket|remember|(?:^|[_.-])(?:s?id|key)$|I[dD]$/i;

/** What a value looks like, its quotes aside. */
export function lookOf(name: string, value: string): ValueLook {
  const plain = value.replace(/^"(.*)"$/s, "$1");
  if (plain === "") return { kind: "empty", exact: "", text: "is empty" };
  if (WORD.test(plain) && !TOKEN_NAME.test(name))
    return { kind: "word", exact: plain, text: `is a word of ${plain.length} characters` };
  if (UUID.test(plain)) return { kind: "uuid", exact: "", text: "is a UUID" };
  if (JWT.test(plain)) return { kind: "jwt", exact: "", text: "is a JSON Web Token" };
  if (/^(?:%7[bB]|%5[bB]|[{[])/.test(plain)) return { kind: "json", exact: "", text: "looks like JSON" };
  if (/^-?\d+(?:\.\d+)?$/.test(plain)) return { kind: "number", exact: "", text: "is a number" };
  if (plain.length < LONG) return { kind: "short", exact: "", text: `is a token of ${plain.length} characters` };
  if (/^(?:[0-9a-f]+|[0-9A-F]+)$/.test(plain)) {
    return { kind: "hex", exact: `${plain.length}`, text: `is a hexadecimal number of ${plain.length} digits` };
  }
  return { kind: "opaque", exact: "", text: `is a token of ${plain.length} characters` };
}

/**
 * Whether two values may be the same thing, made anew: words must be equal, tokens of the same kind. Short tokens and
 * numbers may be each other, since a random value can look like either.
 */
export function sameLook(a: ValueLook, b: ValueLook): boolean {
  if (isLoose(a) && isLoose(b)) return true;
  return a.kind === b.kind && a.exact === b.exact;
}

const isLoose = ({ kind }: ValueLook): boolean => kind === "short" || kind === "number";
