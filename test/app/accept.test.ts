import { expect, test } from "vitest";
import { type ChangeContext, type ChangeParts, createChanges } from "../../src/app/admin.ts";
import type { AuditEntry } from "../../src/model/control.ts";
import { openMemoryStore } from "../../src/store/index.ts";
import { comparison, createEvidence, difference } from "../evidence/comparisons.ts";

const context: ChangeContext = { effects: { now: () => 2 }, redactor: { text: (text) => text } };

const limits = { keepMs: 1_000, maxBytes: 1_000, now: () => 2 };

/** Parts with a store that keeps every change. */
function partsWith(evidence: ChangeParts["evidence"], over: Partial<ChangeParts> = {}): ChangeParts {
  return {
    evidence,
    audit: () => undefined,
    changed: () => undefined,
    flush: async () => ({ durable: true }),
    store: openMemoryStore(limits),
    switches: { change: async () => ({ ok: true }) },
    ...over,
  };
}

test("accepting or unaccepting a finding that does not allow it answers 404 or 409 with the reason", async () => {
  const evidence = createEvidence({ startedAt: 0, limits: { findingsPerRoute: 1 } });
  for (const place of ["$.a", "$.b"])
    evidence.add(comparison({ differences: [difference(place, "value", "1", "2")] }), 1);
  const audited: string[] = [];
  const audit = ({ action }: AuditEntry) => void audited.push(action);
  const changes = createChanges(context, partsWith(evidence, { audit }));
  const { findings } = evidence.report(2);
  const [own, rest] = ["$.a", "*"].map((path) => findings.find((one) => one.path === path));
  const by = { by: "ann", why: "rounds" };
  expect(await changes.accept({ finding: "nope", ...by })).toMatchObject({ status: 404 });
  expect(await changes.accept({ finding: rest!.id, ...by })).toMatchObject({ status: 409 });
  expect(await changes.unaccept({ finding: own!.id, ...by })).toMatchObject({
    status: 409,
    detail: `finding ${own!.id} is not accepted`,
  });
  expect(await changes.accept({ finding: own!.id, ...by })).toEqual({ ok: true });
  expect(await changes.unaccept({ finding: own!.id, ...by })).toEqual({ ok: true });
  expect(audited).toEqual(["accept", "unaccept"]);
});

test("accepting while the store cannot write answers 503: the change holds but may not survive a restart", async () => {
  const evidence = createEvidence({ startedAt: 0 });
  evidence.add(comparison({ differences: [difference("$.a", "value", "1", "2")] }), 1);
  const [{ id } = { id: "" }] = evidence.report(2).findings;
  const stats = () => ({ ...openMemoryStore(limits).stats(), detail: "no space left on device" });
  const flush = async () => ({ durable: false });
  const changes = createChanges(context, partsWith(evidence, { flush, store: { stats } }));
  expect(await changes.accept({ finding: id, by: "ann", why: "rounds" })).toEqual({
    ok: false,
    status: 503,
    detail: "the change holds, but it may not survive a restart: no space left on device",
  });
  expect(evidence.finding(id, 3)?.state).toBe("accepted");
});
