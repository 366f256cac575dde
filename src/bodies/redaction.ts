// bodies/redaction.ts: what a body format must know of secrets to write a body without them; redact/ implements it

import type { Content } from "./content.ts";

/** How far each secret path has been matched on the way from the root of a document to one of its nodes. */
export type Standing = readonly number[];

/** Any index of a list. In generalised paths, `$.items[*]`. */
export const ANY_INDEX = Symbol("any index");

/** One step from a node of a document to a child: a member's name or an element's index. */
export type Step = string | number | typeof ANY_INDEX;

/** Which places of the document that a reader makes of a body are secret, followed step by step from the root. */
export type Places = {
  readonly root: Standing;
  readonly step: (from: Standing, step: Step) => Standing;
  /** Whether the node, and with it everything below it, is secret. */
  readonly secret: (at: Standing) => boolean;
  /** Both standings at once: for a document inside of a string of another one. */
  readonly both: (one: Standing, other: Standing) => Standing;
  /** Whether a secret path is without any name (`$[3]`): formats that hide by names cannot tell what it means. */
  readonly unnamed: boolean;
};

/** The decisions and the replacements that a {@link Rewriter} needs. Every function is total and linear in its input. */
export type Redaction = {
  readonly places: Places;
  /** Whether a value with this name (of a parameter, column, member, part ...) must be hidden. */
  readonly hides: (name: string, value: string) => boolean;
  /** What is written in place of a secret value. */
  readonly mark: (value: string) => string;
  /** Whether no value at all may be written, so that {@link leaf} stands for each. */
  readonly hashed: boolean;
  /** What is written in place of a value that is not secret, where {@link hashed}. */
  readonly leaf: (type: "string" | "text" | "bytes", value: string) => string;
  /** Any text, without the secrets that are known by their looks or by a name before them. */
  readonly text: (text: string) => string;
  /** `hides` and `text` for a format that follows secret places exactly: the last name of a place means nothing elsewhere. */
  readonly besidePlaces: Pick<Redaction, "hides" | "text">;
  /**
   * A value whose type nobody declared, by what it looks like: JSON, markup or text.
   * @param at where it stands; absent, JSON inside of it is judged by names alone
   */
  readonly value: (text: string, at?: Standing) => string;
  /** One JSON document whose root stands at `at`; undefined where the text is none. */
  readonly json: (text: string, at: Standing) => string | undefined;
  /** What is written in place of bytes that are no text: their length and a digest. */
  readonly opaque: (bytes: Uint8Array) => string;
  /** JSON documents in a row. From where the text is not JSON, it is treated as text. */
  readonly documents: (text: string, at: Standing) => string;
  /** XML or HTML, sound or not. */
  readonly markup: (text: string) => string;
};

/**
 * Writes a body again with everything hidden that is secret at a place of its document or by its name, and all else as it
 * was. Takes the bytes as the format's reader takes them. It does not throw; undefined where the body is not of the type, and
 * then the caller treats it as {@link Redaction.value}.
 * @param at where the root of the body's document stands
 */
export type Rewriter = (content: Content, redaction: Redaction, at: Standing) => string | undefined;
