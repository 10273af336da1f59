import { isList, isObject, type KubeObject } from "../api/object";

export interface JobFinish {
  readonly type: "Complete" | "Failed";
  /** When, as Kubernetes writes times. */
  readonly at: string;
}

/** How a Job ended; undefined while it has not. */
export const finishOf = (job: KubeObject): JobFinish | undefined => {
  const conditions = job.status?.conditions;
  const last = (isList(conditions) ? conditions : [])
    .filter(isObject)
    .find(({ type, status }) => status === "True" && (type === "Complete" || type === "Failed"));
  if (last === undefined) return undefined;
  return { type: last.type === "Complete" ? "Complete" : "Failed", at: String(last.lastTransitionTime) };
};
