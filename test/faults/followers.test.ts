import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../src/app/app.ts";
import { hasNginx, startNginx } from "../support/nginx.ts";
import { backend, eventually, ok, type Backend as RecordingBackend } from "../support/wire.ts";
import { CASES, DIFFERENCES, type Follower, SOUND } from "./followers.ts";
import { openHouse } from "./house.ts";

/** A proxy and the backend behind it. */
type Side = { readonly legacy: RecordingBackend; readonly port: number };

/** The statuses that the client was answered with, and the whole requests that reached legacy; each in order. */
type Became = { readonly answers: readonly number[]; readonly reached: readonly string[] };

const closing = new AsyncDisposableStack();
const recording = async () => closing.use(await backend((socket, { target }) => void socket.write(ok(target))));
let ours: Side;

beforeAll(async () => {
  const legacy = await recording();
  const app: App = await openHouse(legacy.url, "http://127.0.0.1:1", 20_000, "shadow: { sample: 0% }\n");
  closing.use(app);
  ours = { legacy, port: app.address.port };
});
afterAll(() => closing.disposeAsync());

/** Sends all bytes at once and shuts the write side: the connection ends when everything is answered. */
async function sendTo({ legacy, port }: Side, { raw }: Follower): Promise<Became> {
  const before = legacy.seen.length;
  let text = "";
  let closed = false;
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("data", (bytes) => {
    text += bytes.toString("latin1");
  });
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.destroy());
  socket.on("close", () => {
    closed = true;
  });
  socket.end(raw, "latin1");
  await eventually(() => closed, 30_000, `the connection stays open: ${text.slice(0, 200)}`);
  return {
    answers: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1])),
    reached: legacy.seen.slice(before).map(({ method, target }) => `${method} ${target}`),
  };
}

const text = ({ answers, reached }: Became) =>
  `${answers.join(", ") || "closed"} | ${reached.join(", ").replace(/(.{60}).*/s, "$1...") || "nothing"}`;
const reasonFor = ({ first, next }: Follower) => DIFFERENCES[first in SOUND ? next : first];

describe("two requests on one connection", () => {
  test("are answered in order, and nothing after a refusal is read", async () => {
    const rows: string[] = [];
    for (const each of CASES) {
      const became = await sendTo(ours, each);
      const name = `${each.first}, then ${each.next}`;
      const refusals = became.answers.filter((status) => status !== 200);
      expect(refusals.length, name).toBeLessThanOrEqual(1);
      if (refusals.length > 0) expect(became.answers.at(-1), name).toBe(refusals[0]);
      expect(became.reached.length, name).toBe(became.answers.length - refusals.length);
      if (each.first in SOUND) {
        expect(became.answers[0], name).toBe(200);
        expect(became.reached[0], name).toMatch(/^(GET|HEAD|POST) \/good$/);
      }
      const reason = reasonFor(each);
      const row = `| ${each.first in SOUND ? "a sound request" : each.first} | ${each.next} |`;
      if (reason !== undefined && !rows.some((other) => other.startsWith(row))) {
        rows.push(`${row} ${text(became).replace(/(GET|HEAD|POST) \/good/, "the first")} | ${reason} |`);
      }
    }
    expect(CASES.length).toBeGreaterThan(200);
    /** The page that users read, made from what was seen. `vitest -u` writes it. */
    const page = `# What follows an odd request, beside nginx

Made by \`followers.test.ts\`: of ${CASES.length} pairs of requests on one connection, those with which nginx (1.22, as a plain reverse
proxy) does something else.

| first | then | answered | reached legacy | why |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
    await expect(page).toMatchFileSnapshot("FOLLOWERS.md");
  }, 120_000);

  test.skipIf(!hasNginx())(
    "become what nginx makes of them, but where we have a reason (needs nginx)",
    async () => {
      const legacy = await recording();
      const nginx = { legacy, port: closing.use(await startNginx(legacy.port)).port };
      const unexplained: string[] = [];
      const reasons = new Set<string>();
      for (const each of CASES) {
        const [here, there] = (await Promise.all([ours, nginx].map((side) => sendTo(side, each)))).map(text);
        if (here === there) continue;
        const reason = reasonFor(each);
        if (reason === undefined) unexplained.push(`${each.first}, then ${each.next}: ${here}; nginx: ${there}`);
        else reasons.add(reason);
      }
      expect(unexplained).toEqual([]);
      expect(reasons.size).toBeGreaterThan(0);
    },
    120_000,
  );
});
