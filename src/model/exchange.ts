// model/exchange.ts: what was asked, and what each side answered

import type { Answer } from "./answer.ts";
import type { Fields } from "./fields.ts";

/** The head of a client's request, as it came. Each character of target and fields is one byte (latin1). */
export type RequestHead = {
  readonly method: string;
  /** The request target byte for byte: `/orders/7?b=2&a=1`. */
  readonly target: string;
  readonly fields: Fields;
};

/** One client request and what each side answered. Immutable once the proxy lets go of it. */
export type Exchange = {
  readonly id: string;
  /** A template such as `GET /orders/{id}`: bounded in number, so it is fit for a metric label. */
  readonly route: string;
  readonly request: RequestHead;
  /** The heads that each side was sent: to send the same again in a recheck. */
  readonly sent?: { readonly legacy: RequestHead; readonly candidate: RequestHead };
  /** The request's body, where the route is `readOnly` and it has one. */
  readonly requestBody?: Uint8Array;
  /** When the request came, in milliseconds since the epoch. */
  readonly at: number;
  readonly legacy: Answer;
  readonly candidate: Answer;
};
