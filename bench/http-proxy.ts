// bench/http-proxy.ts: a child process: http-proxy as its users run it, with a keep-alive agent

import { Agent, createServer } from "node:http";
import httpProxy from "http-proxy";

const [target, port] = process.argv.slice(2) as [string, string];
const proxy = httpProxy.createProxyServer({ target, agent: new Agent({ keepAlive: true }) });
proxy.on("error", (_error, _request, response) => response.destroy());
createServer((request, response) => proxy.web(request, response)).listen(Number(port), "127.0.0.1", 1024);
process.on("SIGTERM", () => process.exit(0));
