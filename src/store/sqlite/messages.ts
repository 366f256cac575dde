// store/sqlite/messages.ts: what the store and its worker say to each other

import type { AuditEntry } from "../../model/control.ts";
import type { SampleFilter } from "../contract.ts";
import type { Row } from "../mirror.ts";
import type { Sample } from "../sample.ts";
import type { FileId } from "./files.ts";
import type { Caps, Rows } from "./rows.ts";

/** How the store thread is started. */
export type WorkerSettings = {
  readonly dir: string;
  readonly maxBytes: number;
  readonly caps: Caps;
  readonly pid: number;
};

/** Requests to the store thread. */
export type Ask =
  | {
      readonly ask: "open";
      readonly now: number;
      readonly lockWaitMs: number;
      /** Not the first time: nothing is read, and an earlier file is put aside. */
      readonly running: boolean;
      readonly own?: FileId;
      readonly torn?: string;
    }
  | { readonly ask: "write"; readonly rows: Rows }
  | { readonly ask: "samples"; readonly filter: SampleFilter }
  | { readonly ask: "audit"; readonly limit: number }
  | { readonly ask: "prune"; readonly before: number }
  | { readonly ask: "close" };

/** Answers of the store thread. */
export type Reply =
  | {
      readonly reply: "open";
      readonly file: FileId;
      /** Nothing is in it: what is known is to be written anew. */
      readonly empty: boolean;
      readonly documents: readonly Row[];
      /** Documents that were left out because they cannot be read. */
      readonly unreadable: number;
      readonly aside?: string;
    }
  /** The directory is not ours to write: another process has it, or a newer program made it. */
  | { readonly reply: "hands off"; readonly detail: string }
  | { readonly reply: "done"; readonly more: boolean }
  | { readonly reply: "samples"; readonly samples: readonly Sample[]; readonly unreadable: number }
  | { readonly reply: "audit"; readonly entries: readonly AuditEntry[]; readonly unreadable: number }
  /** `reopen`: the handle is of no more use. */
  | {
      readonly reply: "failed";
      readonly kind: "torn" | "disk" | "bug";
      readonly detail: string;
      readonly reopen: boolean;
    };

/** A request or an answer, with the number that both carry. */
export type Envelope<Message> = { readonly id: number; readonly bytes?: number; readonly message: Message };
