import {
  type DBInstanceAutomatedBackup,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  type RDSClient,
  StartDBInstanceAutomatedBackupsReplicationCommand,
  StopDBInstanceAutomatedBackupsReplicationCommand,
} from "@aws-sdk/client-rds";
import { LifeboatError, messageOf } from "../../../../recovery/errors";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, number, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { isNamed, regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { named, rds } from "./client";
import { until } from "./polling";

const gone = named("DBInstanceAutomatedBackupNotFound");
const sourceGone = named("DBInstanceNotFound");
/** The official plugin's patience: the first copy takes as long as the database is large. */
const timeoutSeconds = 75 * 60;

/** Replicated backups; undefined when they are gone, or only retained, because nothing is replicated any more. */
async function find(client: RDSClient, arn: string): Promise<DBInstanceAutomatedBackup | undefined> {
  const request = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceAutomatedBackupsArn: arn });
  const answer = await unlessGone(client.send(request), ...gone);
  const found = answer?.DBInstanceAutomatedBackups?.find((backup) => backup.DBInstanceAutomatedBackupsArn === arn);
  // AWS writes statuses in either case.
  return found?.Status?.toLowerCase() === "retained" ? undefined : found;
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await find(rds(context, state), id);
  if (found === undefined) return undefined;
  const inputs = compact({
    region: regionOf(context, state),
    sourceDbInstanceArn: found.DBInstanceArn,
    kmsKeyId: found.KmsKeyId,
    retentionPeriod: found.BackupRetentionPeriod,
  });
  return { inputs, outputs: compact({ kmsKeyId: "", ...inputs }) };
};

/** Until the backups are replicated for the first time. */
async function replicating(client: RDSClient, arn: string, signal: AbortSignal): Promise<void> {
  let last: DBInstanceAutomatedBackup | undefined;
  const settled = await until(
    async () => {
      last = await find(client, arn);
      const status = last?.Status?.toLowerCase();
      return status === "pending" ? undefined : (status ?? "gone");
    },
    { timeoutSeconds, signal },
  );
  if (settled === "replicating") return;
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The automated backups ${arn} are not replicated`,
    received: `status ${settled ?? last?.Status}`,
    hint: "Check that the source instance makes backups and that the key of this region is enabled, then run the update again",
  });
}

/** Until the source no longer replicates here: only then can it be deleted, or replicated anew. */
async function released(context: AwsContext, sourceArn: string, backupsArn: string): Promise<void> {
  const [, , , region, , , name] = sourceArn.split(":");
  const source = rds(context, { region: region ?? context.region });
  const ended = await until(
    async (): Promise<true | undefined> => {
      const answer = await unlessGone(source.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name })), ...sourceGone);
      const replications = (answer?.DBInstances ?? []).flatMap((found) => found.DBInstanceAutomatedBackupsReplications ?? []);
      return replications.some((replication) => replication.DBInstanceAutomatedBackupsArn === backupsArn) ? undefined : true;
    },
    { timeoutSeconds },
  );
  if (ended) return;
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The instance ${sourceArn} still replicates its automated backups to ${backupsArn}`,
    hint: "Look at its replications in the console, then run the update again",
  });
}

const stop = async (client: RDSClient, state: Properties): Promise<unknown> => {
  const SourceDBInstanceArn = requiredText(state, "sourceDbInstanceArn");
  try {
    return await client.send(new StopDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn }));
  } catch (thrown) {
    const ended =
      isNamed(thrown, ...named("InvalidDBInstanceState")) && messageOf(thrown).includes("not replicating to the current region");
    if (ended || isNamed(thrown, ...sourceGone)) return undefined;
    throw thrown;
  }
};

/** Lives in the region that receives the backups. What was replicated stays for its retention period when the replication ends. */
export const instanceAutomatedBackupsReplication: ResourceHandler<AwsContext> = {
  type: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  // Without preSignedUrl: the SDK signs the call in the source's region by itself.
  inputs: {
    ...regionInput,
    sourceDbInstanceArn: { required: true, replaces: true },
    kmsKeyId: { replaces: true, chosenByService: true },
    retentionPeriod: { default: 7, replaces: true },
  },
  identity: ["region", "sourceDbInstanceArn"],
  computed: [],
  configured: regionFromProvider,

  async create(context, inputs, signal) {
    const client = rds(context, inputs);
    const started = await client.send(
      new StartDBInstanceAutomatedBackupsReplicationCommand({
        SourceDBInstanceArn: requiredText(inputs, "sourceDbInstanceArn"),
        KmsKeyId: text(inputs, "kmsKeyId"),
        BackupRetentionPeriod: number(inputs, "retentionPeriod"),
      }),
    );
    const arn = started.DBInstanceAutomatedBackup?.DBInstanceAutomatedBackupsArn ?? "";
    return finishCreation(read, context, arn, inputs, () => replicating(client, arn, signal));
  },

  read,

  /** Every input replaces: this only finishes a creation whose wait ended too early. */
  async update(context, id, _olds, news, signal) {
    await replicating(rds(context, news), id, signal);
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    const client = rds(context, state);
    if ((await find(client, id)) === undefined) return;
    await stop(client, state);
    await released(context, requiredText(state, "sourceDbInstanceArn"), id);
  },
};
