import { z } from "zod";
import { messageOf } from "../../../../recovery/errors";
import { removeBackup, replicasOf } from "../../instances/backups";
import { readIdentifier } from "../../instances/names";
import { startPromotion } from "../../instances/promotion";
import type { Instance, Snapshot } from "../../instances/records";
import { readReplicasOf, terminateReplication } from "../../instances/replicas";
import { say } from "../../instances/say";
import { isFailure } from "../../instances/states";
import type { Context, Operation } from "../context";
import { invalidCombination, invalidState } from "../errors";
import { parseInput } from "../inputs";
import { viewInstance } from "../views/instance";
import { instanceNamed } from "./named";
import { addSnapshot, takeSnapshot } from "./snapshots";

const deleteInput = z.strictObject({
  DBInstanceIdentifier: z.string(),
  SkipFinalSnapshot: z.boolean().default(false),
  FinalDBSnapshotIdentifier: z.string().optional(),
  DeleteAutomatedBackups: z.boolean().default(true),
});
type DeleteInput = z.infer<typeof deleteInput>;

export const deleteDBInstance: Operation = (raw, context) => {
  const input = parseInput("DeleteDBInstance", deleteInput, raw);
  const instance = instanceNamed(input.DBInstanceIdentifier, context);
  mustBeDeletable(instance, input);
  const final = finalSnapshot(input, instance, context);
  const before = instance.status;
  instance.status = "deleting";
  const failed = (thrown: unknown): void => {
    // Nothing was lost yet when the final snapshot failed: the instance serves on.
    instance.status = instance.server?.running === true ? before : "failed";
    say(instance, context, "failure", `The DB instance could not be deleted: ${messageOf(thrown)}`);
  };
  context.background.queue(instance, () => remove(instance, final, input.DeleteAutomatedBackups, context), failed);
  return { DBInstance: viewInstance(instance, context) };
};

const mustBeDeletable = (
  { identifier, settings, status, replicaOf }: Instance,
  { SkipFinalSnapshot: skip, FinalDBSnapshotIdentifier: id }: DeleteInput,
): void => {
  if (settings.deletionProtection) {
    throw invalidCombination("Cannot delete protected DB Instance, please disable deletion protection and try again.");
  }
  if (status === "deleting") throw invalidState(`Instance ${identifier} is already being deleted.`);
  if (!skip && id === undefined) throw invalidCombination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
  if (skip && id !== undefined)
    throw invalidCombination("FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is specified.");
  if (id !== undefined && replicaOf !== undefined)
    throw invalidCombination("FinalDBSnapshotIdentifier can not be specified when deleting a replica instance");
  if (!skip && status !== "available") {
    const hint = isFailure(status) ? " Set SkipFinalSnapshot to delete it." : "";
    throw invalidState(
      `Cannot create a snapshot because the database instance ${identifier} is not currently in the available state.${hint}`,
    );
  }
};

const finalSnapshot = ({ FinalDBSnapshotIdentifier: given }: DeleteInput, instance: Instance, context: Context): Snapshot | undefined => {
  if (given === undefined) return undefined;
  return addSnapshot(readIdentifier("FinalDBSnapshotIdentifier", given, 255), instance, [], context);
};

/** The snapshot first, the server next, the backups last: whatever fails, what was there before it still is. */
const remove = async (instance: Instance, final: Snapshot | undefined, withBackups: boolean, context: Context): Promise<void> => {
  const { region, engine } = context;
  if (final !== undefined) await takeSnapshot(final, context);
  if (!instance.lost) await instance.server?.remove();
  // Copies in other regions stay, as `retained`. AWS says so of the status ("automated backups for deleted instances and after backup replication
  // is stopped") and not of this call: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstanceAutomatedBackups.html
  for (const replica of replicasOf(instance, context)) {
    if (withBackups) engine.stopReplication(replica.chain);
    replica.sourceDeleted = true;
  }
  releaseReplicas(instance, context);
  const own = region.backups.get(instance.resourceId);
  if (own !== undefined && withBackups) await removeBackup(region, own, context);
  if (own !== undefined) own.sourceDeleted = true;
  say(instance, context, "deletion", "DB instance deleted");
  region.instances.delete(instance.identifier);
  region.tags.delete(instance.arn);
};

/**
 * Replicas in the source's region become instances of their own; those in other regions stay replicas, whose replication is terminated.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html
 */
const releaseReplicas = (source: Instance, context: Context): void => {
  for (const { instance, region } of readReplicasOf(source, context)) {
    const { backupRetentionDays, backupWindow } = instance.settings;
    if (region.name === context.region.name) startPromotion(instance, { backupRetentionDays, backupWindow }, context);
    else if (!context.isCut(region.name)) terminateReplication(instance, { ...context, region });
  }
};
