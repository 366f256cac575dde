// evidence/look-alikes.ts: learned routes that seem to be one, with what declares them in the config

import type { LookAlike } from "../model/report.ts";
import type { Joined } from "./names.ts";

const FEWEST = 3;

/** @param isCounted whether requests count under a route's name now */
export function lookAlikes(groups: readonly Joined[], isCounted: (route: string) => boolean): readonly LookAlike[] {
  const listed = new Set<string>();
  return groups.flatMap(({ into, routes }) => {
    const counted = routes.filter((route) => isCounted(route) && !listed.has(route));
    if (counted.length < FEWEST) return [];
    for (const route of counted) listed.add(route);
    return [{ route: into, routes: counted, yaml: `routes:\n  - match: ${into}\n` }];
  });
}
