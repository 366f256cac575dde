// redact/settings.ts: what must not be written down

import type { Path } from "../jsonpath/path.ts";

/**
 * What is recognised by its looks, wherever it stands: `bearer` (credentials of the schemes Bearer, Basic and Negotiate,
 * and JSON Web Tokens), `card` (payment card numbers that pass the Luhn check), `email` (e-mail addresses), `key` (private
 * keys, and keys and tokens in the formats of their issuers), `iban` (bank account numbers that pass their check).
 */
export type RedactPattern = "bearer" | "card" | "email" | "key" | "iban";

/** What must not be written down, as the config states it. */
export type RedactSettings = {
  /** Names of fields and of parameters, in any style of writing, beside the built-in ones. Each counts everywhere. */
  readonly fields: readonly string[];
  readonly query: readonly string[];
  /** Places in JSON. In bodies that are not JSON, what bears the last name of such a path is redacted. */
  readonly json: readonly Path[];
  /** Names that are shown although the built-in lists call them secret. */
  readonly show: readonly string[];
  readonly patterns: readonly RedactPattern[];
  /** `hashed`: no value is written down at all, only its type, its length and a keyed digest. */
  readonly values: "shown" | "hashed";
  /** Of the digests. Without one they are comparable within this process only. */
  readonly key?: Uint8Array;
};
