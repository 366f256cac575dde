// app/library-options.ts: the options of the library's functions, checked

import { type CompiledRules, compileRules, mediaType } from "../compare/index.ts";
import { readRules } from "../config/index.ts";
import { nearest } from "../lib/nearest.ts";
import type { Decoders, Origins } from "../model/library.ts";
import { NO_RULES } from "../model/rules.ts";
import { isPlain } from "./library-json.ts";
import { type Refuse, shown } from "./library-response.ts";

/** Options that can be used. */
export type ReadOptions = {
  readonly type: string | undefined;
  readonly rules: CompiledRules;
  readonly limits: { readonly maxDecoded: number; readonly budget: number; readonly overdue?: () => boolean };
};

/** Above the proxy's limits (`verify.maxDecoded`): a program compares one pair at a time, and no client waits. */
const LIMITS = { maxDecoded: 64 * 1024 * 1024, budget: 10_000_000 };

const KEYS = ["type", "rules", "origins", "decoders", "limits"] as const;
const RULES = ["ignore", "only", "arrays", "numbers", "times", "strings", "json", "patch", "fields", "mapOrigins"];

/** Reads the options; what is wrong goes to `refuse`, and the rest is read all the same. */
export function readOptions(given: unknown, refuse: Refuse): ReadOptions {
  const options = membersOf(given, "options", KEYS, refuse);
  const { type, rules, limits } = options;
  if (type !== undefined && (typeof type !== "string" || mediaType(type) === undefined)) {
    refuse({ path: "options.type", message: `${shown(type)} is not a media type`, hint: "as in application/json" });
  }
  const read = rules === undefined ? { rules: NO_RULES } : readRules(rules);
  if ("faults" in read) for (const fault of read.faults) refuse(fault);
  const compiled = compileRules(
    "rules" in read ? read.rules : NO_RULES,
    originsOf(options["origins"], refuse),
    decodersOf(options["decoders"], refuse),
  );
  return {
    type: typeof type === "string" ? type : undefined,
    rules: compiled,
    limits: limitsOf(limits, refuse),
  };
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(given: unknown, at: string, known: readonly string[], refuse: Refuse): Members {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null || Array.isArray(given) || !isPlain(given)) {
    refuse({ path: at, message: `${shown(given)} is not an object of ${at}`, hint: `it has ${known.join(", ")}` });
    return {};
  }
  const members: Record<string, unknown> = {};
  for (const key of Object.keys(given)) {
    if (known.includes(key)) members[key] = memberOf(given, key, `${at}.${key}`, refuse);
    else refuse({ path: at, message: `unknown key ${key}`, hint: hintFor(key, at, known) });
  }
  return members;
}

function memberOf(given: object, key: string, path: string, refuse: Refuse): unknown {
  try {
    return Reflect.get(given, key);
  } catch (error) {
    const message = `reading it threw: ${error instanceof Error ? error.message : String(error)}`;
    refuse({ path, message, hint: "give a plain value, without getters" }, error);
    return undefined;
  }
}

function hintFor(key: string, at: string, known: readonly string[]): string {
  if (at === "options" && RULES.includes(key)) return `rules stand under rules: { ${key}: ... }`;
  const meant = nearest(key, known);
  return meant === undefined ? `known here: ${known.join(", ")}` : `did you mean ${meant}?`;
}

function originsOf(given: unknown, refuse: Refuse): Origins | undefined {
  if (given === undefined) return undefined;
  const { legacy = [], candidate = [], paths, scheme } = membersOf(given, "options.origins", ORIGINS, refuse);
  const list = (value: unknown, side: string): readonly string[] => {
    const path = `options.origins.${side}`;
    if (!Array.isArray(value)) {
      refuse({ path, message: `${shown(value)} is not a list of origins`, hint: `["http://${side}:8080"]` });
      return [];
    }
    return (value as unknown[]).filter((origin, i): origin is string => {
      if (typeof origin === "string" && URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol)) return true;
      refuse({ path: `${path}[${i}]`, message: `${shown(origin)} is not an origin`, hint: `http://${side}:8080` });
      return false;
    });
  };
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") {
    refuse({ path: "options.origins.scheme", message: `${shown(scheme)} is not a scheme`, hint: "http or https" });
  }
  const isPrefix = (one: unknown): one is { legacy: string; candidate: string } =>
    typeof one === "object" && one !== null && ["legacy", "candidate"].every((side) => isText(Reflect.get(one, side)));
  if (paths !== undefined && !(Array.isArray(paths) && paths.every(isPrefix))) {
    const hint = '[{ legacy: "/api/v1/", candidate: "/v2/" }]';
    refuse({ path: "options.origins.paths", message: "is not a list of path prefixes", hint });
  }
  return {
    legacy: list(legacy, "legacy"),
    candidate: list(candidate, "candidate"),
    ...(Array.isArray(paths) ? { paths: paths.filter(isPrefix) } : {}),
    ...(scheme === "http" || scheme === "https" ? { scheme } : {}),
  };
}

const ORIGINS = ["legacy", "candidate", "paths", "scheme"];
const isText = (value: unknown) => typeof value === "string";

function decodersOf(given: unknown, refuse: Refuse): Decoders {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null || Array.isArray(given) || !isPlain(given)) {
    const hint = '{ "application/x-protobuf": (bytes) => jsonText }';
    refuse({ path: "options.decoders", message: `${shown(given)} is not an object of functions`, hint });
    return {};
  }
  const sound: [string, Decoders[string]][] = [];
  for (const type of Object.keys(given)) {
    const path = `options.decoders['${type}']`;
    const decode = memberOf(given, type, path, refuse);
    if (typeof decode !== "function") refuse({ path, message: `${shown(decode)} is not a function` });
    else if (mediaType(type) === undefined || type.includes(";")) {
      refuse({ path, message: "is not a media type without parameters", hint: "as in application/x-protobuf" });
    } else sound.push([type, decode as Decoders[string]]);
  }
  return Object.fromEntries(sound);
}

function limitsOf(given: unknown, refuse: Refuse): ReadOptions["limits"] {
  const members = membersOf(given, "options.limits", ["maxDecoded", "budget", "overdue"], refuse);
  const limits: { maxDecoded: number; budget: number; overdue?: () => boolean } = { ...LIMITS };
  for (const name of ["maxDecoded", "budget"] as const) {
    const value = members[name];
    if (typeof value === "number" && value > 0) limits[name] = value;
    else if (value !== undefined) {
      refuse({ path: `options.limits.${name}`, message: `${shown(value)} is not a limit`, hint: "a number above 0" });
    }
  }
  const { overdue } = members;
  if (typeof overdue === "function") limits.overdue = overdue as () => boolean;
  else if (overdue !== undefined) {
    refuse({ path: "options.limits.overdue", message: `${shown(overdue)} is not a function` });
  }
  return limits;
}
