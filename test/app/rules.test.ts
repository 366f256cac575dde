import { expect, test } from "vitest";
import { rulesOf } from "../../src/app/rules.ts";
import { readConfig } from "../../src/config/index.ts";
import { createInlineComparer } from "../support/inline-comparer.ts";
import { json } from "../verify/support.ts";

const TEXT = "legacy: http://legacy:1\ncandidate: http://candidate:2\nlegacyReplica: http://legacy-2:3\n";

test("a legacy replica's links to itself are no noise, and no difference of the candidate's", async () => {
  const read = readConfig(TEXT, { file: "x", env: {} });
  if ("faults" in read) throw new Error(read.faults[0]!.message);
  const { compare } = createInlineComparer(rulesOf(read.config).setup, () => 0);
  const at = (host: string) => json({ self: `http://${host}/orders/1` });
  for (const [one, other] of [
    ["legacy:1", "legacy-2:3"],
    ["legacy-2:3", "candidate:2"],
  ] as const) {
    const verdict = await compare({ route: "GET /orders/{id}", legacy: at(one), candidate: at(other) });
    expect(verdict).toMatchObject({ compared: { differences: [] } });
  }
});
