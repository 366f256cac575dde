// admin/config-shown.ts: the config in force, without secrets

import { createNameTest, isSecretValue } from "../lib/secret-names.ts";

/** By the names that are secret everywhere; `cookie` holds the name of one here. */
const verdict = createNameTest([], ["cookie", "cookies"]);

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
 * needed to find a mistake. The values of `shadow.values` name people or sessions.
 * @param value a config as `asWritten` returns it
 * @param text takes secrets out of any text
 */
export function configShown(value: unknown, text: (text: string) => string = withoutUserInfo, depth = 0): unknown {
  if (typeof value === "string") return text(withoutUserInfo(value));
  if (value === null || typeof value !== "object") return value;
  if (depth > MAX_DEPTH) return "...";
  if (Array.isArray(value)) return value.map((one) => configShown(one, text, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      if (name === "set") return [name, valuesMasked(one)];
      if (name === "values" && Array.isArray(one)) return [name, one.map(() => HIDDEN)];
      const isSecret = typeof one === "string" && isSecretValue(verdict(name) === "secret" ? "secret" : "plain", one);
      return [name, isSecret ? HIDDEN : configShown(one, text, depth + 1)];
    }),
  );
}

/** Values of fields that are set for the candidate: credentials, mostly. The names of files are shown. */
function valuesMasked(set: unknown): unknown {
  if (set === null || typeof set !== "object") return HIDDEN;
  return Object.fromEntries(
    Object.entries(set).map(([name, value]) => [name, typeof value === "object" && "file" in value ? value : HIDDEN]),
  );
}

const HIDDEN = "***";
const withoutUserInfo = (text: string) => text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1***@");
