// cli/named-files.ts: opens the files that a config names, and says what is wrong with them

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { type NamedFile, operationsOf } from "../config/index.ts";
import { reasonOf } from "./files.ts";

type Wrong = { readonly says: string; readonly hint: string };

/** A check of named files for the config in this file; names are relative to its folder. */
export function fileCheck(config: string): (file: NamedFile) => Wrong | undefined {
  const folder = dirname(config);
  const read = (name: string): Buffer | Wrong => {
    const path = resolve(folder, name);
    try {
      return readFileSync(path);
    } catch (error) {
      return {
        says: `cannot read ${name}: ${reasonOf(error)}`,
        hint: `tried ${path}; file names are relative to the config`,
      };
    }
  };
  return ({ kind, name, privateKey }) => {
    const content = read(name);
    if (!Buffer.isBuffer(content)) return content;
    if (kind === "openapi") {
      const found = operationsOf(content.toString("utf8"));
      return "says" in found ? { says: `${name} ${found.says}`, hint: "an OpenAPI 3 or Swagger 2 file" } : undefined;
    }
    if (kind === "field") {
      const isLine = /^[\t\x20-\x7e\x80-\xff]+$/.test(content.toString("latin1").trim());
      return isLine ? undefined : { says: `${name} contains no field value`, hint: "one line of text" };
    }
    if (kind === "token") {
      const isEmpty = content.toString("utf8").trim() === "";
      return isEmpty ? { says: `${name} is empty`, hint: "the token on one line, at least 16 characters" } : undefined;
    }
    if (kind === "authorities") return usable({ ca: content }, `${name} contains no PEM certificate`);
    const key = privateKey === undefined ? undefined : read(privateKey);
    if (key === undefined) return undefined; // a certificate without a key is a fault of its own
    if (!Buffer.isBuffer(key)) return key;
    return usable({ cert: content, key }, `${name} and ${privateKey} are not a certificate and its private key`);
  };
}

function usable(pem: { ca?: Buffer; cert?: Buffer; key?: Buffer }, says: string): Wrong | undefined {
  if (pem.ca !== undefined && !pem.ca.includes("-----BEGIN "))
    return { says, hint: "a file that begins with -----BEGIN CERTIFICATE-----" };
  try {
    createSecureContext(pem);
    return undefined;
  } catch (error) {
    return { says, hint: `TLS error: ${(error as Error).message}` };
  }
}
