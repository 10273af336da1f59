import { DEPLOYMENT } from "../api/kinds";
import type { JsonObject, KubeObject } from "../api/object";
import { isReady } from "../kubelet/pod-status";
import { type DeploymentSpec, deploymentSpec } from "../schema/workloads";
import { type ControllerContext, createPod, endPod, isEnding, podsOf, revisionOf, templateOf } from "./context";

const HASH_LABEL = "pod-template-hash";

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/ without ReplicaSets in between: the pods belong to the Deployment. */
export const reconcileDeployments = (context: ControllerContext): void => {
  for (const deployment of context.store.list(DEPLOYMENT)) {
    if (!isEnding(deployment)) reconcile(context, deployment);
  }
};

const reconcile = (context: ControllerContext, deployment: KubeObject): void => {
  const spec = deploymentSpec.parse(deployment.spec);
  const hash = revisionOf(templateOf(deployment));
  const { store } = context;
  const isNew = (pod: KubeObject): boolean => pod.metadata.labels?.[HASH_LABEL] === hash;
  const pods = podsOf(store, deployment);
  for (const pod of pods.filter(isOver)) endPod(store, pod);
  const living = pods.filter((pod) => !isEnding(pod) && !isOver(pod));
  const steps = nextSteps(spec, {
    fresh: living.filter(isNew),
    old: living.filter((pod) => !isNew(pod)),
    ending: pods.length - living.length,
  });
  for (const pod of steps.end) endPod(store, pod);
  for (let count = 0; count < steps.start; count += 1)
    createPod(context, deployment, DEPLOYMENT, freeName(context, deployment, hash), { labels: { [HASH_LABEL]: hash } });
  report(
    context,
    deployment,
    spec,
    podsOf(store, deployment).filter((pod) => !isEnding(pod)),
    isNew,
  );
};

interface Pods {
  readonly fresh: readonly KubeObject[];
  readonly old: readonly KubeObject[];
  readonly ending: number;
}

/** How many new pods to start and which pods to end now, within maxSurge and maxUnavailable. */
const nextSteps = (spec: DeploymentSpec, { fresh, old, ending }: Pods): { start: number; end: readonly KubeObject[] } => {
  const { replicas } = spec;
  const surplus = fresh.slice(replicas);
  if (old.length === 0)
    return { start: Math.max(0, spec.strategy.type === "Recreate" && ending > 0 ? 0 : replicas - fresh.length), end: surplus };
  if (spec.strategy.type === "Recreate") return { start: 0, end: old };
  const surge = shareOf(spec.strategy.rollingUpdate?.maxSurge ?? "25%", replicas, Math.ceil);
  const allowed = shareOf(spec.strategy.rollingUpdate?.maxUnavailable ?? "25%", replicas, Math.floor);
  const unavailable = surge === 0 && allowed === 0 ? 1 : allowed;
  const start = Math.max(0, Math.min(replicas - fresh.length, replicas + surge - fresh.length - old.length));
  const spare = [...fresh, ...old].filter(isReady).length - (replicas - unavailable);
  const unready = old.filter((pod) => !isReady(pod));
  return { start, end: [...surplus, ...unready, ...old.filter(isReady).slice(0, Math.max(0, spare))] };
};

const shareOf = (value: number | string, replicas: number, round: (value: number) => number): number =>
  typeof value === "number" ? value : round((Number.parseInt(value, 10) / 100) * replicas);

const isOver = (pod: KubeObject): boolean => pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded";

const freeName = ({ store }: ControllerContext, deployment: KubeObject, hash: string): string => {
  const taken = new Set(podsOf(store, deployment).map((pod) => pod.metadata.name));
  for (let number = 0; ; number += 1) {
    const name = `${deployment.metadata.name}-${hash}-${number.toString(36).padStart(5, "0")}`;
    if (!taken.has(name)) return name;
  }
};

const report = (
  { store }: ControllerContext,
  deployment: KubeObject,
  spec: DeploymentSpec,
  pods: readonly KubeObject[],
  isNew: (pod: KubeObject) => boolean,
): void => {
  const ready = pods.filter(isReady).length;
  const updated = pods.filter(isNew).length;
  const done = ready >= spec.replicas && updated === spec.replicas && pods.length === spec.replicas;
  const conditions: JsonObject[] = [
    { type: "Available", status: ready >= spec.replicas ? "True" : "False", reason: "MinimumReplicas" },
    { type: "Progressing", status: "True", reason: done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated" },
  ];
  store.setStatus(DEPLOYMENT, deployment, {
    observedGeneration: deployment.metadata.generation,
    replicas: pods.length,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, spec.replicas - ready),
    conditions,
  });
};
