// Answers that say the same in other words are a match on real sockets too, and those that do not are none
import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import { ask, serve, server } from "./serving.ts";

type Said = { readonly status?: number; readonly fields?: Record<string, string | string[]>; readonly body?: string };

const json = { "content-type": "application/json" };
const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();

/** What each side says; the host is the one that the client asked for. */
const CASES: Record<
  string,
  { readonly same: boolean; readonly legacy: (host: string) => Said; readonly candidate: () => Said }
> = {
  "/moved": {
    same: true,
    legacy: (host) => ({ status: 302, fields: { location: `http://${host}/next` } }),
    candidate: () => ({ status: 302, fields: { location: "/next" } }),
  },
  "/moved-to-https": {
    same: false,
    legacy: (host) => ({ status: 302, fields: { location: `http://${host}/next` } }),
    candidate: () => ({ status: 302, fields: { location: "https://other.example/next" } }),
  },
  "/cookie": {
    same: true,
    legacy: () => ({ fields: { ...json, "set-cookie": "a=1; Max-Age=3600" }, body: "{}" }),
    candidate: () => ({ fields: { ...json, "set-cookie": `a=1; Expires=${inAnHour()}` }, body: "{}" }),
  },
  "/cookie-gone": {
    same: false,
    legacy: () => ({ fields: { ...json, "set-cookie": "a=1; Max-Age=2592000" }, body: "{}" }),
    candidate: () => ({ fields: { ...json, "set-cookie": "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT" }, body: "{}" }),
  },
  "/labelled": {
    same: true,
    legacy: () => ({ fields: { ...json, "content-encoding": "UTF-8" }, body: '{"a":1}' }),
    candidate: () => ({ fields: json, body: '{ "a": 1 }' }),
  },
  "/watch": {
    same: true,
    legacy: () => ({ fields: json, body: '{"n":1}\n{"n":2}\n' }),
    candidate: () => ({ fields: json, body: '{ "n": 1 }\n{ "n": 2.0 }\n' }),
  },
};

const answering =
  (say: (target: string, host: string) => Said): RequestListener =>
  (request, response) => {
    const { status = 200, fields = {}, body = "" } = say(request.url!, request.headers.host!);
    response.writeHead(status, fields);
    response.end(request.method === "HEAD" ? "" : body);
  };

test("links, lifetimes, labels and JSON lines are compared by what they say", async () => {
  await using legacy = await server(answering((target, host) => CASES[target]!.legacy(host)));
  await using candidate = await server(answering((target) => CASES[target]!.candidate()));
  await using proxy = await serve(["--legacy", legacy.url, "--candidate", candidate.url]);
  for (const target of Object.keys(CASES)) await ask(proxy.proxy + target);
  const report = await proxy.counted(Object.keys(CASES).length);
  const mismatched = report.routes.filter(({ outcomes }) => outcomes.mismatch > 0).map(({ route }) => route);
  expect(mismatched.sort()).toEqual(
    Object.entries(CASES)
      .filter(([, { same }]) => !same)
      .map(([target]) => `GET ${target}`)
      .sort(),
  );
});

test("an answer to HEAD that states another length is a mismatch", async () => {
  const stating =
    (length: number): RequestListener =>
    (_, response) => {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": length });
      response.end();
    };
  await using legacy = await server(stating(1_048_576));
  await using candidate = await server(stating(0));
  await using proxy = await serve(["--legacy", legacy.url, "--candidate", candidate.url]);
  await ask(`${proxy.proxy}/file`, { method: "HEAD" });
  const report = await proxy.counted(1);
  expect(report.findings).toMatchObject([{ where: "field", path: "content-length", kind: "value" }]);
});
