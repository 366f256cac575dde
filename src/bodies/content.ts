// bodies/content.ts: a body as the format readers take it

import type { MediaType } from "./media-type.ts";

/** A body without its codings, and the type it came with. */
export type Content = { readonly bytes: Uint8Array; readonly type: MediaType | undefined };
