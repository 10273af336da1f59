import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandIo } from "../../../../../ops/lifeboat/command";
import { pointsCommandWith } from "../../../../../ops/lifeboat/points";
import type { ContinuousSources } from "../../../../../ops/lifeboat/points/continuous";
import { sign } from "../../../../../recovery/catalogue/authenticity";
import { type RecoverySet, setKey } from "../../../../../recovery/catalogue/set";
import type { RestoreSettings } from "../../../../../recovery/estimates/chroma";
import { CATALOGUE_KEY } from "../../../../support/authenticity";
import { MemoryObjects } from "../../../../support/memory-objects";
import { exportedPoint, fiveRecords, SYSTEM } from "../../../lambdas/support/chroma-point";
import { clockAt } from "../../../lambdas/support/clock";
import { catalogueIn } from "../../../lambdas/support/vaults";
import { recordedProgress } from "../progress";

/** The project's folder of a test, made anew for each. */
export const project = { dir: "" };

/** A checkout with the stacks' files, as far as the command reads them. */
export const useProject = (): void => {
  beforeEach(async () => {
    project.dir = await mkdtemp(join(tmpdir(), "lifeboat-points-"));
    await writeFile(
      join(project.dir, "Pulumi.dr.yaml"),
      "config:\n  lifeboat:system: acme\n  lifeboat:regions: {primary: us-east-1, recovery: eu-west-1}\n",
    );
    await writeFile(
      join(project.dir, "Pulumi.prod.yaml"),
      "config:\n  lifeboat:vault: {lockMode: COMPLIANCE, backupRetentionDays: 90, documentsRetentionDays: 365}\n",
    );
  });
  afterEach(() => rm(project.dir, { recursive: true, force: true }));
};

export const hour = (number: number) => String(number).padStart(2, "0");
export const exportAt = (number: number) =>
  exportedPoint(`chroma-20261124T${hour(number)}0000Z-1a2b`, fiveRecords, {
    startedAt: `2026-11-24T${hour(number)}:00:00.000Z`,
    finishedAt: `2026-11-24T${hour(number)}:00:20.000Z`,
  });

export const RESTORE: RestoreSettings = {
  ...{ tier: "critical", rtoSeconds: 3600, alarmSeconds: 600, clusterSeconds: 0 },
  ...{ assumedRecordsPerSecond: 800, volumeSnapshots: "off" as const },
};

export const setAt = (takenAt: string, changes: Partial<RecoverySet> = {}): RecoverySet => ({
  schema: "lifeboat/recovery-set/1",
  ...{ system: SYSTEM, setId: `set-${takenAt.replace(/[-:]|\.\d+/g, "")}-1a2b`, takenAt, stores: {}, missing: [] },
  asOf: { postgres: takenAt, objects: "2026-11-24T09:59:00.000Z" },
  skewSeconds: 61,
  ...changes,
});

export const writeSet = async (vault: MemoryObjects, set: RecoverySet): Promise<void> => {
  const key = setKey(set.takenAt, set.setId);
  await vault.put(key, await sign(CATALOGUE_KEY, key, set), { contentType: "application/json" });
};

export const prepare = (restore?: RestoreSettings, continuous?: ContinuousSources) => {
  const clock = clockAt("2026-11-24T12:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now, 1000);
  let said = "";
  let closed = 0;
  const { progress, told } = recordedProgress();
  const command = pointsCommandWith(
    async () => ({
      ...(continuous === undefined ? {} : { continuous }),
      standing: {
        buckets: { vault: "vault", documentsReplica: "r", documentsVault: "d" },
        keyArn: "arn:key",
        functions: {},
        stores: ["chroma"],
        chroma: restore === undefined ? {} : { restore },
      },
      vault,
      catalogue: catalogueIn(vault),
      close: () => {
        closed += 1;
      },
    }),
    () => progress,
  );
  const run = async (...argv: string[]) => {
    said = "";
    const io: CommandIo = {
      out: (text) => {
        said += text;
      },
      environment: {},
      projectDir: project.dir,
      now: clock.now,
      signal: new AbortController().signal,
    };
    return { code: await command.run(argv, io), text: said, closed };
  };
  return { clock, vault, run, told };
};
