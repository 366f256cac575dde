import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../src/app/app.ts";
import { AMBIGUOUS } from "./ambiguous.ts";
import { type Backend, GOOD_RESPONSE, openBackend, openHouse, send } from "./house.ts";

/** All bytes that reached legacy, and how many requests a strict reader finds in them. */
let reached = "";
let legacy: Backend;
let candidate: Backend;
let app: App;

beforeAll(async () => {
  legacy = await openBackend({
    accept: (socket) => {
      let unread = "";
      socket.on("data", (bytes) => {
        unread += bytes.toString("latin1");
        reached += bytes.toString("latin1");
        const [requests, rest] = strictly(unread);
        unread = rest;
        for (const _ of requests) socket.write(GOOD_RESPONSE);
      });
    },
  });
  candidate = await openBackend({ accept: (socket) => void socket.resetAndDestroy() });
  app = await openHouse(`http://127.0.0.1:${legacy.port}`, `http://127.0.0.1:${candidate.port}`);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await Promise.all([legacy.close(), candidate.close()]);
});

/** What was answered and what reached legacy, for the page. */
const rows: string[] = [];

/** Whole requests by the letter of RFC 9112, and what is left over. Anything that has two readings throws. */
function strictly(bytes: string): [string[], string] {
  const requests: string[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return [requests, rest];
    const [first = "", ...lines] = rest.slice(0, end).split("\r\n");
    if (!/^[!-~]+ [!-~\x80-\xff]+ HTTP\/1\.1$/.test(first)) throw new Error(`request line ${JSON.stringify(first)}`);
    const fields = lines.map((line) => {
      const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)$/.exec(line);
      if (!match) throw new Error(`field line ${JSON.stringify(line)}`);
      return [match[1]!.toLowerCase(), match[2]!.trim()] as const;
    });
    const values = (name: string) => fields.filter(([field]) => field === name).map(([, value]) => value);
    const lengths = values("content-length");
    const codings = values("transfer-encoding");
    if (values("host").length !== 1) throw new Error("not one host");
    if (lengths.length + codings.length > 1) throw new Error("two framings");
    if (lengths[0] !== undefined && !/^\d+$/.test(lengths[0])) throw new Error(`length ${lengths[0]}`);
    if (codings[0] !== undefined && codings[0].toLowerCase() !== "chunked") throw new Error(`coding ${codings[0]}`);
    let at = end + 4;
    if (codings.length > 0) {
      for (;;) {
        const line = rest.indexOf("\r\n", at);
        if (line < 0) return [requests, rest];
        const size = rest.slice(at, line);
        if (!/^[0-9a-fA-F]+$/.test(size)) throw new Error(`chunk size ${JSON.stringify(size)}`);
        const length = Number.parseInt(size, 16);
        at = line + 2;
        if (length === 0) break;
        if (rest.length < at + length + 2) return [requests, rest];
        if (rest.slice(at + length, at + length + 2) !== "\r\n") throw new Error("chunk without end");
        at += length + 2;
      }
      const trailers = rest.indexOf("\r\n", at);
      const over = rest.startsWith("\r\n", at) ? at + 2 : rest.indexOf("\r\n\r\n", at) + 4;
      if (trailers < 0 || over < 4) return [requests, rest];
      at = over;
    } else {
      at += Number(lengths[0] ?? 0);
      if (rest.length < at) return [requests, rest];
    }
    requests.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
}

describe("an ambiguous request", () => {
  test.each(AMBIGUOUS)("$name: $becomes", async ({ name, raw, becomes }) => {
    reached = "";
    // A client that has sent its request waits; the listener answers and, where it refuses, closes.
    const seen = await send(app.address.port, Buffer.from(raw, "latin1"), 2000, 100);
    const [requests, rest] = strictly(reached);
    const statuses = [...seen.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
    rows.push(`| ${name} | ${statuses.join(", ") || "a closed connection"} | ${requests.length || "nothing whole"} |`);
    if (becomes === "refused") {
      expect({ requests: requests.length, answered: statuses.filter((status) => status < 400) }).toEqual({
        requests: 0,
        answered: [],
      });
      expect(statuses.every((status) => [400, 405, 408, 413, 414, 417, 431, 501, 505].includes(status))).toBe(true);
    } else {
      const times = becomes === "relayed" ? 1 : becomes;
      expect(statuses.filter((status) => status === 200).length).toBe(times);
      expect(requests.length).toBe(times);
      expect(rest).toBe("");
    }
  });

  /** The page that users read, made from what was seen. `vitest -u` writes it. */
  test("what becomes of each stands in REQUESTS.md", async () => {
    expect(rows.length).toBe(AMBIGUOUS.length);
    const page = `# Requests that could be read in two ways

Made by \`ambiguous.test.ts\`: what the client was answered, and how many requests a strict reader of RFC 9112 found in the
bytes that reached legacy.

| request | answered | reached legacy |
| --- | --- | --- |
${rows.join("\n")}
`;
    await expect(page).toMatchFileSnapshot("REQUESTS.md");
  });
});
