import { createHash } from "node:crypto";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { openRoom } from "../../support/room.ts";
import { ok, rawServer } from "../../support/wire.ts";

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** More than the kernel takes for a client that does not read, and different for every target. */
const bodyOf = (n: number) => Buffer.alloc(8_000_000 + n * 7_001, `<${n}>`);

/** Asks for one body, lets it wait and reads it with pauses; `leaves`: it resets the connection in the middle. */
function read(port: number, n: number, leaves: boolean): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const parts: Buffer[] = [];
    let [length, head] = [0, -1];
    socket.write(`GET /${n} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    socket.on("data", (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (head < 0) head = Buffer.concat(parts).indexOf("\r\n\r\n");
      if (leaves && length > 60_000) {
        socket.resetAndDestroy();
        return resolve(undefined);
      }
      if (parts.length % 16 === 1) {
        socket.pause();
        setTimeout(() => socket.resume(), 10 + n);
      }
    });
    socket.on("error", reject);
    socket.on("end", () => resolve(sha(Buffer.concat(parts).subarray(head + 4))));
  });
}

test("however slowly clients read and whenever they leave, none is sent another's bytes", async () => {
  await using upstream = await rawServer((socket) => {
    socket.on("data", (bytes) => socket.write(ok(bodyOf(Number(/\/(\d+) /.exec(bytes.toString("latin1"))![1])))));
  });
  await using room = await openRoom(upstream, upstream, { shadow: { sample: 0 } });
  for (let round = 0; round < 2; round += 1) {
    const all = Array.from({ length: 8 }, (_, n) => n);
    const heard = await Promise.all(all.map((n) => read(room.port, n, n % 5 === round)));
    expect(heard).toEqual(all.map((n) => (n % 5 === round ? undefined : sha(bodyOf(n)))));
  }
});
