// test/support/certificates.ts: certificates of an authority that nobody trusts, all of one key that protects nothing

import { readFileSync } from "node:fs";
import { join } from "node:path";

const read = (name: string) => readFileSync(join(import.meta.dirname, "tls", name));

/** Names of the certificates: `server` is for shop.test and 127.0.0.1, `other` for other.test, `expired` as `server`. */
export const CERTIFICATES = {
  ca: read("ca.pem"),
  key: read("test.key"),
  server: read("server.pem"),
  other: read("other.pem"),
  expired: read("expired.pem"),
};
