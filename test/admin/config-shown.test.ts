import { describe, expect, test } from "vitest";
import { configShown } from "../../src/admin/index.ts";

describe("the config on display", () => {
  test("holds no token and no credentials, at any depth", () => {
    const shown = configShown({
      adminAccess: { token: "planted-1", readToken: "planted-2", tokenFile: "/run/secrets/token", hosts: ["a"] },
      legacy: { url: "http://user:planted-3@legacy:8080", tls: { passphrase: "planted-4" } },
      routes: [{ nested: { clientSecret: "planted-5" } }],
    });
    expect(JSON.stringify(shown)).not.toContain("planted");
    expect(shown).toMatchObject({
      adminAccess: { token: "***", tokenFile: "/run/secrets/token" },
      legacy: { url: "http://***@legacy:8080" },
    });
  });

  test("hides whom shadowing is for, and names by the words that are secret everywhere", () => {
    const shown = configShown({
      shadow: { by: { cookie: "sid" }, values: ["planted-1", "planted-2"] },
      routes: [{ shadow: { values: ["planted-3"] }, api_key: "planted-4", privateKeyFile: "/etc/key.pem" }],
      identity: { cookies: ["sid"] },
    });
    expect(JSON.stringify(shown)).not.toContain("planted");
    expect(shown).toMatchObject({
      shadow: { by: { cookie: "sid" }, values: ["***", "***"] },
      routes: [{ privateKeyFile: "/etc/key.pem" }],
      identity: { cookies: ["sid"] },
    });
  });

  test("leaves numbers, flags and lists as they are, and ends on a loop", () => {
    expect(configShown({ a: 1, b: [true, null, "x"], c: undefined })).toEqual({
      a: 1,
      b: [true, null, "x"],
      c: undefined,
    });
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(JSON.stringify(configShown(loop))).toContain("...");
  });
});
