// cli/control.ts: `control`, the runtime switches

import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { changeControlFile } from "../admin/index.ts";
import { nearest } from "../lib/nearest.ts";
import { parseDuration, parseShare } from "../lib/units.ts";
import { type Control, controlShown, type SwitchChange } from "../model/control.ts";
import type { Report } from "../model/report.ts";
import { controlText, renderJson, shown } from "../report/index.ts";
import { ADMIN_HELP, ADMIN_OPTIONS, type Admin, openAdmin } from "./admin.ts";
import { type Arguments, type Command, type Io, UsageError } from "./command.ts";
import { whoAmI } from "./source.ts";

/** What to change, as the admin listener takes it. */
type ControlRequest = {
  readonly on?: boolean;
  readonly share?: number;
  readonly clear?: boolean;
  readonly cohort?: unknown;
  readonly route?: string;
  readonly for?: string;
  readonly by: string;
  readonly why: string;
};

/** `parallel-run control`. */
export const controlCommand: Command = {
  name: "control",
  summary: "switch shadowing on or off, or change its share, at run time",
  help: `Usage: parallel-run control get
       parallel-run control off | on | share SHARE | clear  [--route ROUTE] [--for DURATION] [--why REASON]
       parallel-run control cohort (--field NAME | --cookie NAME) (--value V ... | --share SHARE)

Once \`off\` has returned, no further request is sent to the candidate; with --data, once the proxy has read the
file (every 400 ms). Clients are not affected. A switch survives a restart.
off, share and cohort are independent: a share that is set while shadowing is off leaves it off
until \`on\`. clear returns to the config's settings. off for all routes takes precedence over any route;
otherwise a route's share and cohort take precedence over those for all routes.

Options:
  --route ROUTE        only this route, such as "GET /orders/{id}"
  --for DURATION       how long the change lasts: 30m, 2h, 14d
  --why REASON         the reason, for the audit log
  --by NAME            who makes the change, for the audit log; default: the user's name
  --field NAME         cohort: the request field that identifies the members
  --cookie NAME        cohort: the cookie that identifies the members
  --value VALUE        cohort: the value of a member; may be repeated
  --share SHARE        cohort: the share of values that are members; the same values every time
  --file FILE          write the switch into this file, for when the admin listener does not
                       answer: control.json in the proxy's data directory (see --data)
  --data DIR           the same, by the proxy's data directory
  --format FORMAT      text (default) or json
${ADMIN_HELP}

Exit codes: 0; 2 usage error; 3 the proxy cannot be reached

Examples:
  parallel-run control off --why "incident 4711"
  parallel-run control share 10% --route "GET /orders/{id}" --for 2h
  parallel-run control off --data /var/lib/parallel-run`,
  options: {
    ...ADMIN_OPTIONS,
    route: { type: "string" },
    for: { type: "string" },
    why: { type: "string" },
    by: { type: "string" },
    field: { type: "string" },
    cookie: { type: "string" },
    value: { type: "string", multiple: true },
    share: { type: "string" },
    file: { type: "string" },
    data: { type: "string" },
    format: { type: "string" },
  },
  run: async (args, io) => {
    const { file, data, format } = args.values as { file?: string; data?: string; format?: string };
    const path = file ?? (data === undefined ? undefined : join(data, "control.json"));
    const change = requestOf(args, io);
    let control: Control;
    if (path !== undefined) {
      if (change === undefined)
        throw new UsageError("--file and --data are for changes; `get` needs the admin listener");
      await mustExist(dirname(path));
      control = await changeControlFile(
        path,
        { ...change, ...(change.clear ? {} : { to: switchOf(change) }) },
        Date.now(),
      );
      if (format !== "json")
        io.stdout(`Written to ${shown(path, 200)}. A proxy with this data directory applies it.\n`);
    } else {
      const admin = await openAdmin(args, io);
      const answer =
        change === undefined ? await admin.get("/api/v1/control") : await admin.send("PUT", "/api/v1/control", change);
      control = answer as Control;
      if (change?.route !== undefined && change.clear !== true) await remark(change.route, admin, io);
    }
    io.stdout(format === "json" ? renderJson(controlShown(control)) : controlText(control));
    return 0;
  },
};

/** A folder made for a mistyped name would look like a switch that was set. */
async function mustExist(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new UsageError(`there is no directory ${folder}: give the data directory of \`serve --data\``);
  }
}

/** A switch may be set before its route's first request; more often the name is mistyped. */
async function remark(route: string, admin: Admin, io: Io): Promise<void> {
  const report = (await admin.get("/api/v1/report").catch(() => undefined)) as Partial<Report> | undefined;
  const names = report?.routes?.map((one) => one.route);
  if (names === undefined || names.includes(route)) return;
  const meant = nearest(route, names);
  io.stderr(
    `note: no request of ${shown(route, 100)} has been seen in this epoch${meant === undefined ? "" : `; did you mean "${shown(meant, 100)}"?`}\n`,
  );
}

/** Nothing for `get`. */
function requestOf(args: Arguments, io: Io): ControlRequest | undefined {
  const [verb, value, ...more] = args.positionals;
  const text = (name: string) => args.values[name] as string | undefined;
  const [route, span] = [text("route"), text("for")];
  if (span !== undefined && parseDuration(span) === undefined) {
    throw new UsageError("--for must be a duration such as 30m, 2h or 14d");
  }
  const common = {
    by: text("by") ?? whoAmI(io),
    why: text("why") ?? "",
    ...(route === undefined ? {} : { route }),
    ...(span === undefined ? {} : { for: span }),
  };
  const alone = (change: ControlRequest): ControlRequest => {
    if (value !== undefined) throw new UsageError(`unexpected argument ${value}`);
    return change;
  };
  switch (verb) {
    case "get":
      if (value !== undefined) throw new UsageError(`unexpected argument ${value}`);
      return undefined;
    case "on":
      return alone({ ...common, on: true });
    case "off":
      return alone({ ...common, on: false });
    case "clear":
      return alone({ ...common, clear: true });
    case "share": {
      const share = value === undefined ? undefined : parseShare(value);
      if (share === undefined || more.length > 0) throw new UsageError("give a share such as 10%");
      return { ...common, share };
    }
    case "cohort":
      return alone({ ...common, cohort: cohortOf(args) });
    default:
      throw new UsageError(
        verb === undefined
          ? "give a subcommand: get, off, on, share, cohort or clear"
          : `unknown subcommand "${verb}": use get, off, on, share, cohort or clear`,
      );
  }
}

function cohortOf(args: Arguments): unknown {
  const { field, cookie, value, share } = args.values;
  if ((field === undefined) === (cookie === undefined)) throw new UsageError("give --field or --cookie");
  if (value === undefined && share === undefined) throw new UsageError("give --value or --share");
  if (share !== undefined && parseShare(share as string) === undefined)
    throw new UsageError("give a share such as 10%");
  return { field, cookie, values: value, share };
}

/** The change itself, where no proxy is there to read the request. */
function switchOf(change: ControlRequest): SwitchChange {
  if (change.cohort !== undefined) throw new UsageError("a cohort can only be set through the admin listener");
  const at = Date.now();
  return {
    ...(change.on === undefined ? {} : { on: change.on }),
    ...(change.share === undefined ? {} : { share: change.share }),
    ...(change.for === undefined ? {} : { until: at + parseDuration(change.for)! }),
    by: change.by,
    why: change.why,
    at,
  };
}
