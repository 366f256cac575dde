// admin/openapi.ts: the admin API as an OpenAPI 3.1 document, made from the table of endpoints

import { z } from "zod";
import type { Endpoint } from "./endpoint.ts";

const MEANINGS: Readonly<Record<number, string>> = {
  400: "The body is not JSON.",
  401: "A token is needed.",
  403: "The token may only read, or the request comes from a page of another origin.",
  404: "Nothing has this id.",
  408: "The body was not received completely.",
  409: "The request conflicts with the current state; `detail` explains it.",
  413: "The body is too large.",
  415: "The body's media type is not application/json.",
  421: "The Host of the request is not a name of this listener.",
  422: "The body is invalid; `faults` lists every fault.",
  500: "An unexpected error; see the log.",
  503: "The request took too long, or the change is in effect but may not survive a restart; `detail` says which.",
};
const OF_ANY_READ = [401, 421, 500, 503];
const OF_ANY_CHANGE = [400, 401, 403, 408, 413, 415, 421, 500, 503];

/** RFC 9457, with every fault of what was sent. */
const PROBLEM = {
  type: "object",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    faults: { type: "array", items: { type: "string" } },
  },
};

/** The document. @param version of parallel-run */
export function openApi(endpoints: readonly Endpoint[], version: string): object {
  return {
    openapi: "3.1.0",
    info: { title: "parallel-run admin API", version },
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: { bearer: { type: "http", scheme: "bearer" }, basic: { type: "http", scheme: "basic" } },
    },
    paths: Object.fromEntries(
      endpoints.map(({ path, methods }) => [
        path,
        {
          ...(path.includes("{id}")
            ? { parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }] }
            : {}),
          ...Object.fromEntries(
            [...methods].map(
              ([method, { role, says, takes, status = 200, type = "application/json", failures = [] }]) => [
                method.toLowerCase(),
                {
                  summary: says,
                  ...(role === "anyone" ? { security: [] } : { security: [{ bearer: [] }, { basic: [] }] }),
                  ...(takes === undefined
                    ? {}
                    : {
                        requestBody: {
                          content: {
                            "application/json": {
                              schema: z.toJSONSchema(takes, { io: "input", target: "draft-2020-12" }),
                            },
                          },
                        },
                      }),
                  responses: {
                    [status]: { description: "Done.", content: { [type]: {} } },
                    ...Object.fromEntries(
                      (role === "anyone"
                        ? []
                        : [...new Set([...(role === "control" ? OF_ANY_CHANGE : OF_ANY_READ), ...failures])]
                      )
                        .sort((a, b) => a - b)
                        .map((code) => [
                          code,
                          {
                            description: MEANINGS[code],
                            content: {
                              "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
                            },
                          },
                        ]),
                    ),
                  },
                },
              ],
            ),
          ),
        },
      ]),
    ),
  };
}
