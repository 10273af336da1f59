import { CRON_JOB, EVENT, JOB } from "../../../../local/pods/api/kinds";
import type { JsonObject, KubeObject } from "../../../../local/pods/api/object";
import { Store, timestamp } from "../../../../local/pods/api/store";
import { reconcileCronJobs } from "../../../../local/pods/controllers/cron-jobs";
import { Events } from "../../../../local/pods/events";

const namespace = "jobs";

/** A controller on a clock of the test's own, and what became of its Jobs. */
const given = (fields: JsonObject = {}) => {
  let now = new Date("2026-11-26T02:30:00Z");
  const clock = { now: () => now };
  const store = new Store(clock);
  const waits: number[] = [];
  const context = { store, events: new Events(store, clock), clock, wakeIn: (ms: number) => void waits.push(ms) };
  const container = { name: "dump", image: "postgres:15" };
  const jobTemplate = {
    metadata: { labels: { app: "dump" } },
    spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } },
  };
  store.create(CRON_JOB, { metadata: { name: "dump", namespace }, spec: { schedule: "0 * * * *", jobTemplate, ...fields } });
  const jobs = (): readonly KubeObject[] => store.list(JOB, namespace);
  return {
    store,
    waits,
    jobs,
    names: () => jobs().map(({ metadata }) => metadata.name),
    /** Passes until nothing changes any more, as the control loop does. */
    reconcileAt: (time: string): void => {
      now = new Date(`2026-11-26T${time}Z`);
      for (let version = "", passes = 0; version !== store.resourceVersion; passes += 1) {
        if (passes > 20) throw new Error("the controller's passes never end");
        version = store.resourceVersion;
        reconcileCronJobs(context);
      }
    },
    finish: (job: KubeObject | undefined, type: "Complete" | "Failed"): void => {
      if (job === undefined) throw new Error("there is no such job");
      const at = timestamp(clock);
      const ended = { startTime: at, conditions: [{ type, status: "True", lastTransitionTime: at }] };
      store.setStatus(JOB, job, type === "Complete" ? { ...ended, completionTime: at } : ended);
    },
    cronJob: (): KubeObject => store.get(CRON_JOB, namespace, "dump"),
    reasons: () => store.list(EVENT, namespace).map(({ reason, message }) => `${String(reason)}: ${String(message)}`),
  };
};

/** Names end with the minutes since 1970. */
const jobAt = (time: string): string => `dump-${Date.parse(`2026-11-26T${time}Z`) / 60_000}`;

test("a Job is made at its time, once, of the template, and the next time is waited for", () => {
  const { reconcileAt, jobs, names, waits, cronJob } = given();

  reconcileAt("02:59:59");
  expect(names()).toEqual([]);
  expect(waits.at(-1)).toBe(1_000);

  reconcileAt("03:00:00");
  reconcileAt("03:00:30");
  expect(names()).toEqual([jobAt("03:00")]);
  expect(jobs()[0]?.metadata).toMatchObject({
    labels: { app: "dump" },
    annotations: { "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-11-26T03:00:00Z" },
    ownerReferences: [{ kind: "CronJob", name: "dump", controller: true }],
  });
  expect(cronJob().status).toMatchObject({ lastScheduleTime: "2026-11-26T03:00:00Z", active: [{ name: jobAt("03:00") }] });
  expect(waits.at(-1)).toBe(3_570_000);
});

test("Forbid holds a run back until the one before has ended, and says so once", () => {
  const { reconcileAt, jobs, names, finish, reasons } = given({ concurrencyPolicy: "Forbid" });
  reconcileAt("03:00:00");

  reconcileAt("04:00:00");
  reconcileAt("04:10:00");
  expect(names()).toEqual([jobAt("03:00")]);
  expect(reasons().filter((reason) => reason.startsWith("JobAlreadyActive"))).toHaveLength(1);

  finish(jobs()[0], "Complete");
  reconcileAt("04:20:00");
  expect(names()).toEqual([jobAt("03:00"), jobAt("04:00")]);
});

test("Allow starts beside a run, Replace in its place", () => {
  const allow = given({ concurrencyPolicy: "Allow" });
  allow.reconcileAt("03:00:00");
  allow.reconcileAt("04:00:00");
  expect(allow.names()).toEqual([jobAt("03:00"), jobAt("04:00")]);

  const replace = given({ concurrencyPolicy: "Replace" });
  replace.reconcileAt("03:00:00");
  replace.reconcileAt("04:00:00");
  expect(replace.names()).toEqual([jobAt("04:00")]);
});

test("of the runs that were missed the newest is caught up within its deadline, and none after it", () => {
  const inTime = given({ startingDeadlineSeconds: 3_600 });
  inTime.reconcileAt("08:20:00");
  expect(inTime.names()).toEqual([jobAt("08:00")]);

  const late = given({ startingDeadlineSeconds: 600 });
  late.reconcileAt("08:20:00");
  expect(late.names()).toEqual([]);
  late.reconcileAt("09:00:00");
  expect(late.names()).toEqual([jobAt("09:00")]);
});

test("a suspended one starts nothing, and catches up when it goes on", () => {
  const { reconcileAt, names, store, cronJob } = given({ suspend: true });
  reconcileAt("03:00:00");
  expect(names()).toEqual([]);

  store.update(CRON_JOB, cronJob(), (live) => ({ ...live, spec: { ...live.spec, suspend: false } }));
  reconcileAt("03:30:00");
  expect(names()).toEqual([jobAt("03:00")]);
});

test("what has ended is told, and the oldest go beyond the limits, each kind by its own", () => {
  const { reconcileAt, jobs, names, finish, cronJob, reasons } = given({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1 });
  for (const [hour, type] of [
    ["03", "Failed"],
    ["04", "Complete"],
    ["05", "Complete"],
    ["06", "Failed"],
  ] as const) {
    reconcileAt(`${hour}:00:00`);
    finish(
      jobs().find(({ metadata }) => metadata.name === jobAt(`${hour}:00`)),
      type,
    );
    reconcileAt(`${hour}:30:00`);
  }

  expect(names()).toEqual([jobAt("05:00"), jobAt("06:00")]);
  expect(cronJob().status).toEqual({ lastScheduleTime: "2026-11-26T06:00:00Z", lastSuccessfulTime: "2026-11-26T05:00:00Z" });
  expect(reasons()).toEqual(
    expect.arrayContaining([
      `SawCompletedJob: Saw completed job: ${jobAt("03:00")}, condition: Failed`,
      `SuccessfulDelete: Deleted job ${jobAt("03:00")}`,
    ]),
  );
});

test("a Job that somebody made from it by hand holds up no run, and counts as a success", () => {
  const { reconcileAt, names, store, cronJob, finish } = given({ concurrencyPolicy: "Forbid" });
  const { uid } = cronJob().metadata;
  const manual = store.create(JOB, {
    metadata: {
      name: "by-hand",
      namespace,
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
      ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: "dump", uid }],
    },
    spec: {},
  });

  reconcileAt("03:00:00");
  expect(names()).toEqual(["by-hand", jobAt("03:00")]);

  finish(manual, "Complete");
  reconcileAt("03:10:00");
  expect(cronJob().status?.lastSuccessfulTime).toBe("2026-11-26T03:00:00Z");
});
