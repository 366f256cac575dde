// bench/backend.ts: a child process that answers with prepared bytes on several ports, as cheaply as Node can

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type Changed, orderBody } from "./bodies.ts";

/** What a port does: `size` bytes of JSON at once or later, or nothing at all after accepting. */
export type Manner = {
  readonly size: number;
  readonly changed?: Changed;
  readonly delayMs?: number;
  readonly hang?: boolean;
};
type BackendMessage = { readonly open: readonly Manner[] } | { readonly counts: true };
export type BackendCount = { readonly connections: number; readonly requests: number };

type Port = { connections: number; requests: number };

const ports: Port[] = [];

async function open(manner: Manner): Promise<number> {
  const body = orderBody(manner.size, manner.changed);
  const head = Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-cache\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const whole = Buffer.concat([head, body]);
  const port: Port = { connections: 0, requests: 0 };
  ports.push(port);
  const server = createServer({ noDelay: true }, (socket) => {
    port.connections += 1;
    socket.on("error", () => socket.destroy());
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      // The bench asks by GET and HEAD only: a request ends where its head ends.
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        port.requests += 1;
        const answer = text.startsWith("HEAD ") ? head : whole;
        text = text.slice(end + 4);
        if (!manner.hang) send(socket, answer, manner.delayMs ?? 0);
      }
    });
  });
  server.listen(0, "127.0.0.1", 1024);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function send(socket: Socket, answer: Buffer, delayMs: number): void {
  if (delayMs === 0) socket.write(answer);
  else setTimeout(() => socket.destroyed || socket.write(answer), delayMs);
}

process.on("message", async (message: BackendMessage) => {
  if ("open" in message) process.send!(await Promise.all(message.open.map(open)));
  else process.send!(ports.map(({ connections, requests }): BackendCount => ({ connections, requests })));
});
process.on("disconnect", () => process.exit(0));
