// cli/hang-up.ts: SIGHUP from the first moment on: its default action would end the process before a config is watched

let pending = false;
let callback: (() => void) | undefined;

process.on("SIGHUP", () => {
  if (callback === undefined) pending = true;
  else callback();
});

/** Calls back for each SIGHUP, and at once for one that came earlier. Returns what ends it; later ones have no effect. */
export function onHangUp(react: () => void): () => void {
  callback = react;
  if (pending) react();
  pending = false;
  return () => {
    callback = () => undefined;
  };
}
