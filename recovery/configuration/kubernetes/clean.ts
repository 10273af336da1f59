import { groupOf, type KubernetesObject } from "./object";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const without = (object: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
const unlessEmpty = (name: string, value: Fields | undefined): Fields =>
  value === undefined || Object.keys(value).length === 0 ? {} : { [name]: value };

/** What the server writes, and what means nothing elsewhere: uids of owners would let the garbage collector delete what is restored. */
const METADATA = [
  ...["uid", "resourceVersion", "generation", "creationTimestamp", "selfLink", "managedFields"],
  ...["deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences"],
  // Each is put there by who takes it off again: one whose controller is not there holds its object for ever.
  "finalizers",
];

/** https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const ANNOTATIONS = [
  // The whole object once more, a Secret's values too; apply writes it anew.
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/revision",
  "deprecated.daemonset.template.generation",
  "pv.kubernetes.io/bind-completed",
  "pv.kubernetes.io/bound-by-controller",
  "volume.kubernetes.io/selected-node",
  "volume.kubernetes.io/storage-provisioner",
  "volume.beta.kubernetes.io/storage-provisioner",
];

/** Labels that join a Job's pods to the uid that it had. */
const JOB_LABELS = ["controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name"];

/** An object as somebody would declare it: `kubectl apply` takes it in an emptied namespace, and twice read it is the same. */
export const cleaned = (object: KubernetesObject): KubernetesObject => {
  const { labels, annotations, ...metadata } = without(object.metadata, ...METADATA);
  const kept = {
    ...metadata,
    name: object.metadata.name,
    ...unlessEmpty("labels", isFields(labels) ? labels : undefined),
    ...unlessEmpty("annotations", isFields(annotations) ? without(annotations, ...ANNOTATIONS) : undefined),
  };
  const { status: _, ...rest } = object;
  const own = OF_KIND[`${groupOf(object.apiVersion)}/${object.kind}`];
  const whole: KubernetesObject = { ...rest, metadata: kept };
  return own === undefined ? whole : { ...whole, ...own(whole) };
};

const spec = (object: Fields): Fields => (isFields(object.spec) ? object.spec : {});

const OF_KIND: Readonly<Record<string, (object: KubernetesObject) => Fields>> = {
  "/Namespace": (object) => ({
    spec: undefined,
    metadata: withLabels(object.metadata, "kubernetes.io/metadata.name"),
  }),
  // Addresses of this cluster. A headless Service says so by "None".
  "/Service": (object) => ({
    spec: without(spec(object), "healthCheckNodePort", ...(spec(object).clusterIP === "None" ? [] : ["clusterIP", "clusterIPs"])),
  }),
  // The volume that it is bound to stays in the lost region.
  "/PersistentVolumeClaim": (object) => ({ spec: without(spec(object), "volumeName") }),
  // Names of tokens, which are left out.
  "/ServiceAccount": () => ({ secrets: undefined }),
  "/Pod": (object) => ({ spec: podSpec(spec(object)) }),
  // The server joins a Job to its pods by its uid, unless somebody else said how.
  "batch/Job": (object) => (spec(object).manualSelector === true ? {} : jobByUid(object)),
};

const withLabels = (metadata: KubernetesObject["metadata"], ...names: readonly string[]): KubernetesObject["metadata"] => {
  const { labels, ...rest } = metadata;
  return { ...rest, ...unlessEmpty("labels", labels === undefined ? undefined : without(labels, ...names)) };
};

const jobByUid = (object: KubernetesObject): Fields => {
  const { template, ...rest } = without(spec(object), "selector");
  const inner = isFields(template) && isFields(template.metadata) ? template.metadata : {};
  const { labels, ...others } = inner;
  const metadata = { ...others, ...unlessEmpty("labels", isFields(labels) ? without(labels, ...JOB_LABELS) : undefined) };
  return {
    metadata: withLabels(object.metadata, ...JOB_LABELS),
    spec: { ...rest, template: isFields(template) ? { ...without(template, "metadata"), ...unlessEmpty("metadata", metadata) } : template },
  };
};

/** A volume with a token of the API, which the cluster adds to each pod. https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume */
const isTokenOf = (value: unknown): boolean =>
  isFields(value) && typeof value.name === "string" && value.name.startsWith("kube-api-access-");

const podSpec = (pod: Fields): Fields => {
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  const container = (value: unknown): unknown =>
    isFields(value) && value.volumeMounts !== undefined
      ? { ...value, volumeMounts: list(value.volumeMounts).filter((mount) => !isTokenOf(mount)) }
      : value;
  const lists = Object.fromEntries(
    ["containers", "initContainers"].flatMap((name) => (pod[name] === undefined ? [] : [[name, list(pod[name]).map(container)]])),
  );
  return {
    ...without(pod, "nodeName"),
    ...lists,
    ...(pod.volumes === undefined ? {} : { volumes: list(pod.volumes).filter((volume) => !isTokenOf(volume)) }),
  };
};
