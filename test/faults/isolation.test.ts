import { describe, expect, test } from "vitest";
import { FAULTS, type Fault, GOOD_BODY } from "./faults.ts";
import { counted, openBackend, openHouse, outcomes, type Seen, send, sound } from "./house.ts";
import { type Reached, UNREACHABLE } from "./unreachable.ts";

type Cell = { readonly saw: string; readonly counted: string };
type Leg = "legacy" | "candidate";
const table = new Map<string, Partial<Record<Leg, Cell>> & { readonly stage: string }>();

const request = (fault: { readonly upload?: boolean }) =>
  fault.upload
    ? "POST /orders HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\nbegun"
    : "GET /orders/7 HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n";

async function run(leg: Leg, fault: Pick<Fault, "upload" | "deadlineMs">, open: () => Promise<Reached>) {
  const faulty = await open();
  const other = await openBackend(sound);
  const url = { url: `http://127.0.0.1:${faulty.port}`, ...faulty };
  const good = `http://127.0.0.1:${other.port}`;
  const app = await (leg === "legacy"
    ? openHouse(url, good, fault.deadlineMs)
    : openHouse(good, url, fault.deadlineMs));
  try {
    let countedBefore = Number.NaN;
    const seen = await send(app.address.port, request(fault), undefined, undefined, () => {
      countedBefore = Object.keys(outcomes(app)).length;
    });
    return { seen, countedBefore, outcome: Object.entries(await counted(app, 1)).join() };
  } finally {
    await app[Symbol.asyncDispose]();
    await Promise.all([faulty.close(), other.close()]);
  }
}

/** What the client saw, in words that do not depend on how far a race had come. */
function record(fault: Pick<Fault, "name" | "client"> & { stage: string }, leg: Leg, counted: string): void {
  const { name, stage, client } = fault;
  const saw = leg === "candidate" || client === "whole" ? "legacy's answer" : client === "cut" ? "a cut" : `${client}`;
  table.set(name, { ...table.get(name), stage, [leg]: { saw, counted: counted.replace(/[()]/g, "") } });
}

const isOurs = (seen: Seen) => /^proxy-status: /im.test(seen.text);

/** What legacy alone would have sent, less what belongs to a connection. */
const wholeAnswer = (seen: Seen) =>
  seen.status === 200 && seen.text.endsWith(`\r\n\r\n${GOOD_BODY}`) && seen.text.includes("\r\nX-Kept: As Is\r\n");

const CASES = [
  ...UNREACHABLE.map((one) => ({ ...one, stage: "connect", upload: false })),
  ...FAULTS.map((fault) => ({ ...fault, open: () => openBackend(fault) })),
];

describe.concurrent("a candidate that", () => {
  test.each(CASES.filter(({ upload }) => !upload))("$name ($stage) costs the client nothing", async (fault) => {
    const { seen, countedBefore, outcome } = await run("candidate", fault, fault.open);
    expect(wholeAnswer(seen)).toBe(true);
    expect(seen.end).toBe("closed");
    // The client had its answer before the candidate's time was over.
    if (outcome.includes("timeout")) expect(countedBefore).toBe(0);
    expect(outcome).toMatch(new RegExp(`^${fault.candidate},1$`));
    record(fault, "candidate", fault.candidate);
  });
});

describe.concurrent("a legacy that", () => {
  test.each(CASES)("$name ($stage) leaves the client with what it would have got, or a clear error", async (fault) => {
    const { seen, outcome } = await run("legacy", fault, fault.open);
    if (typeof fault.client === "number") {
      expect(seen.status).toBe(fault.client);
      expect(seen.text).toMatch(/^proxy-status: parallel-run; error=/im);
    } else if (fault.client === "cut") {
      // Cut before its first bytes went out, or in the middle of the body; never an end that looks like one.
      expect([0, 200, 502]).toContain(seen.status);
      if (seen.status === 502) return record(fault, "legacy", fault.legacy);
      // Either the length is short or the last chunk is missing: the client can tell.
      const body = seen.text.slice(seen.text.indexOf("\r\n\r\n") + 4);
      const stated = /^content-length: (\d+)/im.exec(seen.text)?.[1];
      expect(stated === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(stated)).toBe(false);
      expect(isOurs(seen)).toBe(false);
    } else {
      expect(isOurs(seen)).toBe(false);
    }
    expect(outcome).toMatch(new RegExp(`^${fault.legacy},1$`));
    record(fault, "legacy", fault.legacy);
  });
});

/** The page that users read, made from what was seen. `vitest -u` writes it. */
test("what each fault costs stands in docs/faults.md", async () => {
  const rows = CASES.map(({ name }) => {
    const { stage, legacy, candidate } = table.get(name)!;
    const cell = (one?: Cell) => (one ? `${one.saw} | \`${one.counted.replace("|", "` or `")}\`` : "never asked |");
    return `| ${name} | ${stage} | ${cell(legacy)} | ${cell(candidate)} |`;
  });
  const page = `# What each fault costs

Made by \`test/faults\`, with real sockets: what the client saw, and the outcome that was counted, when legacy or the
candidate does this. Stage is how far the answer had come. "a cut": the connection ends before the message does, so that
the client can tell.

| it | stage | legacy: the client sees | counted as | candidate: the client sees | counted as |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
  await expect(page).toMatchFileSnapshot("../../docs/faults.md");
});
