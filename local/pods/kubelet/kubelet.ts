import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLAIM, POD } from "../api/kinds";
import type { KubeObject } from "../api/object";
import { notFound, StatusError } from "../api/status";
import { type Store, timestamp } from "../api/store";
import type { Clock } from "../clock";
import type { Events } from "../events";
import type { PodRoles } from "../identity";
import type { ImageMap, PodIdentity } from "../images/image-map";
import { podSpec } from "../schema/pod";
import { PodRuntime } from "./pod";
import { Volumes } from "./volumes";
import { PodZones } from "./zones";

/** A process that stands for a container, and the folders of its pod's claims. */
export interface PodProcess {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly pid: number;
  readonly zone: string;
  readonly dataDirectories: readonly string[];
}

export interface KubeletOptions {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly images: ImageMap;
  readonly roles: PodRoles;
  readonly dataRoot: string;
  readonly restartBackoffMs: number;
  /** At least one. */
  readonly zones: readonly string[];
}

/** The one node: starts the processes of every pod in the store and ends those of deleted ones. */
export class Kubelet {
  private readonly runtimes = new Map<string, PodRuntime>();
  private readonly ending = new Map<string, Promise<void>>();
  private readonly volumes: Volumes;
  private readonly zones: PodZones;
  private isFrozen = false;

  constructor(private readonly options: KubeletOptions) {
    this.volumes = new Volumes(options.dataRoot, options.store);
    this.zones = new PodZones(options.zones);
    options.store.onChange(({ type, kind, object }) => {
      if (type === "DELETED" && kind === CLAIM) this.volumes.removeClaim(object);
    });
  }

  /** Brings the processes in line with the pods in the store. */
  sync(): void {
    if (this.isFrozen) return;
    for (const pod of this.options.store.list(POD)) {
      const { uid, deletionTimestamp } = pod.metadata;
      const runtime = this.runtimes.get(uid);
      if (deletionTimestamp === undefined && runtime === undefined) this.begin(pod);
      if (deletionTimestamp !== undefined && !this.ending.has(uid)) this.ending.set(uid, this.end(pod, runtime));
    }
  }

  /** From now on nothing starts or restarts; what runs goes on. */
  freeze(): void {
    this.isFrozen = true;
  }

  async stop(graceMs: number): Promise<void> {
    this.freeze();
    await Promise.all([...this.runtimes.values()].map((runtime) => runtime.stop(graceMs)));
    await Promise.all(this.ending.values());
  }

  hostPortOf(pod: KubeObject, port: number | string): number | undefined {
    return this.runtimes.get(pod.metadata.uid)?.hostPortOf(port);
  }

  processes(): readonly PodProcess[] {
    return this.options.store.list(POD).flatMap((pod) => {
      const runtime = this.runtimes.get(pod.metadata.uid);
      const { namespace, name, uid } = identityOf(pod);
      const zone = this.zones.of(uid);
      return (runtime?.containers ?? []).flatMap(({ spec, process }) =>
        process === undefined
          ? []
          : [{ namespace, pod: name, container: spec.name, pid: process.pid, zone, dataDirectories: runtime?.claims() ?? [] }],
      );
    });
  }

  /** SIGKILL to what runs in the zone. Its pods are of another zone from now on, and their containers start again there, on the same volumes. */
  loseZone(zone: string): readonly PodProcess[] {
    const there = this.processes().filter((process) => process.zone === zone);
    this.zones.lose(zone);
    for (const { namespace, pod } of there) this.runtimeOf(namespace, pod).kill();
    return there;
  }

  resumeZone(zone: string): void {
    this.zones.resume(zone);
  }

  async erase(namespace: string, name: string): Promise<void> {
    await this.runtimeOf(namespace, name).erase();
  }

  logOf(namespace: string, name: string, container: string | null, tailLines: number | undefined): string {
    const { containers } = this.runtimeOf(namespace, name);
    const chosen = container === null ? containers.at(-1) : containers.find(({ spec }) => spec.name === container);
    if (chosen === undefined) throw new StatusError(400, "BadRequest", `container ${container} is not valid for pod ${name}`);
    const text = readLog(chosen.logFile);
    return tailLines === undefined || text === "" ? text : `${text.trimEnd().split("\n").slice(-tailLines).join("\n")}\n`;
  }

  private runtimeOf(namespace: string, name: string): PodRuntime {
    const runtime = this.runtimes.get(this.options.store.get(POD, namespace, name).metadata.uid);
    if (runtime === undefined) throw notFound(POD, name);
    return runtime;
  }

  private begin(object: KubeObject): void {
    const { store, events, clock, images, roles, restartBackoffMs } = this.options;
    const pod = identityOf(object);
    const directory = this.volumes.podDirectory(pod);
    const { serviceAccountName: serviceAccount } = podSpec.parse(object.spec);
    const runtime = new PodRuntime(object, {
      pod,
      store,
      images,
      restartBackoffMs,
      directory,
      // A pod has the role that its account had when it was made, or none: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
      roleVariables: roles.variablesOf({ ...pod, serviceAccount }, join(directory, "identity")),
      timestamp: () => timestamp(clock),
      mount: (spec) => this.volumes.prepare(pod, spec),
      claims: (spec) => this.volumes.claimsOf(pod, spec),
      release: () => this.volumes.releasePod(pod),
      frozen: () => this.isFrozen,
      event: (type, reason, message) => events.record(POD, object, type, reason, message),
    });
    this.runtimes.set(object.metadata.uid, runtime);
    runtime.start();
  }

  private async end(object: KubeObject, runtime: PodRuntime | undefined): Promise<void> {
    const { uid, deletionGracePeriodSeconds } = object.metadata;
    await runtime?.stop((deletionGracePeriodSeconds ?? runtime.spec.terminationGracePeriodSeconds) * 1000);
    this.runtimes.delete(uid);
    this.zones.forget(uid);
    this.ending.delete(uid);
    this.options.roles.forget(identityOf(object));
    this.volumes.removePod(identityOf(object));
    this.options.store.remove(POD, object);
  }
}

const identityOf = ({ metadata: { namespace = "default", name, uid } }: KubeObject): PodIdentity => ({ namespace, name, uid });

const readLog = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};
