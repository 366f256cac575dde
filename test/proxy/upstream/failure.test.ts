import { expect, test } from "vitest";
import { troubleOf } from "../../../src/proxy/upstream/failure.ts";

test("a certificate that cannot be verified is reported without Node's advice, which names no key of the config", () => {
  const error = Object.assign(
    new Error(
      "unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca",
    ),
    { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
  );
  expect(troubleOf(error, "tls")).toEqual({
    reason: "tls",
    error: "tls_certificate_error",
    detail: "unable to verify the first certificate",
  });
});
