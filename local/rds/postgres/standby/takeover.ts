import { existsSync } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Chain } from "../../backups/chain";
import { parseSegmentName } from "../../backups/segments";

/**
 * Prepares the data directory of a standby that does not run: started next, it replays what it has, begins a new timeline and takes writes.
 * https://www.postgresql.org/docs/15/warm-standby.html#STANDBY-SERVER-OPERATION
 */
export const prepareTakeover = async (dataDirectory: string, chain: Chain | undefined): Promise<void> => {
  if (chain !== undefined) await leaveToArchive(join(dataDirectory, "pg_wal", "archive_status"), chain);
  const [standby, recovery] = [join(dataDirectory, "standby.signal"), join(dataDirectory, "recovery.signal")];
  // The second of two attempts finds the first one's.
  if (existsSync(standby)) await rename(standby, recovery);
};

/**
 * A promoted server archives only what it wrote itself, and its primary may have died before it archived its last segments: those would be missing in the
 * chain. https://www.postgresql.org/docs/15/warm-standby.html#CONTINUOUS-ARCHIVING-IN-STANDBY
 * A standby marks each segment that it has whole as done; marked as ready, it is archived like one of its own, and is not recycled before.
 */
const leaveToArchive = async (statusDirectory: string, chain: Chain): Promise<void> => {
  const done = (await readdir(statusDirectory)).flatMap((name) => (name.endsWith(".done") ? [name.slice(0, -".done".length)] : []));
  for (const name of missingIn(chain, done)) await rename(join(statusDirectory, `${name}.done`), join(statusDirectory, `${name}.ready`));
};

/** Those that the chain lacks of all that came after what it has whole. */
export const missingIn = (chain: Pick<Chain, "segment" | "newestMark" | "newestBase">, names: readonly string[]): readonly string[] => {
  const newest = chain.newestMark()?.segment ?? parseSegmentName(chain.newestBase()?.firstSegment ?? "");
  if (newest === undefined) return [];
  return names.filter((name) => (parseSegmentName(name)?.number ?? -1) >= newest.number && chain.segment(name) === undefined).toSorted();
};

/** Prepared, and has not yet begun its own timeline. */
export const isTakingOver = (dataDirectory: string): boolean => existsSync(join(dataDirectory, "recovery.signal"));
