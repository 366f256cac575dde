// What every body format of the registry must do, whether it was there before or is added
import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import type { BodyType } from "../../src/bodies/body-type.ts";
import { mediaType } from "../../src/bodies/media-type.ts";
import { FORMATS } from "../../src/bodies/registry.ts";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Path } from "../../src/jsonpath/path.ts";
import { compileRedactor, type RedactSettings } from "../../src/store/index.ts";
import { growth, repeated } from "../support/growth.ts";

type Example = {
  readonly media: string;
  readonly body: string | Buffer;
  /** How many places with values of at least {@link TELLING} characters it has. All values differ from each other. */
  readonly leaves: number;
  /** Inputs of any length that cost a naive implementation more than their length. */
  readonly hostile: readonly ((length: number) => string)[];
};

/** Characters of the shorter hostile input: enough for work that is quadratic in it to take far more than it should. */
const LENGTH = 6 * 1024;

const EXAMPLES: Record<BodyType, readonly Example[]> = {
  json: [
    {
      media: "application/json",
      body: '{"order":{"lines":[{"sku":"first-sku","price":12345},{"sku":"second-sku"}],"a.b":"dotted"},"n":987654321}\n',
      leaves: 5,
      hostile: [repeated("["), repeated('{"a":'), repeated('"\\u0041'), repeated('{"name":"x","value":1},')],
    },
  ],
  "wrapped json": [
    {
      media: "application/json",
      body: ')]}\',\n{"user":{"label":"labelled","deep":["deep-one","deep-two"]}}',
      leaves: 3,
      hostile: [(length) => `)]}'\n${repeated('[{"a":')(length)}`],
    },
    {
      media: "application/javascript",
      body: 'callback({"user":{"label":"labelled","deep":["deep-one","deep-two"]}});',
      leaves: 3,
      hostile: [(length) => `callback(${repeated('[{"a":')(length)});`],
    },
  ],
  "json lines": [
    {
      media: "application/x-ndjson",
      body: '{"a":"line-one"}\n{"a":"line-two","b":{"c":"line-three"}}\n',
      leaves: 3,
      hostile: [repeated("{}\n"), repeated("{"), repeated("\n")],
    },
    {
      media: "application/json",
      body: '{"a":"line-one"}\n{"b":{"c":"line-three"}}',
      leaves: 2,
      hostile: [repeated("[]")],
    },
  ],
  "json sequence": [
    {
      media: "application/json-seq",
      body: '\x1e{"a":"record-one"}\n\x1e{"b":["record-two"]}\n',
      leaves: 2,
      hostile: [repeated("\x1e[]\n"), repeated("\x1e")],
    },
  ],
  yaml: [
    {
      media: "application/yaml",
      body: [
        "# a comment",
        "database:",
        "  host: db.example",
        "  words: 'single quoted' # why",
        '  double: "double \\u0071uoted"',
        "  block: |",
        "    block line one",
        "    block line two",
        "  folded: >-",
        "    folded one",
        "    folded two",
        "  plain: plain one",
        "    plain two",
        "  flow: {left: flow-left, right: [flow-first, flow-second]}",
        "  list:",
        "    - list-first",
        "    - inside: list-inside",
        "  tagged: !ref tagged-value",
        "  number: 1234567",
        "",
      ].join("\n"),
      leaves: 13,
      hostile: [
        repeated("- "),
        repeated("a: b\n"),
        repeated("["),
        repeated("  x"),
        repeated("? "),
        repeated("&a *a "),
        repeated("- &a 1\n- *a\n"),
      ],
    },
    {
      media: "text/x-yaml",
      body: "defaults: &d\n  label: by-anchor\nmerged:\n  <<: *d\n  own: own-value\n",
      leaves: 2,
      hostile: [],
    },
    {
      media: "application/yaml",
      body: "a: first-doc\n---\nb: second-doc\n",
      leaves: 2,
      hostile: [repeated("---\n")],
    },
  ],
  xml: [
    {
      media: "application/xml",
      body: [
        '<?xml version="1.0"?><!DOCTYPE doctype-name SYSTEM "doctype-uri"><?style instruction-one?>',
        '<order xmlns="urn:example:order" xmlns:x="urn:example:x" number="number-one">',
        "<item x:kind=\"kind-one\" id='id-one'>item text</item><price><![CDATA[cdata text]]></price>",
        "<mixed>before <b>bold text</b> after it</mixed></order>",
      ].join(""),
      leaves: 9,
      hostile: [repeated("<a>"), repeated("<a b='"), repeated("<!--"), repeated("<![CDATA["), repeated("&amp;<")],
    },
  ],
  html: [
    {
      media: "text/html",
      body: [
        "<!DOCTYPE html><html lang=language><head><title>title text</title>",
        '<script type="application/json">{"state":{"inner":"script value"}}</script><style>p{color:red}</style></head>',
        '<body><p class="class-name">first text <em>emphasis</em> last text</p><br><input value=unquoted></body></html>',
      ].join(""),
      leaves: 10,
      hostile: [repeated("<p>"), repeated("<b><p>"), repeated("<a href='"), repeated("<"), repeated("<script>")],
    },
  ],
  form: [
    {
      media: "application/x-www-form-urlencoded",
      body: "colour=dark+blue&size=large&size=extra%20large&a%5Bb%5D=bracketed",
      leaves: 4,
      hostile: [repeated("a=1&"), repeated("%41"), repeated("&"), repeated("=")],
    },
  ],
  csv: [
    {
      media: "text/csv",
      body: 'id,label,note\r\n11111,label-one,"note, ""one"""\r\n22222,label-two,note-two\r\n',
      leaves: 6,
      hostile: [repeated("a,b\n"), repeated('"'), repeated(","), repeated('"a""'), repeated("\r")],
    },
    { media: "text/csv", body: "\n\nid;label\n11111;label-one\n", leaves: 2, hostile: [] },
    { media: "text/csv", body: "id\rlabel-one\r", leaves: 1, hostile: [] },
    { media: "text/tab-separated-values", body: "id\tlabel\n11111\tlabel-one\n", leaves: 2, hostile: [] },
  ],
  multipart: [
    {
      media: "multipart/form-data; boundary=xx",
      body: [
        'preamble\r\n--xx\r\nContent-Disposition: form-data; name="note"\r\n\r\nnote--xx text\r\n',
        "--xx\r\nContent-Type: application/json\r\n\r\n",
        '{"inner":{"deep":"json-value"}}\r\n',
        "--xx\r\nContent-Type: application/yaml\r\n\r\n",
        "inner: yaml-value\r\n",
        "--xx\r\nContent-Type: text/csv\r\n\r\n",
        "column\r\ncsv-value\r\n\r\n",
        "--xx\r\nContent-Type: text/plain\r\nX-Folded: folded\r\n value\r\n\r\n",
        "line number one\r\nline number two\r\n",
        "--xx\r\nContent-Type: multipart/mixed; boundary=yy\r\n\r\n",
        "--yy\r\n\r\ninner part text\r\n--yy--\r\n",
        "--xx\r\nContent-Type: application/octet-stream\r\n\r\n",
        "binary-as-text\r\n--xx--\r\n",
      ].join(""),
      leaves: 10,
      hostile: [repeated("--xx\r\n"), repeated("\r\n--xx\r\n\r\n"), repeated("--xx\r\na:b\r\n c"), repeated("\r\n")],
    },
    { media: "multipart/mixed", body: "--zz\n\nno parameter\n--zz--", leaves: 1, hostile: [] },
  ],
  events: [
    {
      media: "text/event-stream",
      body: [
        ": comment\nevent: created\nid: event-id-one\nretry: 12345\n",
        'data: {"order":\ndata: {"label":"labelled"}}\n\n',
        "data: text line one\ndata: text line two\n\n",
        "data:no-space\n\n",
      ].join(""),
      leaves: 6,
      hostile: [repeated("data: a\n"), repeated("\n"), repeated("data: {\n\n"), repeated("a:")],
    },
  ],
  text: [
    {
      media: "text/plain",
      body: "line number one\r\nline number two\n\nline number four",
      leaves: 3,
      hostile: [repeated("\r"), repeated("a: "), repeated("{<")],
    },
    { media: "text/plain", body: Buffer.from("\ufeffwide text\n", "utf16le"), leaves: 1, hostile: [] },
  ],
  bytes: [{ media: "image/png", body: Buffer.from("\x89PNG secret bytes", "latin1"), leaves: 0, hostile: [] }],
};

/** Shorter values may stand in a body by chance. */
const TELLING = 5;

const pathOf = (text: string): Path => {
  const parsed = parsePath(text);
  if ("fault" in parsed) throw new Error(`${text}: ${parsed.fault.message}`);
  return parsed.path;
};
const NOTHING: RedactSettings = { fields: [], query: [], json: [], show: [], patterns: [], values: "shown" };
const redacted = ({ media, body }: Example, settings: Partial<RedactSettings> = {}) =>
  compileRedactor({ ...NOTHING, ...settings }).body(Buffer.from(body), media);

type Leaf = { readonly path: string; readonly name: string | undefined; readonly value: string };

/** Every place of a document that holds a telling value. */
function leavesOf(document: string): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (value: unknown, path: string, name: string | undefined) => {
    if (typeof value === "object" && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        const isIndex = Array.isArray(value);
        const quoted = `['${key.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
        visit(child, path + (isIndex ? `[${key}]` : quoted), isIndex ? name : key);
      }
    } else if (String(value).length >= TELLING) leaves.push({ path, name, value: String(value) });
  };
  visit(JSON.parse(document), "$", undefined);
  return leaves;
}

/** How a value may stand in the body: on several lines, without escapes. */
const spellings = (value: string) => [value, ...value.split("\n")].filter((one) => one.length >= TELLING);

const cases = Object.entries(EXAMPLES).flatMap(([type, examples]) =>
  examples.map((example) => [type as BodyType, example] as const),
);

describe.each(cases)("the format %s, for %o", (type, example) => {
  const { read, rewrite, exactPlaces } = FORMATS[type];
  const utf8 = (body: string | Buffer) => (typeof body === "string" ? body : new TextDecoder("utf-16le").decode(body));
  const contentOf = (body: string) => ({ bytes: Buffer.from(body), type: mediaType(example.media) });
  const documentOf = (): string => {
    const result = read?.(contentOf(utf8(example.body))) ?? { fault: "no reader" };
    return "document" in result ? result.document : JSON.stringify(result.fault);
  };
  const leaves = () => (read === undefined ? [] : leavesOf(documentOf()));

  test("reads its example", () => {
    expect(leaves().length).toBeGreaterThanOrEqual(example.leaves);
  });

  test("leaves a body without secrets as it is", () => {
    if (type === "bytes") expect(redacted(example)).toMatch(/^\[\d+ bytes, sha256 [0-9a-f]{64}\]$/);
    else expect(redacted(example)).toBe(utf8(example.body));
  });

  test("hides a secret at every place that a comparison can name, and not all else", () => {
    for (const { path, name, value } of leaves()) {
      const shown = redacted(example, { json: [pathOf(path)] });
      for (const secret of spellings(value)) expect(shown, `${path}: ${shown}`).not.toContain(secret);
      const others = leaves().filter((leaf) => leaf.value !== value && (exactPlaces || leaf.name !== name));
      const isKept = (leaf: Leaf) => spellings(leaf.value).every((one) => shown.includes(one));
      const kept = others.filter((leaf) => isKept(leaf) || !isShown(leaf));
      if (exactPlaces) expect(kept, `${path}: ${shown}`).toEqual(others);
      else if (name !== undefined && others.length > 0) expect(kept.length, `${path}: ${shown}`).toBeGreaterThan(0);
    }
  });

  test("hides a secret under every name, in every value that has it", () => {
    for (const { name, value } of leaves()) {
      if (name === undefined || /^[@!?]|^(?:body|fields|base64|data)$/.test(name)) continue;
      const shown = redacted(example, { fields: [name] });
      for (const secret of spellings(value)) expect(shown, `${name}: ${shown}`).not.toContain(secret);
    }
  });

  test("writes no value where values are hashed", () => {
    const shown = redacted(example, { values: "hashed" });
    for (const { name, value } of leaves()) {
      if (/^[@!?]|^content-|^x-|^event$|^script$|^base64$/.test(name ?? "")) continue;
      for (const secret of spellings(value)) expect(shown, `${name}: ${shown}`).not.toContain(secret);
    }
  });

  test("reads and rewrites hostile input in time in proportion to its length", () => {
    const redactor = compileRedactor({ ...NOTHING, fields: ["name"], json: [pathOf("$..x.y"), pathOf("$.a.*.b")] });
    for (const input of example.hostile) {
      const label = `${type} ${input(40)}`;
      const reading = (text: string) => {
        try {
          read?.(contentOf(text));
        } catch (error) {
          // The comparison goes on with the bytes.
          if (!(error instanceof RangeError)) throw error;
        }
      };
      expect(growth(input, reading, LENGTH), `reading ${label}`).toBeLessThanOrEqual(3);
      expect(
        growth(input, (text) => redactor.body(Buffer.from(text), example.media), LENGTH),
        label,
      ).toBeLessThanOrEqual(3);
    }
    expect(rewrite).toBeTypeOf("function");
  });

  /** Whether the value stands in the body as it is read, not escaped or encoded. */
  function isShown({ value }: Leaf): boolean {
    return spellings(value).every((one) => utf8(example.body).includes(one));
  }
});
