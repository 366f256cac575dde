// test/trial/calm/calm.ts: a route with nothing wrong, whatever its answers look like

import type { Random } from "../../../src/cli/demo/random.ts";
import type { Call } from "../clients.ts";
import type { Handler } from "../service.ts";

/** It must have no finding, no mismatch and no `reject`. */
export type Calm = {
  readonly name: string;
  readonly legacy: Handler;
  /** As legacy unless it is said. */
  readonly candidate?: Handler;
  readonly call?: (id: number, random: Random, n: number) => Call;
  readonly route?: string;
  readonly config?: string;
};
