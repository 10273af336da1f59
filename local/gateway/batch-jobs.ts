import { createS3Control, isAboutJobs, type S3Control, type TaskResult, type Version } from "../s3control";
import { createMinistackSurroundings } from "../s3control/ministack";
import type { Callers } from "./callers";
import type { Clock } from "./clock";
import type { Incoming } from "./incoming";
import { createJobPolicy } from "./job-policy";
import type { ReplicationApi } from "./replication/api";
import type { ReplicationConfiguration } from "./replication/configuration";
import type { Engine, Replicated } from "./replication/engine";
import { targetsOf } from "./replication/rules";
import type { Statuses } from "./replication/statuses";
import { s3ErrorCode, xmlAnswer } from "./s3-answers";
import type { Answer, Upstream } from "./upstream";

export interface BatchJobsOptions {
  readonly ministackUrl: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly callers: Callers;
  readonly homeOf: (bucket: string) => Promise<string | undefined>;
  readonly replicationApi: ReplicationApi;
  readonly engine: Engine;
  readonly statuses: Statuses;
}

/** S3 Batch Operations over the gateway's own replication. */
export interface BatchJobs extends Pick<S3Control, "suspend" | "resume" | "settled"> {
  /** S3 Control shares its signing name with S3; its paths tell them apart. */
  isFor(incoming: Incoming): boolean;
  handle(incoming: Incoming, headers: Readonly<Record<string, string>>, body: Buffer, signal: AbortSignal): Promise<Answer>;
  stop(): Promise<void>;
}

export const createBatchJobs = (options: BatchJobsOptions): BatchJobs => {
  const { engine, statuses, replicationApi } = options;
  const { account, close, ...around } = createMinistackSurroundings(options);

  const replicatorOf = (bucket: string, region: string) => {
    const configuration = replicationApi.configurationOf(bucket);
    return configuration && replicatorFor({ engine, statuses, configuration, bucket, region });
  };
  const control = createS3Control({ surroundings: { ...around, replicatorOf }, now: () => options.clock.now(), account });

  const policy = createJobPolicy({ ...options, account });

  /** MiniStack verifies the signature of a path that it does not know and then says so; that answer lets the call pass on to the policy. */
  const authorise = async (incoming: Incoming, body: Buffer, signal: AbortSignal): Promise<Answer | undefined> => {
    const answer = await options.upstream.exchange(incoming.message, body, signal);
    const verified = answer.status === 400 && s3ErrorCode(answer.body) === "InvalidURI";
    return verified ? policy.refusal(incoming) : answer;
  };

  return {
    isFor: ({ scope, path }) => scope.service === "s3" && isAboutJobs(path),
    handle: async (incoming, headers, body, signal) => {
      const refusal = await authorise(incoming, body, signal);
      if (refusal !== undefined) return refusal;
      const { method, target } = incoming.message;
      const query = new URL(target, "http://gateway").searchParams;
      const accountId = headers["x-amz-account-id"];
      const answer = await control.handle({ method, region: incoming.scope.region, path: incoming.path, query, accountId, body });
      return xmlAnswer(answer.status, answer.body.toString("utf8"));
    },
    suspend: control.suspend,
    resume: control.resume,
    settled: control.settled,
    stop: async () => {
      await control.stop();
      policy.close();
      close();
    },
  };
};

interface ReplicatorParts {
  readonly engine: Engine;
  readonly statuses: Statuses;
  readonly configuration: ReplicationConfiguration;
  readonly bucket: string;
  readonly region: string;
}

const replicatorFor = ({ engine, statuses, configuration, bucket, region }: ReplicatorParts) => {
  const changeOf = (version: Version) => ({
    bucket,
    region,
    key: version.key,
    versionId: version.versionId,
    change: version.isDeleteMarker ? ("delete-marker" as const) : ("object" as const),
  });
  return {
    isEligible: (version: Version) => targetsOf(configuration, version.key, changeOf(version).change).length > 0,
    statusOf: (version: Version) => statuses.of({ bucket, key: version.key, versionId: version.versionId }) ?? "NONE",
    replicate: async (history: readonly (Version & { readonly asked: boolean })[]) => {
      const changes = history.map((version) => ({ ...changeOf(version), asked: version.asked }));
      return (await engine.replicate(configuration, changes)).map(resultOf);
    },
  };
};

/** A version is replicated when it is at every destination that a rule sends it to. */
const resultOf = (destinations: readonly Replicated[]): TaskResult => {
  const failed = destinations.filter(({ result }) => result === "failed" || result === "lost");
  if (failed.length > 0) {
    return { result: "failed", reason: failed.map(({ destination, result, reason }) => `${destination}: ${reason ?? result}`).join("; ") };
  }
  return { result: destinations.every(({ result }) => result === "unmatched") ? "unmatched" : "succeeded" };
};
