// explain/urls.ts: URLs and paths that are alike but for a part

import { type Hypothesis, NO, placed } from "./hypothesis.ts";
import { strings } from "./strings.ts";

type Parts = {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
};

const URL_TEXT = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#\s]*))?(\/?[^?#\s]*)(?:\?([^#\s]*))?(?:#(\S*))?$/i;

/** A URL, or the path of one; undefined for other texts. */
function readUrl(text: string): Parts | undefined {
  if (text.length > 2_000 || !/^(?:[a-z][a-z0-9+.-]*:\/\/|\/)/i.test(text)) return undefined;
  const found = URL_TEXT.exec(text);
  if (found === null) return undefined;
  const [, scheme = "", host = "", path = "", query = "", fragment = ""] = found;
  return { scheme, host, path, query, fragment };
}

const says = (what: string, from: string | undefined, to: string | undefined) => {
  if (from === "") return `the same URL, and the candidate adds the ${what} ${JSON.stringify(to)}`;
  return to === ""
    ? `the same URL, and the candidate leaves out the ${what} ${JSON.stringify(from)}`
    : `the same URL, with the ${what} ${JSON.stringify(to)} for ${JSON.stringify(from)}`;
};

/** `prefix|/api/v1|/v2`: the one part of a URL that differs. */
const urlPart = strings(
  {
    name: "url",
    says: (parameter) => {
      const [what, from, to] = parameter.split("|").map(decodeURIComponent);
      if (what === "relative") return `the same path, and ${from} writes it without the origin`;
      if (what === "parameters") return `the same URL, and the candidate ${parametersSay(from!, to!)}`;
      if (what === "slash") return `the same URL, and ${from} ends its path with a slash`;
      return says(what!, from, to);
    },
    least: 2,
    weight: 76,
  },
  (legacy, candidate) => {
    const [ours, theirs] = [readUrl(legacy), readUrl(candidate)];
    if (ours === undefined || theirs === undefined) return NO;
    const differing = (["scheme", "host", "path", "query", "fragment"] as const).filter(
      (part) => ours[part] !== theirs[part],
    );
    const write = (what: string, from: string, to: string) => [[what, from, to].map(encodeURIComponent).join("|")];
    const isRelative = (one: Parts, other: Parts) => one.scheme === "" && one.host === "" && other.host !== "";
    if (differing.every((part) => part === "scheme" || part === "host")) {
      if (isRelative(theirs, ours)) return write("relative", "the candidate", "");
      if (isRelative(ours, theirs)) return write("relative", "legacy", "");
      if (differing.length === 2)
        return write("origin", `${ours.scheme}://${ours.host}`, `${theirs.scheme}://${theirs.host}`);
    }
    if (differing.length !== 1) return NO;
    const [part] = differing as ["path"];
    if (part === ("query" as string)) return write("parameters", ...parametersOf(ours.query, theirs.query));
    if (part !== "path") return write(part, ours[part], theirs[part]);
    if (`${ours.path}/` === theirs.path) return write("slash", "the candidate", "");
    if (ours.path === `${theirs.path}/`) return write("slash", "legacy", "");
    const end = commonSegments(ours.path, theirs.path);
    if (end === "") return NO;
    return write("path prefix", ours.path.slice(0, -end.length), theirs.path.slice(0, -end.length));
  },
);

/** What differs of two queries: the names of parameters that are gone, new, or have another value; `*`: only their order. */
function parametersOf(legacy: string, candidate: string): readonly [gone: string, come: string] {
  const read = (query: string) => new URLSearchParams(query);
  const [ours, theirs] = [read(legacy), read(candidate)];
  const differs = (name: string) => ours.getAll(name).join("\n") !== theirs.getAll(name).join("\n");
  const names = (some: URLSearchParams) => [...new Set([...some.keys()].filter(differs))].sort().join(",");
  return [names(ours), names(theirs)];
}

function parametersSay(gone: string, come: string): string {
  const [lost, added] = [gone.split(","), come.split(",")].map((some) => some.filter((name) => name !== "")) as [
    string[],
    string[],
  ];
  const quote = (names: readonly string[]) =>
    `the query parameter${names.length === 1 ? "" : "s"} ${names.map((name) => JSON.stringify(name)).join(" and ")}`;
  const changed = lost.filter((name) => added.includes(name));
  const [left, put] = [lost.filter((name) => !changed.includes(name)), added.filter((name) => !changed.includes(name))];
  const all = [
    ...(left.length > 0 ? [`leaves out ${quote(left)}`] : []),
    ...(put.length > 0 ? [`adds ${quote(put)}`] : []),
    ...(changed.length > 0 ? [`has another value in ${quote(changed)}`] : []),
  ];
  return all.length === 0 ? "writes its query in another way" : all.join(" and ");
}

/** The longest end that both paths have in whole segments: `/orders/7`. */
function commonSegments(a: string, b: string): string {
  let best = "";
  for (let at = a.lastIndexOf("/"); at >= 0; at = at === 0 ? -1 : a.lastIndexOf("/", at - 1)) {
    const end = a.slice(at);
    if (!b.endsWith(end)) break;
    best = end;
  }
  return best;
}

/** What a build writes into a file's name or its query: a hash, a version, a time. */
const TOKEN =
  /^(?:[0-9a-f]{6,64}|[0-9]{8,17}|v?\d+(?:\.\d+){1,3}(?:-[\w.]+)?|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{8,40})$/i;
const ANY_TOKEN = "[A-Za-z0-9_.-]+";

type Marked = { readonly text: string; readonly pattern: string; readonly tokens: readonly string[] };

/** A URL with its tokens taken out: `/app.*.js`, `/app.js?v=*`. */
function withoutTokens(text: string): Marked | undefined {
  const url = readUrl(/^[a-z][a-z0-9+.-]*:\/\/|^\//i.test(text) ? text : `/${text}`);
  if (url === undefined || !/\.[A-Za-z]\w{0,7}$/.test(url.path)) return undefined;
  const tokens: string[] = [];
  const marked = text.replace(/[^/?&=#]+/g, (piece) => {
    if (TOKEN.test(piece)) {
      tokens.push(piece);
      return "\0";
    }
    const [, name, token, end] = /^(.+?)[.-]([^.]+|v?\d+(?:\.\d+)+)((?:\.[A-Za-z]\w{0,7}){1,2})$/.exec(piece) ?? [];
    if (token === undefined || !TOKEN.test(token)) return piece;
    tokens.push(token);
    return `${name}${piece[name!.length]}\0${end}`;
  });
  if (tokens.length === 0) return undefined;
  const escaped = marked.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll("\0", ANY_TOKEN);
  return { text: marked, pattern: escaped, tokens };
}

/** The same file under another cache-busting token: `/app.3f2a1b.js` for `/app.9c8d7e.js`. */
const cacheToken: Hypothesis = strings(
  {
    name: "cache_token",
    says: (name) => `the same file, with another cache-busting token in its URL (${name})`,
    least: 1,
    weight: 84,
    rule: (name, spot) => {
      const pattern = `^(?:[\\w:.-]+)?(?:[\\/\\w%~.-]*)${name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll("\u2026", ANY_TOKEN)}$`;
      return placed("strings", `matches: ${JSON.stringify(pattern)}`)(name, spot);
    },
  },
  (legacy, candidate) => {
    const [ours, theirs] = [withoutTokens(legacy), withoutTokens(candidate)];
    if (ours === undefined || theirs === undefined || ours.text !== theirs.text) return NO;
    const name = ours.text
      .slice(ours.text.lastIndexOf("/", ours.text.split("?")[0]!.length) + 1)
      .replaceAll("\0", "\u2026");
    return [name, ""];
  },
);

/** Hypotheses about URLs: a part that differs, tokens against caching. */
export const URLS: readonly Hypothesis[] = [urlPart, cacheToken];
