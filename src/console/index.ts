// console: the admin listener, the runtime switches, and how a report reads

export { configShown } from "./config-shown.ts";
export { type ConsoleOptions, type OpenConsole, openConsole, type Unopened } from "./console.ts";
export {
  type ControlChange,
  type ControlOptions,
  type ControlRoom,
  changeControlFile,
  openControl,
} from "./control.ts";
export type { AcceptWish, ConsolePorts, Done, EpochWish } from "./ports.ts";
export { type Gate, gateJunit, gateOf, gateText } from "./render/gate.ts";
export { renderHtml } from "./render/html.ts";
export { renderJson } from "./render/json.ts";
export { renderMarkdown } from "./render/markdown.ts";
export { duration, moment, percent } from "./render/measures.ts";
export { plain, plural, shown } from "./render/plain.ts";
export { renderText } from "./render/text.ts";
export { readinessOf, type StoredReport, settingsDocument, storedReport } from "./stored.ts";
export { parseDuration, parseShare } from "./wishes.ts";
