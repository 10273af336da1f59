import type { BatchV1Api, V1CronJob, V1Job } from "@kubernetes/client-node";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import type { JobState, Jobs } from "./job";

/** What `kubectl create job --from` marks its jobs with. https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/create/create_job.go */
const MANUAL = { "cronjob.kubernetes.io/instantiate": "manual" };

export interface KubernetesPlace {
  /** Context of the kubeconfig; its current one when not given. */
  readonly context?: string;
  readonly namespace: string;
}

/** Jobs by the kubeconfig that kubectl would read. The client is loaded here: no other command needs it. */
export const kubernetesJobs = ({ context, namespace }: KubernetesPlace): Jobs => {
  const api = lazily(async () => {
    const { BatchV1Api, KubeConfig } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    config.loadFromDefault();
    if (context !== undefined) {
      if (config.getContextObject(context) === null)
        throw noContext(
          context,
          config.getContexts().map(({ name }) => name),
        );
      config.setCurrentContext(context);
    }
    return config.makeApiClient(BatchV1Api);
  });
  return jobsOf(api, namespace);
};

export const jobsOf = (api: () => Promise<BatchV1Api>, namespace: string): Jobs => ({
  async createFrom(cronJob, suffix) {
    const batch = await api();
    const found = await absentAsUndefined(batch.readNamespacedCronJob({ namespace, name: cronJob }));
    if (found === undefined) return undefined;
    const body = jobFrom(found, `${cronJob}-manual-${suffix}`);
    await batch.createNamespacedJob({ namespace, body });
    return body.metadata?.name ?? cronJob;
  },
  async state(name) {
    const job = await (await api()).readNamespacedJob({ namespace, name });
    return stateOf(job);
  },
});

const jobFrom = ({ metadata, spec }: V1CronJob, name: string): V1Job => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: {
    name,
    labels: { ...spec?.jobTemplate.metadata?.labels },
    annotations: { ...spec?.jobTemplate.metadata?.annotations, ...MANUAL },
    // The CronJob's: it counts in its history, and goes with it.
    ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: metadata?.name ?? "", uid: metadata?.uid ?? "", controller: true }],
  },
  spec: spec?.jobTemplate.spec,
});

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions */
const stateOf = ({ status }: V1Job): JobState => {
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type && one.status === "True");
  const failed = condition("Failed");
  return {
    complete: condition("Complete") !== undefined,
    ...(failed === undefined ? {} : { failed: [failed.reason, failed.message].filter(Boolean).join(": ") }),
    activePods: status?.active ?? 0,
  };
};

const lazily = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const absentAsUndefined = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === 404) return undefined;
    throw new LifeboatError({
      code: "store-unavailable",
      what: "The primary region's Kubernetes API did not answer",
      received: messageOf(error).slice(0, 300),
      hint: "Check KUBECONFIG, --context and your access: kubectl get cronjobs",
      cause: error,
    });
  }
};

const noContext = (received: string, known: readonly string[]): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what: "The kubeconfig has no such context",
    received,
    allowed: known.join(", ") || "none: it is empty",
    hint: "Set KUBECONFIG to the file that has it, or say --context",
  });
