// app/access.ts: who may use the admin listener, from the config and the files it names

import type { AdminTls, Tokens } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import type { ReadFile } from "../proxy/index.ts";

/** The tokens of the admin listener. Throws where a file that holds one cannot be read. */
export function accessOf({ adminAccess }: Config, read: ReadFile): Tokens {
  const from = (token: string | undefined, file: string | undefined) =>
    token ?? (file === undefined ? undefined : read(file).toString("utf8").trim());
  const control = from(adminAccess.token, adminAccess.tokenFile);
  const readOnly = from(adminAccess.readToken, adminAccess.readTokenFile);
  return { ...(control !== undefined && { control }), ...(readOnly !== undefined && { read: readOnly }) };
}

/** The admin listener's certificate, if it has one. */
export function adminTlsOf({ adminAccess: { tls } }: Config, read: ReadFile): AdminTls | undefined {
  if (tls.cert === undefined || tls.key === undefined) return undefined;
  return { cert: read(tls.cert), key: read(tls.key), ...(tls.clientCa !== undefined && { ca: read(tls.clientCa) }) };
}
