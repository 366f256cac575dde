// test/trial/situations/situation.ts: a small service of its own, and what the verdict on it must be

import type { Random } from "../../../src/cli/demo/random.ts";
import type { Report } from "../../../src/model/report.ts";
import type { Call, Clients } from "../clients.ts";
import type { Product } from "../product.ts";
import { type Handler, json } from "../service.ts";

export type Route = { readonly legacy: Handler; readonly candidate?: Handler };

export type Situation = {
  readonly name: string;
  /** `not ready` must hold at every look, from the first request to the last. */
  readonly must: "ready" | "not ready";
  /** By the first segment of the path. */
  readonly routes: Readonly<Record<string, Route>>;
  /** The `n`th request. */
  readonly next: (n: number, random: Random) => Call;
  /** Requests in all; for `ready` the most that it may take. 800 unless said. */
  readonly requests?: number;
  readonly perSecond?: number;
  readonly config?: string;
  /** The latency is what must be held against it. */
  readonly slow?: boolean;
  /** What `gate` prints must match. */
  readonly because?: RegExp;
  /** Findings that must be there, as `GET /route/{id} $.place kind`. */
  readonly finds?: readonly string[];
  /** What else is wrong with the last report, if anything. */
  readonly check?: (report: Report) => string | undefined;
  /** In place of sending `requests`: what happens. Looks at the verdict count from `stage.judge()` on. */
  readonly act?: (stage: Stage) => Promise<void>;
  /** Part of the short form. */
  readonly quick?: boolean;
};

export type Stage = {
  readonly product: Product;
  readonly ask: Clients["ask"];
  /** Sends so many requests, made by `next` unless said otherwise. */
  readonly load: (requests: number, next?: Situation["next"]) => Promise<void>;
  /** What the handlers see as `world.shared`. */
  readonly shared: Map<string, unknown>;
  /** Waits until every request has its outcome. */
  readonly settle: () => Promise<Report>;
  /** The verdict matters from here on. */
  readonly judge: () => void;
  /** What went wrong, for the table; the situation is then not as it should be. */
  readonly complain: (says: string) => void;
};

export const get = (target: string, fields: Readonly<Record<string, string>> = {}): Call => ({ target, fields });

/** A small answer with a price, right on both sides unless a handler says otherwise. */
export const quote = (id: number, price = 100 + (id % 900)) => json({ id, price, currency: "EUR" });
export const quotes: Handler = ({ id }) => quote(id);
/** A quote with a wrong price. */
export const wrongly: Handler = ({ id }) => quote(id, 7);
