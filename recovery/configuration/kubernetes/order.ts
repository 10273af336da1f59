/**
 * What has to be there before what uses it: objects are exported, and so applied, in this order, and those of other kinds behind them. Pods and Jobs
 * come last, because they begin at once.
 */
const FIRST = [
  ...["v1/Namespace", "v1/ResourceQuota", "v1/LimitRange", "v1/ServiceAccount", "v1/Secret", "v1/ConfigMap", "v1/PersistentVolumeClaim"],
  ...["rbac.authorization.k8s.io/v1/Role", "rbac.authorization.k8s.io/v1/RoleBinding", "networking.k8s.io/v1/NetworkPolicy", "v1/Service"],
];
const LAST = ["apps/v1/StatefulSet", "apps/v1/Deployment", "apps/v1/DaemonSet", "batch/v1/CronJob", "v1/Pod", "batch/v1/Job"];

const rank = (name: string): number => {
  const kind = name.slice(0, name.lastIndexOf("/"));
  if (FIRST.includes(kind)) return FIRST.indexOf(kind);
  return LAST.includes(kind) ? FIRST.length + 1 + LAST.indexOf(kind) : FIRST.length;
};

/** Of two names of objects. The same names have one order, wherever they were listed. */
export const byOrder = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
