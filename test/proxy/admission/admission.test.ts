import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Control } from "../../../src/model/control.ts";
import { type AdmitState, refuseShadow } from "../../../src/proxy/admission/admission.ts";
import { createBreaker } from "../../../src/proxy/admission/breaker.ts";
import { fixedConcurrency } from "../../../src/proxy/admission/concurrency.ts";
import { createShed } from "../../../src/proxy/admission/load-shedding.ts";
import type { Route } from "../../../src/proxy/admission/routes.ts";
import { createRate } from "../../../src/proxy/admission/token-bucket.ts";
import { type ShadowOptions, shadowControlOf } from "../../../src/proxy/index.ts";
import type { Incoming } from "../../../src/proxy/server/request.ts";
import { DEFAULTS } from "../../support/proxy-options.ts";

const share = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
const user = fc.constantFrom("", "ada", "__proto__", "constructor", "0");
/** Any of the members, or none. */
const optional = <T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T, never>(members, { requiredKeys: [] });

const mostly = fc.constantFrom(true, true, true, true, false);
const by = fc.constantFrom({ field: "x-user" }, { cookie: "user" });
const cohort = fc.tuple(by, optional({ values: fc.array(user), share })).map(([of, rest]) => ({ by: of, ...rest }));
const oneSwitch = fc
  .tuple(mostly, optional({ share, cohort, at: fc.nat(1000) }))
  .map(([on, rest]) => ({ on, by: "ann", why: "", at: 0, ...rest }));
const control: fc.Arbitrary<Control> = fc.tuple(fc.option(oneSwitch), fc.option(oneSwitch)).map(([all, own]) => ({
  ...(all && { everything: all }),
  routes: own ? [{ route: "r", switch: own }] : [],
}));
const route: fc.Arbitrary<Route> = optional({ off: mostly.map((on) => !on), sample: share }).chain((rest) =>
  fc.boolean().map((readOnly) => ({ name: "r", readOnly, ...rest })),
);
const shadow: fc.Arbitrary<ShadowOptions> = optional({
  off: mostly.map((on) => !on),
  sample: share,
  holdout: share,
  ramp: fc.record({ from: share, over: fc.integer({ min: 1, max: 1000 }) }),
  stickyBy: by,
  methods: fc.subarray(["GET", "HEAD", "OPTIONS", "POST", "DELETE"]),
}).map((over) => ({ ...DEFAULTS.shadow, ...over }));
const PLAIN: Incoming = {
  ...{ method: "GET", target: "/", raw: [], fields: [], codingAt: -1, framing: "none", length: undefined, host: "h" },
  ...{ http10: false, persistent: true, expects: false, upgrades: false, conditional: false, marked: false },
};
const incoming = fc
  .record({
    method: fc.constantFrom("GET", "HEAD", "OPTIONS", "POST", "DELETE", "PATCH"),
    user,
    marked: mostly.map((not) => !not),
  })
  .map(({ method, user, marked }): Incoming => {
    const fields = ["X-User", user, "Cookie", `user=${user}`];
    return { ...PLAIN, method, fields, raw: fields, marked };
  });

function stateOf(options: ShadowOptions, over: Partial<AdmitState> = {}): AdmitState {
  return {
    shadow: options,
    forbids: () => false,
    clock: { started: 0, now: () => 500 },
    breaker: createBreaker(DEFAULTS.breaker),
    concurrency: fixedConcurrency(8),
    rate: createRate(Number.POSITIVE_INFINITY),
    lag: () => 0,
    memory: () => 0,
    budget: { used: 0, limit: 1 },
    candidateInFlight: () => 0,
    hasCapacity: () => true,
    shed: createShed(),
    ...over,
  };
}

describe("whatever the switches say", () => {
  test("the candidate sees reads that the config lets it see, and nothing when the switch is off", () => {
    let shadowed = 0;
    fc.assert(
      fc.property(fc.string(), incoming, route, control, shadow, (id, request, of, switches, options) => {
        const refused = refuseShadow(
          id,
          request,
          { route: of, spelling: "plain" },
          shadowControlOf(switches),
          stateOf(options),
        );
        if (refused === undefined) shadowed++;
        if (refused !== undefined && refused !== "held_out") return;
        expect(request.marked).toBe(false);
        const safe = ["GET", "HEAD", "OPTIONS"].includes(request.method) && options.methods.includes(request.method);
        expect(of.readOnly || safe).toBe(true);
        expect(of.off ?? options.off).toBe(false);
        expect(switches.everything?.on).not.toBe(false);
        expect(switches.routes[0]?.switch.on).not.toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(shadowed).toBeGreaterThan(20);
  });

  test("the same request meets the same fate, and one that is held out would have been shadowed", () => {
    fc.assert(
      fc.property(fc.string(), incoming, route, control, shadow, (id, request, of, switches, options) => {
        const fate = (over: ShadowOptions) =>
          refuseShadow(id, request, { route: of, spelling: "plain" }, shadowControlOf(switches), stateOf(over));
        expect(fate(options)).toBe(fate(options));
        if (fate(options) !== "held_out") return;
        const { ramp: _, stickyBy: __, ...rest } = options;
        const everyone = shadowControlOf({
          ...(switches.everything && { everything: { ...switches.everything, share: 1 } }),
          routes: switches.routes.map((one) => ({ ...one, switch: { ...one.switch, share: 1 } })),
        });
        const all = refuseShadow(
          id,
          request,
          { route: { ...of, sample: 1 }, spelling: "plain" },
          everyone,
          stateOf({ ...rest, sample: 1, holdout: 0 }),
        );
        expect(all).toBe(undefined);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("overload", () => {
  const get = PLAIN;
  const found = { route: { name: "r", readOnly: false }, spelling: "plain" } as const;
  const causes: [string, Partial<AdmitState>][] = [
    ["in_flight", { candidateInFlight: () => 8 }],
    ["capture", { budget: { used: 1, limit: 1 } }],
    ["event_loop", { lag: () => 101 }],
    ["memory", { memory: () => 101 }],
    ["verify", { hasCapacity: () => false }],
  ];

  test.each(causes)("by %s is said, and nobody is held out beside it", (cause, over) => {
    const options = { ...DEFAULTS.shadow, maxLag: 100, maxMemory: 100 };
    const state = stateOf(options, over);
    expect(refuseShadow("a", get, found, shadowControlOf({ routes: [] }), state)).toBe("overload");
    expect(Object.entries(state.shed).filter(([, count]) => count > 0)).toEqual([[cause, 1]]);
    const held = stateOf({ ...options, holdout: 1 }, over);
    expect(refuseShadow("a", get, found, shadowControlOf({ routes: [] }), held)).toBe("sampled_out");
    expect(refuseShadow("a", get, found, shadowControlOf({ routes: [] }), stateOf({ ...options, holdout: 1 }))).toBe(
      "held_out",
    );
  });

  test("takes nothing from a budget that it does not use", () => {
    const rate = createRate(1);
    const state = stateOf(DEFAULTS.shadow, { rate, lag: () => 1e6 });
    for (let i = 0; i < 5; i++) refuseShadow(`${i}`, get, found, shadowControlOf({ routes: [] }), state);
    expect(rate(performance.now())).toBe(true);
  });
});
