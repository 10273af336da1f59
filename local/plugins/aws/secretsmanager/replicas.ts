import { setTimeout as pause } from "node:timers/promises";
import {
  DescribeSecretCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  type ReplicationStatusType,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { LifeboatError, messageOf } from "../../../../recovery/errors";
import type { Properties } from "../../protocol/resource";
import { compact, flag, records, requiredText, text } from "../../protocol/values";

const pauseMilliseconds = 200;
const attempts = (2 * 60_000) / pauseMilliseconds;

const regionsOf = (inputs: Properties): string[] => records(inputs, "replicas").map((replica) => requiredText(replica, "region"));

const wanted = (inputs: Properties) =>
  records(inputs, "replicas").map((replica) => ({ Region: requiredText(replica, "region"), KmsKeyId: text(replica, "kmsKeyId") }));

/** Replication is asynchronous: a secret counts as replicated only when every region says so. */
async function inSync(client: SecretsManagerClient, SecretId: string, regions: readonly string[]): Promise<void> {
  let statuses: ReplicationStatusType[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    statuses = (await client.send(new DescribeSecretCommand({ SecretId }))).ReplicationStatus ?? [];
    const failed = statuses.find(({ Status }) => Status === "Failed");
    if (failed !== undefined) {
      throw new LifeboatError({
        code: "store-unavailable",
        what: `The secret is not replicated to ${failed.Region}`,
        received: failed.StatusMessage,
        hint: "Correct the region's key or remove the secret of the same name there",
      });
    }
    if (regions.every((region) => statuses.some(({ Region, Status }) => Region === region && Status === "InSync"))) return;
    await pause(pauseMilliseconds);
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: "The secret is still not replicated after two minutes",
    received: statuses.map(({ Region, Status }) => `${Region}: ${Status}`).join(", "),
    hint: "Run the update again",
  });
}

/** Adds what `news` names and `olds` did not, by a call of its own: the embedded CreateSecret ignores replicas. */
export async function replicate(client: SecretsManagerClient, SecretId: string, olds: Properties, news: Properties): Promise<void> {
  const before = regionsOf(olds);
  const added = wanted(news).filter(({ Region }) => !before.includes(Region));
  if (added.length === 0) return;
  await client.send(
    new ReplicateSecretToRegionsCommand({
      SecretId,
      AddReplicaRegions: added,
      ForceOverwriteReplicaSecret: flag(news, "forceOverwriteReplicaSecret"),
    }),
  );
  await inSync(client, SecretId, regionsOf(news));
}

export async function removeReplicas(client: SecretsManagerClient, SecretId: string, regions: string[]): Promise<void> {
  if (regions.length > 0) await client.send(new RemoveRegionsFromReplicationCommand({ SecretId, RemoveReplicaRegions: regions }));
}

/** Takes away what `olds` named and `news` does not. */
export const removeFormerReplicas = (client: SecretsManagerClient, id: string, olds: Properties, news: Properties): Promise<void> =>
  removeReplicas(
    client,
    id,
    regionsOf(olds).filter((region) => !regionsOf(news).includes(region)),
  );

/** AWS deletes no secret that still has replicas; the embedded one, which knows no such call, deletes them with the secret. */
export async function removeReplicasToDelete(client: SecretsManagerClient, id: string, state: Properties): Promise<void> {
  try {
    await removeReplicas(client, id, regionsOf(state));
  } catch (thrown) {
    if (!messageOf(thrown).includes("Unknown action")) throw thrown;
  }
}

/** The replicas as AWS has them: what the program gives, and their status beside it. */
export function replicasRead(found: readonly ReplicationStatusType[] | undefined, state: Properties) {
  const written = records(state, "replicas");
  const order = (region: string | undefined): number => written.findIndex((replica) => replica.region === region) >>> 0;
  const sorted = [...(found ?? [])].sort((one, other) => order(one.Region) - order(other.Region));
  return {
    inputs: sorted.map(({ Region, KmsKeyId }) => {
      const isKeyGiven = written.some((replica) => replica.region === Region && replica.kmsKeyId !== undefined);
      return compact({ region: Region, kmsKeyId: isKeyGiven || written.length === 0 ? KmsKeyId : undefined });
    }),
    outputs: sorted.map(({ Region, KmsKeyId, Status, StatusMessage, LastAccessedDate }) =>
      compact({
        region: Region,
        kmsKeyId: KmsKeyId ?? "",
        status: Status,
        statusMessage: StatusMessage,
        lastAccessedDate: LastAccessedDate?.toISOString() ?? "",
      }),
    ),
  };
}
