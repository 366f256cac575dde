import { describe, expect, test } from "vitest";
import { operationsOf } from "../../src/config/index.ts";

const PATHS = "paths:\n  /orders/{orderId}:\n    summary: x\n    get: {}\n    delete: {}\n  x-note: 1\n";

describe("an API description", () => {
  test.each([
    ["", "GET /orders/{orderId}"],
    ["servers: [{ url: /v1/ }]\n", "GET /v1/orders/{orderId}"],
    ["servers: [{ url: 'https://{tenant}.example.com/api' }, { url: /v2 }]\n", "GET /api/orders/{orderId}"],
    ["servers: [{ url: 'https://example.com' }]\n", "GET /orders/{orderId}"],
    ["swagger: '2.0'\nbasePath: v1\n", "GET /v1/orders/{orderId}"],
  ])("with %j names its operations as routes", (head, first) => {
    const found = operationsOf(head + PATHS);
    expect(found).toEqual({ operations: [first, first.replace("GET", "DELETE")] });
  });

  test("may be JSON", () => {
    expect(operationsOf('{"openapi":"3.1.0","paths":{"/a":{"post":{}}}}')).toEqual({ operations: ["POST /a"] });
  });

  test.each(["", "a: [", "- 1", "paths: 3", "openapi: 3.0.0"])("%j is none, and that is said", (text) => {
    expect(operationsOf(text)).toEqual({ says: expect.stringMatching(/^is /) });
  });
});
