import type { InputRule } from "../protocol/resource";
import { type Readiness, readyClaim, readyDeployment, readyJob, readyNamespace, readyService, readyStatefulSet } from "./readiness";

type Rules = { readonly [name: string]: InputRule };

/** One kind: where the API has it, what a program may say, what cannot change in place, and when it counts as made. */
export interface KindRow {
  readonly type: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly inputs: Rules;
  readonly secretOutputs?: readonly string[];
  /** It has a status of its own, unknown before it exists. */
  readonly hasStatus: boolean;
  readonly ready?: Readiness;
}

const free: InputRule = {};
const replaces: InputRule = { replaces: true };
const fields = (names: readonly string[], replacing: readonly string[] = []): Rules =>
  Object.fromEntries([...names.map((name) => [name, free]), ...replacing.map((name) => [name, replaces])]);
/** Fields of a spec; those of the second list cannot change in place, as in the official plugin's list of `forceNew` properties. */
const spec = (names: readonly string[], replacing: readonly string[] = []): Rules => ({
  spec: { required: true, fields: fields(names, replacing) },
});

interface RowOptions {
  readonly cluster?: boolean;
  readonly inputs: Rules;
  readonly secretOutputs?: readonly string[];
  readonly ready?: Readiness;
  readonly hasStatus?: boolean;
}

const row = (group: string, kind: string, plural: string, { cluster, ready, hasStatus, ...rest }: RowOptions): KindRow => ({
  type: `kubernetes:${group === "" ? "core" : group}/v1:${kind}`,
  apiVersion: group === "" ? "v1" : `${group}/v1`,
  kind,
  plural,
  namespaced: cluster !== true,
  hasStatus: hasStatus ?? ready !== undefined,
  ready,
  ...rest,
});

const SERVICE_FIELDS = [
  "allocateLoadBalancerNodePorts",
  "externalTrafficPolicy",
  "internalTrafficPolicy",
  "ipFamilies",
  "ipFamilyPolicy",
  "loadBalancerClass",
  "loadBalancerSourceRanges",
  "ports",
  "publishNotReadyAddresses",
  "selector",
  "sessionAffinity",
  "trafficDistribution",
];

/** A new kind is one row here, and one in `local/pods/api/kinds.ts` for the cluster to serve it. */
export const KIND_TABLE: readonly KindRow[] = [
  row("", "Namespace", "namespaces", { cluster: true, inputs: { spec: { fields: fields(["finalizers"]) } }, ready: readyNamespace }),
  row("", "Service", "services", { inputs: spec(SERVICE_FIELDS, ["clusterIP", "type"]), ready: readyService }),
  row("", "ConfigMap", "configmaps", { inputs: fields([], ["data", "binaryData", "immutable"]) }),
  row("", "Secret", "secrets", {
    inputs: {
      data: { secret: true, replaces: true },
      stringData: { secret: true, replaces: true },
      ...fields([], ["type", "immutable"]),
    },
    secretOutputs: ["data", "stringData"],
  }),
  row("", "ServiceAccount", "serviceaccounts", { inputs: fields(["automountServiceAccountToken", "imagePullSecrets", "secrets"]) }),
  row("", "PersistentVolumeClaim", "persistentvolumeclaims", {
    inputs: spec([], ["accessModes", "resources", "storageClassName", "volumeMode", "volumeName"]),
    ready: readyClaim,
  }),
  row("apps", "StatefulSet", "statefulsets", {
    inputs: spec(
      ["minReadySeconds", "persistentVolumeClaimRetentionPolicy", "replicas", "template", "updateStrategy"],
      ["podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"],
    ),
    ready: readyStatefulSet,
  }),
  row("apps", "Deployment", "deployments", {
    inputs: spec(
      ["minReadySeconds", "paused", "progressDeadlineSeconds", "replicas", "revisionHistoryLimit", "strategy", "template"],
      ["selector"],
    ),
    ready: readyDeployment,
  }),
  row("networking.k8s.io", "NetworkPolicy", "networkpolicies", { inputs: spec(["egress", "ingress", "podSelector", "policyTypes"]) }),
  row("policy", "PodDisruptionBudget", "poddisruptionbudgets", {
    inputs: spec(["maxUnavailable", "minAvailable", "selector", "unhealthyPodEvictionPolicy"]),
  }),
  row("batch", "Job", "jobs", {
    inputs: spec(
      ["activeDeadlineSeconds", "backoffLimit", "parallelism", "ttlSecondsAfterFinished"],
      ["completions", "completionMode", "template"],
    ),
    ready: readyJob,
  }),
  row("batch", "CronJob", "cronjobs", {
    inputs: spec([
      "concurrencyPolicy",
      "failedJobsHistoryLimit",
      "jobTemplate",
      "schedule",
      "startingDeadlineSeconds",
      "successfulJobsHistoryLimit",
      "suspend",
      "timeZone",
    ]),
    hasStatus: true,
  }),
];
