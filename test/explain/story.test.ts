import { expect, test } from "vitest";
import type { ClassifiedDifference } from "../../src/model/comparison.ts";
import type { Document } from "../../src/model/document.ts";
import { comparison, createEvidence, difference } from "../evidence/comparisons.ts";
import { createExplainer } from "../support/explainer.ts";

/** The candidate's answer to order i: cents for euros, a renamed member, and a code that its table lacks. */
function differences(i: number): readonly ClassifiedDifference[] {
  const euros = (i + 1) * 1.25;
  const cents = Math.round(euros * 100);
  return [
    difference(`$.lines[${i % 3}].price`, "value", String(euros), String(cents)),
    difference("$.user_name", "missing", `"user ${i}"`, undefined),
    difference("$.userName", "extra", undefined, `"user ${i}"`),
    ...(i % 10 === 0 ? [difference("$.state", "value", '"CHARGEBACK"', '"UNKNOWN"')] : []),
  ];
}

const open = () => createEvidence({ startedAt: 0, epoch: "v1", explainer: createExplainer() });

test("findings come with their causes, most important first, over restarts as well", () => {
  let evidence = open();
  const kept = new Map<string, Document>();
  for (let i = 0; i < 120; i++) {
    evidence.add(comparison({ target: `/orders/${i}`, differences: differences(i) }), i);
    if (i % 40 !== 39) continue;
    for (const document of evidence.changes())
      kept.set(`${document.kind} ${document.key}`, JSON.parse(JSON.stringify(document)));
    evidence = open();
    evidence.restore([...kept.values()]);
  }
  const { findings } = evidence.report(200);
  expect(findings.map(({ path, kind, count, causes: [cause] }) => [path, kind, count, cause?.says])).toEqual([
    ["$.user_name", "missing", 120, "user_name is called userName"],
    ["$.lines[*].price", "value", 120, "candidate = legacy x 100"],
    ["$.state", "value", 12, 'always "CHARGEBACK" -> "UNKNOWN": one code is missed in a mapping'],
    ["$.userName", "extra", 120, "user_name is called userName"],
  ]);
  expect(findings[0]!.causes[0]).toMatchObject({ support: 120, of: 120 });
});

test("a finding that was fixed and comes back is explained anew", () => {
  const evidence = open();
  const show = (legacy: string, candidate: string, i: number) =>
    evidence.add(
      comparison({ target: `/orders/${i}`, differences: [difference("$.total", "value", legacy, candidate)] }),
      i,
    );
  for (let i = 1; i < 50; i++) show(String(i), String(i * 100), i);
  for (let i = 0; i < 50; i++) evidence.add(comparison({ target: `/orders/${i}` }), 100);
  expect(evidence.report(100).findings[0]).toMatchObject({ state: "fixed", causes: [{ kind: "factor" }] });
  for (let i = 1; i < 20; i++) show(String(i), String(i + 7), 200 + i);
  const [finding] = evidence.report(300).findings;
  expect(finding).toMatchObject({ state: "regressed", causes: [{ kind: "offset", support: 19, of: 19 }] });
  expect(finding!.samples.every(({ at }) => at === 0 || at > 100)).toBe(true);
});

test("what is redacted is never seen by samples or causes", () => {
  const evidence = createEvidence({
    startedAt: 0,
    explainer: createExplainer(),
    redact: (sample) => ({ ...sample, target: "/orders/[id]", legacy: '"[hidden]"', candidate: '"[hidden]"' }),
  });
  for (let i = 0; i < 20; i++) {
    const secret = difference("$.password", "value", '"hunter2"', `"secret-${i}"`);
    evidence.add(comparison({ id: `${i}`, target: "/orders/hunter2", differences: [secret] }), i);
  }
  // Two values that look alike only because they are hidden explain nothing.
  expect(evidence.report(30).findings[0]!.causes).toEqual([]);
  const written = JSON.stringify([evidence.changes(), evidence.report(30)]);
  for (const word of ["hunter2", "secret-"]) expect(written).not.toContain(word);
});
