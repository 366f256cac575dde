import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { readConfig } from "../../src/config/index.ts";

const DEPLOY = resolve(import.meta.dirname, "../../config/deploy");
const read = (name: string) => readFileSync(join(DEPLOY, name), "utf8");
const env = {
  ADMIN_TOKEN: "0123456789abcdef",
  LEGACY_URL: "http://legacy:8080",
  CANDIDATE_URL: "http://candidate:8080",
};

type Compose = {
  readonly services: Record<
    string,
    { readonly volumes?: readonly string[]; readonly environment?: Record<string, string> }
  >;
};

type Probe = { readonly httpGet: { readonly path: string; readonly port: string } };

type Manifest = {
  readonly kind: string;
  readonly data: Record<string, string>;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [{ readonly livenessProbe: Probe; readonly readinessProbe: Probe }];
      };
    };
  };
};

describe("config/deploy", () => {
  test("the container's config starts with the variables that the compose file sets", () => {
    const { services } = parse(read("compose.yaml")) as Compose;
    expect(Object.keys(services["parallel-run"]!.environment!).sort()).toEqual(Object.keys(env).sort());
    expect(readConfig(read("config.yaml"), { file: "config.yaml", env })).toEqual({
      config: expect.anything(),
      warnings: [],
    });
  });

  test("each file that the compose file mounts is there", () => {
    const { services } = parse(read("compose.yaml")) as Compose;
    const files = Object.values(services).flatMap(({ volumes = [] }) => volumes.filter((one) => one.startsWith(".")));
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((one) => !existsSync(join(DEPLOY, one.split(":")[0]!)))).toEqual([]);
  });

  test("the config in the Kubernetes manifest is one that starts, and its probes ask the admin listener", () => {
    const all = parseAllDocuments(read("kubernetes.yaml")).map((one) => one.toJS() as Manifest);
    const [map, set] = [all.find(({ kind }) => kind === "ConfigMap")!, all.find(({ kind }) => kind === "StatefulSet")!];
    expect(readConfig(map.data["config.yaml"]!, { file: "config.yaml", env })).toEqual({
      config: expect.anything(),
      warnings: [],
    });
    const [container] = set.spec.template.spec.containers;
    expect([container.livenessProbe.httpGet, container.readinessProbe.httpGet]).toEqual([
      { path: "/livez", port: "admin" },
      { path: "/readyz", port: "admin" },
    ]);
  });
});
