import { deleteObject } from "../api/deletion";
import { CRON_JOB, JOB } from "../api/kinds";
import { isList, isObject, type JsonObject, type KubeObject } from "../api/object";
import { timestamp } from "../api/store";
import { type CronJobSpec, cronJobSpec } from "../schema/workloads";
import { type ControllerContext, isEnding, ownerOf } from "./context";
import { runsOf } from "./cron/due";
import { parseCron } from "./cron/schedule";
import { finishOf } from "./job-finish";

const SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";
const MINUTE_MS = 60_000;

type Context = Pick<ControllerContext, "store" | "events" | "clock" | "wakeIn">;

/** https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
export const reconcileCronJobs = (context: Context): void => {
  for (const cronJob of context.store.list(CRON_JOB)) {
    if (!isEnding(cronJob)) reconcile(context, cronJob, cronJobSpec.parse(cronJob.spec));
  }
};

const reconcile = (context: Context, cronJob: KubeObject, spec: CronJobSpec): void => {
  const jobs = jobsOf(context, cronJob);
  const before = cronJob.status ?? {};
  const active = stillActive(context, cronJob, jobs);
  const start = spec.suspend ? undefined : startDue(context, cronJob, spec, active);
  const running = start?.active ?? active;
  context.store.setStatus(CRON_JOB, cronJob, {
    active: running.length === 0 ? undefined : running.map(referenceTo),
    lastScheduleTime: start?.lastScheduleTime ?? before.lastScheduleTime,
    lastSuccessfulTime: lastSuccess(jobs) ?? before.lastSuccessfulTime,
  });
  forgetOld(context, cronJob, jobs, spec);
};

const jobsOf = ({ store }: Context, cronJob: KubeObject): readonly KubeObject[] =>
  store
    .list(JOB, cronJob.metadata.namespace)
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === cronJob.metadata.uid));

/** Those that the schedule started and that have not ended. One that somebody made by hand from the CronJob holds up no run, as in Kubernetes. */
const stillActive = (context: Context, cronJob: KubeObject, jobs: readonly KubeObject[]): readonly KubeObject[] => {
  const listed = isList(cronJob.status?.active) ? cronJob.status.active.filter(isObject) : [];
  return listed.flatMap(({ uid, name }) => {
    const job = jobs.find(({ metadata }) => metadata.uid === uid);
    if (job === undefined) {
      context.events.record(CRON_JOB, cronJob, "Normal", "MissingJob", `Active job went missing: ${String(name)}`);
      return [];
    }
    const finish = finishOf(job);
    if (finish === undefined) return [job];
    context.events.record(CRON_JOB, cronJob, "Normal", "SawCompletedJob", `Saw completed job: ${String(name)}, condition: ${finish.type}`);
    return [];
  });
};

interface Start {
  readonly active: readonly KubeObject[];
  readonly lastScheduleTime: string;
}

/** Starts the newest run that is due, if there is one and none is in its way. */
const startDue = (context: Context, cronJob: KubeObject, spec: CronJobSpec, active: readonly KubeObject[]): Start | undefined => {
  const { clock, events, store } = context;
  const now = clock.now();
  const { missed, next } = runsOf(parseCron(spec.schedule), sinceOf(cronJob), now, spec.startingDeadlineSeconds);
  if (next !== undefined) context.wakeIn(next.getTime() - now.getTime());
  if (missed === undefined) return undefined;
  if (spec.concurrencyPolicy === "Forbid" && active.length > 0) {
    const why = `Not starting job because prior execution is running and concurrency policy is Forbid: due at ${timeText(missed)}`;
    events.recordOnce(CRON_JOB, cronJob, "Normal", "JobAlreadyActive", why);
    return undefined;
  }
  const replaced = spec.concurrencyPolicy === "Replace" ? active : [];
  for (const job of replaced) remove(context, cronJob, job);
  const job = store.find(JOB, cronJob.metadata.namespace, nameOf(cronJob, missed)) ?? createJob(context, cronJob, missed);
  return { active: [...active.filter((each) => !replaced.includes(each)), job], lastScheduleTime: timeText(missed) };
};

const sinceOf = (cronJob: KubeObject): Date => {
  const last = cronJob.status?.lastScheduleTime;
  return new Date(typeof last === "string" ? last : cronJob.metadata.creationTimestamp);
};

const createJob = ({ store, events }: Context, cronJob: KubeObject, due: Date): KubeObject => {
  const template = isObject(cronJob.spec?.jobTemplate) ? cronJob.spec.jobTemplate : {};
  const metadata = isObject(template.metadata) ? template.metadata : {};
  const job = store.create(JOB, {
    metadata: {
      name: nameOf(cronJob, due),
      namespace: cronJob.metadata.namespace,
      labels: metadata.labels,
      annotations: { ...(isObject(metadata.annotations) ? metadata.annotations : {}), [SCHEDULED_AT]: timeText(due) },
      ownerReferences: [ownerOf(cronJob)],
    },
    spec: template.spec,
  });
  events.record(CRON_JOB, cronJob, "Normal", "SuccessfulCreate", `Created job ${job.metadata.name}`);
  return job;
};

/** The minutes since 1970 make a second job for the same time impossible. */
const nameOf = (cronJob: KubeObject, due: Date): string => `${cronJob.metadata.name}-${Math.floor(due.getTime() / MINUTE_MS)}`;

const timeText = (time: Date): string => timestamp({ now: () => time });

const referenceTo = ({ apiVersion, kind, metadata: { name, namespace, uid } }: KubeObject): JsonObject => ({
  apiVersion,
  kind,
  name,
  namespace,
  uid,
});

const lastSuccess = (jobs: readonly KubeObject[]): string | undefined =>
  jobs
    .flatMap(({ status }) => (typeof status?.completionTime === "string" ? status.completionTime : []))
    .sort()
    .at(-1);

/** The oldest finished ones beyond the limits go, with their pods and logs. */
const forgetOld = (context: Context, cronJob: KubeObject, jobs: readonly KubeObject[], spec: CronJobSpec): void => {
  const ended = (type: string): readonly KubeObject[] =>
    jobs.filter((job) => finishOf(job)?.type === type).sort((a, b) => (startOf(a) < startOf(b) ? 1 : -1));
  const old = [...ended("Complete").slice(spec.successfulJobsHistoryLimit), ...ended("Failed").slice(spec.failedJobsHistoryLimit)];
  for (const job of old) remove(context, cronJob, job);
};

const startOf = ({ status, metadata }: KubeObject): string =>
  typeof status?.startTime === "string" ? status.startTime : metadata.creationTimestamp;

const remove = ({ store, events }: Context, cronJob: KubeObject, job: KubeObject): void => {
  deleteObject(store, JOB, job, { propagation: "Background" });
  events.record(CRON_JOB, cronJob, "Normal", "SuccessfulDelete", `Deleted job ${job.metadata.name}`);
};
