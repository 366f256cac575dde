import { expect, test } from "vitest";
import { ask, echo, serve, server, until } from "./serving.ts";

/** Loaded before the proxy: SIGUSR2 raises an error that nobody handles. */
const UNHANDLED = `data:text/javascript,${encodeURIComponent(
  'process.on("SIGUSR2", () => setImmediate(() => { throw new Error("planted"); }));',
)}`;

test("/livez answers 503 after an unhandled error, and what is in flight is still answered", async () => {
  let answer: (() => void) | undefined;
  await using legacy = await server((request, response) => {
    answer = () => echo(request, response);
  });
  await using candidate = await server(echo);
  await using app = await serve(["--legacy", legacy.url, "--candidate", candidate.url], { preload: [UNHANDLED] });
  expect((await ask(`${app.admin}/livez`, { agent: false })).status).toBe(200);
  const waiting = ask(`${app.proxy}/orders/1`);
  await until(() => answer);
  app.kill("SIGUSR2");
  const { body } = await until(async () => {
    const told = await ask(`${app.admin}/livez`, { agent: false });
    return told.status === 503 ? told : undefined;
  });
  expect(JSON.parse(body)).toMatchObject({ ok: false, reasons: [expect.stringContaining("unhandled error")] });
  answer!();
  expect((await waiting).status).toBe(200);
  expect(await app.exit).toBe(3);
  expect(app.err()).toContain("planted");
});
