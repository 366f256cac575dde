// proxy/upstream/failure.ts: what went wrong with an upstream, in our words and in those of RFC 9209

import type { Failure, FailureReason } from "../../model/answer.ts";

/** A failure and the `error` parameter that `Proxy-Status` gives it. */
export type Trouble = { readonly reason: FailureReason; readonly error: string; readonly detail: string };

/** Where a connection was when it failed. */
export type Phase = "connect" | "tls" | "open";

/** No connection within `connectTimeout`. */
export const CONNECT_TIMEOUT: Trouble = {
  reason: "timeout",
  error: "connection_timeout",
  detail: "no connection in time",
};
/** No response head within `headTimeout`. */
export const HEAD_TIMEOUT: Trouble = { reason: "timeout", error: "http_response_timeout", detail: "no answer in time" };
/** No further bytes of the body within `idleTimeout`. */
export const BODY_TIMEOUT: Trouble = {
  reason: "timeout",
  error: "http_response_timeout",
  detail: "the answer stood still",
};
/** The whole answer was not complete by its deadline. */
export const DEADLINE: Trouble = { reason: "timeout", error: "http_response_timeout", detail: "not done in time" };
/** The queue for connections is full, or the wait in it was too long. */
export const CROWDED: Trouble = {
  reason: "connect",
  error: "connection_limit_reached",
  detail: "too many requests wait for a connection",
};

/** A fault in what the upstream sent. */
export function protocolTrouble(detail: string): Trouble {
  return { reason: "protocol", error: "http_protocol_error", detail };
}

/** The connection ended or broke before the answer was whole. */
export function brokenOff(detail: string): Trouble {
  const error = detail.includes("within") ? "http_response_incomplete" : "connection_terminated";
  return { reason: "reset", error, detail };
}

const UNREACHABLE = ["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN", "EADDRNOTAVAIL"];

/**
 * Whether Node refused the upstream's certificate: a verification result of OpenSSL (X509_V_ERR_*), or a name that does not
 * match. `ERR_SSL_*` are faults of the protocol and alerts that the upstream sent, such as one that it requires a certificate.
 */
function isVerification(code: string): boolean {
  if (code.startsWith("ERR_SSL_")) return false;
  return /CERT|ISSUER|SIGN|ALTNAME|HOSTNAME|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/.test(code);
}

/** What Node adds to its message: the keys of our own config are what a user can change. */
const NODE_ADVICE = /; if the root CA is installed locally, try running Node\.js with --use-system-ca$/;

/** A socket's error, by the phase it came in. An `AggregateError` (several addresses tried) counts as its last one. */
export function troubleOf(error: Error, phase: Phase): Trouble {
  const parts = error instanceof AggregateError ? (error.errors as Error[]) : [];
  const cause = parts.at(-1) ?? error;
  const code = String((cause as NodeJS.ErrnoException).code ?? "");
  const detail = cause.message.replace(NODE_ADVICE, "") || code || "unknown";
  if ((cause as NodeJS.ErrnoException).syscall === "getaddrinfo" || code === "ENOTFOUND" || code.startsWith("EAI_")) {
    return { reason: "dns", error: "dns_error", detail };
  }
  if (phase === "connect") {
    if (code === "ETIMEDOUT") return { reason: "timeout", error: "connection_timeout", detail };
    if (code === "ECONNREFUSED") return { reason: "connect", error: "connection_refused", detail };
    const error = UNREACHABLE.includes(code) ? "destination_ip_unroutable" : "connection_refused";
    return { reason: "connect", error, detail };
  }
  if (phase === "tls") {
    return { reason: "tls", error: isVerification(code) ? "tls_certificate_error" : "tls_protocol_error", detail };
  }
  return { reason: "reset", error: "connection_terminated", detail };
}

/** The answer of a side that gave none. @param durationMs from the request to the failure */
export function failureOf(trouble: Trouble, durationMs: number): Failure {
  return { kind: "failure", reason: trouble.reason, detail: trouble.detail, durationMs };
}

/** The status that a client is answered with when legacy gave no answer. */
export function gatewayStatus(trouble: Trouble): 502 | 504 {
  return trouble.reason === "timeout" ? 504 : 502;
}
