// admin/control-file.ts: the runtime switches, held in memory and in one small file that needs neither store nor listener

import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type AuditEntry,
  type Control,
  changedSwitch,
  controlAt,
  controlShown,
  NO_CONTROL,
  type Switch,
  type SwitchChange,
  switchShown,
} from "../model/control.ts";
import { controlOf, MAX_ROUTES } from "./control-schema.ts";

/** What to change of one switch: of a route, or without one of everything. Without `to` the config holds again. */
export type ControlChange = {
  readonly route?: string;
  readonly to?: SwitchChange;
  readonly by: string;
  readonly why: string;
};

/** The runtime switches: read for each request, changed by the admin API or through the file. */
export type RuntimeSwitches = {
  /** Switches past their time are left out. Cheap: called for each request. */
  readonly read: () => Control;
  /** Takes effect before it resolves; `ok: false` when it holds in memory but could not be kept in the file. */
  readonly change: (
    change: ControlChange,
  ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly status: 409 | 503; readonly detail: string }>;
  /** Reads the file again, now. */
  readonly reload: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Where the switches are kept, and what is reported. */
export type ControlOptions = {
  /** Where the switches survive a restart, and where someone can set them when nothing else works. */
  readonly file?: string;
  readonly now: () => number;
  readonly audit: (entry: AuditEntry) => void;
  /** A sentence about a file that cannot be read or written. What held, holds. */
  readonly warn: (message: string) => void;
};

const UNREADABLE = "the file with the switches cannot be read";
/** Under the second within which a change of the file must hold. */
const CHECK_EVERY_MS = 400;

/** The switches after a change of those in force; pure. */
function changed(control: Control, { route, to }: ControlChange): Control {
  const next = to === undefined ? undefined : changedSwitch(of(control, route), to);
  if (route === undefined) {
    const { routes } = control;
    return next === undefined ? { routes } : { everything: next, routes };
  }
  const others = control.routes.filter((one) => one.route !== route);
  return { ...control, routes: next === undefined ? others : [...others, { route, switch: next }] };
}

/** Reads the file, then checks it for changes until it is disposed of. Shadowing is off while the file cannot be read at the start. */
export async function openRuntimeSwitches(options: ControlOptions): Promise<RuntimeSwitches> {
  const { file, now } = options;
  let control: Control = NO_CONTROL;
  /** When the first of the switches passes its time. */
  let expiry = Number.POSITIVE_INFINITY;
  let seen: string | undefined;
  /** The file could not be read when this process began. */
  let unreadable = false;
  let warned: string | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const set = (next: Control) => {
    control = next;
    const all = [...(next.everything === undefined ? [] : [next.everything]), ...next.routes.map((one) => one.switch)];
    expiry = Math.min(...all.map((one) => one.until ?? Number.POSITIVE_INFINITY));
  };

  const warn = (message: string) => {
    if (warned !== message) options.warn(message); // a file that stays broken is reported once
    warned = message;
  };

  const checkFile = async (): Promise<void> => {
    if (file === undefined) return;
    const found = await readControlFile(file);
    if (found.kind === "broken" && seen === undefined) {
      // It may have said that shadowing is off: not knowing means off.
      if (!unreadable) set({ everything: { on: false, by: "parallel-run", why: UNREADABLE, at: now() }, routes: [] });
      unreadable = true;
      return warn(`${file}: ${found.detail}; shadowing is off until the file can be read, or a switch is set`);
    }
    if (found.kind === "broken") return warn(`${file}: ${found.detail}; the switches stay as they were`);
    if (found.text === seen) return;
    if (found.kind === "absent" && seen !== undefined && !(await isThere(dirname(file)))) {
      return warn(`${file}: its folder is gone; the switches stay as they were`);
    }
    if (seen !== undefined || unreadable || found.kind === "read") {
      const to = found.kind === "read" ? found.control : NO_CONTROL;
      if (seen !== undefined || unreadable) options.audit(entry(now(), "file", file, control, to, "the file changed"));
      set(to);
    }
    seen = found.text;
    warned = undefined;
  };

  /** One at a time: a check between a write and its note would take our own change for another's. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };

  await checkFile();
  const timer = file === undefined ? undefined : setInterval(() => void inTurn(checkFile), CHECK_EVERY_MS);
  timer?.unref();

  const read = (): Control => {
    const at = now();
    if (at >= expiry) set(controlAt(control, at));
    return control;
  };

  return {
    read,
    change: (change) => {
      const held = read();
      const next = changed(held, change);
      if (next.routes.length > MAX_ROUTES) {
        const detail = `there are switches for ${MAX_ROUTES} routes already: clear some first`;
        return Promise.resolve({ ok: false, status: 409, detail });
      }
      const [from, to] = [of(control, change.route), of(next, change.route)];
      options.audit(entry(now(), change.by, change.route ?? "everything", from, to, change.why));
      set(next); // at once: a disk that hangs must not keep the switch from working
      return inTurn(async () => {
        if (file === undefined) return { ok: true };
        try {
          const { text, control: merged } = await updateFile(file, change, now, held);
          set(merged);
          seen = text;
          return { ok: true };
        } catch (error) {
          const detail = `the switch is set, but will not survive a restart: ${(error as Error).message}`;
          return { ok: false, status: 503, detail };
        }
      });
    },
    reload: () => inTurn(checkFile),
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await last;
    },
  };
}

/** The switch of a route, or of everything. */
function of(control: Control, route: string | undefined): Switch | undefined {
  return route === undefined ? control.everything : control.routes.find((one) => one.route === route)?.switch;
}

type Held = Switch | Control | undefined;

function entry(at: number, who: string, what: string, from: Held, to: Held, why: string): AuditEntry {
  return { at, who, action: "control", what, from: written(from), to: written(to), why };
}

function written(held: Held): string {
  if (held === undefined) return "null";
  return JSON.stringify("routes" in held ? controlShown(held) : switchShown(held));
}

type Found =
  | { readonly kind: "read"; readonly text: string; readonly control: Control }
  | { readonly kind: "absent"; readonly text: string }
  | { readonly kind: "broken"; readonly detail: string };

/** The switches in a file. A file that is not there means: nothing is set. */
async function readControlFile(file: string): Promise<Found> {
  try {
    const text = await readFile(file, "utf8");
    const control = controlOf(JSON.parse(text));
    return control === undefined
      ? { kind: "broken", detail: "not a set of switches" }
      : { kind: "read", text, control };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { kind: "absent", text: "" };
    return { kind: "broken", detail: (error as Error).message };
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Changes a switch in the file itself, for when the admin listener does not answer. A file that cannot be read as switches
 * is replaced, since a switch must work then too.
 * @param now milliseconds since the epoch
 */
export async function changeControlFile(file: string, change: ControlChange, now: number): Promise<Control> {
  return (await updateFile(file, change, () => now, NO_CONTROL)).control;
}

/**
 * Applies a change to what the file says now, so that changes by several processes at the same time all count. A file
 * that cannot be read as switches is replaced, by the change of what is held in memory: a switch-off must outlive it.
 */
async function updateFile(
  file: string,
  change: ControlChange,
  now: () => number,
  held: Control,
): Promise<{ readonly text: string; readonly control: Control }> {
  await mkdir(dirname(file), { recursive: true });
  await using _ = await lockFile(`${file}.lock`);
  const found = await readControlFile(file);
  const control = changed(found.kind === "read" ? controlAt(found.control, now()) : held, change);
  const text = JSON.stringify(control, null, 2);
  await writeWhole(file, text, holdsValues(control));
  return { text, control };
}

/** A lock older than this was left by a process that ended: writing the file takes milliseconds. */
const STALE_LOCK_MS = 5_000;
const LOCK_EVERY_MS = 10;

/** Creates a file that only one process can create. A switch must work: after a stale lock's time it is taken over. */
async function lockFile(path: string): Promise<AsyncDisposable> {
  for (;;) {
    try {
      await (await open(path, "wx")).close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    if (mtimeMs > 0 && Date.now() - mtimeMs > STALE_LOCK_MS) await rm(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, LOCK_EVERY_MS));
  }
}

/**
 * All of it or nothing, also when the machine stops in between. The engineer on call may write it as another user than the
 * proxy's, so it is readable by others, but for one with the values of a cohort: that is its owner's alone, and the owner
 * stays who it was.
 */
async function writeWhole(file: string, text: string, isSecret: boolean): Promise<void> {
  const beside = `${file}.${process.pid}.new`;
  const owner = await stat(file).catch(() => stat(dirname(file)));
  // One that a process left behind would keep its mode.
  await rm(beside, { force: true });
  const handle = await open(beside, "wx", isSecret ? 0o600 : 0o644);
  try {
    // Only a privileged user can write for another one, and for that one it must stay readable.
    if (process.getuid?.() === 0 && owner.uid !== 0) await handle.chown(owner.uid, owner.gid);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}

function holdsValues({ everything, routes }: Control): boolean {
  const holds = (one: Switch | undefined): boolean =>
    one !== undefined && (one.cohort?.values !== undefined || holds(one.previous));
  return holds(everything) || routes.some((one) => holds(one.switch));
}
