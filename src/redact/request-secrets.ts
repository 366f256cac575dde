// redact/request-secrets.ts: the secrets that a request carried, to be found where a backend repeats them

import { decodeParameter } from "../bodies/formats/form.ts";
import type { NameTest } from "../lib/secret-names.ts";
import type { RequestHead } from "../model/exchange.ts";
import type { Marks } from "./marks.ts";

/** Replaces the secrets of one request in any text. */
export type Hide = (text: string) => string;

/** Shorter ones, and words, stand in texts for other reasons too. */
const isTelling = (secret: string) =>
  secret.length >= 8 && /\D/.test(secret) && (secret.length >= 20 || /\d/.test(secret));
const MOST = 50;
const CREDENTIALS = /^(?:basic|bearer|digest|negotiate|token|apikey)\s+(.*)$/i;

/**
 * "no session 7f3a9c21d0" in an error page names a cookie's value, and nothing about it looks like a secret. None when
 * the request carried nothing that could be told from ordinary text.
 */
export function hideKnown(
  { target, fields }: RequestHead,
  options: {
    readonly verdict: NameTest;
    readonly marks: Marks;
  },
): Hide | undefined {
  const found = new Set<string>();
  const add = (secret: string) => {
    for (const form of [
      secret,
      decodeParameter(secret),
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret.toWellFormed()),
    ]) {
      if (isTelling(form)) found.add(form);
    }
  };
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i]!.toLowerCase();
    if (options.verdict(name) === "secret") for (const secret of secretsIn(name, fields[i + 1]!)) add(secret);
  }
  const query = target.indexOf("?");
  for (const parameter of query < 0 ? [] : target.slice(query + 1).split("&")) {
    const equals = parameter.indexOf("=");
    if (equals > 0 && options.verdict(decodeParameter(parameter.slice(0, equals))) !== "plain")
      add(decodeParameter(parameter.slice(equals + 1)));
  }
  if (found.size === 0) return undefined;
  // Longest first: a secret may begin with another one.
  const secrets = [...found].sort((a, b) => b.length - a.length).slice(0, MOST);
  return (text) => {
    let hidden = text;
    for (const secret of secrets) {
      if (hidden.includes(secret)) hidden = hidden.replaceAll(secret, () => options.marks.secret(secret));
    }
    return hidden;
  };
}

function secretsIn(field: string, value: string): string[] {
  if (field === "cookie")
    return value.split(";").map((pair) =>
      pair
        .slice(pair.indexOf("=") + 1)
        .trim()
        .replace(/^"|"$/g, ""),
    );
  const credentials = CREDENTIALS.exec(value)?.[1]?.trim();
  if (credentials === undefined) return [value];
  if (!/^basic/i.test(value)) return [credentials];
  const decoded = Buffer.from(credentials, "base64").toString("utf8");
  return [credentials, decoded.slice(decoded.indexOf(":") + 1)];
}
