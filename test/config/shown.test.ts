// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a config names the environment
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
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

type Rules = Node & {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly propertyNames?: Rules;
  readonly additionalProperties?: boolean | Rules;
};

/** As much of JSON Schema as ours uses: the places that an editor would underline. */
function underlined(value: unknown, rules: Rules, place = ""): string[] {
  const some = rules.anyOf?.map((one) => underlined(value, one as Rules, place));
  const wrong = some?.every((list) => list.length > 0) === true ? some.flat() : [];
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  const types: Record<string, boolean> = {
    object: isMap,
    array: Array.isArray(value),
    integer: Number.isInteger(value),
    number: typeof value === "number",
    string: typeof value === "string",
    boolean: typeof value === "boolean",
  };
  if (rules.type !== undefined && types[rules.type] !== true) wrong.push(`${place}: no ${rules.type}`);
  if (rules.enum !== undefined && !rules.enum.includes(value)) wrong.push(`${place}: not of the enum`);
  if (typeof value === "string" && value.length < (rules.minLength ?? 0)) wrong.push(`${place}: too short`);
  if (typeof value === "string" && !new RegExp(rules.pattern ?? "", "u").test(value)) wrong.push(`${place}: pattern`);
  if (typeof value === "number" && !(value >= (rules.minimum ?? value) && value <= (rules.maximum ?? value))) {
    wrong.push(`${place}: out of range`);
  }
  if (Array.isArray(value))
    wrong.push(...value.flatMap((item, i) => underlined(item, rules.items ?? {}, `${place}[${i}]`)));
  if (isMap) {
    for (const name of rules.required ?? []) if (!Object.hasOwn(value, name)) wrong.push(`${place}: no ${name}`);
    for (const [name, member] of Object.entries(value)) {
      wrong.push(...underlined(name, rules.propertyNames ?? {}, `${place} key ${name}`));
      const other = rules.additionalProperties ?? {};
      const known = rules.properties?.[name] ?? (typeof other === "object" ? other : undefined);
      if (known !== undefined) wrong.push(...underlined(member, known as Rules, `${place}.${name}`));
      else if (other === false) wrong.push(`${place}: unknown ${name}`);
    }
  }
  return wrong;
}

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
    const elsewhere = /^(legacyReplica|candidate\.tls|compare|routes\[\]\.(shadow|readiness|compare\.patch))\b/;
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
  test("in config/ is what `parallel-run check --schema` prints", async () => {
    const printed = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
    await expect(printed).toMatchFileSnapshot(join(FOLDER, "parallel-run.schema.json"));
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

  test("underlines nothing in the example, and what is wrong elsewhere", () => {
    const schema = jsonSchema() as Rules;
    expect(underlined(parse(example), schema)).toEqual([]);
    expect(underlined(parse(whole), schema)).toEqual([]);
    for (const line of [
      "lisen: x",
      "grace: 10sec",
      "shadow: { sample: 10 }",
      "shadow: { ramp: { from: 1% } }",
      "candidate: { maxInFlight: 0 }",
      "routes: [{ shadow: off }]",
      "compare: { arrays: { $.a: sorted } }",
      "compare: { patch: { legacy: [{ op: mov, path: /a }] } }",
    ]) {
      expect(underlined(parse(line), schema), line).not.toEqual([]);
    }
    for (const line of [
      "legacy: http://a",
      'grace: "${GRACE}"',
      "shadow: off",
      "candidate: { maxInFlight: '${N:-3}' }",
    ]) {
      expect(underlined(parse(line), schema), line).toEqual([]);
    }
  });
});
