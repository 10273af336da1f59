import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { ObjectStore } from "../../../lambdas/shared/objects";
import { s3Objects } from "../../../lambdas/shared/s3-objects";
import { bucketNames, exportMachineName, functionName, jobNames } from "../../../recovery/names";
import { FUNCTION_TIMEOUT_MS } from "../invoke";
import type { Place } from "../place";
import { type Access, connectVault, type VaultConnection } from "../vault";
import { functionStarter } from "./function";
import { type Jobs, jobStarter } from "./job";
import type { Starter } from "./starter";
import { stateMachineStarter } from "./state-machine";

export interface BackupConnection extends VaultConnection {
  readonly staging: ObjectStore;
  /** In the order in which those of one store run. */
  readonly starters: readonly Starter[];
}

export interface BackupWays {
  readonly jobs: Jobs;
  /** Tells the jobs that are made by hand apart: lower-case letters and digits. */
  readonly random: string;
}

/** The primary region is asked to export, the recovery region for what arrived. */
export const connectBackup = async (access: Access, place: Place, { jobs, random }: BackupWays): Promise<BackupConnection> => {
  const { system, primaryRegion: region } = place;
  const recovery = await connectVault(access, place);
  const accountId = recovery.standing.keyArn.split(":")[4] ?? "";
  const client = { ...access, region };
  const s3 = new S3Client({ ...client, ...(access.endpoint === undefined ? {} : { forcePathStyle: true }) });
  const states = new SFNClient(client);
  // A call that is repeated would be a second export.
  const lambda = new LambdaClient({ ...client, maxAttempts: 1, requestHandler: { requestTimeout: FUNCTION_TIMEOUT_MS } });
  const machine = `arn:aws:states:${region}:${accountId}:stateMachine:${exportMachineName(system)}`;
  const job = (store: Starter["store"], onChange: boolean, name: string): Starter =>
    jobStarter(jobs, { store, onChange }, jobNames(system, name).cronJob, random);
  return {
    ...recovery,
    staging: s3Objects(s3, bucketNames({ ...place, accountId }).staging),
    starters: [
      stateMachineStarter(states, "chroma", machine),
      job("postgres", false, "postgres-dump"),
      functionStarter(lambda, "configuration", functionName(system, "configuration-export")),
      job("configuration", true, "git-export"),
    ],
    close: () => {
      for (const one of [s3, states, lambda]) one.destroy();
      recovery.close();
    },
  };
};
