import type { Properties, Value } from "../protocol/resource";
import { isList, isRecord } from "../protocol/values";
import type { ClusterClient } from "./client";

/** Why an object is not ready yet; undefined when it is. `failed` will not become ready by waiting. */
export interface NotReady {
  readonly why: string;
  readonly failed?: boolean;
}

export type Readiness = (
  object: Properties,
  client: ClusterClient,
  collection: (plural: string) => string,
) => Promise<NotReady | undefined>;

const recordOf = (from: Properties | undefined, name: string): Properties => {
  const value = from?.[name];
  return isRecord(value) ? value : {};
};
const numberOf = (value: Value | undefined): number => (typeof value === "number" ? value : 0);
const conditions = (object: Properties): readonly Properties[] => {
  const list = recordOf(object, "status").conditions;
  return isList(list) ? list.filter(isRecord) : [];
};
const holds = (object: Properties, type: string): Properties | undefined =>
  conditions(object).find((condition) => condition.type === type && condition.status === "True");
const notYet = (why: string): NotReady => ({ why });
const isObserved = (object: Properties): boolean =>
  numberOf(recordOf(object, "status").observedGeneration) >= numberOf(recordOf(object, "metadata").generation);
const replicasOf = (object: Properties): number => {
  const { replicas } = recordOf(object, "spec");
  return replicas === undefined ? 1 : numberOf(replicas);
};

export const readyNamespace: Readiness = async (object) =>
  recordOf(object, "status").phase === "Active" ? undefined : notYet("the namespace is not Active");

export const readyClaim: Readiness = async (object) => {
  const { phase } = recordOf(object, "status");
  return phase === "Bound" ? undefined : notYet(`the claim is ${String(phase ?? "Pending")}, not Bound`);
};

export const readyStatefulSet: Readiness = async (object) => {
  const status = recordOf(object, "status");
  const wanted = replicasOf(object);
  if (!isObserved(object)) return notYet("the controller has not seen the change");
  const [ready, updated] = [numberOf(status.readyReplicas), numberOf(status.updatedReplicas)];
  const partition = numberOf(recordOf(recordOf(recordOf(object, "spec"), "updateStrategy"), "rollingUpdate").partition);
  if (ready === wanted && updated >= wanted - partition && numberOf(status.replicas) === wanted) return undefined;
  return notYet(`${ready} of ${wanted} replicas are ready, ${updated} are updated`);
};

export const readyDeployment: Readiness = async (object) => {
  const status = recordOf(object, "status");
  const wanted = replicasOf(object);
  if (!isObserved(object)) return notYet("the controller has not seen the change");
  const [ready, updated, all] = [numberOf(status.readyReplicas), numberOf(status.updatedReplicas), numberOf(status.replicas)];
  if (holds(object, "Available") !== undefined && ready >= wanted && updated === wanted && all === wanted) return undefined;
  return notYet(`${ready} of ${wanted} replicas are ready, ${updated} are updated, ${all} exist`);
};

export const readyJob: Readiness = async (object) => {
  if (holds(object, "Complete") !== undefined) return undefined;
  const failure = holds(object, "Failed");
  return failure === undefined
    ? notYet("the job has not completed")
    : { why: `the job failed: ${String(failure.reason)}: ${String(failure.message)}`, failed: true };
};

/** As the official plugin: a load balancer has its address, and no selected pod is without readiness; a Service without pods is ready. */
export const readyService: Readiness = async (object, client, collection) => {
  const spec = recordOf(object, "spec");
  const { ingress } = recordOf(recordOf(object, "status"), "loadBalancer");
  if (spec.type === "LoadBalancer" && !(isList(ingress) && ingress.length > 0)) return notYet("the load balancer has no address yet");
  const selector = Object.entries(recordOf(spec, "selector"));
  if (selector.length === 0 || spec.clusterIP === "None") return undefined;
  const pods = await client.list(collection("pods"), {
    labelSelector: selector.map(([label, value]) => `${label}=${String(value)}`).join(","),
  });
  const unready = pods.filter((pod) => holds(pod, "Ready") === undefined).map((pod) => String(recordOf(pod, "metadata").name));
  return unready.length === 0 ? undefined : notYet(`pods that it selects are not ready: ${unready.join(", ")}`);
};
