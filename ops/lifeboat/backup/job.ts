import type { RunState, Starter } from "./starter";

/** A Job's state, as Kubernetes tells it by its conditions. */
export interface JobState {
  readonly complete: boolean;
  /** Why it failed, when it has. */
  readonly failed?: string;
  readonly activePods: number;
}

/** The Kubernetes API of one namespace, as far as jobs go. */
export interface Jobs {
  /** Makes a Job of a CronJob's template, as `kubectl create job --from` does; its name. Undefined when there is no such CronJob. */
  createFrom(cronJob: string, suffix: string): Promise<string | undefined>;
  state(job: string): Promise<JobState>;
}

/** A store that a job in the primary region's cluster exports. @param suffix tells two jobs of one CronJob apart */
export const jobStarter = (
  jobs: Jobs,
  { store, onChange }: Pick<Starter, "store" | "onChange">,
  cronJob: string,
  suffix: string,
): Starter => ({
  store,
  what: `job of ${cronJob}`,
  onChange,
  async start() {
    const name = await jobs.createFrom(cronJob, suffix);
    return name === undefined ? undefined : { name, state: () => stateOf(jobs, name) };
  },
});

const stateOf = async (jobs: Jobs, name: string): Promise<RunState> => {
  const { complete, failed, activePods } = await jobs.state(name);
  if (failed !== undefined) return { kind: "failed", reason: `${failed}; kubectl logs job/${name} --all-containers` };
  return complete ? { kind: "succeeded" } : { kind: "running", detail: activePods > 0 ? "exporting" : "waiting for a pod" };
};
