import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { openSqliteStore } from "../../src/store/index.ts";
import { storeContract } from "./contract.ts";

const base = mkdtempSync(join(tmpdir(), "store-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("the sqlite store", () => {
  let n = 0;
  storeContract((limits) => {
    n += 1;
    return openSqliteStore({ ...limits, dir: join(base, `${n}`) });
  });
});
