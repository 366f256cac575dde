import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { App } from "../../src/app/app.ts";
import { type Fault, GOOD } from "./faults.ts";
import { counted, DEADLINE_MS, openBackend, openHouse, outcomes, send, sound } from "./house.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function house(legacy: Pick<Fault, "accept" | "answer">, candidate: Pick<Fault, "accept" | "answer">, more = "") {
  const sides = [await openBackend(legacy), await openBackend(candidate)] as const;
  for (const side of sides) closing.push(side.close);
  const app = await openHouse(
    `http://127.0.0.1:${sides[0].port}`,
    `http://127.0.0.1:${sides[1].port}`,
    DEADLINE_MS,
    more,
  );
  closing.push(() => app[Symbol.asyncDispose]());
  return app;
}

/** A client that is spoken to by hand. */
async function client(app: App, sent: string): Promise<Socket & { text: string }> {
  const socket = Object.assign(connect(app.address.port, "127.0.0.1"), { text: "" });
  socket.on("error", () => {});
  closing.push(async () => void socket.destroy());
  await new Promise((done) => socket.once("connect", done));
  socket.write(sent);
  return socket;
}

const reading = (socket: Socket & { text: string }) =>
  socket.on("data", (bytes) => {
    socket.text += bytes.toString("latin1");
  });

async function gauge(app: App, name: string): Promise<number> {
  return Number(new RegExp(`^parallel_run_${name} (\\S+)$`, "m").exec(await app.telemetry.metricsText())![1]);
}

/** Waits until it holds; how long a machine takes that does other things too is no matter here. */
async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const until = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

const held = async (app: App) => (await gauge(app, "in_flight")) + (await gauge(app, "capture_bytes"));
const GET = "GET /orders/7 HTTP/1.1\r\nHost: shop.example\r\n\r\n";
const MIB = 1024 * 1024;
const SIZE = 24 * MIB;

/** More than all buffers on the way can hold. */
const large: Pick<Fault, "answer"> = {
  answer: (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`);
    for (let i = 0; i < SIZE / MIB; i += 1) socket.write(Buffer.alloc(MIB, "x"));
  },
};

describe("a client that", () => {
  test.each([
    ["answers", sound],
    ["hangs", { answer: () => {} }],
  ])(
    "takes legacy's answer slowly holds no shadow past its deadline when the candidate %s",
    async (_name, does: Pick<Fault, "accept" | "answer">) => {
      let asked = 0;
      const candidate: Pick<Fault, "accept" | "answer"> = {
        ...does,
        accept: (socket) => {
          asked += 1;
          does.accept?.(socket);
        },
      };
      const app = await house({ ...large }, candidate);
      const slow = await client(app, GET);
      slow.pause();
      await eventually(() => asked > 0, "the candidate is asked");
      await eventually(async () => (await held(app)) === 0, "the shadow is over");
      await counted(app, 1);
      expect(Object.keys(outcomes(app)).join()).toMatch(/^(not_comparable client_gone|candidate_error timeout)$/);
      expect(slow.destroyed).toBe(false);
      let length = 0;
      slow.on("data", (bytes) => {
        length += bytes.length;
      });
      slow.resume();
      await eventually(() => length > SIZE, "the client has it all");
    },
  );

  test("sends its body slowly holds no shadow, and the candidate is not asked before it is whole", async () => {
    let asked = 0;
    const app = await house(
      sound,
      {
        accept: (socket) => {
          asked += 1;
          sound.accept!(socket);
        },
      },
      'routes: [{ match: "POST /search", readOnly: true }]\n',
    );
    const slow = reading(
      await client(app, "POST /search HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 8\r\n\r\n"),
    ) as Socket & {
      text: string;
    };
    for (const byte of "1234567") {
      slow.write(byte);
      await new Promise((done) => setTimeout(done, 20));
      expect(await gauge(app, "in_flight")).toBe(0);
    }
    expect(asked).toBe(0);
    slow.write("8");
    await eventually(() => slow.text.includes("19.99"), "it is answered");
    expect(await counted(app, 1)).toEqual({ match: 1 });
  });

  test.each([
    ["its head", "GET /orders/7 HTTP/1.1\r\nHo", 408],
    ["its body", "POST /orders HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 8\r\n\r\n123", 408],
  ])("stops in the middle of %s is told so and let go", async (_where, sent, status) => {
    const app = await house(sound, sound, "limits: { headersTimeout: 300ms, idleTimeout: 300ms }\n");
    const seen = await send(app.address.port, sent);
    expect([seen.status, seen.end]).toEqual([status, "closed"]);
  });

  test("sends its body a byte at a time, without an end, is let go when its time for a request is over", async () => {
    const app = await house(sound, sound, "limits: { headersTimeout: 400ms, requestTimeout: 800ms }\n");
    const slow = reading(
      await client(app, "POST /orders HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 99999\r\n\r\n"),
    );
    const timer = setInterval(() => slow.write("x"), 20);
    await eventually(() => slow.destroyed || slow.readableEnded, "it is let go");
    clearInterval(timer);
    expect(await counted(app, 1)).toEqual({ "skipped method": 1 });
  });

  test("asks more often on one connection than it may is told to open another", async () => {
    const app = await house(sound, sound, "limits: { maxRequestsPerSocket: 3 }\n");
    const one = reading(await client(app, GET));
    const answers = () => one.text.match(/HTTP\/1\.1 200/g)?.length ?? 0;
    for (let n = 1; n < 3; n += 1) {
      await eventually(() => answers() === n, "it is answered");
      expect(one.text).not.toMatch(/^connection: close/im);
      one.write(GET);
    }
    await eventually(() => one.readableEnded, "it is closed");
    expect(answers()).toBe(3);
    expect(one.text).toMatch(/^connection: close/im);
  });

  test("stops taking its answer is let go, and legacy's connection with it", async () => {
    const open = new Set<Socket>();
    const app = await house(
      {
        accept: (socket) => {
          open.add(socket);
          socket.on("close", () => open.delete(socket)).on("data", () => large.answer!(socket, Promise.resolve()));
        },
      },
      sound,
      "limits: { idleTimeout: 300ms }\n",
    );
    const stuck = await client(app, GET);
    stuck.pause();
    await eventually(() => open.size === 1, "legacy is asked");
    await eventually(() => open.size === 0, "legacy's connection is closed");
    expect(await counted(app, 1)).toEqual({ "not_comparable client_gone": 1 });
  });

  test("leaves at any moment leaves nothing behind", async () => {
    const open = new Set<Socket>();
    const slowly: Pick<Fault, "accept"> = {
      accept: (socket) => {
        open.add(socket);
        socket.on("close", () => open.delete(socket));
        socket.on("data", () => {
          socket.write("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n");
          const timer = setInterval(() => socket.write("xxxx"), 10);
          socket.on("close", () => clearInterval(timer));
        });
      },
    };
    const app = await house(slowly, slowly);
    for (let i = 0; i < 30; i += 1) {
      const one = await client(app, GET);
      setTimeout(() => one.resetAndDestroy(), i * 4);
    }
    await eventually(async () => (await held(app)) === 0 && open.size === 0, "all is closed");
    const told = Object.values(outcomes(app)).reduce((a, b) => a + b, 0);
    // Some left before their request had been read: it is none then.
    expect(told).toBeLessThanOrEqual(30);
    expect(told).toBeGreaterThan(15);
  });
});

describe("an idle connection that legacy closes as the next request comes", () => {
  test.each([
    ["closes", (socket: Socket) => void socket.end()],
    ["resets", (socket: Socket) => void socket.resetAndDestroy()],
  ])("is never a client's 502: legacy %s it", async (_how, ends) => {
    let connections = 0;
    const app = await house(
      {
        accept: (socket) => {
          let answered = false;
          connections += 1;
          socket.on("data", () => {
            if (answered) return ends(socket);
            answered = true;
            socket.write(GOOD, "latin1");
          });
        },
      },
      sound,
    );
    for (let i = 0; i < 40; i += 1) {
      const method = i % 4 === 3 ? "OPTIONS" : "GET";
      const seen = await send(
        app.address.port,
        `${method} /orders/7 HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n`,
      );
      expect([i, seen.status]).toEqual([i, 200]);
    }
    expect(connections).toBeGreaterThan(20); // each second request came upon a stale one
    expect(await counted(app, 40)).toEqual({ match: 30, "skipped method": 10 });
  });
});
