// console: the admin listener, the runtime switches, and how a report reads

export { type Tokens, unsafeToOpen } from "./access.ts";
export { asWritten, configShown } from "./config-shown.ts";
export { type ConsoleOptions, type ConsoleTls, type OpenConsole, openConsole } from "./console.ts";
export { type ControlChange, type ControlRoom, changeControlFile, openControl } from "./control.ts";
export type { AcceptWish, ConsolePorts, Done } from "./ports.ts";
export { gateJunit, gateOf, gateText } from "./render/gate.ts";
export { renderHtml } from "./render/html.ts";
export { renderJson } from "./render/json.ts";
export { renderMarkdown } from "./render/markdown.ts";
export { plain, plural, shown } from "./render/plain.ts";
export { controlText, switchWarnings } from "./render/switches.ts";
export { renderText } from "./render/text.ts";
export { readinessOf, settingsDocument, storedReport } from "./stored.ts";
export { parseDuration, parseShare } from "./wishes.ts";
