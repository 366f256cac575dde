// app/shadow-switch.ts: whether shadowing is on, by the config in force and the runtime switches

import type { RuntimeSwitches } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import { type ShadowControl, shadowControlOf } from "../proxy/index.ts";

/** Whether shadowing is on. All methods are cheap enough to be called for each request. */
export type ShadowSwitch = {
  /** The config shadows some route, and shadowing is not switched off everywhere. */
  readonly isOn: () => boolean;
  /** Shadowing is not switched off everywhere or for this route. */
  readonly isOnFor: (route: string) => boolean;
  /** When a switch-off ends by itself, in milliseconds since the epoch. Undefined: it is on, or off without an end. */
  readonly offUntil: () => number | undefined;
  /** The runtime switches in the form that the proxy reads. */
  readonly forProxy: () => ShadowControl;
};

/** Both arguments are read each time. */
export function createShadowSwitch(config: () => Config, switches: Pick<RuntimeSwitches, "read">): ShadowSwitch {
  let last = { of: switches.read(), as: shadowControlOf(switches.read()) };
  return {
    isOn: () => {
      const { shadow, routes } = config();
      const isConfigured = shadow.enabled || routes.some((route) => route.shadow.enabled);
      return isConfigured && switches.read().everything?.on !== false;
    },
    isOnFor: (route) => {
      const { everything, routes } = switches.read();
      return everything?.on !== false && routes.find((one) => one.route === route)?.switch.on !== false;
    },
    offUntil: () => {
      const { everything } = switches.read();
      return everything?.on === false ? everything.until : undefined;
    },
    forProxy: () => {
      const of = switches.read();
      if (of !== last.of) last = { of, as: shadowControlOf(of) };
      return last.as;
    },
  };
}
