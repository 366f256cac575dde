// test/trial/faults/index.ts: every planted fault

import type { Fault } from "../fault.ts";
import { CONDITIONS } from "./conditions.ts";
import { FORMATS } from "./formats.ts";
import { HEADS } from "./heads.ts";
import { IN_NOISE } from "./in-noise.ts";
import { LISTS } from "./lists.ts";
import { STRUCTURE } from "./structure.ts";
import { TIMES } from "./times.ts";
import { VALUES } from "./values.ts";

export const FAULTS: readonly Fault[] = [
  ...VALUES,
  ...TIMES,
  ...STRUCTURE,
  ...LISTS,
  ...HEADS,
  ...FORMATS,
  ...CONDITIONS,
  ...IN_NOISE,
];
