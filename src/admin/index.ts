// admin: the admin listener, the runtime switches, and how a report reads

export { plain, plural, shown } from "../report/escape.ts";
export { gateJunit, gateOf, gateText } from "../report/gate.ts";
export { renderHtml } from "../report/html.ts";
export { renderJson } from "../report/json.ts";
export { renderMarkdown } from "../report/markdown.ts";
export { readinessOf, settingsDocument, storedReport } from "../report/stored.ts";
export { controlText, switchWarnings } from "../report/switches.ts";
export { renderText } from "../report/text.ts";
export { type Tokens, unsafeToOpen } from "./access.ts";
export { asWritten, configShown } from "./config-shown.ts";
export { type ControlChange, type ControlRoom, changeControlFile, openControl } from "./control-file.ts";
export { type ConsoleOptions, type ConsoleTls, type OpenConsole, openConsole } from "./listener.ts";
export type { AcceptWish, ConsolePorts, Done } from "./ports.ts";
export { parseDuration, parseShare } from "./requests.ts";
