// store/redact/settings.ts: what must not be written down

import type { Path } from "../../model/path.ts";

/**
 * What is recognised by its looks, wherever it stands: `bearer` (credentials of the schemes Bearer, Basic and Negotiate,
 * and JSON Web Tokens), `card` (payment card numbers that pass the Luhn check), `email` (e-mail addresses).
 */
export type RedactPattern = "bearer" | "card" | "email";

export type RedactSettings = {
  /** Names of fields, in any case, beside {@link SECRET_FIELDS}. A JSON member of such a name is redacted too. */
  readonly fields: readonly string[];
  /** Names of query and form parameters, in any case. */
  readonly query: readonly string[];
  /** Places in JSON. In bodies that are not JSON, what bears the last name of such a path is redacted. */
  readonly json: readonly Path[];
  readonly patterns: readonly RedactPattern[];
  /** `hashed`: no value is written down at all, only its type, its length and a keyed digest. */
  readonly values: "shown" | "hashed";
  /** Of the digests. Without one they are comparable within this process only. */
  readonly key?: Uint8Array;
};

/** Fields that carry credentials: redacted whatever the config says. */
export const SECRET_FIELDS: readonly string[] = [
  "authorization",
  "proxy-authorization",
  "cookie",
  "cookie2",
  "set-cookie",
  "set-cookie2",
  "x-api-key",
  "api-key",
  "apikey",
  "x-auth-token",
  "x-access-token",
  "x-refresh-token",
  "x-session-token",
  "x-csrf-token",
  "x-xsrf-token",
  "x-amz-security-token",
  "x-amzn-oidc-data",
  "x-amzn-oidc-accesstoken",
  "x-goog-api-key",
  "x-goog-iap-jwt-assertion",
  "x-ms-token-aad-access-token",
  "x-ms-token-aad-id-token",
  "cf-access-jwt-assertion",
  "x-vault-token",
  "x-gitlab-token",
  "private-token",
  "job-token",
  "ocp-apim-subscription-key",
];
