// config/environment.ts: `${ENV}` and `${ENV:-default}` inside of a scalar

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What became of a scalar. `touched` values came from outside and may be secret: they are never shown. */
export type Substituted = {
  readonly text: string;
  readonly touched: boolean;
  /** `offset` is where in the original text. */
  readonly faults: readonly { readonly offset: number; readonly message: string; readonly hint: string }[];
};

const REFERENCE = /\$\$\{|\$\{([^{}]*)(\}?)/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(:-([\s\S]*))?$/;

/**
 * Puts the environment's values into one scalar, after YAML has been read: a value is never YAML itself, whatever it
 * holds. As in a shell, the default also stands in for an empty value. `$${` is a literal `${`.
 */
export function substitute(text: string, env: Environment): Substituted {
  const faults: { offset: number; message: string; hint: string }[] = [];
  let touched = false;
  const replaced = text.replace(REFERENCE, (whole, inside: string | undefined, end: string, offset: number) => {
    if (inside === undefined) return "${";
    touched = true;
    const parts = end === "" ? null : NAME.exec(inside);
    if (parts === null) {
      const hint = `write \${NAME} or \${NAME:-default}, or $\${ for a literal \${`;
      faults.push({ offset, message: `${whole} names no environment variable`, hint });
      return "";
    }
    const [, name = "", fallback, standIn = ""] = parts;
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (fallback !== undefined) return value === undefined || value === "" ? standIn : value;
    if (value !== undefined) return value;
    faults.push({
      offset,
      message: `${name} is not in the environment`,
      hint: `set it, or write \${${name}:-default}`,
    });
    return "";
  });
  return { text: replaced, touched, faults };
}
