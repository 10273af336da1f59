import type { DBInstance } from "@aws-sdk/client-rds";
import { rdsAutomatedBackups } from "../../../lambdas/shared/automated-backups";
import type { EvidenceCheck } from "../../../recovery/evidence/evidence";
import { databaseNames } from "../../../recovery/names";
import { type DrillContext, told } from "../context";
import { describedDatabase, synchronousStandby } from "../database";
import { until } from "../polling";
import { REGIONS, SYSTEM } from "../profile";
import { check } from "../scenario";
import { type CommandRun, restoreAgain } from "./command";

const AGAIN_TIMEOUT_SECONDS = 120;
const HINT = "Read engine.log and the databases' logs in the run's databases folder";

/** The same name, endpoint and settings, on another instance; and the command changes nothing when it is run once more. */
export const standsAsBefore = async (context: DrillContext, before: DBInstance, run: CommandRun): Promise<readonly EvidenceCheck[]> => {
  const after = await describedDatabase(context.observers.primary.rds);
  const endpointOf = ({ Endpoint }: DBInstance): string => `${Endpoint?.Address}:${Endpoint?.Port}`;
  const differing = Object.entries(settingsOf(before)).filter(([name, value]) => value !== settingsOf(after)[name]);
  const { code, resourceId } = await told(context.progress, "Running restore-in-region again", () => restoreAgain(context));
  return [
    check("postgres", "restore-in-region", "exit code 0", `exit code ${run.code}`, run.code === 0),
    check("postgres", "endpoint", endpointOf(before), endpointOf(after), endpointOf(before) === endpointOf(after)),
    check(
      "postgres",
      "another instance under the name",
      `not ${before.DbiResourceId}`,
      after.DbiResourceId ?? "none",
      after.DbiResourceId === run.result.resourceId && after.DbiResourceId !== before.DbiResourceId,
    ),
    check(
      "postgres",
      "settings as before",
      "0 that differ",
      `${differing.length}${differing.map(([name, value]) => `; ${name} was ${value}`).join("")}`,
      differing.length === 0,
    ),
    check(
      "postgres",
      "restore-in-region, once more",
      "exit code 0, the same instance",
      `exit code ${code}, ${resourceId}`,
      code === 0 && resourceId === run.result.resourceId,
    ),
  ];
};

/** What a restore takes a default for unless it is told. */
const settingsOf = (instance: DBInstance): Readonly<Record<string, string>> => ({
  class: instance.DBInstanceClass ?? "",
  multiAz: String(instance.MultiAZ),
  subnets: instance.DBSubnetGroup?.DBSubnetGroupName ?? "",
  securityGroups: (instance.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId: id }) => id).join(" "),
  parameters: (instance.DBParameterGroups ?? []).map(({ DBParameterGroupName: name }) => name).join(" "),
  retention: String(instance.BackupRetentionPeriod),
  backupWindow: instance.PreferredBackupWindow ?? "",
  maintenanceWindow: instance.PreferredMaintenanceWindow ?? "",
  protection: String(instance.DeletionProtection),
  storage: [instance.StorageType, instance.AllocatedStorage, instance.MaxAllocatedStorage].join(" "),
  encryption: instance.KmsKeyId ?? "",
  public: String(instance.PubliclyAccessible),
});

/** Commits wait for a standby, and both regions' backups go on. */
export const protectedAgain = (context: DrillContext, { result }: CommandRun, servedAt: Date): Promise<readonly EvidenceCheck[]> =>
  told(context.progress, "Waiting until it is protected again", async (step) => {
    const { observers, aws } = context;
    const wait = (what: string, look: () => Promise<{ readonly found?: string; readonly seen: string }>): Promise<string> =>
      until({ what, look, timeoutSeconds: AGAIN_TIMEOUT_SECONDS, hint: HINT }, context, step.update);
    const standby = await wait("A synchronous standby", async () => {
      const zone = synchronousStandby(aws);
      return { found: zone, seen: zone ?? "none" };
    });
    const own = await wait("A restorable time after the restore", async () => {
      const { LatestRestorableTime: latest } = await describedDatabase(observers.primary.rds);
      const seen = latest?.toISOString() ?? "none";
      return { found: latest !== undefined && latest > servedAt ? seen : undefined, seen };
    });
    const copies = await wait("Copies in the recovery region", async () => {
      const backups = await rdsAutomatedBackups(observers.recovery.rds).find(databaseNames(SYSTEM).instance, REGIONS.primary);
      const ours = backups.find(({ resourceId }) => resourceId === result.resourceId);
      return { found: ours?.window === undefined ? undefined : ours.status, seen: ours?.status ?? "none" };
    });
    return [
      check("postgres", "commits wait for a standby", "in a zone", `in ${standby}`, true),
      check("postgres", "backups go on", `restorable to after ${servedAt.toISOString()}`, `to ${own}`, true),
      check(
        "postgres",
        "replication of its backups",
        "begun by the command, replicating",
        `${result.replication.state}, ${copies}`,
        result.replication.state === "begun" && copies === "replicating",
      ),
    ];
  });
