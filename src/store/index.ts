// store/index.ts: what is kept, and what must not be

export { compileRedactor, type Redactor } from "./redact/redactor.ts";
export { REDACT_PATTERNS, type RedactPattern, type RedactSettings, SECRET_FIELDS } from "./redact/settings.ts";
