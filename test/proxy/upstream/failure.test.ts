import { expect, test } from "vitest";
import { troubleOf } from "../../../src/proxy/upstream/failure.ts";

test.each([
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls_certificate_error"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "tls_certificate_error"],
  ["CERT_HAS_EXPIRED", "tls_certificate_error"],
  ["CRL_HAS_EXPIRED", "tls_certificate_error"],
  ["INVALID_PURPOSE", "tls_certificate_error"],
  ["HOSTNAME_MISMATCH", "tls_certificate_error"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls_certificate_error"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls_protocol_error"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls_protocol_error"],
  ["ECONNRESET", "tls_protocol_error"],
])("the TLS error %s is reported as %s", (code, error) => {
  expect(troubleOf(Object.assign(new Error("it failed"), { code }), "tls")).toMatchObject({ reason: "tls", error });
});
