// test/support/ask-over-undici.ts: asks by undici, which passes the same contract suite as our own client

import type { Dispatcher, Pool } from "undici";
import type { Answer } from "../../src/model/answer.ts";
import type { Body } from "../../src/model/body.ts";
import type { RequestHead } from "../../src/model/exchange.ts";
import type { Fields } from "../../src/model/fields.ts";
import { captureFor } from "../../src/proxy/shadow/body-recorder.ts";
import type { Ask, AskOptions } from "../../src/proxy/upstream/ask.ts";
import { DEADLINE, failureOf, protocolTrouble, type Trouble, troubleOf } from "../../src/proxy/upstream/failure.ts";
import { originOf } from "../../src/proxy/upstream/http1/dial.ts";
import { frame, type ResponseHead } from "../../src/proxy/upstream/http1/framing.ts";
import { responseOf } from "../../src/proxy/upstream/read-answer.ts";
import { askedFields } from "../../src/proxy/upstream/request-heads.ts";

/** For asking again: few requests, so what counts is that it is another reading of HTTP than our own. */
export function askOverUndici({ side, upstream, timeout, maxBody }: AskOptions): Ask {
  const origin = originOf(upstream.url);
  const { ca, cert, key, serverName, insecure } = upstream.tls ?? {};
  let opened: Promise<Pool> | undefined;
  /** Loaded when it is first needed: a proxy that never asks again has better uses for 25 MB. */
  const open = () =>
    import("undici").then(
      ({ Pool }) =>
        new Pool(upstream.url, {
          connections: upstream.maxConnections,
          pipelining: 1,
          headersTimeout: 0, // the deadline covers all of it
          bodyTimeout: 0,
          keepAliveTimeout: upstream.keepAlive,
          maxHeaderSize: upstream.maxHead,
          connect: {
            timeout: upstream.connectTimeout,
            rejectUnauthorized: insecure !== true,
            ...(ca && { ca }),
            ...(cert && { cert }),
            ...(key && { key }),
            ...(serverName && { servername: serverName }),
          },
        }),
    );
  const host = upstream.rewriteHost ? origin.authority : undefined;
  const budget = { used: 0, limit: Number.POSITIVE_INFINITY };

  async function ask(request: RequestHead, body?: Uint8Array, beside?: Body): Promise<Answer> {
    opened ??= open();
    const pool = await opened;
    const askedAt = performance.now();
    const elapsed = () => performance.now() - askedAt;
    return new Promise((resolve) => {
      const capture = captureFor(beside, maxBody, budget);
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), timeout);
      const done = (answer: Answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      let head: ResponseHead | undefined;
      let firstByteMs = 0;
      const fail = (trouble: Trouble) => done(failureOf(trouble, elapsed()));
      const stopAtSurplus = (controller: Dispatcher.DispatchController) => {
        if (!capture.surplus()) return;
        done(responseOf(head!, capture, [], firstByteMs, elapsed(), true));
        controller.abort(new Late());
      };
      try {
        pool.dispatch(
          {
            method: request.method as Dispatcher.HttpMethod,
            path: request.target,
            headers: askedFields(request.fields, undefined, host, side === "candidate"),
            body: body ?? null,
          },
          {
            onRequestStart(controller) {
              if (late.signal.aborted) controller.abort(new Late());
              else late.signal.addEventListener("abort", () => controller.abort(new Late()), { once: true });
            },
            onResponseStart(controller, status, _fields, reason) {
              if (status < 200) return;
              firstByteMs = elapsed();
              const raw = textOf(controller.rawHeaders);
              const read = frame("HTTP/1.1", status, reason ?? "", raw, request.method === "HEAD");
              if (typeof read === "string") controller.abort(new Error(read));
              else {
                head = read;
                if (typeof read.framing === "number") capture.expect(read.framing);
                stopAtSurplus(controller);
              }
            },
            onResponseData(controller, chunk) {
              capture.add(chunk);
              stopAtSurplus(controller);
            },
            onResponseEnd(controller) {
              done(responseOf(head!, capture, textOf(controller.rawTrailers), firstByteMs, elapsed()));
            },
            onResponseError(_controller, error) {
              fail(judge(error));
            },
          },
        );
      } catch (error) {
        fail(protocolTrouble(error instanceof Error ? error.message : String(error)));
      }
    });
  }
  return {
    ask,
    async close() {
      await (await opened)?.destroy();
    },
  };
}

class Late extends Error {}

/** undici's error in our words. */
function judge(error: Error): Trouble {
  if (error instanceof Late) return DEADLINE;
  const code = String((error as NodeJS.ErrnoException).code ?? "");
  const cause = error.cause instanceof Error ? error.cause : undefined;
  if (/TIMEOUT$/.test(code)) return { reason: "timeout", error: "http_response_timeout", detail: error.message };
  if (code === "UND_ERR_SOCKET") return troubleOf(cause ?? error, "open");
  if (code.startsWith("HPE_") || code.startsWith("UND_ERR_") || code === "") return protocolTrouble(error.message);
  return looseTrouble(error, "open");
}

function textOf(raw: unknown): Fields {
  if (!Array.isArray(raw)) return [];
  return raw.map((each: string | Buffer) => (typeof each === "string" ? each : each.toString("latin1")));
}

/** The error of a client that does not say in which phase it was: told by its code. */
function looseTrouble(error: Error, phase: "open"): Trouble {
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  if (/^ERR_(TLS|SSL)|CERT|SIGNED|ISSUER/.test(code)) return troubleOf(error, "tls");
  return troubleOf(error, syscall === "connect" ? "connect" : phase);
}
