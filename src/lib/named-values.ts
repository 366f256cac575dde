// lib/named-values.ts: values whose name stands beside them: <input name="password" value="...">, {"name":"token","value":"..."}

/** Attributes of an element that name what its other attributes and its content are. */
export const NAMING_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...["name", "id", "key", "property", "itemprop", "autocomplete", "http-equiv", "type", "field", "param"],
]);

/** Members of a record, or columns of a table, that name what the record's value is. */
const NAMING_MEMBERS: ReadonlySet<string> = new Set([
  ...["name", "key", "field", "header", "param", "parameter", "variable", "property", "attribute", "option"],
  ...["setting", "type"],
]);

/** Members of such a record, or columns, that hold the value. */
const VALUE_MEMBERS: ReadonlySet<string> = new Set([
  ...["value", "values", "val", "content", "contents", "data", "text", "default", "stringvalue"],
]);

/** Whether a member or column of this name says what the value beside it is. */
export const isNamingMember = (name: string): boolean => NAMING_MEMBERS.has(name.toLowerCase());
/** Whether a member or column of this name holds the value that another one names. */
export const isValueMember = (name: string): boolean => VALUE_MEMBERS.has(name.toLowerCase());

/** Whether a text may be a name of something, and not a title or a sentence: `DB_PASSWORD`, `user[token]`. */
export const isNameLike = (text: string): boolean => text.length <= 100 && /^[^\s"'<>]+$/.test(text);

/** The name of a part in a `Content-Disposition` (RFC 7578, 4.2). */
const PART_NAME = /;\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i;

/** The `name` parameter of a `Content-Disposition`; undefined where there is none. */
export function partName(disposition: string): string | undefined {
  const found = PART_NAME.exec(disposition);
  return found === null ? undefined : (found[1] ?? found[2]);
}

const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-/m;
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/**
 * Follows a text that is given line by line (a list of strings, a text compared by lines): whether this line belongs to a
 * private key that began in it or before it (RFC 7468; PuTTY's own format has no end).
 */
export function createKeyLines(): (line: string) => boolean {
  let inside = false;
  return (line) => {
    const begins = line.includes("PRIVATE KEY") || line.includes("PuTTY") ? KEY_BEGINS.exec(line) : null;
    if (begins !== null) inside = true;
    const belongs = inside;
    if (inside && line.includes("-----END") && KEY_ENDS.test(line)) inside = false;
    return belongs;
  };
}
