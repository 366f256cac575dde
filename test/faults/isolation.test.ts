import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { FAULTS, type Fault } from "./faults.ts";
import { type Backend, counted, openBackend, openHouse, outcomes, sound } from "./house.ts";
import { endToEnd, type Observed, observe, ownError } from "./observed.ts";
import { type Reached, UNREACHABLE } from "./unreachable.ts";

type Leg = "legacy" | "candidate";
type Cell = { readonly saw: string; readonly counted: string };
const table = new Map<string, Partial<Record<Leg, Cell>>>();

const request = (fault: { readonly upload?: boolean }) =>
  fault.upload
    ? "POST /orders HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\nbegun"
    : "GET /orders/7 HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n";

type Case = Pick<Fault, "name" | "client" | "legacy" | "candidate" | "upload" | "deadlineMs"> & {
  readonly stage: string;
  /** @param headRelayed resolves when the client has received the first byte of an answer */
  readonly open: (headRelayed: Promise<void>) => Promise<Reached>;
};

const CASES: readonly Case[] = [
  ...UNREACHABLE.map((one) => ({ ...one, stage: "connect", upload: false })),
  ...FAULTS.map((fault) => ({ ...fault, open: (relayed: Promise<void>) => openBackend(fault, relayed) })),
];

/** Sends one request through the proxy, with the fault on one side, and the same request to legacy without the proxy. */
async function run(leg: Leg, fault: Case) {
  const relayed = Promise.withResolvers<void>();
  const faulty = await fault.open(relayed.promise);
  const other = await openBackend(sound);
  const url = { url: `http://127.0.0.1:${faulty.port}`, ...faulty };
  const good = `http://127.0.0.1:${other.port}`;
  const app = await (leg === "legacy"
    ? openHouse(url, good, fault.deadlineMs)
    : openHouse(good, url, fault.deadlineMs));
  try {
    let countedBefore = Number.NaN;
    const onFirstByte = () => {
      countedBefore = Object.keys(outcomes(app)).length;
      relayed.resolve();
    };
    const seen = await observe({ port: app.address.port }, request(fault), { onFirstByte });
    const outcome = Object.entries(await counted(app, 1)).join();
    const isAsked = leg === "candidate" || fault.client === "whole";
    const legacy: Backend & { readonly url?: string } = leg === "legacy" ? faulty : other;
    return {
      seen,
      countedBefore,
      outcome,
      direct: isAsked ? await observe(legacy, request(fault), { leaves: true }) : undefined,
    };
  } finally {
    await app[Symbol.asyncDispose]();
    await Promise.all([faulty.close(), other.close()]);
  }
}

/** What the client saw, as the page says it. Where two failures race, so does the word of RFC 9209, and it is left out. */
function described(seen: Observed, direct: Observed | undefined, isRace: boolean): string {
  const error = ownError(seen);
  if (error !== undefined && seen.complete) return isRace ? `${seen.status}` : `${seen.status} \`${error}\``;
  if (seen.excess > 0) return `${seen.excess} bytes after the end of the response`;
  if (!seen.complete) return seen.status === 200 ? "a cut" : "nothing";
  const isLegacys = direct?.complete === true && isDeepStrictEqual(endToEnd(seen), endToEnd(direct));
  return isLegacys ? "legacy's answer" : `another answer: ${seen.head.join(" | ")}`;
}

const isRace = (counted: string) => counted.includes("|");

function record({ name }: Case, leg: Leg, saw: string, counted: string): void {
  table.set(name, { ...table.get(name), [leg]: { saw, counted: counted.replace(/[()]/g, "") } });
}

describe.concurrent("a candidate that", () => {
  test.each(CASES.filter(({ upload }) => !upload))("$name ($stage) costs the client nothing", async (fault) => {
    const { seen, countedBefore, outcome, direct } = await run("candidate", fault);
    const saw = described(seen, direct, false);
    expect(saw).toBe("legacy's answer");
    // The client had its answer before the candidate's time was over.
    if (outcome.includes("timeout")) expect(countedBefore).toBe(0);
    expect(outcome).toMatch(new RegExp(`^${fault.candidate},1$`));
    record(fault, "candidate", saw, fault.candidate);
  });
});

describe.concurrent("a legacy that", () => {
  test.each(CASES)("$name ($stage) leaves the client with what it would have got, or a clear error", async (fault) => {
    const { seen, outcome, direct } = await run("legacy", fault);
    const saw = described(seen, direct, isRace(fault.legacy));
    const expected = { cut: /^a cut$/, whole: /^legacy's answer$/ };
    if (typeof fault.client === "number") {
      expect(saw).toMatch(new RegExp(`^${fault.client}( \`[a-z_]+\`)?$`));
    } else expect(saw).toMatch(expected[fault.client]);
    expect(outcome).toMatch(new RegExp(`^${fault.legacy},1$`));
    record(fault, "legacy", saw, fault.legacy);
  });
});

/** The page that users read, made from what the clients of the tests above saw. `vitest run test/faults -u` writes it. */
test("docs/faults.md lists what was observed", async () => {
  const rows = CASES.map(({ name, stage }) => {
    const { legacy, candidate } = table.get(name) ?? {};
    const cell = (one?: Cell) => (one ? `${one.saw} | \`${one.counted.replace("|", "` or `")}\`` : "never asked |");
    return `| ${name} | ${stage} | ${cell(legacy)} | ${cell(candidate)} |`;
  });
  const page = `# What each fault costs

Generated by \`test/faults\` from what was observed on real sockets: what the client received, and the outcome that was counted,
when legacy or the candidate fails in this way. The stage is how far the response had come. "legacy's answer": the
client received the same status line, fields and body as without the proxy. "a cut": the connection ended before the message
was complete, so that the client can tell. A number is the proxy's own response with that status; the word beside it is the
\`error\` of its \`Proxy-Status\` field (RFC 9209).

| fault | stage | legacy: the client sees | counted as | candidate: the client sees | counted as |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
  await expect(page).toMatchFileSnapshot("../../docs/faults.md");
});
