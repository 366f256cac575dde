// test/trial/faults/index.ts: every planted fault

import type { Fault } from "../fault.ts";
import { ASKING } from "./asking.ts";
import { CONDITIONS } from "./conditions.ts";
import { FORMATS } from "./formats.ts";
import { HEADS } from "./heads.ts";
import { IN_NOISE } from "./in-noise.ts";
import { LISTS } from "./lists.ts";
import { SERIALISATION } from "./serialisation.ts";
import { STRUCTURE } from "./structure.ts";
import { TIMES } from "./times.ts";
import { VALUES } from "./values.ts";
import { WRITING } from "./writing.ts";

export const FAULTS: readonly Fault[] = [
  ...VALUES,
  ...TIMES,
  ...STRUCTURE,
  ...LISTS,
  ...HEADS,
  ...FORMATS,
  ...CONDITIONS,
  ...IN_NOISE,
  ...SERIALISATION,
  ...WRITING,
  ...ASKING,
];
