// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a config names the environment
// Pages of docs/ that are made from tables in the code

import { ENDPOINTS } from "../../src/admin/endpoints.ts";
import { openApi } from "../../src/admin/openapi.ts";
import { jsonSchema } from "../../src/config/index.ts";
import { METRICS, PREFIX } from "../../src/telemetry/table.ts";

type Schema = {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
};

const MADE = "<!-- Made by `npx vitest run test/docs -u` from tables in the code. Do not edit. -->\n";

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (value: unknown) => `\`${cell(typeof value === "string" ? value : JSON.stringify(value))}\``;
const row = (...cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** docs/configuration.md: every key, with its default and its meaning. */
export function configurationPage(): string {
  const rows: string[] = [];
  const walk = (schema: Schema, place: string): void => {
    const long = longFormOf(schema);
    for (const [key, child] of Object.entries(long.properties ?? {})) {
      const at = place === "" ? key : `${place}.${key}`;
      const leaf = isLeaf(child);
      const fallback = leaf && child.default !== undefined ? code(child.default) : "";
      const what = child.description ?? longFormOf(child).description ?? "";
      rows.push(row(code(at), takes(child), fallback, cell(what)));
      const list = child.items ?? longFormOf(child).items;
      walk(child, at);
      if (list !== undefined) walk(list, `${at}[]`);
    }
  };
  walk(jsonSchema() as Schema, "");
  return [
    MADE,
    "# Configuration\n",
    "Every key, its default and its meaning. Every key has a default but the two URLs. `a.b` is the key `b` inside `a`, `a[].b` the key `b` of each element of the list `a`.",
    "Durations are written `500ms 10s 14d`, sizes `64KiB 1MiB`, shares `10%`; `${NAME}` and `${NAME:-default}` come from the environment.",
    "[config/parallel-run.example.yaml](../config/parallel-run.example.yaml) is a complete example, [config/parallel-run.schema.json](../config/parallel-run.schema.json) the JSON Schema for editors.\n",
    row("key", "takes", "default", "meaning"),
    row("---", "---", "---", "---"),
    ...rows,
    "",
  ].join("\n");
}

const longFormOf = (schema: Schema): Schema =>
  schema.anyOf?.find(({ properties }) => properties !== undefined) ?? schema;

function isLeaf(schema: Schema): boolean {
  return longFormOf(schema).properties === undefined;
}

/** In words what a value may be. */
function takes(schema: Schema): string {
  const all = schema.anyOf ?? [schema];
  const words = all.flatMap((one): string[] => {
    if (one.properties !== undefined) return ["a map"];
    if (one.items !== undefined) return [`a list of ${takes(one.items)}`];
    if (one.enum !== undefined) return one.enum.map(code);
    if (one.pattern?.includes("(ms|s|m|h|d)")) return ["a duration"];
    if (one.pattern?.includes("KiB")) return ["a size"];
    if (one.pattern?.includes(")%$")) return ["a share"];
    if (one.examples !== undefined) return [`such as ${one.examples.map(code).join(", ")}`];
    if (one.type === "integer" || one.type === "number") {
      const most =
        one.maximum === undefined || one.maximum >= Number.MAX_SAFE_INTEGER ? "or more" : `to ${one.maximum}`;
      return [`${one.type === "integer" ? "a whole number" : "a number"}, ${one.minimum ?? 0} ${most}`];
    }
    if (one.type === "boolean") return ["`true` or `false`"];
    if (one.type === "object") return ["a map of names"];
    if (one.type === "string" && all.length === 1) return ["a text"];
    return [];
  });
  return words.join(", or ");
}

/** docs/metrics.md: every metric of our own. */
export function metricsPage(): string {
  const rows = Object.entries(METRICS).map(([name, metric]) => {
    const { type, labels, help } = metric as { type: string; labels: readonly string[]; help: string };
    return row(code(`${PREFIX}${name}`), type, labels.map(code).join(" "), cell(help));
  });
  return [
    MADE,
    "# Metrics\n",
    "At `/metrics` on the admin listener, in the text format of Prometheus. `route` is a template such as `GET /orders/{id}`, bounded in number: declared routes, at most `limits.maxRoutes` learned ones, and `other`. The series of a removed learned route are deleted when a new route needs their place, and start at 0 if the route returns: apply `rate` or `increase` to each series first, then `sum`.",
    "prom-client's default metrics (CPU, memory, event loop lag) are exported too. Alerts, a dashboard and runbooks are in [config/](../config/).\n",
    row("metric", "type", "labels", "meaning"),
    row("---", "---", "---", "---"),
    ...rows,
    "",
  ].join("\n");
}

type Operation = {
  readonly summary: string;
  readonly security: readonly unknown[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
};

/** docs/http-api.md: every path of the admin listener. */
export function apiPage(): string {
  const { paths } = openApi(ENDPOINTS, "") as { paths: Record<string, Record<string, Operation | unknown[]>> };
  const parts = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => method !== "parameters")
      .map(([method, operation]) => operationPart(`${method.toUpperCase()} ${path}`, operation as Operation)),
  );
  return [
    MADE,
    "# HTTP API\n",
    "On the admin listener. The same as an OpenAPI 3.1 document is at `/api/v1/openapi.json`. Bodies are JSON; errors are problem details (RFC 9457), and `faults` lists everything that was wrong with a request.",
    "On a loopback address no token is needed. Else send `Authorization: Bearer TOKEN` with the token of `adminAccess`; `readToken` is for those who only read.\n",
    ...parts,
  ].join("\n");
}

function operationPart(title: string, { summary, security, requestBody, responses }: Operation): string {
  const schema = requestBody?.content["application/json"].schema;
  const required = new Set(schema?.required);
  const members = Object.entries(schema?.properties ?? {}).map(([name, member]) =>
    row(code(name), required.has(name) ? "yes" : "", cell(member.description ?? "")),
  );
  return [
    `## ${title}\n`,
    `${summary}${security.length === 0 ? " Needs no token." : ""}\n`,
    ...(members.length === 0 ? [] : [row("member", "required", "meaning"), row("---", "---", "---"), ...members, ""]),
    `Answers ${Object.keys(responses).join(", ")}.\n`,
  ].join("\n");
}
