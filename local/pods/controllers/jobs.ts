import { JOB, POD } from "../api/kinds";
import { isList, isObject, type JsonObject, type KubeObject } from "../api/object";
import { timestamp } from "../api/store";
import { type JobSpec, jobSpec } from "../schema/workloads";
import { type ControllerContext, createPod, endPod, isEnding, podsOf } from "./context";
import { finishOf } from "./job-finish";

const FIRST_BACKOFF_MS = 10_000;

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/ for one completion: pods are tried until one succeeds or the limit is reached. */
export const reconcileJobs = (context: ControllerContext): void => {
  for (const job of context.store.list(JOB)) {
    if (!isEnding(job)) reconcile(context, job);
  }
};

const reconcile = (context: ControllerContext, job: KubeObject): void => {
  const spec = jobSpec.parse(job.spec);
  const finished = finishOf(job);
  if (finished === undefined) advance(context, job, spec);
  else removeWhenOld(context, job, spec, finished.at);
};

const advance = (context: ControllerContext, job: KubeObject, spec: JobSpec): void => {
  const { store, clock } = context;
  const pods = podsOf(store, job);
  const failed = pods.filter((pod) => pod.status?.phase === "Failed");
  const restarts = pods.reduce((sum, pod) => sum + restartsOf(pod), 0);
  const startTime = typeof job.status?.startTime === "string" ? job.status.startTime : timestamp(clock);
  const counts = { startTime, failed: failed.length };
  const finish = (type: "Complete" | "Failed", extra: { readonly reason?: string; readonly message?: string }): void => {
    for (const pod of pods.filter((each) => each.status?.phase === "Running" || each.status?.phase === "Pending")) endPod(store, pod);
    const condition = { type, status: "True", lastTransitionTime: timestamp(clock), ...extra };
    const completionTime = type === "Complete" ? timestamp(clock) : undefined;
    store.setStatus(JOB, job, { ...counts, active: 0, succeeded: type === "Complete" ? 1 : 0, completionTime, conditions: [condition] });
    if (type === "Complete") context.events.record(JOB, job, "Normal", "Completed", "Job completed");
    else context.events.record(JOB, job, "Warning", extra.reason ?? "Failed", extra.message ?? "Job failed");
  };

  if (pods.some((pod) => pod.status?.phase === "Succeeded")) finish("Complete", {});
  else if (failed.length + restarts > spec.backoffLimit)
    finish("Failed", { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" });
  else if (isPastDeadline(context, spec, startTime))
    finish("Failed", { reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" });
  else {
    const active = pods.length - failed.length;
    if (active === 0) tryAgain(context, job, failed);
    store.setStatus(JOB, job, { ...counts, active: Math.max(1, active), succeeded: 0 });
  }
};

const isPastDeadline = ({ clock, wakeIn }: ControllerContext, { activeDeadlineSeconds }: JobSpec, startTime: string): boolean => {
  if (activeDeadlineSeconds === undefined) return false;
  const leftMs = Date.parse(startTime) + activeDeadlineSeconds * 1000 - clock.now().getTime();
  if (leftMs > 0) wakeIn(leftMs);
  return leftMs <= 0;
};

/** After the first failure 10 s, then doubled: as the Job controller does. */
const tryAgain = (context: ControllerContext, job: KubeObject, failed: readonly KubeObject[]): void => {
  const last = failed.map(endOf).sort().at(-1);
  const waitMs = last === undefined ? 0 : Date.parse(last) + FIRST_BACKOFF_MS * 2 ** (failed.length - 1) - context.clock.now().getTime();
  if (waitMs > 0) {
    context.wakeIn(waitMs);
    return;
  }
  const name = `${job.metadata.name}-${failed.length.toString(36).padStart(5, "0")}`;
  if (context.store.find(POD, job.metadata.namespace, name) !== undefined) return;
  createPod(context, job, JOB, name, { labels: { "batch.kubernetes.io/job-name": job.metadata.name, "job-name": job.metadata.name } });
};

const removeWhenOld = (
  { store, clock, wakeIn }: ControllerContext,
  job: KubeObject,
  { ttlSecondsAfterFinished }: JobSpec,
  finished: string,
): void => {
  if (ttlSecondsAfterFinished === undefined) return;
  const leftMs = Date.parse(finished) + ttlSecondsAfterFinished * 1000 - clock.now().getTime();
  if (leftMs > 0) wakeIn(leftMs);
  else store.remove(JOB, job);
};

const statusesOf = (pod: KubeObject): readonly JsonObject[] => {
  const statuses = pod.status?.containerStatuses;
  return isList(statuses) ? statuses.filter(isObject) : [];
};

const restartsOf = (pod: KubeObject): number => statusesOf(pod).reduce((sum, status) => sum + Number(status.restartCount ?? 0), 0);

const endOf = (pod: KubeObject): string =>
  statusesOf(pod)
    .map(({ state }) => (isObject(state) && isObject(state.terminated) ? String(state.terminated.finishedAt) : ""))
    .sort()
    .at(-1) ?? "";
