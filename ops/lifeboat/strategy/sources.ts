import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type * as z from "zod";
import { kmsAuthenticity } from "../../../lambdas/shared/authenticity";
import { rdsAutomatedBackups } from "../../../lambdas/shared/automated-backups";
import { catalogueOf } from "../../../lambdas/shared/catalogue";
import { cloudWatchReplicaLag, rdsReplicas } from "../../../lambdas/shared/database-replica";
import { readJson } from "../../../lambdas/shared/json";
import type { ObjectStore } from "../../../lambdas/shared/objects";
import { s3Objects } from "../../../lambdas/shared/s3-objects";
import { cloudWatchAlarms } from "../../../lambdas/shared/signs/alarms";
import { cloudWatchRefusals } from "../../../lambdas/shared/signs/refusals";
import type { SignalSources } from "../../../lambdas/shared/strategy-signals";
import { Standing } from "../../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import type { RestoreSettings } from "../../../recovery/estimates/chroma";
import { catalogueKeyAlias, databaseNames, parameterNames } from "../../../recovery/names";
import type { StrategyOptions } from "./options";

export interface Connection {
  readonly sources: SignalSources;
  /** What the restore of the vectors is estimated by, as it was deployed; absent where nobody says. */
  readonly chromaRestore?: RestoreSettings;
  close(): void;
}

type Place = Pick<StrategyOptions, "system" | "primaryRegion" | "recoveryRegion">;
export type Connect = (options: StrategyOptions) => Promise<Connection>;

/** Where and as whom AWS is called; what is not given comes from the environment. */
export interface Access {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** AWS in the recovery region, with the caller's own credentials; the primary region is not asked. */
export const connectToAws: Connect = (options) => connectWith({}, options);

export const connectWith = async (access: Access, { system, primaryRegion, recoveryRegion }: Place): Promise<Connection> => {
  const client = { ...access, region: recoveryRegion };
  const [rds, cloudWatch, ssm, kms] = [new RDSClient(client), new CloudWatchClient(client), new SSMClient(client), new KMSClient(client)];
  const s3 = new S3Client({ ...client, ...(access.endpoint === undefined ? {} : { forcePathStyle: true }) });
  const standing = await whatStands(ssm, system);
  const { buckets, postgres, chroma } = standing instanceof LifeboatError ? { buckets: standing } : standing;
  return {
    sources: {
      system,
      primaryRegion,
      databaseInstance: postgres?.instance ?? databaseNames(system).instance,
      replicas: rdsReplicas(rds),
      replicaLag: cloudWatchReplicaLag(cloudWatch, postgres?.replica?.lagPeriodSeconds),
      automatedBackups: rdsAutomatedBackups(rds),
      catalogue: catalogueOf(bucketOf(s3, buckets, "vault"), kmsAuthenticity(kms, catalogueKeyAlias(system))),
      documentsReplica: bucketOf(s3, buckets, "documentsReplica"),
      refusals: cloudWatchRefusals(cloudWatch),
      alarms: cloudWatchAlarms(cloudWatch),
    },
    ...(chroma?.restore === undefined ? {} : { chromaRestore: chroma.restore }),
    close: () => {
      for (const client of [rds, cloudWatch, s3, ssm, kms]) client.destroy();
    },
  };
};

const WhatStands = Standing.pick({ schema: true, system: true, buckets: true, postgres: true }).extend({
  chroma: Standing.shape.chroma.pick({ restore: true }).optional(),
});
type Buckets = Standing["buckets"];

/** By the standing parameter; an error in its place is thrown when a bucket is asked, so that the other signals are read all the same. */
const whatStands = async (ssm: SSMClient, system: string): Promise<z.infer<typeof WhatStands> | LifeboatError> => {
  const name = parameterNames(system).standing;
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
    const { value, problem } = readJson(WhatStands, Parameter?.Value ?? "");
    return value === undefined ? unknownBuckets(name, problem) : value;
  } catch (error) {
    return unknownBuckets(name, messageOf(error));
  }
};

const unknownBuckets = (name: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `Parameter ${name} does not say which buckets there are`,
    received,
    hint: "Read it with aws ssm get-parameter in the recovery region; prod writes it",
  });

const bucketOf = (s3: S3Client, buckets: Buckets | LifeboatError, which: "vault" | "documentsReplica"): ObjectStore => {
  if (!(buckets instanceof LifeboatError)) return s3Objects(s3, buckets[which]);
  const fail = async (): Promise<never> => {
    throw buckets;
  };
  const failing: AsyncIterable<never> = { [Symbol.asyncIterator]: () => ({ next: fail }) };
  return { bucket: "", put: fail, get: fail, head: fail, lock: fail, list: () => failing, versions: () => failing };
};
