// admin: the admin listener, and the runtime switches

export { type Tokens, unsafeToOpen } from "./access.ts";
export { asWritten, configShown } from "./config-shown.ts";
export { type ControlChange, type ControlRoom, changeControlFile, openControl } from "./control-file.ts";
export { type ConsoleOptions, type ConsoleTls, type OpenConsole, openConsole } from "./listener.ts";
export type { AcceptRequest, ConsolePorts, Done } from "./ports.ts";
