import { readdirSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Chain } from "./chain";
import { digestOf } from "./digest";
import { syncDirectory } from "./files";
import { parseSegmentName } from "./segments";

/** Not `.partial`: that is PostgreSQL's own name for the segment in which a promotion left a timeline. */
const COPYING = ".copying";

/**
 * The server's archive command: the copy has another name until it is whole and on the disk, then its own, and PostgreSQL recycles the segment only after
 * that: https://www.postgresql.org/docs/15/continuous-archiving.html#BACKUP-ARCHIVING-WAL. Blocks of zeros become holes: a switched segment is mostly zeros.
 * Of a standby that takes over, the half segment in which the old timeline ended is left out: the new one begins with a copy of it.
 */
export const archiveCommand = (spoolDirectory: string): string => {
  const to = shellQuoted(spoolDirectory).replaceAll("%", "%%");
  return `case "%f" in *.partial) exit 0;; esac; dd if="%p" of=${to}/"%f"${COPYING} bs=131072 conv=sparse,fsync status=none && mv -f ${to}/"%f"${COPYING} ${to}/"%f" && sync ${to}`;
};

export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Takes what the server has left into the chain, oldest first: the file at its place, then the line of the index. */
export const takeIn = async (chain: Chain, now: () => Date): Promise<void> => {
  for (const name of waiting(chain.spoolDirectory)) {
    const from = join(chain.spoolDirectory, name);
    if (/^[0-9A-F]{8}\.history$/.test(name)) {
      await chain.append({ kind: "history", name, text: await readFile(from, "utf8"), archivedAt: now().toISOString() });
      await rm(from);
    } else if (parseSegmentName(name) !== undefined) await takeSegment(chain, from, name, now);
    // A backup's label says what its base backup says itself; a segment that a promotion broke off goes on in the new timeline.
    else await rm(from);
  }
};

const waiting = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory)
      .filter((name) => !name.endsWith(COPYING))
      .sort();
  } catch {
    // Erased.
    return [];
  }
};

const takeSegment = async (chain: Chain, from: string, name: string, now: () => Date): Promise<void> => {
  const digest = await digestOf(await readFile(from));
  const known = chain.segment(name);
  if (known !== undefined && known.sha256 !== digest.sha256) {
    throw new Error(
      `${name} was archived already, with another content (${known.sha256}, now ${digest.sha256}); it stays in ${chain.spoolDirectory}`,
    );
  }
  // A server that was killed between archiving and noting it archives the same segment again.
  await rename(from, chain.segmentFile(name));
  await syncDirectory(chain.walDirectory);
  if (known === undefined) await chain.append({ kind: "segment", name, ...digest, archivedAt: now().toISOString() });
};
