import type { IncomingHttpHeaders } from "node:http";
import type { BatchJobs } from "./batch-jobs";
import type { BucketHomes } from "./buckets";
import type { Callers } from "./callers";
import type { Incoming } from "./incoming";
import type { ReplicationApi } from "./replication/api";
import type { Engine } from "./replication/engine";
import { changeOf, markersOf, type ObservedChange } from "./replication/observe";
import type { Statuses } from "./replication/statuses";
import { s3Error } from "./s3-answers";
import type { S3Request } from "./s3-request";
import { type Exchange, flatHeaders } from "./server";
import { answerByService, authorise, type ServiceEndpoints } from "./service-endpoint";
import { type Answer, readAll, relay, reply, type Upstream } from "./upstream";

export interface AnswerOptions {
  readonly upstream: Upstream;
  readonly services: ServiceEndpoints;
  readonly homes: BucketHomes;
  readonly callers: Callers;
  readonly replicationApi: ReplicationApi;
  readonly batchJobs: BatchJobs;
  readonly engine: Engine;
  readonly statuses: Statuses;
}

/** Decides who answers a call that reaches its region: a service of our own, our replication, or MiniStack. */
export const createAnswer = (options: AnswerOptions) => {
  const { upstream } = options;

  const replicate = async (bucket: string, changes: readonly ObservedChange[]): Promise<void> => {
    const configuration = options.replicationApi.configurationOf(bucket);
    if (configuration === undefined || changes.length === 0) return;
    const region = await options.homes.homeOf(bucket);
    if (region === undefined) return;
    for (const change of changes) options.engine.enqueue(configuration, { bucket, region, ...change });
  };

  const statusHeader = (s3: S3Request, headers: IncomingHttpHeaders): readonly string[] => {
    if (s3.bucket === undefined || s3.key === undefined || !["GetObject", "HeadObject"].includes(s3.operation)) return [];
    const versionId = headers["x-amz-version-id"];
    const status = options.statuses.of({ bucket: s3.bucket, key: s3.key, versionId: Array.isArray(versionId) ? versionId[0] : versionId });
    return status === undefined ? [] : ["x-amz-replication-status", status];
  };

  /** What a successful S3 call means to the rest of the gateway. */
  const note = async (s3: S3Request, headers: IncomingHttpHeaders): Promise<void> => {
    if (s3.bucket === undefined) return;
    if (s3.operation === "CreateBucket" || s3.operation === "DeleteBucket") options.homes.forget(s3.bucket);
    if (s3.operation === "DeleteBucket") options.replicationApi.forget(s3.bucket);
    if (s3.operation === "DeleteObject" && s3.key !== undefined && s3.versionId !== undefined) {
      options.statuses.forget({ bucket: s3.bucket, key: s3.key, versionId: s3.versionId });
    }
    const change = changeOf(s3, headers);
    if (change !== undefined) await replicate(s3.bucket, [change]);
  };

  const answerS3 = async (s3: S3Request, incoming: Incoming, { request, response, signal }: Exchange): Promise<number> => {
    const { message } = incoming;
    if (s3.bucket !== undefined && s3.operation.endsWith("BucketReplication")) {
      return replied(response, await options.replicationApi.handle(message, s3.bucket, await readAll(request), signal));
    }
    if (s3.bucket !== undefined && s3.operation === "DeleteObjects") {
      const answer = await upstream.exchange(message, await readAll(request), signal);
      if (answer.status === 200) await replicate(s3.bucket, markersOf(answer.body));
      return replied(response, answer);
    }
    const upstreamAnswer = await upstream.send(message, request, signal);
    const status = upstreamAnswer.statusCode ?? 502;
    if (status < 300) await note(s3, upstreamAnswer.headers);
    await relay(upstreamAnswer, response, statusHeader(s3, upstreamAnswer.headers));
    return status;
  };

  return async (incoming: Incoming, exchange: Exchange): Promise<number> => {
    const { request, response, signal } = exchange;
    const { message, scope, s3 } = incoming;
    // MiniStack's own administration (reset, configuration) is no part of AWS, and asks nobody for a signature.
    if (incoming.path.startsWith("/_ministack") && message.method !== "GET") {
      return replied(response, s3Error(403, "AccessDenied", "The emulator is not administered through the gateway.", incoming.path));
    }
    const service = Object.hasOwn(options.services, scope.service) ? options.services[scope.service] : undefined;
    if (service !== undefined) {
      const body = incoming.body ?? (await readAll(request));
      const refusal = await authorise(upstream, incoming, body, signal);
      return replied(response, refusal ?? (await answerByService(service, incoming, flatHeaders(request.headers), body)));
    }
    if (options.batchJobs.isFor(incoming)) {
      return replied(response, await options.batchJobs.handle(incoming, flatHeaders(request.headers), await readAll(request), signal));
    }
    if (s3 !== undefined) return answerS3(s3, incoming, exchange);
    if (scope.service === "sts" && incoming.operation.startsWith("AssumeRole")) {
      const answer = await upstream.exchange(message, incoming.body ?? (await readAll(request)), signal);
      noteSession(options.callers, answer);
      return replied(response, answer);
    }
    const upstreamAnswer = await upstream.send(message, incoming.body ?? request, signal);
    await relay(upstreamAnswer, response, []);
    return upstreamAnswer.statusCode ?? 502;
  };
};

const replied = (response: Exchange["response"], answer: Answer): number => {
  reply(response, answer);
  return answer.status;
};

/** Temporary keys are issued here: the log then names the role's session instead of a bare key. */
const noteSession = (callers: Callers, answer: Answer): void => {
  const text = answer.body.toString("utf8");
  const key = /<AccessKeyId>([^<]+)</.exec(text)?.[1];
  const arn = /<Arn>([^<]+)</.exec(text)?.[1];
  if (answer.status === 200 && key !== undefined && arn !== undefined) callers.identify(key, { name: arn, kind: "session" });
};
