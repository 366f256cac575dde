import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CUT } from "../../src/lib/clip.ts";
import { createNameTest } from "../../src/lib/secret-names.ts";
import { KEY_FORMATS } from "../../src/redact/key-formats.ts";
import { compileRedactor } from "../../src/store/index.ts";

const redactor = compileRedactor({
  fields: [],
  show: [],
  query: [],
  json: [],
  patterns: ["bearer", "card", "email", "key", "iban"],
  values: "shown",
});

/** Made up, in two parts so that no scanner takes this file for a leak. */
const join = (...parts: string[]) => parts.join("");
const letters = (length: number) => "a7Kq2LmZ9xWc4VbN8sRt".repeat(20).slice(0, length);
const hex = (length: number) => "3f9ac07e51d2b846".repeat(20).slice(0, length);
const capitals = (length: number) => "Q7ZKM2XW9LC4VBN8".repeat(10).slice(0, length);
const KEYS = [
  join("AKIA", capitals(16)),
  join("ghp_", letters(36)),
  join("github_pat_", letters(22), "_", letters(59)),
  join("glpat-", letters(20)),
  join("xoxb-", "2048173928-", letters(24)),
  join("sk_live_", letters(24)),
  join("rk_test_", letters(24)),
  join("whsec_", letters(32)),
  join("AIza", letters(35)),
  join("ya29.", letters(60)),
  join("SG.", letters(22), ".", letters(43)),
  join("SK", hex(32)),
  join("key-", hex(32)),
  join(hex(32), "-us14"),
  join("npm_", letters(36)),
  join("pypi-AgEI", letters(70)),
  join("rubygems_", hex(48)),
  join("dckr_pat_", letters(27)),
  join("sk-proj-", letters(48)),
  join("sk-ant-api03-", letters(80)),
  join("hf_", letters(34)),
  join("dop_v1_", hex(64)),
  join("shpat_", hex(32)),
  join("sq0atp-", letters(22)),
  join("ATATT3", letters(60)),
  join("lin_api_", letters(40)),
  join("dapi", hex(32)),
  join("hvs.", letters(24)),
  join("glsa_", letters(32), "_", hex(8)),
  join("sntrys_", letters(60)),
  join("PMAK-", hex(24), "-", hex(34)),
  join("7130948512:AA", letters(33)),
  join("tskey-auth-", letters(12), "-", letters(32)),
  join("xprv", letters(107)),
  join("$2b$12$", letters(53)),
  join("$6$rounds=5000$", letters(16), "$", letters(86)),
  join("$argon2id$v=19$m=65536,t=3,p=4$", letters(22), "$", letters(43)),
  join("AGE-SECRET-KEY-1", capitals(58)),
  join("https://hooks.slack.com/services/T0", capitals(8), "/B0", capitals(8), "/", letters(24)),
  join("eyJhbGciOiJIUzI1NiJ9.", letters(40), ".", letters(43)),
  join("DE89 3704 0044 0532 0130 00"),
  join("GB82WEST12345698765432"),
  join("4111 1111 1111 1111"),
];

describe("a key in its issuer's format", () => {
  test.each(KEYS)("%s is found in any text", (key) => {
    const secret = key.replace(/^https:..hooks.slack.com.services./, "");
    for (const text of [key, `see ${key}, please`, `a=${key}&b=1`, `"${key}"`, `<p>${key}</p>`, `x\n${key}\ny`]) {
      expect(redactor.text(text), text).not.toContain(secret);
    }
    const json = redactor.body(Buffer.from(JSON.stringify({ note: key, list: [key] })), "application/json");
    expect(json).not.toContain(secret);
    expect(redactor.target(`/x?y=${encodeURIComponent(key)}`)).not.toContain(encodeURIComponent(secret));
  });

  test.each(KEYS.filter((key) => /^[a-z]{2,}[_.-]/.test(key)))("%s is hidden where the text was cut", (key) => {
    expect(redactor.text(`see ${key.slice(0, 14)}${CUT}`)).not.toContain(key.slice(4, 14));
  });

  test.each([
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
  ])("a block of the kind %s goes whole, and to the end of the text where it has no end", (kind) => {
    const block = `-----BEGIN ${kind}-----\nMIIEvQIBADANBgkqhk\nabcdef==\n-----END ${kind}-----`;
    expect(redactor.text(`a ${block} b`)).toBe("a [key] b");
    expect(redactor.text(`a ${block.slice(0, 60)}`)).toBe("a [key]");
    const json = redactor.body(Buffer.from(JSON.stringify({ pem: block, note: block })), "application/json");
    expect(json).not.toContain("MIIEvQ");
  });

  test("ordinary texts, ids and numbers stay", () => {
    const texts = [
      "sk-learn and sk-lists", "keys-to-go", "AKIA is short", "hf_test", "pat.smith", "550e8400-e29b-41d4-a716-446655440000",
      "2024-05-01T10:00:00Z", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "GB82WEST12345698765431",
      "order 1234567890123456", "https://shop.example/a/b?page=2&sort=name", "the pin is mightier", "Basic training",
    ]; // biome-ignore format: a list
    for (const text of texts) expect(redactor.text(text)).toBe(text);
  });
});

describe("docs/secrets.md", () => {
  const page = readFileSync(new URL("../../docs/secrets.md", import.meta.url), "utf8");

  test("states every issuer whose keys are recognised", () => {
    expect([...new Set(KEY_FORMATS.map(({ issuer }) => issuer))].filter((issuer) => !page.includes(issuer))).toEqual(
      [],
    );
  });

  test("lists names that are secret, names that are not, and names of which the value decides", () => {
    const verdict = createNameTest();
    const lists = [...page.matchAll(/```text (secret|plain|doubtful)\n([\s\S]*?)```/g)];
    expect(lists).toHaveLength(3);
    for (const [, expected, names] of lists) {
      for (const name of names!.trim().split(/\s+/)) expect([name, verdict(name)]).toEqual([name, expected]);
    }
  });
});
