import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatFault, jsonSchema, readConfig } from "../../src/config/index.ts";
import { keysAt } from "../../src/config/known-keys.ts";

const FOLDER = join(import.meta.dirname, "../../config");
const example = readFileSync(join(FOLDER, "parallel-run.example.yaml"), "utf8");
const env = { PARALLEL_RUN_TOKEN: "0123456789abcdef", LEGACY_URL: "https://legacy" };

function reading(text: string) {
  const result = readConfig(text, { file: "example", env });
  if ("faults" in result) throw new Error(result.faults.map(formatFault).join("\n"));
  return result;
}

/** With every setting that is switched off switched on. */
const whole = example.replaceAll(/^( *)#(?=[a-zA-Z])/gm, "$1");

type Node = {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly description?: string;
  readonly default?: unknown;
};

/** Every key of the schema with its node, `routes[].compare.ignore`. */
function* keys(node: Node, path = ""): Generator<readonly [string, Node]> {
  for (const [name, below] of Object.entries(node.properties ?? {})) {
    const place = path === "" ? name : `${path}.${name}`;
    yield [place, below];
    yield* keys(below, place);
  }
  if (node.items !== undefined) yield* keys(node.items, `${path}[]`);
  for (const one of node.anyOf ?? []) yield* keys(one, path);
}

describe("the example config", () => {
  test("is sound, and so is all that is switched off in it", () => {
    expect(reading(example).warnings).toEqual([]);
    expect(whole).not.toBe(example);
    expect(reading(whole).warnings.map(formatFault)).toEqual([]);
  });

  test("spells the defaults as they are", () => {
    const { routes: _, compare: __, listen: ___, ...config } = reading(example).config;
    const plain = reading("legacy: https://legacy\ncandidate: http://candidate:8080").config;
    expect(config).toEqual(
      Object.fromEntries(Object.keys(config).map((key) => [key, plain[key as keyof typeof plain]])),
    );
  });

  test("shows every key there is", () => {
    const elsewhere = /^(control|candidate\.tls|compare|routes\[\]\.(shadow|readiness|compare\.patch))\b/;
    const missing = [...keys(jsonSchema())].flatMap(([place]) => {
      const name = place.split(".").at(-1)!;
      const shown = new RegExp(`(^|[ {])${name}:`, "m").test(whole);
      return shown || elsewhere.test(place) || /tokenFile|readToken$/.test(name) ? [] : [place];
    });
    expect(missing).toEqual([]);
  });

  test("names its schema for editors", () => {
    expect(example.split("\n")[0]).toBe("# yaml-language-server: $schema=./parallel-run.schema.json");
  });
});

describe("the JSON Schema", () => {
  test("in config/ is what `parallel-run check --schema` prints", () => {
    const file = readFileSync(join(FOLDER, "parallel-run.schema.json"), "utf8");
    expect(file).toBe(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  });

  test("says of every key what it means", () => {
    const all = [...keys(jsonSchema())].filter(([place]) => !place.includes("arrays"));
    expect(all.length).toBeGreaterThan(150);
    expect(
      all.filter(([, node]) => node.description === undefined && !("enum" in node)).map(([place]) => place),
    ).toEqual([]);
  });

  test("has the same keys as the validation", () => {
    const top = Object.keys((jsonSchema() as Node).properties ?? {});
    expect(top.toSorted()).toEqual(keysAt([]).toSorted());
    expect(keysAt(["routes", 0, "compare", "times", 1])).toEqual(["path", "tolerance"]);
    expect(keysAt(["nothing", "like", "it"])).toEqual([]);
  });
});
