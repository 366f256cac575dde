import { expect, test } from "vitest";
import { type AdminParts, adminPorts } from "../../src/app/admin.ts";
import type { AuditEntry } from "../../src/model/control.ts";
import { comparison, createEvidence, difference } from "../evidence/comparisons.ts";

test("who accepts what cannot be accepted, or takes back what was not, is told which it was", async () => {
  const evidence = createEvidence({ startedAt: 0, limits: { findingsPerRoute: 1 } });
  for (const place of ["$.a", "$.b"])
    evidence.add(comparison({ differences: [difference(place, "value", "1", "2")] }), 1);
  const audited: string[] = [];
  const ports = adminPorts({
    now: () => 2,
    evidence,
    audit: ({ action }: AuditEntry) => void audited.push(action),
    changed: () => undefined,
    text: (text: string) => text,
    flush: async () => ({ durable: true }),
    telemetry: { health: {} },
    control: {},
  } as unknown as AdminParts);
  const { findings } = evidence.report(2);
  const [own, rest] = ["$.a", "*"].map((path) => findings.find((one) => one.path === path));
  const wish = { by: "ann", why: "rounds" };
  expect(await ports.accept({ finding: "nope", ...wish })).toMatchObject({ status: 404 });
  expect(await ports.accept({ finding: rest!.id, ...wish })).toMatchObject({ status: 409 });
  expect(await ports.unaccept({ finding: own!.id, ...wish })).toMatchObject({
    status: 409,
    detail: `finding ${own!.id} is not accepted`,
  });
  expect(await ports.accept({ finding: own!.id, ...wish })).toEqual({ ok: true });
  expect(await ports.unaccept({ finding: own!.id, ...wish })).toEqual({ ok: true });
  expect(audited).toEqual(["accept", "unaccept"]);
});

test("who accepts while the store cannot keep it is told that it holds, and may not survive a restart", async () => {
  const evidence = createEvidence({ startedAt: 0 });
  evidence.add(comparison({ differences: [difference("$.a", "value", "1", "2")] }), 1);
  const [{ id } = { id: "" }] = evidence.report(2).findings;
  const ports = adminPorts({
    now: () => 2,
    evidence,
    audit: () => undefined,
    changed: () => undefined,
    text: (text: string) => text,
    flush: async () => ({ durable: false }),
    store: { stats: () => ({ detail: "no space left on device" }) },
    telemetry: { health: {} },
    control: {},
  } as unknown as AdminParts);
  expect(await ports.accept({ finding: id, by: "ann", why: "rounds" })).toEqual({
    ok: false,
    status: 503,
    detail: "the change holds, but it may not survive a restart: no space left on device",
  });
  expect(evidence.finding(id, 3)?.state).toBe("accepted");
});
