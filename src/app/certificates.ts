// app/certificates.ts: the files of keys and certificates that a config names, watched while it is in force

import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { Config } from "../config/index.ts";
import type { ReadFile } from "../proxy/index.ts";

/** Calls back when the file has changed; returns what ends the watch. */
export type WatchFile = (file: string, changed: () => void) => () => void;

/** The files that are read again when they change: certificates, keys, authorities and the admin listener's tokens. */
export function certificateFiles(config: Config): readonly string[] {
  const { legacy, candidate, legacyReplica, tls, adminAccess } = config;
  const files = [legacy.tls, candidate.tls, legacyReplica?.tls].flatMap((one) => [one?.ca, one?.cert, one?.key]);
  for (const one of [tls, adminAccess.tls]) files.push(one.cert, one.key, one.clientCa);
  files.push(adminAccess.tokenFile, adminAccess.readTokenFile);
  for (const { fields } of [candidate, ...config.routes.map((route) => route.candidate)]) {
    for (const value of Object.values(fields.set)) if ("file" in value) files.push(value.file);
  }
  return [...new Set(files.filter((file) => file !== undefined))];
}

/** Reads every certificate and key that the config names. Throws a message for the user when one cannot be used. */
export function checkCertificates(
  { legacy, candidate, legacyReplica, tls, adminAccess }: Config,
  read: ReadFile,
): void {
  const sides = { legacy: legacy.tls, candidate: candidate.tls, legacyReplica: legacyReplica?.tls };
  const listeners = { tls, "adminAccess.tls": adminAccess.tls };
  const check = (name: string, files: { [key in "ca" | "cert" | "key"]?: string | undefined }) => {
    const options: SecureContextOptions = {};
    for (const key of ["ca", "cert", "key"] as const) if (files[key] !== undefined) options[key] = read(files[key]);
    try {
      createSecureContext(options);
    } catch (error) {
      throw new Error(`the certificate or key of ${name} cannot be used: ${(error as Error).message}`);
    }
  };
  for (const [name, one] of Object.entries(sides)) if (one !== undefined) check(name, one);
  for (const [name, { clientCa, cert, key }] of Object.entries(listeners)) check(name, { ca: clientCa, cert, key });
}

/** A set of watched files. */
export type FileWatch = Disposable & { readonly follow: (files: readonly string[]) => void };

/** Follows a set of files, which may be changed for another. Without `watch` it does nothing. */
export function watchFiles(watch: WatchFile | undefined, changed: (file: string) => void): FileWatch {
  const ends = new Map<string, () => void>();
  const follow = (files: readonly string[]): void => {
    for (const [file, end] of ends) {
      if (files.includes(file)) continue;
      end();
      ends.delete(file);
    }
    if (watch === undefined) return;
    for (const file of files)
      if (!ends.has(file))
        ends.set(
          file,
          watch(file, () => changed(file)),
        );
  };
  return { follow, [Symbol.dispose]: () => follow([]) };
}
