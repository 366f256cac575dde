// app/reload.ts: puts another config in force while serving, and reads certificates again when their files change

import type { AdminListener } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import type { RunningProxy } from "../proxy/index.ts";
import type { Comparer } from "../verify/index.ts";
import { certificateFiles, type FileWatch, watchFiles } from "./certificates.ts";
import { waitForRestart } from "./changes.ts";
import type { AppContext, Audit } from "./context.ts";

/** Why the config that changed last is not in force, if it was refused. */
export type RefusedReload = {
  /** Keeps the faults of a config, a line each. Without any, the file is valid again. */
  readonly set: (faults: readonly string[]) => void;
  /** A sentence for readers of the report. Undefined while no config is refused. */
  readonly text: () => string | undefined;
};

/** No config is refused at the start. */
export function createRefusedReload(): RefusedReload {
  let text: string | undefined;
  return {
    set: ([first, ...more]) => {
      const rest = more.length === 0 ? "" : ` and ${more.length} more`;
      text =
        first === undefined
          ? undefined
          : `The changed config is refused, the one before it is in force: ${first}${rest}. \`parallel-run check\` lists every fault.`;
    },
    text: () => text,
  };
}

/** The open parts that follow a changed config. */
export type ReloadParts = {
  readonly proxy: RunningProxy;
  readonly admin: AdminListener;
  readonly comparer: Comparer;
  readonly refused: RefusedReload;
  readonly audit: Audit;
  /** Reports that were made before are out of date. */
  readonly forgetReports: () => void;
};

/** Follows a changed config and changed certificate files. */
export type Reloader = {
  /** Puts a config in force, or rejects and changes nothing. Resolves to the keys that take effect at a restart. */
  readonly reload: (next: Config, changes: readonly string[]) => Promise<readonly string[]>;
  readonly [Symbol.dispose]: () => void;
};

/** Watches the certificate files of the config in force. */
export function createReloader({ effects, live, telemetry: { log } }: AppContext, parts: ReloadParts): Reloader {
  const { proxy, admin, comparer, refused, audit, forgetReports } = parts;
  const opened = live.current();

  function takeOver(config: Config): void {
    const next = live.prepare(config);
    if (next.proxy.listen.tls !== undefined) proxy.setTls(next.proxy.listen.tls);
    if (next.adminTls !== undefined) admin.setTls(next.adminTls);
    proxy.update(next.proxy);
    live.replace(next);
    comparer.update(next.rules.setup);
    certificates.follow(certificateFiles(config));
    forgetReports();
  }

  const certificates: FileWatch = watchFiles(effects.watchFile, (file) => {
    try {
      takeOver(live.current());
      log.info({ event: "certificates", file }, "read again");
    } catch (error) {
      const why = (error as Error).message;
      log.error({ event: "certificates", file, error: why }, "cannot be used: those in force stay");
    }
  });
  certificates.follow(certificateFiles(opened));

  return {
    reload: async (next, changes) => {
      takeOver(next);
      refused.set([]);
      audit({ at: effects.now(), who: "config", action: "reload", what: "config", to: JSON.stringify(changes) });
      return waitForRestart(opened, next);
    },
    [Symbol.dispose]: certificates[Symbol.dispose],
  };
}
