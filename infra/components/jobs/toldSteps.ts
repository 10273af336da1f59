import { readFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "../../../recovery/names";
import { JOB_FOLDERS, type JobStep } from "./jobPod";

const STEP = "step.sh";
const LAST_STEP = "last-step.sh";

/** What every job's folder of files has beside the job's own. */
export const stepFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries([STEP, LAST_STEP].map((file) => [file, readFileSync(join(__dirname, file), "utf8")]));

export interface ToldStepsArgs {
  readonly system: string;
  readonly job: string;
  readonly recoveryRegion: string;
}

/**
 * Steps of which the last one, whose image has the AWS CLI, publishes how the attempt ended and which step failed. What ends a step and its shell together
 * (memory, a node, the time limit), or keeps a pod from starting, publishes nothing: the age of the newest point tells of that.
 */
export const toldSteps = (steps: readonly JobStep[], { system, job, recoveryRegion }: ToldStepsArgs): readonly JobStep[] =>
  steps.map((step, index) => {
    const isLast = index === steps.length - 1;
    const command = ["sh", `${JOB_FOLDERS.FILES}/${isLast ? LAST_STEP : STEP}`, step.name, ...step.command];
    if (!isLast) return { ...step, command };
    const told = { SYSTEM: system, JOB: job, RECOVERY_REGION: recoveryRegion };
    return { ...step, command, env: { ...step.env, ...told, METRIC_NAMESPACE: METRICS.namespace, FAILURE_METRIC: METRICS.jobFailures } };
  });
