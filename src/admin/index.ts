// admin: the admin listener, and the runtime switches

export { type Tokens, unsafeToOpen } from "./access.ts";
export { asWritten, configShown } from "./config-shown.ts";
export { type ControlChange, changeControlFile, openRuntimeSwitches, type RuntimeSwitches } from "./control-file.ts";
export { type AdminListener, type AdminOptions, type AdminTls, openAdminListener } from "./listener.ts";
export type { AcceptRequest, AdminPorts, Done } from "./ports.ts";
