// test/telemetry/some.ts: what a telemetry needs around it in these tests, and comparisons to tell it

import { Writable } from "node:stream";
import type { Response } from "../../src/model/answer.ts";
import { NO_BODY } from "../../src/model/body.ts";
import type { ClassifiedDifference, Comparison } from "../../src/model/comparison.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import { createTelemetry, type TelemetryOptions } from "../../src/telemetry/index.ts";

export function open(options: Partial<TelemetryOptions> = {}) {
  const written: string[] = [];
  const to = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
  });
  const telemetry = createTelemetry({
    version: "0.0.0-test",
    log: { level: "info", to },
    redact: { difference: (_route, difference) => difference },
    mismatchesPerMinute: 2,
    maxRoutes: 100,
    now: () => 0,
    ...options,
  });
  const logged = () =>
    written
      .join("")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { telemetry, written, logged };
}

const response = (status: number, durationMs = 1): Response => ({
  kind: "response",
  status,
  reason: "",
  fields: [],
  body: NO_BODY,
  trailers: [],
  firstByteMs: durationMs,
  durationMs,
});

export function comparison(
  route: string,
  outcome: Outcome,
  differences: readonly ClassifiedDifference[] = [],
  id = "one",
): Comparison {
  return {
    exchange: {
      id,
      route,
      request: { method: "GET", target: "/", fields: [] },
      at: 0,
      legacy: response(200),
      candidate: response(200, 2.25),
    },
    outcome,
    differences,
    approximate: false,
    masked: [],
    unconfirmed: false,
    tookMs: 1,
  };
}

export const value = (path: string, legacy = "1", candidate = "2"): ClassifiedDifference => ({
  where: "body",
  path,
  kind: "value",
  legacy,
  candidate,
  standing: "mismatch",
});

/** A scrape, as a reader of the text format sees it: `name{a="b"}` to its number. */
export function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const at = line.lastIndexOf(" ");
    samples.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return samples;
}

export const sum = (samples: Map<string, number>, name: string): number =>
  [...samples].filter(([key]) => key === name || key.startsWith(`${name}{`)).reduce((all, [, one]) => all + one, 0);
