/** A kind that this API serves, with the words that its paths are made of. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Made by the runner itself: clients may read and delete it. */
  readonly readOnly?: boolean;
}

const core = (kind: string, plural: string, options: Partial<Kind> = {}): Kind => ({
  group: "",
  version: "v1",
  kind,
  plural,
  namespaced: true,
  ...options,
});
const grouped = (group: string, kind: string, plural: string): Kind => ({ group, version: "v1", kind, plural, namespaced: true });

export const NAMESPACE = core("Namespace", "namespaces", { namespaced: false });
export const POD = core("Pod", "pods");
export const SERVICE = core("Service", "services");
export const CONFIG_MAP = core("ConfigMap", "configmaps");
export const SECRET = core("Secret", "secrets");
export const SERVICE_ACCOUNT = core("ServiceAccount", "serviceaccounts");
export const CLAIM = core("PersistentVolumeClaim", "persistentvolumeclaims");
export const EVENT = core("Event", "events", { readOnly: true });
export const STATEFUL_SET = grouped("apps", "StatefulSet", "statefulsets");
export const DEPLOYMENT = grouped("apps", "Deployment", "deployments");
export const NETWORK_POLICY = grouped("networking.k8s.io", "NetworkPolicy", "networkpolicies");
export const DISRUPTION_BUDGET = grouped("policy", "PodDisruptionBudget", "poddisruptionbudgets");
export const JOB = grouped("batch", "Job", "jobs");
export const CRON_JOB = grouped("batch", "CronJob", "cronjobs");

export const KINDS: readonly Kind[] = [
  NAMESPACE,
  POD,
  SERVICE,
  CONFIG_MAP,
  SECRET,
  SERVICE_ACCOUNT,
  CLAIM,
  EVENT,
  STATEFUL_SET,
  DEPLOYMENT,
  NETWORK_POLICY,
  DISRUPTION_BUDGET,
  JOB,
  CRON_JOB,
];

export const apiVersionOf = (kind: Kind): string => (kind.group === "" ? kind.version : `${kind.group}/${kind.version}`);

/** "statefulsets.apps": how Kubernetes names a resource in its messages. */
export const resourceName = (kind: Kind): string => (kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`);
