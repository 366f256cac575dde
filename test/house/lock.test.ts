import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Locked = { readonly version?: string; readonly optionalDependencies?: Readonly<Record<string, string>> };

test("the lock file names the packages of every platform, or a fresh clone cannot be installed", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Locked> };
  // npm leaves out what the registry at hand does not carry; `npm ci` then refuses the lock as incomplete.
  const missing = Object.entries(packages).flatMap(([where, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        packages[`node_modules/${name}`] === undefined && packages[`${where}/node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});
