import fc from "fast-check";
import { expect, test } from "vitest";
import { readIncoming } from "../../../src/proxy/server/request.ts";
import { headText } from "../../../src/proxy/upstream/http1/call.ts";
import { frame } from "../../../src/proxy/upstream/http1/framing.ts";
import { candidateHead, legacyHead, markedHead } from "../../../src/proxy/upstream/request-heads.ts";

const name = fc.oneof(
  fc.constantFrom(
    "Accept",
    "x-forwarded-for",
    "Forwarded",
    "Connection",
    "TE",
    "Cookie",
    "__proto__",
    "Content-Length",
  ),
  fc.stringMatching(/^[A-Za-z0-9-]{1,16}$/),
);
const value = fc.oneof(
  fc.constantFrom("close", "x-a, keep-alive", "trailers", "", "0"),
  fc.stringMatching(/^[!-~]{0,20}$/),
);
const heads = fc.record({
  method: fc.constantFrom("GET", "HEAD", "OPTIONS"),
  target: fc.stringMatching(/^\/[!-"$-~]{0,20}$/),
  fields: fc.array(fc.tuple(name, value), { maxLength: 8 }),
  xForwarded: fc.boolean(),
  forwarded: fc.boolean(),
  trustedProxies: fc.constant([]),
});

test("what the candidate is sent is the same, whether written anew or made from what legacy was sent", () => {
  let tried = 0;
  fc.assert(
    fc.property(heads, ({ method, target, fields, ...options }) => {
      const head = { method, target, version: "HTTP/1.1", fields: ["Host", "h", ...fields.flat()] } as const;
      const incoming = readIncoming(head, "legacy", false);
      if ("says" in incoming || incoming.conditional || incoming.codingAt >= 0) return;
      tried++;
      const peer =
        options.xForwarded || options.forwarded
          ? { address: "1.2.3.4", secure: false, trusted: options.forwarded }
          : undefined;
      const written = candidateHead(incoming, undefined, undefined, options, peer);
      const sent = legacyHead(incoming, options, peer);
      headText(sent);
      const marked = markedHead(sent);
      expect(marked.fields).toEqual(written.fields);
      expect(headText(marked)).toBe(headText(written));
    }),
    { numRuns: 300 },
  );
  expect(tried).toBeGreaterThan(100);
});

test("a head takes time in proportion to its size, whatever Connection names", () => {
  /** Processor time, in microseconds: what else the machine does is no part of it. */
  const spent = (names: number) => {
    const tokens = Array.from({ length: names }, (_, n) => `a${n}`);
    const fields = ["Host", "h", "Connection", tokens.join(","), ...tokens.flatMap((token) => [`b${token}`, ""])];
    const times = Array.from({ length: 5 }, () => {
      const from = process.cpuUsage();
      readIncoming({ method: "GET", target: "/", version: "HTTP/1.1", fields }, "legacy", false);
      frame("HTTP/1.1", 200, "OK", fields, false);
      const { user, system } = process.cpuUsage(from);
      return user + system;
    });
    return Math.min(...times);
  };
  spent(4_000);
  expect(spent(64_000) / spent(4_000)).toBeLessThan(80); // in proportion it is 16, by the square 256
});
