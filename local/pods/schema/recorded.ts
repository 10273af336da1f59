import { z } from "zod";

/**
 * Spec fields that are accepted, stored and shown, and change nothing here: one machine has no nodes to choose from, runs no
 * containers to confine, and its network is loopback. Every other field that a schema does not name is refused.
 */
export const RECORDED_ONLY = {
  metadata: ["generateName", "selfLink", "deletionGracePeriodSeconds", "managedFields"],
  pod: [
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "runtimeClassName",
    "schedulerName",
    "securityContext",
    "serviceAccount",
    "subdomain",
    "tolerations",
    "topologySpreadConstraints",
  ],
  container: ["imagePullPolicy", "resources", "securityContext", "terminationMessagePath", "terminationMessagePolicy"],
  emptyDir: ["medium", "sizeLimit"],
  statefulSet: ["minReadySeconds", "revisionHistoryLimit"],
  deployment: ["minReadySeconds", "progressDeadlineSeconds", "revisionHistoryLimit"],
  service: [
    "allocateLoadBalancerNodePorts",
    "clusterIP",
    "clusterIPs",
    "externalTrafficPolicy",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamilyPolicy",
    "loadBalancerClass",
    "loadBalancerSourceRanges",
    "trafficDistribution",
  ],
  servicePort: ["appProtocol", "nodePort"],
  claim: ["accessModes", "resources", "storageClassName", "volumeMode", "volumeName"],
  job: ["completionMode", "manualSelector", "podReplacementPolicy"],
  networkPolicy: ["podSelector", "policyTypes", "ingress", "egress"],
  disruptionBudget: ["minAvailable", "maxUnavailable", "selector", "unhealthyPodEvictionPolicy"],
  serviceAccount: ["automountServiceAccountToken", "imagePullSecrets", "secrets"],
} as const;

/** A strict object, blind to the recorded fields: what it does not name is refused, and its result has only what is implemented. */
export const implemented = <S extends z.core.$ZodLooseShape>(shape: S, recorded: readonly string[] = []) =>
  z.preprocess((value) => withoutRecorded(value, recorded), z.strictObject(shape));

const withoutRecorded = (value: unknown, recorded: readonly string[]): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([field, each]) => each !== null && each !== undefined && !recorded.includes(field)))
    : value;
