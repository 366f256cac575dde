// test/trial/calm/index.ts: every route of the trial with nothing wrong

import type { Calm } from "./calm.ts";
import { CLEAN } from "./clean.ts";
import { MOVING } from "./moving.ts";
import { NOISE } from "./noise.ts";

export type { Calm } from "./calm.ts";
export const CALM = { noise: NOISE, moving: MOVING, clean: CLEAN } as const satisfies Record<string, readonly Calm[]>;
