import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LifeboatError } from "../../../recovery/errors";
import type { SnapshotFacts } from "../engine";
import { RestoreRefused } from "../engine";
import { makeOwned } from "../postgres/account";
import type { Layout } from "../postgres/layout";
import type { Tools } from "../postgres/tools";
import { type BackupSource, runBaseBackup, verifyBackup } from "./base-backup";
import { copyBackup, diskUsageBytes, MANIFEST, sha256OfFile, syncDirectory, syncTree } from "./files";
import { ceilToDate } from "./micros";

/** A snapshot is a directory: `data`, a base backup with the WAL that makes it consistent, and `snapshot.json`, written last. */
const factsSchema = z.object({ takenAt: z.string(), sizeBytes: z.number(), manifestSha256: z.string() });
const FACTS = "snapshot.json";
const DATA = "data";

export interface SnapshotId {
  readonly region: string;
  readonly snapshotId: string;
}

export interface Snapshots {
  take(source: BackupSource, id: SnapshotId): Promise<SnapshotFacts>;
  /** `mayCopy` is asked again when all is copied, before the copy counts. */
  copy(from: SnapshotId, to: SnapshotId, mayCopy: () => boolean): Promise<SnapshotFacts>;
  delete(id: SnapshotId): Promise<void>;
  /** Its data directory. @throws LifeboatError when there is none. */
  dataDirectory(id: SnapshotId): string;
  /** @throws RestoreRefused when it is not what was taken. */
  verify(id: SnapshotId): Promise<void>;
}

export const createSnapshots = (layout: Layout, tools: Tools): Snapshots => {
  const place = ({ region, snapshotId }: SnapshotId): string => layout.snapshot(region, snapshotId);
  const factsOf = async (id: SnapshotId): Promise<z.infer<typeof factsSchema>> =>
    factsSchema.parse(JSON.parse(await readFile(join(place(id), FACTS), "utf8")));

  /** Fills a directory of another name, which becomes the snapshot when it is complete; a failure leaves nothing. */
  const make = async (id: SnapshotId, fill: (data: string) => Promise<Date>, counts: () => boolean): Promise<SnapshotFacts> => {
    if (existsSync(place(id))) throw taken(id);
    const partial = `${place(id)}.partial`;
    try {
      makeOwned(layout.root, partial, tools.account);
      const data = join(partial, DATA);
      const takenAt = await fill(data);
      const facts = {
        takenAt: takenAt.toISOString(),
        sizeBytes: await diskUsageBytes(tools, data),
        manifestSha256: await sha256OfFile(join(data, MANIFEST)),
      };
      await writeFile(join(partial, FACTS), JSON.stringify(facts));
      await syncTree(tools, partial);
      if (!counts()) throw cutOff(id);
      await rename(partial, place(id));
      await syncDirectory(dirname(place(id)));
      return { takenAt, sizeBytes: facts.sizeBytes };
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  };

  const verify = async (id: SnapshotId, data: string): Promise<void> => {
    const { manifestSha256 } = await factsOf(id);
    const isOwn = existsSync(join(data, MANIFEST)) && (await sha256OfFile(join(data, MANIFEST))) === manifestSha256;
    const complaint = isOwn ? await verifyBackup(tools, data, true) : "its manifest is not the one that was taken";
    if (complaint !== undefined)
      throw new RestoreRefused("corrupt", `The snapshot ${id.snapshotId} is corrupt: ${complaint}`, undefined, []);
  };

  const dataDirectory = (id: SnapshotId): string => {
    if (!existsSync(join(place(id), FACTS))) throw absent(id);
    return join(place(id), DATA);
  };

  return {
    take: (source, id) =>
      make(
        id,
        async (data) => ceilToDate(await runBaseBackup(source, data, true)),
        () => true,
      ),
    copy: async (from, to, mayCopy) => {
      const source = dataDirectory(from);
      const { takenAt } = await factsOf(from);
      const fill = async (data: string): Promise<Date> => {
        makeOwned(dirname(data), data, tools.account);
        await copyBackup(tools, source, data);
        await verify(from, data);
        return new Date(takenAt);
      };
      return make(to, fill, mayCopy);
    },
    delete: async (id) => {
      dataDirectory(id);
      await rm(place(id), { recursive: true, force: true });
    },
    dataDirectory,
    verify: (id) => verify(id, dataDirectory(id)),
  };
};

const named = ({ region, snapshotId }: SnapshotId): string => `${snapshotId} in ${region}`;

const taken = (id: SnapshotId): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "There is a snapshot of this name already",
    received: named(id),
    hint: "Choose another name, or delete it first",
  });

const absent = (id: SnapshotId): LifeboatError =>
  new LifeboatError({
    code: "no-recovery-point",
    what: "There is no such snapshot",
    received: named(id),
    hint: "List the snapshots of the region",
  });

export const cutOff = (id: SnapshotId): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: "A snapshot was not copied, because a region was lost meanwhile",
    received: named(id),
    hint: "Copy it again when both regions answer",
  });
