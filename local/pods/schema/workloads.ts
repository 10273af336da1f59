import { z } from "zod";
import { messageOf } from "../../../recovery/errors";
import { parseCron } from "../controllers/cron/schedule";
import { intOrString, labelSelector, metadata, selects } from "./common";
import { podTemplate } from "./pod";
import { implemented, RECORDED_ONLY } from "./recorded";
import { claimSpec } from "./services";

const matchesTemplate = (spec: { selector: z.output<typeof labelSelector>; template: z.output<typeof podTemplate> }): boolean =>
  selects(spec.selector, spec.template.metadata?.labels);
const mismatch = { path: ["template", "metadata", "labels"], message: "`selector` does not match template `labels`" };

const retention = z.enum(["Retain", "Delete"]).default("Retain");

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/ */
export const statefulSetSpec = implemented(
  {
    replicas: z.int().min(0).default(1),
    serviceName: z.string().optional(),
    selector: labelSelector,
    template: podTemplate,
    volumeClaimTemplates: z
      .array(
        z.strictObject({
          apiVersion: z.string().optional(),
          kind: z.string().optional(),
          metadata,
          spec: claimSpec,
          status: z.unknown().optional(),
        }),
      )
      .default([]),
    podManagementPolicy: z.enum(["OrderedReady", "Parallel"]).default("OrderedReady"),
    updateStrategy: z
      .strictObject({
        type: z.enum(["RollingUpdate", "OnDelete"]).default("RollingUpdate"),
        rollingUpdate: z.strictObject({ partition: z.int().min(0).default(0) }).optional(),
      })
      .prefault({}),
    persistentVolumeClaimRetentionPolicy: z.strictObject({ whenDeleted: retention, whenScaled: retention }).prefault({}),
  },
  RECORDED_ONLY.statefulSet,
).refine(matchesTemplate, mismatch);
export type StatefulSetSpec = z.output<typeof statefulSetSpec>;

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/ */
export const deploymentSpec = implemented(
  {
    replicas: z.int().min(0).default(1),
    selector: labelSelector,
    template: podTemplate,
    paused: z.literal(false).optional(),
    strategy: z
      .strictObject({
        type: z.enum(["RollingUpdate", "Recreate"]).default("RollingUpdate"),
        rollingUpdate: z.strictObject({ maxSurge: intOrString.default("25%"), maxUnavailable: intOrString.default("25%") }).optional(),
      })
      .prefault({}),
  },
  RECORDED_ONLY.deployment,
).refine(matchesTemplate, mismatch);
export type DeploymentSpec = z.output<typeof deploymentSpec>;

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/ */
export const jobSpec = implemented(
  {
    template: podTemplate,
    backoffLimit: z.int().min(0).default(6),
    completions: z.literal(1).default(1),
    parallelism: z.literal(1).default(1),
    activeDeadlineSeconds: z.number().min(1).optional(),
    ttlSecondsAfterFinished: z.number().min(0).optional(),
  },
  RECORDED_ONLY.job,
).refine((spec) => spec.template.spec.restartPolicy !== "Always", {
  path: ["template", "spec", "restartPolicy"],
  message: 'Required value: valid values: "OnFailure", "Never"',
});
export type JobSpec = z.output<typeof jobSpec>;

/** The local controllers run by UTC, as EKS's do: another zone is refused rather than taken for it. */
const timeZone = z.enum(["Etc/UTC", "UTC"], { error: 'the local controllers know "Etc/UTC" only' }).optional();

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/ */
export const cronJobSpec = z.strictObject({
  schedule: z.string().superRefine((text, context) => {
    try {
      parseCron(text);
    } catch (thrown) {
      context.addIssue({ code: "custom", message: messageOf(thrown) });
    }
  }),
  timeZone,
  concurrencyPolicy: z.enum(["Allow", "Forbid", "Replace"]).default("Allow"),
  startingDeadlineSeconds: z.number().min(0).optional(),
  suspend: z.boolean().default(false),
  successfulJobsHistoryLimit: z.int().min(0).default(3),
  failedJobsHistoryLimit: z.int().min(0).default(1),
  jobTemplate: z.strictObject({ metadata: metadata.optional(), spec: jobSpec }),
});
export type CronJobSpec = z.output<typeof cronJobSpec>;
