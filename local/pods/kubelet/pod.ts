import { rm } from "node:fs/promises";
import { POD } from "../api/kinds";
import type { JsonObject, KubeObject } from "../api/object";
import { type PodSpec, podSpec } from "../schema/pod";
import { ContainerRuntime } from "./container";
import type { PodHost } from "./pod-host";
import { type Phase, phaseOf, statusOf } from "./pod-status";

export type PodParts = Omit<PodHost, "changed" | "gate" | "graceMs" | "mount"> & {
  mount(spec: PodSpec): ReadonlyMap<string, string>;
  claims(spec: PodSpec): readonly string[];
  /** Gives up what a pod that has ended needs no more. */
  release(): void;
};

/** One pod: its init containers one after another, then its containers together. */
export class PodRuntime {
  readonly spec: PodSpec;
  private readonly init: readonly ContainerRuntime[];
  private readonly main: readonly ContainerRuntime[];
  private erasing: Promise<void> = Promise.resolve();
  private initialized = false;
  private readonly startTime: string;
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly object: KubeObject,
    private readonly parts: PodParts,
  ) {
    this.spec = podSpec.parse(object.spec);
    this.startTime = parts.timestamp();
    const host: PodHost = {
      ...parts,
      graceMs: this.spec.terminationGracePeriodSeconds * 1000,
      mount: () => parts.mount(this.spec),
      gate: () => this.erasing,
      changed: () => this.report(),
    };
    const { restartPolicy } = this.spec;
    this.init = this.spec.initContainers.map(
      (each) => new ContainerRuntime(each, restartPolicy === "Always" ? "OnFailure" : restartPolicy, host),
    );
    this.main = this.spec.containers.map((each) => new ContainerRuntime(each, restartPolicy, host));
  }

  get containers(): readonly ContainerRuntime[] {
    return [...this.init, ...this.main];
  }

  start(): void {
    this.running = this.runToItsEnd();
    this.report();
  }

  async stop(graceMs: number): Promise<void> {
    this.stopped = true;
    await Promise.all(this.containers.map((container) => container.stop(graceMs)));
    await this.running;
  }

  /** Where a ready container listens for this port, by number or name. */
  hostPortOf(port: number | string): number | undefined {
    return this.main.map((container) => container.hostPortOf(port)).find((each) => each !== undefined);
  }

  claims(): readonly string[] {
    return this.parts.claims(this.spec);
  }

  /** The loss of the node: processes die at once, and start again by the pod's policy. */
  kill(): void {
    for (const { process } of this.containers) process?.kill();
  }

  /** The loss of the disk: processes die at once and their claims' folders go; what starts again finds them empty. */
  async erase(): Promise<void> {
    let done = (): void => undefined;
    this.erasing = new Promise((resolve) => {
      done = resolve;
    });
    try {
      const processes = this.containers.flatMap(({ process }) => (process === undefined ? [] : [process]));
      for (const process of processes) process.kill();
      await Promise.all(processes.map((process) => process.exited));
      await Promise.all(this.claims().map((directory) => rm(directory, { recursive: true, force: true })));
    } finally {
      done();
    }
  }

  private async run(): Promise<void> {
    for (const container of this.init) {
      const code = await container.run();
      if (code !== 0 || this.stopped) return this.report();
    }
    this.initialized = true;
    await Promise.all(this.main.map((container) => container.run()));
    this.report();
  }

  /** Its emptyDirs go when a pod ends for good, as a kubelet unmounts them; its logs stay. */
  private async runToItsEnd(): Promise<void> {
    await this.run();
    const phase = this.phase();
    if (!this.stopped && (phase === "Succeeded" || phase === "Failed")) this.parts.release();
  }

  private phase(): Phase {
    return phaseOf(this.spec.restartPolicy, this.init, this.main);
  }

  private report(): void {
    const { store } = this.parts;
    const live = store.find(POD, this.parts.pod.namespace, this.parts.pod.name);
    const status: JsonObject = statusOf({
      previous: live?.status,
      startTime: this.startTime,
      now: this.parts.timestamp(),
      initialized: this.initialized,
      phase: this.phase(),
      init: this.init,
      main: this.main,
    });
    store.setStatus(POD, this.object, status);
  }
}
