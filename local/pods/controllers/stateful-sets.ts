import { CLAIM, POD, STATEFUL_SET } from "../api/kinds";
import { isList, isObject, type JsonObject, type KubeObject } from "../api/object";
import { isReady } from "../kubelet/pod-status";
import { type StatefulSetSpec, statefulSetSpec } from "../schema/workloads";
import { type ControllerContext, createPod, endPod, isEnding, ownerOf, podsOf, REVISION_LABEL, revisionOf, templateOf } from "./context";

/** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/ */
export const reconcileStatefulSets = (context: ControllerContext): void => {
  for (const set of context.store.list(STATEFUL_SET)) {
    if (!isEnding(set)) new StatefulSetPass(context, set).run();
  }
};

class StatefulSetPass {
  private readonly spec: StatefulSetSpec;
  private readonly revision: string;

  constructor(
    private readonly context: ControllerContext,
    private readonly set: KubeObject,
  ) {
    this.spec = statefulSetSpec.parse(set.spec);
    this.revision = `${set.metadata.name}-${revisionOf(templateOf(set))}`;
  }

  run(): void {
    if (this.scaleUp() && this.scaleDown()) this.roll();
    this.report();
  }

  private pods(): readonly KubeObject[] {
    return [...podsOf(this.context.store, this.set)].sort((a, b) => ordinalOf(a) - ordinalOf(b));
  }

  private get ordered(): boolean {
    return this.spec.podManagementPolicy === "OrderedReady";
  }

  /** True when every wanted pod exists and, for an ordered set, is ready. */
  private scaleUp(): boolean {
    const pods = new Map(this.pods().map((pod) => [ordinalOf(pod), pod]));
    for (let ordinal = 0; ordinal < this.spec.replicas; ordinal += 1) {
      const pod = pods.get(ordinal);
      if (pod === undefined) this.create(ordinal);
      else if (isOver(pod)) endPod(this.context.store, pod);
      else if (!isEnding(pod) && isReady(pod)) continue;
      if (this.ordered) return false;
    }
    return true;
  }

  private scaleDown(): boolean {
    const surplus = this.pods()
      .filter((pod) => ordinalOf(pod) >= this.spec.replicas)
      .reverse();
    for (const pod of this.ordered ? surplus.slice(0, 1) : surplus) endPod(this.context.store, pod);
    if (surplus.length === 0) this.releaseClaims();
    return surplus.length === 0;
  }

  /** From the highest ordinal down, one at a time, and only on while the pods above are ready. */
  private roll(): void {
    const { type, rollingUpdate } = this.spec.updateStrategy;
    if (type === "OnDelete") return;
    for (const pod of [...this.pods()].reverse()) {
      if (ordinalOf(pod) < (rollingUpdate?.partition ?? 0)) return;
      const outdated = pod.metadata.labels?.[REVISION_LABEL] !== this.revision;
      if (outdated) endPod(this.context.store, pod);
      if (outdated || isEnding(pod) || !isReady(pod)) return;
    }
  }

  private create(ordinal: number): void {
    const name = `${this.set.metadata.name}-${ordinal}`;
    if (this.context.store.find(POD, this.set.metadata.namespace, name) !== undefined) return;
    const claims = claimTemplatesOf(this.set).map((template) => ({ template, claim: `${String(template.name)}-${name}` }));
    for (const { template, claim } of claims) this.ensureClaim(template.fields, claim);
    createPod(this.context, this.set, STATEFUL_SET, name, {
      labels: {
        [REVISION_LABEL]: this.revision,
        "statefulset.kubernetes.io/pod-name": name,
        "apps.kubernetes.io/pod-index": String(ordinal),
      },
      volumes: claims.map(({ template, claim }) => ({ name: template.name, persistentVolumeClaim: { claimName: claim } })),
    });
  }

  private ensureClaim(template: JsonObject, name: string): void {
    const { store } = this.context;
    const { namespace } = this.set.metadata;
    if (store.find(CLAIM, namespace, name) !== undefined) return;
    const { labels, annotations } = isObject(template.metadata) ? template.metadata : {};
    const owned = this.spec.persistentVolumeClaimRetentionPolicy.whenDeleted === "Delete";
    const own = { ...this.spec.selector.matchLabels, ...(isObject(labels) ? labels : {}) };
    store.create(CLAIM, {
      metadata: { name, namespace, labels: own, annotations, ownerReferences: owned ? [ownerOf(this.set)] : undefined },
      spec: template.spec,
    });
  }

  /** Claims of pods that were scaled away go only where the set says so. */
  private releaseClaims(): void {
    if (this.spec.persistentVolumeClaimRetentionPolicy.whenScaled !== "Delete") return;
    const { store } = this.context;
    for (const { name } of claimTemplatesOf(this.set)) {
      const prefix = `${String(name)}-${this.set.metadata.name}-`;
      for (const claim of store.list(CLAIM, this.set.metadata.namespace)) {
        const ordinal = claim.metadata.name.startsWith(prefix) ? Number(claim.metadata.name.slice(prefix.length)) : -1;
        if (ordinal >= this.spec.replicas && !isEnding(claim)) store.markDeleted(CLAIM, claim);
      }
    }
  }

  private report(): void {
    const pods = this.pods().filter((pod) => !isEnding(pod));
    const ready = pods.filter(isReady).length;
    const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === this.revision).length;
    const previous = this.set.status?.currentRevision;
    const rolledOut = updated === this.spec.replicas && ready === this.spec.replicas;
    this.context.store.setStatus(STATEFUL_SET, this.set, {
      observedGeneration: this.set.metadata.generation,
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: pods.length - updated + (rolledOut ? updated : 0),
      updatedReplicas: updated,
      currentRevision: rolledOut || previous === undefined ? this.revision : previous,
      updateRevision: this.revision,
      collisionCount: 0,
    });
  }
}

const ordinalOf = (pod: KubeObject): number => Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf("-") + 1));

const isOver = (pod: KubeObject): boolean => pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded";

const claimTemplatesOf = (set: KubeObject): readonly { readonly name: string; readonly fields: JsonObject }[] => {
  const templates = set.spec?.volumeClaimTemplates;
  return (isList(templates) ? templates : []).filter(isObject).map((fields) => ({
    name: isObject(fields.metadata) ? String(fields.metadata.name) : "",
    fields,
  }));
};
