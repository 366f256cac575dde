import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Body, bytesOf, type Kept } from "../../../src/model/body.ts";
import { createBodyRecorder, followBodyRecorder } from "../../../src/proxy/shadow/body-recorder.ts";
import { createBufferPool } from "../../../src/proxy/shadow/buffer-pool.ts";

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** What a body must be: all of it, or its measure. */
function shape(body: Body) {
  return body.kind === "kept"
    ? { length: body.length, sha256: sha(bytesOf(body)), kept: true }
    : { ...body, kept: false };
}

/** Two bodies in pieces, and an order in which the pieces arrive. */
const piece = fc.uint8Array({ maxLength: 8, max: 2 });
const bodies = fc.record({
  start: fc.array(piece, { maxLength: 5 }),
  legacy: fc.array(piece, { maxLength: 5 }),
  candidate: fc.array(piece, { maxLength: 5 }),
  cuts: fc.array(fc.nat(60), { maxLength: 6 }),
  order: fc.array(fc.boolean(), { maxLength: 20 }),
  maxBody: fc.nat(60),
  limit: fc.nat(120),
  told: fc.tuple(fc.boolean(), fc.boolean()),
});

describe("a capture", () => {
  test("keeps all of a body or measures all of it, on both sides, in any order of arrival", () => {
    fc.assert(
      fc.property(bodies, ({ start, legacy, candidate, cuts, order, maxBody, limit, told }) => {
        const budget = { used: 0, limit };
        const leader = createBodyRecorder(maxBody, budget);
        const follower = followBodyRecorder(leader, maxBody, budget);
        const left = [...start, ...legacy];
        const whole = Buffer.concat([...start, ...candidate]);
        const right: Uint8Array[] = [];
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort((a, b) => a - b);
        for (let i = 1; i < places.length; i++) right.push(whole.subarray(places[i - 1], places[i]));
        if (told[0]) leader.expect(Buffer.concat(left).length);
        if (told[1]) follower.expect(whole.length);
        const shared = Buffer.alloc(128);
        const feed = (capture: typeof follower, bytes: Uint8Array | undefined) => {
          if (bytes === undefined) return;
          shared.set(bytes);
          capture.add(shared.subarray(0, bytes.length));
          shared.fill(9); // borrowed bytes are overwritten
        };
        for (const first of order) feed(first ? leader : follower, (first ? left : right).shift());
        const [one, two] = order[0] ? [left, right] : [right, left];
        for (const bytes of one) feed(order[0] ? leader : follower, bytes);
        for (const bytes of two) feed(order[0] ? follower : leader, bytes);
        const [a, b] = order[0] ? [leader.body(), follower.body()] : [follower.body(), leader.body()].reverse();
        const legacyWhole = Buffer.concat([...start, ...legacy]);
        expect(shape(a!)).toMatchObject({ length: legacyWhole.length, sha256: sha(legacyWhole) });
        expect(shape(b!)).toMatchObject({ length: whole.length, sha256: sha(whole) });
        if (legacyWhole.length > maxBody) expect(a!.kind).toBe("measured");
        if (whole.length > maxBody) expect(b!.kind).toBe("measured");
        expect(budget.used).toBeLessThanOrEqual(limit);
        leader.release();
        follower.release();
        leader.release();
        expect(budget.used).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test("bodies in memory that is used again and again keep their bytes until they are freed, and cannot be read after", () => {
    const large = fc.record({
      shared: fc.nat(40_000),
      sizes: fc.tuple(fc.nat(90_000), fc.nat(90_000)),
      pieces: fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 6 }),
    });
    const buffers = createBufferPool();
    const budget = { used: 0, limit: 10_000_000, buffers };
    fc.assert(
      fc.property(fc.array(large, { minLength: 1, maxLength: 6 }), (all) => {
        const open = all.map(({ shared, sizes, pieces }, n) => {
          const [legacy, candidate] = sizes.map((size, side) =>
            Buffer.concat([Buffer.alloc(shared, n), Buffer.alloc(size, 100 + n + 50 * side)]),
          ) as [Buffer, Buffer];
          const leader = createBodyRecorder(1_000_000, budget);
          const follower = followBodyRecorder(leader, 1_000_000, budget);
          const feed = (to: typeof follower, bytes: Buffer) => {
            for (let at = 0, i = 0; at < bytes.length; i++) {
              const size = pieces[i % pieces.length]!;
              to.add(bytes.subarray(at, at + size));
              at += size;
            }
          };
          feed(leader, legacy);
          feed(follower, candidate);
          return { legacy, candidate, leader, follower, bodies: [leader.body(), follower.body()] };
        });
        // Each is freed while the others are still being read, as exchanges end in any order.
        for (const { legacy, candidate, leader, follower, bodies } of open) {
          expect(bytesOf(bodies[0] as Kept).length).toBe(legacy.length);
          expect(Buffer.from(bytesOf(bodies[0] as Kept)).equals(legacy)).toBe(true);
          expect(Buffer.from(bytesOf(bodies[1] as Kept)).equals(candidate)).toBe(true);
          leader.free();
          follower.free();
          leader.free();
          for (const body of bodies) if (body.length > 0) expect(() => bytesOf(body as Kept)).toThrow("given back");
          leader.add(legacy); // what a slow client still reads is nobody's body any more
        }
        expect(budget.used).toBe(0);
      }),
      { numRuns: 150 },
    );
    const again = buffers.acquire(64 * 1024);
    buffers.release(again);
    expect(buffers.acquire(64 * 1024)).toBe(again);
  });

  test("an equal body is legacy's own, and costs nothing", () => {
    const budget = { used: 0, limit: 1000 };
    const leader = createBodyRecorder(100, budget);
    const follower = followBodyRecorder(leader, 100, budget);
    leader.add(Buffer.from("hello "));
    follower.add(Buffer.from("hell"));
    follower.add(Buffer.from("o "));
    leader.add(Buffer.from("world"));
    const body = leader.body();
    follower.add(Buffer.from("world"));
    expect(budget.used).toBe(11);
    expect(follower.body()).toBe(body);
  });

  test("past the budget a body is measured, not cut", () => {
    const leader = createBodyRecorder(100, { used: 0, limit: 3 });
    leader.add(Buffer.from("abcd"));
    expect(leader.body()).toEqual({ kind: "measured", length: 4, sha256: sha(Buffer.from("abcd")) });
  });

  test("keeps nothing of a body whose head says that it is too large", () => {
    const budget = { used: 0, limit: 1000 };
    const leader = createBodyRecorder(10, budget);
    const follower = followBodyRecorder(leader, 10, budget);
    for (const capture of [leader, follower]) {
      capture.expect(11);
      capture.add(Buffer.from("hello "));
      expect(budget.used).toBe(0);
      capture.add(Buffer.from("world"));
      expect(capture.body()).toEqual({ kind: "measured", length: 11, sha256: sha(Buffer.from("hello world")) });
    }
  });
});
