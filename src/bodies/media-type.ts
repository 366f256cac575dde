// bodies/media-type.ts: a media type and its parameters, read and spelled in one way (RFC 9110, 8.3)

/** A media type (RFC 9110, 8.3.1). Parameter names are lower case; of a repeated parameter the first counts. */
export type MediaType = {
  /** `application/json`, lower case. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
};

/** Splits at a separator that stands outside of quoted strings and of a pair of brackets such as `<>`, if one is given. */
export function splitOutside(text: string, separator: string, brackets: "" | "<>" | "()" = ""): string[] {
  const parts: string[] = [];
  let quoted = false;
  let bracketed = false;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character === "\\") i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (bracketed) bracketed = character !== brackets[1];
    else if (brackets !== "" && character === brackets[0]) bracketed = true;
    else if (character === separator) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}

/** A token or a quoted string without its quotes. */
export function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/gs, "$1");
}

/** The parts of `value; name=value; ...`: names lower case, values without quotes; the first of a name counts. */
export function withParameters(text: string): MediaType {
  const [name = "", ...rest] = splitOutside(text, ";");
  const parameters = new Map<string, string>();
  for (const part of rest) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const key = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!parameters.has(key)) parameters.set(key, equals < 0 ? "" : unquoted(part.slice(equals + 1).trim()));
  }
  return { name: name.toLowerCase(), parameters };
}

/** Reads a `Content-Type`; nothing where there is none or it is no media type. */
export function mediaType(value: string | undefined): MediaType | undefined {
  if (value === undefined) return undefined;
  const type = withParameters(value);
  return /^[^\s/]+\/[^\s/]+$/.test(type.name) ? type : undefined;
}

/** Whether a lower-case media type is JSON (RFC 8259) or has the suffix `+json` (RFC 6839, 3.1). */
export function isJsonType(name: string): boolean {
  return /^(?:application|text)\/(?:json|x-json)$|\+json$/.test(name);
}

/**
 * A media type by what it means: parameters without order, charset without case. `charset=utf-8` on JSON says nothing
 * (RFC 8259, 11), and the boundary of a multipart is made anew for each answer.
 */
export function mediaTypeMeaning(value: string): string {
  const { name, parameters } = withParameters(value);
  const kept = [...parameters].flatMap(([key, text]) => {
    if (key === "boundary" && name.startsWith("multipart/")) return [];
    if (key !== "charset") return [[key, text]];
    const charset = text.toLowerCase() === "utf8" ? "utf-8" : text.toLowerCase();
    return charset === "utf-8" && isJsonType(name) ? [] : [[key, charset]];
  });
  return JSON.stringify([name, kept.sort(([a], [b]) => (a! < b! ? -1 : 1))]);
}
