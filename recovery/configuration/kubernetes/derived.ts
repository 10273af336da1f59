import * as z from "zod";
import { groupOf, type KubernetesObject } from "./object";

/** Groups that hold no object that anybody declared. */
const DERIVED_GROUPS: Readonly<Record<string, string>> = {
  "metrics.k8s.io": "measurements",
  "custom.metrics.k8s.io": "measurements",
  "external.metrics.k8s.io": "measurements",
};

/** Kinds, by group and name, of which the cluster makes every object itself. */
const DERIVED_KINDS: Readonly<Record<string, string>> = {
  "/Event": "what happened; it expires by itself",
  "events.k8s.io/Event": "what happened; it expires by itself",
  "coordination.k8s.io/Lease": "who leads or is alive now",
  "apps/ControllerRevision": "the history of a workload, which its controller writes",
};

/** Why no object of this group is exported; undefined where some may be. */
export const derivedGroup = (group: string): string | undefined => DERIVED_GROUPS[group];

/** Why no object of this kind is exported; undefined where some may be. */
export const derivedKind = (group: string, kind: string): string | undefined => DERIVED_KINDS[`${group}/${kind}`];

type Rule = (object: KubernetesObject) => boolean;

const is = (object: KubernetesObject, group: string, kind: string): boolean => object.kind === kind && groupOf(object.apiVersion) === group;

const Ended = z.object({ status: z.object({ phase: z.enum(["Succeeded", "Failed"]) }) });
const Finished = z.object({
  status: z.object({
    conditions: z
      .array(z.object({ type: z.string(), status: z.string() }))
      .refine((conditions) => conditions.some(({ type, status }) => ["Complete", "Failed"].includes(type) && status === "True")),
  }),
});
const TokenSecret = z.object({ type: z.literal("kubernetes.io/service-account-token") });

/** A password that an operator drew once would be another one: what holds something is exported whoever owns it. */
const HOLDING = ["Secret", "ConfigMap", "PersistentVolumeClaim"];

/** What is left out of an export although its kind is in it, each with its reason. */
const RULES: readonly { readonly because: string; readonly applies: Rule }[] = [
  { because: "it is being deleted", applies: ({ metadata }) => metadata.deletionTimestamp !== undefined },
  {
    because: "its controller makes it again from its owner",
    applies: (object) =>
      (object.metadata.ownerReferences ?? []).some(({ controller }) => controller === true) &&
      !HOLDING.some((kind) => is(object, "", kind)),
  },
  {
    because: "every namespace has one, with the authority of its own cluster",
    applies: (object) => is(object, "", "ConfigMap") && object.metadata.name === "kube-root-ca.crt",
  },
  {
    because: "a token that another cluster does not take",
    applies: (object) => is(object, "", "Secret") && TokenSecret.safeParse(object).success,
  },
  { because: "a run that is over", applies: (object) => is(object, "", "Pod") && Ended.safeParse(object).success },
  {
    because: "a run that is over: applied it would run again",
    applies: (object) => is(object, "batch", "Job") && Finished.safeParse(object).success,
  },
  {
    // https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#management
    because: "made from a Service and its pods",
    applies: (object) =>
      is(object, "discovery.k8s.io", "EndpointSlice") &&
      (object.metadata.labels?.["endpointslice.kubernetes.io/managed-by"] ?? "").endsWith("controller.k8s.io"),
  },
  {
    because: "made from a Service and its pods",
    applies: (object) =>
      is(object, "", "Endpoints") &&
      (object.metadata.labels?.["endpoints.kubernetes.io/managed-by"] !== undefined ||
        object.metadata.annotations?.["endpoints.kubernetes.io/last-change-trigger-time"] !== undefined),
  },
];

/** Why an object is not exported; undefined where it is. */
export const derivedBecause = (object: KubernetesObject): string | undefined => RULES.find(({ applies }) => applies(object))?.because;
