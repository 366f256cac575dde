// config/candidate-request.ts: how the candidate's copy of a request differs from the client's: its path and its fields

import { z } from "zod";
import { readFieldName } from "./scalars.ts";
import { scalar, section, type Wrong } from "./section.ts";

/** A path prefix of the client's target, and what the candidate gets in its place. Both begin with a slash. */
export type PathMapping = { readonly from: string; readonly to: string };

/** The value of a field that is set: as written, or the content of a file, relative to the config. */
export type FieldValue = { readonly text: string } | { readonly file: string };

const prefix = () =>
  scalar<string>({ type: "string", pattern: "^/", examples: ["/api/v1/", "/v2/"] }, (value) => {
    if (typeof value !== "string" || !value.startsWith("/")) {
      return { says: "is not a path prefix", hint: "it begins with a slash: /api/v1/" };
    }
    const foreign = value.search(/[^!-~]|[?#]/);
    if (foreign >= 0)
      return { says: "has a character that no path has", hint: "as it is on the wire", offset: foreign };
    return { value };
  });

/** A list of path prefixes, each with its replacement on the candidate. */
export const pathMappings = () =>
  z.array(
    section(
      {
        from: prefix().describe("Prefix of the client's path."),
        to: prefix().describe("Prefix that replaces it on the candidate."),
      },
      {},
      ["from", "to"],
    ),
  );

/** Fields that belong to a connection or to the framing of a message, and our own mark. */
const NOT_SETTABLE: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
  ...["content-length", "expect", "x-parallel-run"],
]);

function readName(name: string): { readonly value: string } | Wrong {
  const read = readFieldName(name);
  if ("says" in read) return read;
  if (!NOT_SETTABLE.has(read.value)) return read;
  return { says: "cannot be changed", hint: "it belongs to the connection or to the length of the body" };
}

function readValue(value: unknown): { readonly value: FieldValue } | Wrong {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const { file, ...others } = value as Readonly<Record<string, unknown>>;
    if (typeof file === "string" && file !== "" && Object.keys(others).length === 0) return { value: { file } };
    return { says: "is not a field's value", hint: `a text, or { file: token.txt }`, secret: true };
  }
  if (typeof value !== "string" || value === "" || /[^\t\x20-\x7e\x80-\xff]/.test(value) || value.trim() !== value) {
    return {
      says: "is not a field's value",
      hint: `one line of text without white space around it, such as "Bearer \${TOKEN}"; or { file: token.txt }`,
      secret: true,
    };
  }
  return { value: { text: value } };
}

/** `{ authorization: "Bearer ${TOKEN}" }`: by lower-case name. Each fault is reported at its own entry, without the value. */
const fieldValues = () =>
  z
    .unknown()
    .transform((value, context): Readonly<Record<string, FieldValue>> => {
      const refuse = (wrong: Wrong, ...at: string[]) =>
        context.addIssue({ code: "custom", message: wrong.says, path: at, params: { wrong } });
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        refuse({ says: "is not a map", hint: `fields and their values: { authorization: "Bearer \${TOKEN}" }` });
        return z.NEVER;
      }
      const set: Record<string, FieldValue> = {};
      for (const [text, given] of Object.entries(value)) {
        const name = readName(text);
        if ("says" in name) refuse({ ...name, onKey: true }, text);
        const read = readValue(given);
        if ("says" in read) refuse(read, text);
        if (!("says" in name) && !("says" in read)) set[name.value] = read.value;
      }
      return set;
    })
    .meta({
      type: "object",
      additionalProperties: {
        anyOf: [
          { type: "string" },
          {
            type: "object",
            properties: { file: { type: "string" } },
            required: ["file"],
            additionalProperties: false,
          },
        ],
      },
    });

/** Fields to set and to remove in the candidate's copy. */
export const requestFields = () =>
  section(
    {
      set: fieldValues().describe(
        "Fields that replace the client's or are added. Values come from the environment or a file and are never shown.",
      ),
      remove: z
        .array(scalar<string>({ type: "string" }, (value) => readName(String(value))))
        .describe("Fields of the client that are not sent to the candidate."),
    },
    { set: {}, remove: [] },
  );
