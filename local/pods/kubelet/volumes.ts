import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { CLAIM, CONFIG_MAP, SECRET } from "../api/kinds";
import type { KubeObject } from "../api/object";
import type { Store } from "../api/store";
import type { PodIdentity } from "../images/image-map";
import { type Container, claimNameOf, type PodSpec, type Volume } from "../schema/pod";
import { ConfigError, dataOf } from "./environment";

/** Volumes as folders: `volumes/` outlives pods, `pods/<uid>` goes with its pod. */
export class Volumes {
  constructor(
    private readonly root: string,
    private readonly store: Store,
  ) {}

  /** A claim made again under the same name is another volume: its uid is in the folder's name. */
  claimDirectory(claim: KubeObject): string {
    const { namespace = "", name, uid } = claim.metadata;
    return join(this.root, "volumes", namespace, `${name}-${uid.slice(0, 8)}`);
  }

  podDirectory(pod: PodIdentity): string {
    return join(this.root, "pods", pod.namespace, `${pod.name}-${pod.uid.slice(0, 8)}`);
  }

  /** Makes the pod's volumes ready and says where each is. Throws a ConfigError for what is not there yet. */
  prepare(pod: PodIdentity, spec: PodSpec): ReadonlyMap<string, string> {
    return new Map(spec.volumes.map((volume) => [volume.name, this.prepareOne(pod, volume)]));
  }

  /** The folders that hold this pod's claims: what a lost disk takes away. */
  claimsOf(pod: PodIdentity, spec: PodSpec): readonly string[] {
    return spec.volumes.flatMap((volume) => {
      const name = claimNameOf(pod.name, volume);
      const claim = name === undefined ? undefined : this.store.find(CLAIM, pod.namespace, name);
      return claim === undefined ? [] : [this.claimDirectory(claim)];
    });
  }

  /** What is not a claim's. */
  releasePod(pod: PodIdentity): void {
    rmSync(join(this.podDirectory(pod), "volumes"), { recursive: true, force: true });
  }

  removePod(pod: PodIdentity): void {
    rmSync(this.podDirectory(pod), { recursive: true, force: true });
  }

  removeClaim(claim: KubeObject): void {
    rmSync(this.claimDirectory(claim), { recursive: true, force: true });
  }

  private prepareOne(pod: PodIdentity, volume: Volume): string {
    const claimName = claimNameOf(pod.name, volume);
    if (claimName !== undefined) return made(this.claimDirectory(this.claim(pod.namespace, claimName)));
    const { configMap, secret } = volume;
    const directory = made(join(this.podDirectory(pod), "volumes", volume.name));
    if (configMap !== undefined)
      project(directory, dataOf(this.store, CONFIG_MAP, pod.namespace, configMap.name, configMap.optional), configMap);
    if (secret !== undefined) project(directory, dataOf(this.store, SECRET, pod.namespace, secret.secretName, secret.optional), secret);
    return directory;
  }

  private claim(namespace: string, name: string): KubeObject {
    const claim = this.store.find(CLAIM, namespace, name);
    if (claim === undefined) throw new ConfigError(`persistentvolumeclaim "${name}" not found`);
    return claim;
  }
}

const made = (directory: string): string => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
};

interface Projection {
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[];
  readonly defaultMode: number;
}

const project = (directory: string, data: ReadonlyMap<string, Buffer>, { items, defaultMode }: Projection): void => {
  for (const { key, path, mode = defaultMode } of items ?? [...data.keys()].map((each) => ({ key: each, path: each, mode: undefined }))) {
    const content = data.get(key);
    if (content === undefined) throw new ConfigError(`references non-existent key: ${key}`);
    const file = join(directory, path);
    made(dirname(file));
    // Written beside it: one that is there may be read-only, and a process that reads it keeps what it read.
    const partial = `${file}.partial`;
    rmSync(partial, { force: true });
    writeFileSync(partial, content);
    chmodSync(partial, mode);
    renameSync(partial, file);
  }
};

/** Where a path of the container is on this machine; the deepest mount that holds it counts. */
export const hostPathOf = (containerPath: string, container: Container, volumes: ReadonlyMap<string, string>, ownLayer: string): string => {
  const path = posix.normalize(containerPath);
  const mounts = container.volumeMounts
    .map((mount) => ({ ...mount, mountPath: posix.normalize(mount.mountPath).replace(/(.)\/$/, "$1") }))
    .filter(({ mountPath }) => path === mountPath || path.startsWith(mountPath === "/" ? "/" : `${mountPath}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  const mount = mounts[0];
  const volume = mount === undefined ? undefined : volumes.get(mount.name);
  if (mount === undefined || volume === undefined) return join(ownLayer, path);
  return join(volume, mount.subPath ?? "", path.slice(mount.mountPath.length));
};
