import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DatabaseSettings, RestoreRefused } from "../engine";
import { type Account, makeOwned, own } from "../postgres/account";
import { asAdmin } from "../postgres/admin";
import { ADMIN } from "../postgres/configuration";
import type { EngineContext } from "../postgres/context";
import { launch } from "../postgres/launch";
import { readParameters } from "../postgres/parameters";
import type { Chain } from "./chain";
import { copyBackup } from "./files";
import { type RestorePlan, withoutPiece } from "./plan";
import { DONE } from "./segment-reader";
import { parseSegmentName } from "./segments";
import { shellQuoted } from "./spool";
import { type Fault, faultOfBase, faultOfSegments } from "./verify";
import { spansOf, windowOf } from "./window";

/** Hours of WAL may have to be replayed. */
const RECOVERED_WITHIN_MS = 4 * 3600_000;

/** @throws RestoreRefused that names the piece, when one that the plan needs is not what was archived. */
export const verifyPlan = async ({ tools }: EngineContext, chain: Chain, plan: RestorePlan, linksIn?: string): Promise<void> => {
  const faults = await Promise.all([faultOfBase(tools, chain, plan.base.id), faultOfSegments(chain, plan.segments, linksIn)]);
  const fault = faults.find((each) => each !== undefined);
  if (fault !== undefined) throw corrupt(chain, plan, fault);
};

const corrupt = (chain: Chain, { time }: RestorePlan, fault: Fault): RestoreRefused => {
  const holdings = chain.holdings();
  return new RestoreRefused("corrupt", fault.message, windowOf(spansOf(holdings)), withoutPiece(holdings, time, fault));
};

/**
 * Makes a data directory at `to` that was recovered to the plan's time. All of it happens in a directory of its own, where nobody sees it; `to` appears when
 * recovery has ended and everything it was made of was verified. A failure removes everything that was made.
 *
 * Recovery is given each segment once it was hashed, and goes on while the next ones and the base backup are: it reads no other WAL, and all together take
 * little longer than a recovery that verifies nothing.
 */
export const recover = async (
  context: EngineContext,
  chain: Chain,
  plan: RestorePlan,
  settings: DatabaseSettings,
  to: string,
): Promise<void> => {
  const { tools, layout } = context;
  const directory = layout.recovering(settings.region, settings.resourceId);
  const places = { data: join(directory, "data"), wal: join(directory, "wal") };
  const refused = new AbortController();
  try {
    for (const each of [places.data, places.wal]) makeOwned(layout.root, each, tools.account);
    const verified = verifyPlan(context, chain, plan, places.wal).catch((thrown) => {
      refused.abort();
      throw thrown;
    });
    const replayed = copyAndReplay(context, chain, plan, settings, places, refused.signal);
    // A corrupt piece may be why replaying failed: it is waited for, and comes first.
    const failure = (await Promise.allSettled([verified, replayed])).find((each) => each.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    makeOwned(layout.root, dirname(to), tools.account);
    await rename(places.data, to);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

interface Places {
  readonly data: string;
  readonly wal: string;
}

const copyAndReplay = async (
  context: EngineContext,
  chain: Chain,
  plan: RestorePlan,
  settings: DatabaseSettings,
  places: Places,
  signal: AbortSignal,
): Promise<void> => {
  const { tools } = context;
  const signalFile = join(places.data, "recovery.signal");
  await copyBackup(tools, chain.baseDirectory(plan.base.id), places.data);
  for (const entry of chain.entries)
    if (entry.kind === "history") await writeOwned(join(places.wal, entry.name), entry.text, tools.account);
  await writeOwned(signalFile, "", tools.account);
  await replay(context, plan, settings, places, signal);
};

const writeOwned = async (file: string, text: string, account: Account): Promise<void> => {
  await writeFile(file, text, { mode: 0o600 });
  await own(file, account);
};

const replay = async (
  context: EngineContext,
  plan: RestorePlan,
  settings: DatabaseSettings,
  { data, wal }: Places,
  signal: AbortSignal,
): Promise<void> => {
  const { postmaster, port } = await launch(context, {
    resourceId: settings.resourceId,
    dataDirectory: data,
    configuration: {
      parameters: readParameters({ ...context.defaults, ...settings.parameters }, context.tools.settings),
      archiveCommand: "true",
      recovery: recoverySettings(plan, wal),
    },
    readyWithinMs: RECOVERED_WITHIN_MS,
    signal,
  });
  try {
    const inRecovery = await asAdmin(context.access(port), ADMIN, ({ row }) => row("SELECT pg_is_in_recovery()::text"));
    if (inRecovery?.[0] !== "false") throw new Error("PostgreSQL accepts connections before its recovery has ended");
  } finally {
    await postmaster.stop();
  }
  await dropLinks(join(data, "pg_wal"));
};

/** A server that was shut down in order needs no WAL but that of its last checkpoint, which is its own. */
const dropLinks = async (directory: string): Promise<void> => {
  for (const entry of await readdir(directory, { withFileTypes: true })) if (entry.isSymbolicLink()) await rm(join(directory, entry.name));
};

/** https://www.postgresql.org/docs/15/runtime-config-wal.html#RUNTIME-CONFIG-WAL-RECOVERY-TARGET */
const recoverySettings = ({ time, until, base, segments }: RestorePlan, wal: string): Readonly<Record<string, string>> => {
  const last = parseSegmentName(segments.at(-1) ?? "");
  const timeline = last === undefined || last.timeline === base.first.timeline ? "current" : String(last.timeline);
  return {
    restore_command: restoreCommand(wal),
    recovery_target_timeline: timeline,
    ...(until === "time"
      ? { recovery_target_time: targetTime(time), recovery_target_inclusive: "true", recovery_target_action: "promote" }
      : {}),
    hot_standby: "off",
    // What is written here is in the next base backup, which is the first of the new server's own chain.
    archive_mode: "off",
  };
};

/**
 * Takes a segment when it is there, waits for one that is still being verified, and says that there is none when all are: the end of the WAL. `DONE` is looked
 * for first, or a segment could come between. What it takes is a symbolic link: nothing is copied, and PostgreSQL, which writes over a segment that it has
 * no use for, spares links to an archive ("only recycle normal files", `RemoveXlogFile` in `src/backend/access/transam/xlog.c`).
 */
const restoreCommand = (wal: string): string => {
  const from = shellQuoted(wal).replaceAll("%", "%%");
  const history = `case "%f" in *.history) cp ${from}/"%f" "%p"; exit;; esac`;
  const ended = `if test -e ${from}/${DONE}; then mv ${from}/"%f" "%p"; exit; fi`;
  return `${history}; while :; do ${ended}; mv ${from}/"%f" "%p" 2>/dev/null && exit; sleep 0.01; done`;
};

/** With a numeric zone: when the setting is read, PostgreSQL does not yet know the names of zones, Z included. */
const targetTime = (time: Date): string => `${time.toISOString().replace("T", " ").slice(0, -1)}+00`;

/** A data directory from a snapshot, which needs nothing beside it. */
export const copySnapshotData = async (
  { tools, layout }: EngineContext,
  from: string,
  settings: DatabaseSettings,
  to: string,
): Promise<void> => {
  const directory = layout.recovering(settings.region, settings.resourceId);
  try {
    makeOwned(layout.root, join(directory, "data"), tools.account);
    await copyBackup(tools, from, join(directory, "data"));
    // Of a replica: what is made of it takes writes.
    await rm(join(directory, "data", "standby.signal"), { force: true });
    makeOwned(layout.root, dirname(to), tools.account);
    await rename(join(directory, "data"), to);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
