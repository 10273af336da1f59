import type { Deadline } from "../../shared/deadline";
import type { DigestReader, ReadDigest, StoredDigest } from "./digest";

/** What a document's bytes were compared with, the first that there is: S3's own digest, or the live-ready replica. `nothing`: they were read, and no more. */
export type ConfirmedBy = "sha256" | "crc32" | "replica" | "nothing";

export type Examined =
  | { readonly confirmedBy: ConfirmedBy; readonly sizeBytes: number; readonly fault?: undefined }
  | { readonly confirmedBy?: undefined; readonly sizeBytes: number; readonly fault: string };

export interface ExamineTools {
  readonly vault: DigestReader;
  readonly replica: DigestReader;
  readonly now: () => Date;
  readonly deadline: Deadline;
}

/** Reads the locked copy of one document back; undefined when it is gone, which the comparison with the source tells. */
export const examineDocument = async (tools: ExamineTools, key: string): Promise<Examined | undefined> => {
  const stored = await tools.vault.stored(key);
  const read = stored === undefined ? undefined : await tools.vault.read(key, stored.versionId, tools.deadline);
  if (stored === undefined || read === undefined) return undefined;
  const { sizeBytes } = read;
  const fault = faultOf(stored, read, tools.now());
  if (fault !== undefined) return { sizeBytes, fault };
  if (stored.sha256 !== undefined) return { sizeBytes, confirmedBy: "sha256" };
  if (stored.crc32 !== undefined) return { sizeBytes, confirmedBy: "crc32" };
  return { sizeBytes, confirmedBy: (await isInReplica(tools, key, read)) ? "replica" : "nothing" };
};

/** What is wrong with a document that was read to its end. A digest that S3 does not keep is not compared. */
export const faultOf = (stored: StoredDigest, read: Partial<ReadDigest> & Pick<ReadDigest, "sizeBytes">, now: Date): string | undefined => {
  if (read.sizeBytes !== stored.sizeBytes) return `${read.sizeBytes} bytes were read of ${stored.sizeBytes}`;
  if (stored.sha256 !== undefined && stored.sha256 !== read.sha256) return `its SHA-256 is ${read.sha256}, and S3 keeps ${stored.sha256}`;
  if (stored.crc32 !== undefined && stored.crc32 !== read.crc32) return `its CRC-32 is ${read.crc32}, and S3 keeps ${stored.crc32}`;
  if (stored.lockedUntil === undefined || stored.lockedUntil <= now) return "it is not locked";
  return undefined;
};

/** A difference says nothing: the replica follows the source, and the document may have been overwritten since. */
const isInReplica = async ({ replica, deadline }: ExamineTools, key: string, read: ReadDigest): Promise<boolean> => {
  const stored = await replica.stored(key);
  if (stored === undefined || stored.sizeBytes !== read.sizeBytes) return false;
  return (await replica.read(key, stored.versionId, deadline))?.sha256 === read.sha256;
};
