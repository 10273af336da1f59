import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { DatabaseSecret, LiveEndpoints } from "../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { parameterNames } from "../../recovery/names";
import type { StackName, State } from "./state";

const ANSWERS_MS = 10_000;

/** What can be asked of the embedded AWS, through its gateway and as its own users. */
export interface LiveAws {
  /** The endpoints that applications use now; undefined before prod is deployed. */
  endpoints(): Promise<LiveEndpoints | undefined>;
  databaseSecret(live: LiveEndpoints): Promise<DatabaseSecret>;
  buckets(): Promise<readonly string[]>;
  /** How many resources a stack's state holds: 0 before its first `up`. */
  resources(stack: StackName): Promise<number>;
}

export const liveAws = (state: State): LiveAws => ({
  endpoints: async () => {
    const ssm = new SSMClient({ ...access(state, "application"), region: state.regions.recovery });
    try {
      const { Parameter } = await ask(() => ssm.send(new GetParameterCommand({ Name: parameterNames(state.system).live }), soon()));
      return LiveEndpoints.parse(JSON.parse(Parameter?.Value ?? "null"));
    } catch (error) {
      if (error instanceof LifeboatError && error.facts.cause instanceof ParameterNotFound) return undefined;
      throw error;
    } finally {
      ssm.destroy();
    }
  },
  databaseSecret: async ({ region, postgres }) => {
    const secrets = new SecretsManagerClient({ ...access(state, "application"), region });
    try {
      const { SecretString } = await ask(() => secrets.send(new GetSecretValueCommand({ SecretId: postgres.secretArn }), soon()));
      return DatabaseSecret.parse(JSON.parse(SecretString ?? "null"));
    } finally {
      secrets.destroy();
    }
  },
  buckets: () =>
    withS3(state, "prod", async (s3) => {
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}), soon());
      return Buckets.flatMap(({ Name }) => Name ?? []).sort();
    }),
  resources: (stack) => withS3(state, stack, (s3) => resourcesIn(s3, state.stacks[stack].stateBucket, stack)),
});

const access = ({ awsUrl: endpoint, users }: State, user: keyof State["users"]) => {
  const { accessKeyId, secretAccessKey } = users[user];
  return { endpoint, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
};

const soon = () => ({ abortSignal: AbortSignal.timeout(ANSWERS_MS) });

const withS3 = async <T>(state: State, stack: StackName, work: (s3: S3Client) => Promise<T>): Promise<T> => {
  const s3 = new S3Client({ ...access(state, stack), region: state.stacks[stack].region, forcePathStyle: true });
  try {
    return await ask(() => work(s3));
  } finally {
    s3.destroy();
  }
};

const ask = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (cause) {
    throw new LifeboatError({
      code: "store-unavailable",
      what: "The embedded AWS did not answer as it should",
      received: messageOf(cause),
      hint: "See what runs: npm run local -- status; to begin anew: npm run local -- down, then up",
      cause,
    });
  }
};

/** A checkpoint, as far as it is read here: sdk/go/common/apitype/core.go of pulumi/pulumi. */
const Checkpoint = z.object({ checkpoint: z.object({ latest: z.object({ resources: z.array(z.unknown()).nullish() }).nullish() }) });

/** https://www.pulumi.com/docs/iac/concepts/state-and-backends/: a backend in a bucket keeps `.pulumi/stacks/<project>/<stack>.json`. */
const resourcesIn = async (s3: S3Client, bucket: string, stack: StackName): Promise<number> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: ".pulumi/stacks/" }), soon());
  const key = Contents.map(({ Key }) => Key ?? "").find((name) => name.endsWith(`/${stack}.json`));
  if (key === undefined) return 0;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), soon());
  const { checkpoint } = Checkpoint.parse(JSON.parse((await Body?.transformToString()) ?? "null"));
  return checkpoint.latest?.resources?.length ?? 0;
};
