import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cohort, Control, Switch } from "../../../src/model/control.ts";
import type { Route } from "../../../src/proxy/admission/routes.ts";
import { draw, effectiveShare, ramped } from "../../../src/proxy/admission/share.ts";
import { type ShadowControl, type ShadowOptions, shadowControlOf } from "../../../src/proxy/index.ts";
import { DEFAULTS, FULL_CONTROL } from "../../support/proxy-options.ts";
import { openRoom } from "../../support/room.ts";
import { backend, eventually, exchange, ok } from "../../support/wire.ts";

const HOSTILE = ["", "__proto__", "constructor", "toString", "a/b", "0", "%", "ö"];
const name = fc.oneof(fc.constantFrom(...HOSTILE), fc.string());
const ROUTE: Route = { name: "GET /a", readOnly: false };
const clock = { started: 0, now: () => 0 };

function switched(over: Partial<Switch> = {}): Switch {
  return { on: true, by: "ann", why: "", at: 0, ...over };
}
const everything = (over: Partial<Switch>): Control => ({ everything: switched(over), routes: [] });
const routed = (route: string, over: Partial<Switch>, all?: Partial<Switch>): Control => ({
  ...(all && { everything: switched(all) }),
  routes: [{ route, switch: switched(over) }],
});

/** The share of so many requests that is in. */
function measured(control: ShadowControl, shadow: Partial<ShadowOptions> = {}, fields = (_: number) => [] as string[]) {
  let inside = 0;
  for (let i = 0; i < 4000; i++) {
    if (draw(`r${i}`, fields(i), ROUTE, control, { ...DEFAULTS.shadow, ...shadow }, clock) === "in") inside++;
  }
  return inside / 4000;
}

describe("a switch's share", () => {
  test("stands in place of the config's, above it or below", () => {
    expect(measured(shadowControlOf(everything({ share: 0.5 })), { sample: 0.01 })).toBeCloseTo(0.5, 1);
    expect(measured(shadowControlOf(everything({ share: 1 })), { sample: 0 })).toBe(1);
    expect(measured(shadowControlOf(everything({ share: 0 })), { sample: 1 })).toBe(0);
    expect(measured(shadowControlOf(everything({})), { sample: 0.25 })).toBeCloseTo(0.25, 1);
  });

  test("of a route wins over that of everything, which wins over the route's config", () => {
    fc.assert(
      fc.property(
        name,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, a, b) => {
          const route = { name: of, readOnly: false, sample: 0.123 };
          const share = (control: Control) => effectiveShare(route, shadowControlOf(control), DEFAULTS.shadow, clock);
          expect(share(routed(of, { share: a }, { share: b }))).toBe(a);
          expect(share(routed(of, {}, { share: b }))).toBe(b);
          expect(share(routed(`${of}!`, { share: a }))).toBe(0.123);
          expect(share(routed(of, { on: false, share: a }))).toBe(0);
          expect(share(routed(of, { share: a }, { on: false }))).toBe(0);
        },
      ),
    );
  });

  test("makes nothing eligible that the config does not", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(ok("fine"));
    const routes = [{ match: "GET /off", shadow: { off: true } }];
    await using room = await openRoom(legacy, candidate, { routes });
    const all = { share: 1 };
    room.control = shadowControlOf({
      everything: switched(all),
      routes: ["GET /off", "POST /a"].map((route) => ({ route, switch: switched(all) })),
    });
    await exchange(room.port, "GET /off HTTP/1.1\r\nHost: h\r\n\r\n");
    await exchange(room.port, "POST /a HTTP/1.1\r\nHost: h\r\n\r\n");
    expect([await room.outcome(1), await room.outcome(2)]).toEqual(["skipped/route", "skipped/method"]);
    room.proxy.update({ ...room.options, shadow: { ...room.options.shadow, off: true } });
    await exchange(room.port, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(await room.outcome(3)).toBe("skipped/off");
    expect(candidate.seen).toEqual([]);
  });

  test("leaves the control group that is wanted, also at 100 %", () => {
    expect(measured(shadowControlOf(everything({ share: 1 })), { holdout: 0.1 })).toBeCloseTo(0.9, 1);
    const user = (i: number) => ["x-user", `u${i % 40}`];
    const sticky = { stickyBy: { field: "X-User" }, holdout: 0.2 };
    expect(measured(FULL_CONTROL, sticky, user)).toBeCloseTo(0.8, 1);
    const said = effectiveShare(ROUTE, FULL_CONTROL, { ...DEFAULTS.shadow, ...sticky, sample: 0.5 }, clock);
    expect(said).toBeCloseTo(0.4, 9);
  });
});

describe("a cohort", () => {
  const by = { field: "x-user" };
  const user = (value: string) => ["X-User", value];
  const isIn = (control: Control, fields: string[]) =>
    draw("r1", fields, ROUTE, shadowControlOf(control), DEFAULTS.shadow, clock) === "in";

  test("lets in whoever is listed, and nobody else, whatever they are called", () => {
    fc.assert(
      fc.property(fc.array(name), name, (values, asks) => {
        const listed = values.includes(asks);
        expect(isIn(everything({ cohort: { by, values } }), user(asks))).toBe(listed);
        expect(isIn(routed("GET /a", { cohort: { by, values } }), user(asks))).toBe(listed);
        expect(isIn(routed("GET /b", { cohort: { by, values } }), user(asks))).toBe(true);
        expect(isIn(everything({ cohort: { by, values } }), [])).toBe(false);
      }),
    );
  });

  test("of a share keeps each user in or out for good, and a larger one keeps those of a smaller", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(name, share, share, fc.array(fc.string(), { minLength: 2 }), (asks, a, b, ids) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        const drawn = (of: number) =>
          ids.map((id) =>
            draw(
              id,
              user(asks),
              ROUTE,
              shadowControlOf(everything({ cohort: { by, share: of } })),
              DEFAULTS.shadow,
              clock,
            ),
          );
        expect(new Set(drawn(small)).size).toBe(1);
        if (drawn(small)[0] === "in") expect(drawn(large)[0]).toBe("in");
      }),
    );
    const users = (i: number) => user(`u${i}`);
    expect(measured(shadowControlOf(everything({ cohort: { by, share: 0.3 } })), {}, users)).toBeCloseTo(0.3, 1);
  });

  test("takes those in a list and those in a share, and a route's own goes before that of everything", () => {
    const both: Cohort = { by, values: ["ada"], share: 0 };
    expect(isIn(everything({ cohort: both }), user("ada"))).toBe(true);
    expect(isIn(everything({ cohort: both }), user("eve"))).toBe(false);
    const own = routed("GET /a", { cohort: { by, values: ["eve"] } }, { cohort: both });
    expect([isIn(own, user("ada")), isIn(own, user("eve"))]).toEqual([false, true]);
  });

  test("narrows, and the share in force samples within it", () => {
    const users = (i: number) => user(`u${i % 2}`);
    const one = shadowControlOf(everything({ cohort: { by, values: ["u0"] } }));
    expect(measured(one, { sample: 0.5 }, users)).toBeCloseTo(0.25, 1);
  });
});

describe("values in the config", () => {
  const shadow = { ...DEFAULTS.shadow, stickyBy: { cookie: "user" }, values: new Set(["ada"]) };
  const drawn = (route: Route, cookie: string) => draw("r", ["Cookie", cookie], route, FULL_CONTROL, shadow, clock);

  test("let in only their own, and a route's stand in place of those for all", () => {
    expect([drawn(ROUTE, "user=ada"), drawn(ROUTE, "user=eve"), drawn(ROUTE, "")]).toEqual(["in", "out", "out"]);
    const eve: Route = { ...ROUTE, values: new Set(["eve"]) };
    expect([drawn(eve, "user=ada"), drawn(eve, "user=eve")]).toEqual(["out", "in"]);
    const all: Route = { ...ROUTE, values: new Set(), by: "id" };
    expect([drawn(all, "user=eve"), drawn(all, "")]).toEqual(["in", "in"]);
  });
});

describe("a ramp", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test("rises from its beginning to the share and stays there", () => {
    fc.assert(
      fc.property(
        share,
        share,
        fc.integer({ min: 1, max: 1e9 }),
        fc.nat(2e9),
        fc.nat(2e9),
        (sample, from, over, t, u) => {
          const at = (elapsed: number) => ramped(sample, { from, over }, elapsed);
          const [early, late] = [at(Math.min(t, u)), at(Math.max(t, u))];
          expect(early).toBeLessThanOrEqual(late + 1e-12);
          expect(late).toBeLessThanOrEqual(sample);
          expect(at(0)).toBe(Math.min(from, sample));
          expect(at(over)).toBeCloseTo(sample, 12);
          expect(at(-1)).toBe(at(0));
        },
      ),
    );
  });

  test("begins with the process, and anew where shadowing is switched on; a switch's share needs none", () => {
    const shadow = { ...DEFAULTS.shadow, ramp: { from: 0, over: 1000 } };
    const at = (now: number, control: Control) =>
      effectiveShare(ROUTE, shadowControlOf(control), shadow, { started: 100, now: () => now });
    expect(at(600, { routes: [] })).toBe(0.5);
    expect(at(600, everything({ at: 500 }))).toBe(0.1);
    expect(at(600, everything({ at: 50 }))).toBe(0.5); // set before a restart
    expect(at(600, routed("GET /a", { at: 350 }, { at: 500 }))).toBe(0.25);
    expect(at(600, everything({ at: 500, share: 0.7 }))).toBe(0.7);
  });

  test("shows in the shares of the routes that can be shadowed", async () => {
    await using legacy = await backend(ok("fine"));
    let now = 1_000_000;
    const over = { shadow: { ramp: { from: 0.1, over: 1000 } }, routes: [{ match: "POST /search", readOnly: true }] };
    await using room = await openRoom(legacy, legacy, over, { now: () => now });
    for (const method of ["GET", "POST"]) await exchange(room.port, `${method} /a HTTP/1.1\r\nHost: h\r\n\r\n`);
    await eventually(() => room.settled.length + room.exchanges.length >= 2);
    const shares = () => Object.fromEntries(room.proxy.shares());
    expect(shares()).toEqual({ "POST /search": 0.1, "GET /a": 0.1 });
    now += 500;
    expect(shares()["GET /a"]).toBeCloseTo(0.55, 9);
    now += 5000;
    expect(shares()["GET /a"]).toBe(1);
    room.control = { ...FULL_CONTROL, on: false };
    expect(shares()).toEqual({ "POST /search": 0, "GET /a": 0 });
  });
});

describe("legacy's answers", () => {
  test("are told for what is shadowed and for what a fair draw left out, and for nothing else", async () => {
    await using legacy = await backend(ok("fine"));
    const told: [string, boolean, string][] = [];
    await using room = await openRoom(
      legacy,
      legacy,
      { shadow: { holdout: 0.5 } },
      { answered: (route, shadowed, { kind }) => void told.push([route, shadowed, kind]) },
    );
    const get = (more = "") => exchange(room.port, `GET /a HTTP/1.1\r\nHost: h\r\n${more}\r\n`);
    for (let i = 0; i < 40; i++) await get();
    expect(told).toHaveLength(40);
    expect(told.filter(([, shadowed]) => !shadowed)).toHaveLength(room.settled.length);
    expect(room.settled.every(({ outcome }) => "reason" in outcome && outcome.reason === "sampled_out")).toBe(true);
    expect(new Set(told.map(([route, , kind]) => `${route} ${kind}`))).toEqual(new Set(["GET /a response"]));
    room.control = shadowControlOf(everything({ cohort: { by: { field: "x-user" }, values: ["ada"] } }));
    await get("X-User: eve\r\n");
    await exchange(room.port, "POST /a HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(told).toHaveLength(40);
  });
});
