import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument, Scalar, stringify } from "yaml";
import { type Config, formatFault, readConfig } from "../../src/config/index.ts";
import { offsetIn } from "../../src/config/offset.ts";

function configOf(text: string): Config {
  const reading = readConfig(text, { file: "c.yaml", env: {} });
  if ("faults" in reading) throw new Error(`${text}\n${reading.faults.map(formatFault).join("\n")}`);
  return reading.config;
}

describe("a valid config", () => {
  const measured = (units: Readonly<Record<string, number>>) =>
    fc
      .tuple(fc.integer({ min: 1, max: 9_999 }), fc.constantFrom(...Object.keys(units)))
      .map(([n, unit]) => ({ text: `${n}${unit}`, value: n * units[unit]! }));
  const duration = measured({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 });
  const size = measured({ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 });
  const share = fc.integer({ min: 1, max: 9_999 }).map((n) => ({ text: `${n / 100}%`, value: n / 100 / 100 }));
  const count = fc.integer({ min: 1, max: 1_000 }).map((n) => ({ text: n, value: n }));
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);

  test("comes out as it was meant, however it is laid out", () => {
    const layout = fc.record({
      indent: fc.constantFrom(2, 3, 4),
      collectionStyle: fc.constantFrom("any", "block", "flow"),
      defaultStringType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE"),
      lineWidth: fc.constantFrom(0, 40),
    } as const);
    fc.assert(
      fc.property(
        layout,
        duration,
        size,
        share,
        count,
        fc.array(name, { maxLength: 3 }),
        (style, time, bytes, part, many, fields) => {
          const written = {
            legacy: { url: "http://legacy:8080", timeout: time.text },
            candidate: { url: "http://candidate:8080", maxInFlight: many.text },
            shadow: { sample: part.text, maxRequestBody: bytes.text },
            readiness: { tolerance: part.text },
            grace: time.text,
            redact: { fields },
            routes: fields.map((field) => ({ match: `GET /${field}/{id}`, shadow: { sample: part.text } })).slice(0, 1),
          };
          const config = configOf(stringify(written, style));
          expect(config.legacy.timeout).toBe(time.value);
          expect(config.grace).toBe(time.value);
          expect(config.candidate.maxInFlight).toBe(many.value);
          expect(config.shadow.maxRequestBody).toBe(bytes.value);
          expect(config.shadow.sample).toBeCloseTo(part.value, 12);
          expect(config.readiness.tolerance).toBeCloseTo(part.value, 12);
          expect(config.redact.fields).toEqual(fields);
          expect(config.routes.map(({ match }) => match.text)).toEqual(written.routes.map(({ match }) => match));
        },
      ),
    );
  });

  test("has rules named by their own words", () => {
    const { compare } = configOf(`legacy: http://a
candidate: http://b
compare:
  ignore: [status, field ETag, "$['a.b']"]
  arrays: { $.rows: { key: [a, b] }, $.log: ordered }
  numbers: [{ path: $.x, relative: 7% }, { path: $.y, lexical: true, tolerance: 1e-3 }]
  times: [{ path: $.t, tolerance: 90s }, { path: $.u, tolerance: 1500ms }, { path: $.v, tolerance: 2d }]
  strings: [{ path: $.s, trim: true, ignoreCase: false, normalize: NFKC }, { path: $.r, matches: "^a+$" }]
`);
    const names = [...compare.ignore, ...compare.arrays, ...compare.numbers, ...compare.times, ...compare.strings];
    expect(names.map((rule) => rule.name)).toEqual([
      "ignore status",
      "ignore field etag",
      "ignore $['a.b']",
      "arrays $.rows key a, b",
      "arrays $.log ordered",
      "numbers $.x relative 7%",
      "numbers $.y tolerance 0.001 lexical",
      "times $.t tolerance 90s",
      "times $.u tolerance 1500ms",
      "times $.v tolerance 2d",
      "strings $.s trim normalize NFKC",
      "strings $.r matches ^a+$",
    ]);
  });
});

describe("the place of a character of a YAML scalar", () => {
  test("is right for any text in any quotes on one line", () => {
    const unit = fc.constantFrom("'", '"', "\\", "a", " ", "é", "😀", "\u0000", "\u2028", "\t", "$", "#", ":");
    const style = fc.constantFrom(Scalar.PLAIN, Scalar.QUOTE_DOUBLE, Scalar.QUOTE_SINGLE);
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.string({ unit, minLength: 1 })),
        style,
        (text, type) => {
          const scalar = new Scalar(text);
          scalar.type = type;
          const source = stringify(scalar, { lineWidth: 0 }).trimEnd();
          fc.pre(!source.includes("\n") && parseDocument(source).toJS() === text);
          // Each character by itself: what stands at its offset spells it.
          let last = -1;
          for (let offset = 0; offset < text.length; offset += 1) {
            const at = offsetIn(source, text, offset);
            expect(at).toBeGreaterThan(source[0] === "'" || source[0] === '"' ? 0 : -1);
            expect(at).toBeGreaterThanOrEqual(last);
            if (source[at] !== "\\" && text.codePointAt(offset)! < 0x10000) expect(source[at]).toBe(text[offset]);
            last = at;
          }
        },
      ),
    );
  });

  test("counts an escape as the one character it is", () => {
    expect(offsetIn('"\\U0001F600x"', "😀x", 2)).toBe(11);
    expect(offsetIn('"\\u0041\\x42C"', "ABC", 2)).toBe(11);
    expect(offsetIn("'it''s'", "it's", 3)).toBe(5);
    expect(offsetIn("plain", "plain", 3)).toBe(3);
    expect(offsetIn("'folded\n  text'", "folded text", 8)).toBe(0);
  });
});
