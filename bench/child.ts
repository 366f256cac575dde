// bench/child.ts: processes of the bench's own: started, spoken to, and ended by their id

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";

const START_DEADLINE_MS = 15_000;

/** A child that answers one message with one message. */
export type Talker = AsyncDisposable & { readonly pid: number; readonly ask: <T>(message: unknown) => Promise<T> };

export function startTalker(script: string): Talker {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return {
    pid: child.pid!,
    ask: async <T>(message: unknown) => {
      const answered = new Promise<T>((resolve, reject) => {
        const died = () => reject(new Error(`${script} ended in the middle of its work`));
        child.once("exit", died);
        child.once("message", (answer) => {
          child.off("exit", died);
          resolve(answer as T);
        });
      });
      child.send(message as object);
      return answered;
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

export type Server = AsyncDisposable & { readonly pid: number; readonly log: () => string };

/** Starts a server process and waits until it accepts connections on `port`. */
export async function startServer(command: string, args: readonly string[], port: number): Promise<Server> {
  let log = "";
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
    });
  }
  const deadline = performance.now() + START_DEADLINE_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await end(child);
      throw new Error(`${command} ${args.join(" ")} did not listen on ${port}: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { pid: child.pid!, log: () => log, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(hard);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
