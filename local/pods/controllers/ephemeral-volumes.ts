import { CLAIM, POD } from "../api/kinds";
import { isList, isObject, type JsonObject, type KubeObject } from "../api/object";
import { claimNameOf, podSpec } from "../schema/pod";
import { type ControllerContext, isEnding, ownerOf } from "./context";

/** Makes the claims of pods' ephemeral volumes, which belong to their pods and go with them. https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/ */
export const reconcileEphemeralVolumes = ({ store }: ControllerContext): void => {
  for (const pod of store.list(POD).filter((each) => !isEnding(each))) {
    const declared = isList(pod.spec?.volumes) ? pod.spec.volumes.filter(isObject) : [];
    if (!declared.some(({ ephemeral }) => ephemeral !== undefined)) continue;
    for (const volume of podSpec.parse(pod.spec).volumes.filter(({ ephemeral }) => ephemeral !== undefined)) {
      const name = claimNameOf(pod.metadata.name, volume);
      if (name === undefined || store.find(CLAIM, pod.metadata.namespace, name) !== undefined) continue;
      store.create(CLAIM, claimOf(pod, name, declared.find((each) => each.name === volume.name) ?? {}));
    }
  }
};

const claimOf = (pod: KubeObject, name: string, { ephemeral }: JsonObject) => {
  const template = isObject(ephemeral) && isObject(ephemeral.volumeClaimTemplate) ? ephemeral.volumeClaimTemplate : {};
  const metadata = isObject(template.metadata) ? template.metadata : {};
  return {
    metadata: { ...metadata, name, namespace: pod.metadata.namespace, ownerReferences: [ownerOf(pod)] },
    spec: isObject(template.spec) ? template.spec : {},
  };
};
