// test/trial/busy.ts: two processes that do nothing but keep the processor busy

import { spawn } from "node:child_process";

/** Each ends by itself after `seconds`, should nobody end it before. */
export function openBusyLoops(count: number, seconds: number): Disposable {
  const loop = `const end = Date.now() + ${seconds * 1000}; while (Date.now() < end) for (let n = 0; n < 1e7; n += 1);`;
  const children = Array.from({ length: count }, () => spawn(process.execPath, ["-e", loop], { stdio: "ignore" }));
  return {
    [Symbol.dispose]: () => {
      for (const child of children) child.kill("SIGKILL");
    },
  };
}
