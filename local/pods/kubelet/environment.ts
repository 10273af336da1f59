import { CONFIG_MAP, SECRET } from "../api/kinds";
import { isObject } from "../api/object";
import type { Store } from "../api/store";
import type { PodIdentity } from "../images/image-map";
import type { Container } from "../schema/pod";

/** A reference that cannot be followed yet: the container waits in CreateContainerConfigError, as in a cluster. */
export class ConfigError extends Error {}

/** The variables that a container starts with. Later ones may use earlier ones as `$(NAME)`. */
export const environmentOf = (store: Store, pod: PodIdentity, container: Container): { [name: string]: string } => {
  const env: { [name: string]: string } = {};
  for (const { prefix, configMapRef, secretRef } of container.envFrom) {
    const data = configMapRef
      ? dataOf(store, CONFIG_MAP, pod.namespace, configMapRef.name, configMapRef.optional)
      : secretRef && dataOf(store, SECRET, pod.namespace, secretRef.name, secretRef.optional);
    for (const [key, value] of data ?? []) env[`${prefix}${key}`] = value.toString("utf8");
  }
  for (const { name, value, valueFrom } of container.env) {
    const resolved = value === undefined && valueFrom !== undefined ? referenced(store, pod, valueFrom) : expand(value ?? "", env);
    if (resolved !== undefined) env[name] = resolved;
  }
  return env;
};

/** https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/ */
export const expand = (text: string, env: { readonly [name: string]: string }): string =>
  text.replace(/\$(\$)?\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g, (whole, escaped, name) => (escaped ? whole.slice(1) : (env[name] ?? whole)));

const referenced = (store: Store, pod: PodIdentity, source: NonNullable<Container["env"][number]["valueFrom"]>): string | undefined => {
  const { configMapKeyRef, secretKeyRef, fieldRef } = source;
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference === undefined) return undefined;
  const kind = configMapKeyRef === undefined ? SECRET : CONFIG_MAP;
  const found = dataOf(store, kind, pod.namespace, reference.name, reference.optional).get(reference.key);
  if (found !== undefined || reference.optional) return found?.toString("utf8");
  throw new ConfigError(`couldn't find key ${reference.key} in ${kind.kind} ${pod.namespace}/${reference.name}`);
};

const fieldOf = (pod: PodIdentity, path: string): string =>
  ({ "metadata.name": pod.name, "metadata.namespace": pod.namespace, "metadata.uid": pod.uid })[path] ?? "127.0.0.1";

/** The entries of a ConfigMap or Secret, decoded. */
export const dataOf = (
  store: Store,
  kind: typeof SECRET,
  namespace: string,
  name: string,
  optional: boolean,
): ReadonlyMap<string, Buffer> => {
  const object = store.find(kind, namespace, name);
  if (object === undefined && !optional) throw new ConfigError(`${kind.kind.toLowerCase()} "${name}" not found`);
  const decode = (fields: unknown, encoding: BufferEncoding): [string, Buffer][] =>
    isObject(fields) ? Object.entries(fields).map(([key, value]) => [key, Buffer.from(String(value), encoding)]) : [];
  return new Map([...decode(object?.data, kind === SECRET ? "base64" : "utf8"), ...decode(object?.binaryData, "base64")]);
};
