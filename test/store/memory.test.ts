import { describe } from "vitest";
import { openMemoryStore } from "../../src/store/index.ts";
import { storeContract } from "./contract.ts";

describe("the memory store", () => {
  storeContract(async (limits) => openMemoryStore(limits));
});
