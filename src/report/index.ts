// report: how a report reads: text, HTML, Markdown, JSON and JUnit; and the report of what a proxy left behind

export { plain, plural, shown } from "./escape.ts";
export { gateJunit, gateOf, gateText } from "./gate.ts";
export { renderHtml } from "./html.ts";
export { renderJson } from "./json.ts";
export { renderMarkdown } from "./markdown.ts";
export { readinessOf, settingsDocument, storedReport } from "./stored.ts";
export { controlText, switchWarnings } from "./switches.ts";
export { renderText } from "./text.ts";
