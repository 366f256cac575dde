// console/config-shown.ts: the config in force, fit to be looked at

/** Members whose value is a secret wherever they stand. */
const SECRET = /token$|password|secret|passphrase/i;

const MAX_DEPTH = 20;

/** Paths and routes as they were written in the config, in place of what they were parsed into. */
export function asWritten(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(asWritten);
  const { text, segments } = value as { readonly text?: unknown; readonly segments?: unknown };
  if (typeof text === "string" && Array.isArray(segments)) return text;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asWritten(one)]));
}

/**
 * A copy that JSON can hold, with secrets masked and credentials taken out of URLs. File names are shown, since they are
 * needed to find a mistake.
 * @param value a config as `asWritten` returns it
 */
export function configShown(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1***@");
  if (value === null || typeof value !== "object") return value;
  if (depth > MAX_DEPTH) return "...";
  if (Array.isArray(value)) return value.map((one) => configShown(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      name === "set"
        ? valuesMasked(one)
        : SECRET.test(name) && typeof one === "string"
          ? "***"
          : configShown(one, depth + 1),
    ]),
  );
}

/** Values of fields that are set for the candidate: credentials, mostly. The names of files are shown. */
function valuesMasked(set: unknown): unknown {
  if (set === null || typeof set !== "object") return "***";
  return Object.fromEntries(
    Object.entries(set).map(([name, value]) => [name, typeof value === "object" && "file" in value ? value : "***"]),
  );
}
