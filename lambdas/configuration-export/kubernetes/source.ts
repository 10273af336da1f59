import * as z from "zod";
import { canonicalText, contentVersion } from "../../../recovery/configuration/kubernetes/canonical";
import { cleaned } from "../../../recovery/configuration/kubernetes/clean";
import { derivedBecause } from "../../../recovery/configuration/kubernetes/derived";
import { KubernetesObject, objectName } from "../../../recovery/configuration/kubernetes/object";
import { byOrder } from "../../../recovery/configuration/kubernetes/order";
import { kubernetesSubject } from "../../../recovery/configuration/subjects";
import { LifeboatError } from "../../../recovery/errors";
import type { Listed, ObjectSource } from "../source";
import type { KubernetesApi } from "./api";
import { type ExportedKind, exportedKinds } from "./discovery";
import { pagesOf } from "./pages";
import { namespacePath, objectPath } from "./paths";

export interface KubernetesPlace {
  readonly clusterName: string;
  readonly namespace: string;
  readonly region: string;
}

const Version = z.object({ gitVersion: z.string() });
const NAMESPACE: ExportedKind = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };

interface Known {
  readonly kubernetes: string;
  readonly namespaceUid: string;
  /** By the object's name in the export. */
  readonly kinds: ReadonlyMap<string, ExportedKind>;
}

/**
 * The objects of a namespace, and the namespace itself, as somebody would declare them. A listing keeps names and digests only, so that memory is
 * bounded by one page of one kind; an export reads each object by itself.
 */
export const kubernetesObjects = (api: KubernetesApi, { clusterName, namespace, region }: KubernetesPlace): ObjectSource => {
  let known: Known | undefined;
  return {
    subject: kubernetesSubject(namespace),
    kind: "objects",
    region,
    async list() {
      const own = await namespaceItself(api, namespace);
      const listed = new Map<string, Listed>();
      const kinds = new Map<string, ExportedKind>();
      const note = (kind: ExportedKind, object: KubernetesObject): void => {
        const one = listedOf(own.uid, object);
        listed.set(one.name, one);
        kinds.set(one.name, kind);
      };
      note(NAMESPACE, own.object);
      for (const kind of await exportedKinds(api))
        for await (const page of pagesOf(api, kind, namespace))
          for (const object of page) if (derivedBecause(object) === undefined) note(kind, object);
      known = { kubernetes: Version.parse(await api.get("/version")).gitVersion, namespaceUid: own.uid, kinds };
      return [...listed.values()].sort((a, b) => byOrder(a.name, b.name));
    },
    async read({ name, versions }) {
      const kind = known?.kinds.get(name);
      const found = kind === undefined ? undefined : await api.get(pathOf(kind, namespace, name));
      const json = found === undefined ? undefined : canonicalText(cleaned(KubernetesObject.parse(found)));
      const version = json === undefined ? undefined : contentVersion(known?.namespaceUid ?? "", json);
      if (json === undefined || version === undefined || version !== versions[0]?.id) throw anotherContent(name, found === undefined);
      return { kind: "object", name, version, json };
    },
    about: () => ({ cluster: clusterName, namespace, kubernetes: known?.kubernetes ?? "" }),
  };
};

const pathOf = (kind: ExportedKind, namespace: string, name: string): string =>
  kind === NAMESPACE ? namespacePath(namespace) : objectPath(kind, namespace, name.slice(name.lastIndexOf("/") + 1));

const listedOf = (namespaceUid: string, object: KubernetesObject): Listed => {
  const version = contentVersion(namespaceUid, canonicalText(cleaned(object)));
  return { name: objectName(object), fingerprint: version, versions: [{ id: version, stages: [] }] };
};

const namespaceItself = async (api: KubernetesApi, namespace: string) => {
  const found = KubernetesObject.safeParse(await api.get(namespacePath(namespace)));
  const uid = found.data?.metadata.uid;
  if (found.success && uid !== undefined && found.data.metadata.deletionTimestamp === undefined) return { object: found.data, uid };
  throw new LifeboatError({
    code: "store-unavailable",
    what: `There is no namespace ${namespace} in the cluster`,
    received: found.success ? "one that is being deleted" : "no such namespace",
    hint: "Its last point stays. Take it out of configuration.kubernetes.namespaces if it is gone for good",
  });
};

const anotherContent = (name: string, gone: boolean): LifeboatError =>
  new LifeboatError({
    code: "short-export",
    what: `${name} is not what was listed`,
    received: gone ? "no object of this name" : "another content",
    allowed: "what the listing had",
    hint: "The next run exports what is there then",
  });
