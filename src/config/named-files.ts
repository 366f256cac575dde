// config/named-files.ts: the files that a config names, each with the key that names it

import type { Keys } from "./locate.ts";
import type { Parsed } from "./schema.ts";

/** A file that a config names, with its purpose. */
export type NamedFile = {
  readonly keys: Keys;
  /** As written: relative to the config. */
  readonly name: string;
  readonly kind: "certificate" | "authorities" | "openapi" | "token" | "field";
  /** Of a certificate: the file of its key, if one is named. */
  readonly privateKey?: string;
};

/** Every file that must be there for the config to be used. `shadow.file` is not among them: it may be written later. */
export function namedFiles(parsed: Parsed): NamedFile[] {
  const { legacy, candidate, legacyReplica, tls, adminAccess, readiness, routes } = parsed;
  const files: NamedFile[] = [];
  const add = (kind: NamedFile["kind"], keys: Keys, name: string | undefined, privateKey?: string) => {
    if (name !== undefined) files.push({ kind, keys, name, ...(privateKey === undefined ? {} : { privateKey }) });
  };
  for (const [side, upstream] of Object.entries({ legacy, candidate, legacyReplica })) {
    add("authorities", [side, "tls", "ca"], upstream?.tls.ca);
    add("certificate", [side, "tls", "cert"], upstream?.tls.cert, upstream?.tls.key);
  }
  for (const [keys, listener] of [
    [["tls"], tls],
    [["adminAccess", "tls"], adminAccess.tls],
  ] as const) {
    add("authorities", [...keys, "clientCa"], listener.clientCa);
    add("certificate", [...keys, "cert"], listener.cert, listener.key);
  }
  for (const key of ["tokenFile", "readTokenFile"] as const) add("token", ["adminAccess", key], adminAccess[key]);
  const sections: [Keys, typeof candidate.fields | undefined][] = [[["candidate"], candidate.fields]];
  for (const [i, route] of routes.entries()) sections.push([["routes", i, "candidate"], route.candidate?.fields]);
  for (const [keys, fields] of sections) {
    for (const [name, value] of Object.entries(fields?.set ?? {})) {
      if ("file" in value) add("field", [...keys, "fields", "set", name], value.file);
    }
  }
  add("openapi", ["readiness", "openapi"], readiness.openapi);
  return files;
}
