import { randomUUID } from "node:crypto";
import { messageOf } from "../../recovery/errors";
import { invalidRequest, noSuchJob, S3ControlError, unsupported } from "./errors";
import { execute } from "./executor";
import { descriptorOf, hasEnded, type Job, listedOf } from "./job";
import { type JobRequest, parseJobRequest } from "./shapes";
import type { Surroundings } from "./surroundings";
import { readXml, writeError, writeXml } from "./xml";

export type { Replicator, Surroundings, TaskResult, Version, VersionStatus } from "./surroundings";

export interface S3ControlRequest {
  readonly method: string;
  readonly region: string;
  /** Undecoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** x-amz-account-id, as the caller gave it. */
  readonly accountId: string | undefined;
  readonly body: Buffer;
}

export interface S3ControlAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export interface S3ControlOptions {
  readonly surroundings: Surroundings;
  readonly now: () => Date;
  /** Of the signed call's account: another one may not be named. */
  readonly account: () => Promise<string>;
}

/** The jobs of S3 Batch Operations that replicate what was in a bucket before its replication. */
export interface S3Control {
  /** Answers an authorised call: who calls and whether they may is settled before. */
  handle(request: S3ControlRequest): Promise<S3ControlAnswer>;
  /** A region that is cut off runs no jobs; they go on when it is back. */
  suspend(region: string): void;
  resume(region: string): void;
  /** Resolves when no job runs. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly job: Job;
  readonly cancel: AbortController;
  readonly confirm: () => void;
  readonly ended: Promise<void>;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html */
const JOBS_PATH = "/v20180820/jobs";
const PAGE = 1000;

/** Whether a request of the service `s3` is one of S3 Control's about batch jobs. */
export const isAboutJobs = (path: string): boolean => path === JOBS_PATH || path.startsWith(`${JOBS_PATH}/`);

export const createS3Control = (options: S3ControlOptions): S3Control => {
  const jobs = new Map<string, Running>();
  const suspended = new Set<string>();
  const waiting = new Set<() => void>();
  let stopped = false;

  const reachable = async (region: string, over: AbortSignal): Promise<void> => {
    while (suspended.has(region) && !over.aborted) {
      await new Promise<void>((go) => {
        waiting.add(go);
        over.addEventListener("abort", () => go(), { once: true });
      });
    }
  };

  const jobsOf = (region: string): readonly Running[] => [...jobs.values()].filter(({ job }) => job.region === region);

  const start = (request: JobRequest, region: string, account: string): Job => {
    const id = randomUUID();
    const job: Job = {
      ...{ id, region, request, createdAt: options.now(), status: "New", activeSeconds: 0, failures: [] },
      arn: `arn:aws:s3:${region}:${account}:job/${id}`,
      tasks: { total: 0, succeeded: 0, failed: 0 },
    };
    const cancel = new AbortController();
    let confirm = (): void => undefined;
    const confirmed = new Promise<void>((done) => {
      confirm = done;
    });
    const control = { cancelled: cancel.signal, confirmed, reachable: () => reachable(region, cancel.signal) };
    jobs.set(id, { job, cancel, confirm, ended: execute(job, control, options) });
    return job;
  };

  /** A token that was seen before means the job that it made. */
  const createJob = (request: JobRequest, region: string, account: string): object => {
    const known = jobsOf(region).find(({ job }) => job.request.ClientRequestToken === request.ClientRequestToken)?.job;
    if (known !== undefined && JSON.stringify(known.request) !== JSON.stringify(request)) {
      throw new S3ControlError("IdempotencyException", `The token ${request.ClientRequestToken} was used for another job`);
    }
    return { JobId: (known ?? start(request, region, account)).id };
  };

  const found = (id: string, region: string): Running => {
    const running = jobs.get(id);
    if (running === undefined || running.job.region !== region) throw noSuchJob();
    return running;
  };

  const listJobs = (region: string, query: URLSearchParams): object => {
    const statuses = query.getAll("jobStatuses");
    const limit = Number(query.get("maxResults") ?? PAGE);
    const from = Number(query.get("nextToken") ?? 0);
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE) throw invalidRequest("maxResults is a number from 1 to 1000");
    if (!Number.isInteger(from) || from < 0) throw new S3ControlError("InvalidNextTokenException", "The token is not one of ours");
    const matching = jobsOf(region).filter(({ job }) => statuses.length === 0 || statuses.includes(job.status));
    const next = from + limit < matching.length ? String(from + limit) : undefined;
    return { NextToken: next, Jobs: matching.slice(from, from + limit).map(({ job }) => listedOf(job)) };
  };

  const updateJobStatus = async ({ job, cancel, confirm, ended }: Running, query: URLSearchParams): Promise<object> => {
    const wanted = query.get("requestedJobStatus");
    const allowed = wanted === "Ready" ? job.status === "Suspended" : wanted === "Cancelled" && !hasEnded(job);
    if (!allowed) throw new S3ControlError("JobStatusException", `A job that is ${job.status} cannot become ${wanted}`);
    job.statusReason = query.get("statusUpdateReason") ?? undefined;
    job.status = wanted === "Ready" ? "Ready" : "Cancelling";
    if (wanted === "Ready") {
      confirm();
    } else {
      cancel.abort();
      await ended;
    }
    return { JobId: job.id, Status: job.status, StatusUpdateReason: job.statusReason };
  };

  const carryOut = async ({ method, region, path, query, body }: S3ControlRequest, account: string): Promise<readonly [string, object]> => {
    const [, , , id, part] = path.split("/");
    if (stopped) throw new S3ControlError("InternalServiceException", "The embedded AWS is being stopped", 500);
    if (id === undefined && method === "POST") return ["CreateJobResult", createJob(parseJobRequest(readXml(body)), region, account)];
    if (id === undefined && method === "GET") return ["ListJobsResult", listJobs(region, query)];
    if (id !== undefined && part === undefined && method === "GET")
      return ["DescribeJobResult", { Job: descriptorOf(found(id, region).job) }];
    if (id !== undefined && part === "status" && method === "POST") {
      return ["UpdateJobStatusResult", await updateJobStatus(found(id, region), query)];
    }
    throw unsupported(`${method} ${path}`);
  };

  return {
    handle: async (request) => {
      try {
        const account = await options.account();
        if (request.accountId !== account) throw new S3ControlError("AccessDenied", "x-amz-account-id is not the caller's account", 403);
        const [root, output] = await carryOut(request, account);
        return { status: 200, body: writeXml(root, output) };
      } catch (thrown) {
        const error = thrown instanceof S3ControlError ? thrown : new S3ControlError("InternalServiceException", messageOf(thrown), 500);
        return { status: error.status, body: writeError(error, randomUUID()) };
      }
    },
    suspend: (region) => void suspended.add(region),
    resume: (region) => {
      suspended.delete(region);
      for (const go of waiting) go();
      waiting.clear();
    },
    settled: async () => {
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
    },
    stop: async () => {
      stopped = true;
      for (const { cancel } of jobs.values()) cancel.abort();
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
    },
  };
};
