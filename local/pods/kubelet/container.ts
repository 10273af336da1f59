import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../recovery/errors";
import { freePort } from "../../ports";
import { type Exit, type RunningProcess, startProcess } from "../../process";
import { isObject, type JsonObject } from "../api/object";
import type { LocalCommand, ResolvedContainer } from "../images/image-map";
import type { Container, PodSpec } from "../schema/pod";
import { ConfigError, environmentOf, expand } from "./environment";
import { Health } from "./health";
import { withLocalPaths } from "./local-text";
import type { PodHost } from "./pod-host";
import { hostPathOf } from "./volumes";

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy: doubled each time, at most 5 minutes, forgotten after 10 good ones. */
const MAX_BACKOFF_MS = 300_000;
const FORGET_BACKOFF_AFTER_MS = 600_000;
const RETRY_CONFIG_MS = 500;
/** What container runtimes give for a command that they cannot start. */
const START_ERROR = 128;

/** One container of a pod: its process, its restarts, its health. */
export class ContainerRuntime {
  state: JsonObject = { waiting: { reason: "ContainerCreating" } };
  lastState: JsonObject = {};
  restartCount = 0;
  readonly health: Health;
  process: RunningProcess | undefined;
  private ports = new Map<number, number>();
  private readonly ended = new AbortController();
  private failures = 0;

  constructor(
    readonly spec: Container,
    private readonly restartPolicy: PodSpec["restartPolicy"],
    private readonly host: PodHost,
  ) {
    this.health = new Health(spec, (port) => this.hostPortOf(port), host.changed);
  }

  get logFile(): string {
    return join(this.host.directory, "logs", `${this.spec.name}.log`);
  }

  /** The local port behind a container port, by number or by name, while the process lives. */
  hostPortOf(port: number | string): number | undefined {
    const number = typeof port === "number" ? port : this.spec.ports.find((each) => each.name === port)?.containerPort;
    return number === undefined ? undefined : this.ports.get(number);
  }

  /** Runs until the restart policy says that it is over, or until it is stopped. Resolves to the last exit code. */
  async run(): Promise<number> {
    while (!this.ended.signal.aborted) {
      await this.host.gate();
      if (this.host.frozen()) break;
      const process = await this.start();
      if (process === undefined && this.restartPolicy === "Never" && isObject(this.state.terminated)) return START_ERROR;
      if (process === undefined) continue;
      const startedAt = this.host.timestamp();
      const began = performance.now();
      this.state = { running: { startedAt } };
      this.health.begin(() => void process.stop(this.host.graceMs));
      this.host.changed();
      const code = this.finish(await process.exited, startedAt);
      if (performance.now() - began > FORGET_BACKOFF_AFTER_MS) this.failures = 0;
      const over = this.restartPolicy === "Never" || (this.restartPolicy === "OnFailure" && code === 0);
      if (over || this.ended.signal.aborted || this.host.frozen()) return code;
      await this.backOff();
      this.restartCount += 1;
    }
    return 0;
  }

  async stop(graceMs: number): Promise<void> {
    this.ended.abort();
    await this.process?.stop(graceMs);
  }

  private finish(exit: Exit, startedAt: string): number {
    this.process = undefined;
    this.health.end();
    this.ports = new Map();
    const code = exit.code ?? 128 + (SIGNALS[exit.signal ?? ""] ?? 0);
    const reason = code === 0 ? "Completed" : "Error";
    this.state = {
      terminated: { exitCode: code, reason, message: exit.signal ?? undefined, startedAt, finishedAt: this.host.timestamp() },
    };
    this.host.changed();
    return code;
  }

  /** The first restart is at once; a container that keeps failing waits longer each time. */
  private async backOff(): Promise<void> {
    const ms = this.failures === 0 ? 0 : Math.min(this.host.restartBackoffMs * 2 ** (this.failures - 1), MAX_BACKOFF_MS);
    this.failures += 1;
    this.lastState = this.state;
    if (ms === 0) return;
    this.wait(
      "CrashLoopBackOff",
      `back-off ${ms / 1000}s restarting failed container=${this.spec.name} pod=${this.host.pod.name}`,
      "BackOff",
    );
    await this.pause(ms);
  }

  private async start(): Promise<RunningProcess | undefined> {
    const image = this.host.images.find(({ match }) => match.test(this.spec.image));
    if (image === undefined) {
      this.wait(
        "ImagePullBackOff",
        `Back-off pulling image "${this.spec.image}": no local command stands for it (local/pods/images)`,
        "Failed",
      );
      await this.pause(undefined);
      return undefined;
    }
    try {
      const command = await image.start(this.resolve(), this.host.pod);
      if (this.ended.signal.aborted) return undefined;
      this.process = startProcess({ ...command, env: this.environment(command), logFile: this.logFile, group: true });
      return this.process;
    } catch (thrown) {
      const waits = thrown instanceof ConfigError || this.restartPolicy !== "Never";
      if (!waits) return this.failToStart(messageOf(thrown));
      this.wait(thrown instanceof ConfigError ? "CreateContainerConfigError" : "RunContainerError", messageOf(thrown), "Failed");
      await this.pause(RETRY_CONFIG_MS);
      return undefined;
    }
  }

  /** A command that is not there ends a container that is not restarted; a reference to what is not there yet is waited for. */
  private failToStart(message: string): undefined {
    const now = this.host.timestamp();
    this.state = { terminated: { exitCode: START_ERROR, reason: "StartError", message, startedAt: now, finishedAt: now } };
    this.host.event("Warning", "Failed", message);
    this.host.changed();
    return undefined;
  }

  private resolve(): ResolvedContainer {
    const { spec, host } = this;
    const volumes = host.mount();
    const env = { ...host.roleVariables, ...environmentOf(host.store, host.pod, spec) };
    const ownLayer = join(host.directory, "layers", spec.name);
    rmSync(ownLayer, { recursive: true, force: true });
    for (const directory of [ownLayer, join(host.directory, "logs")]) mkdirSync(directory, { recursive: true });
    const folders = new Map(spec.volumeMounts.map(({ mountPath }) => [mountPath, hostPathOf(mountPath, spec, volumes, ownLayer)]));
    return {
      name: spec.name,
      image: spec.image,
      command: spec.command?.map((text) => expand(text, env)),
      args: spec.args?.map((text) => expand(text, env)),
      workingDir: spec.workingDir,
      env,
      hostPath: (path) => hostPathOf(path, spec, volumes, ownLayer),
      localText: (text) => withLocalPaths(text, folders),
      hostPort: (port) => this.assignPort(port),
    };
  }

  private async assignPort(containerPort: number): Promise<number> {
    const port = this.ports.get(containerPort) ?? (await freePort());
    this.ports.set(containerPort, port);
    return port;
  }

  /** Only what was declared, and what a program needs to run at all: nothing else of this machine leaks into a pod. */
  private environment(command: LocalCommand): { [name: string]: string } {
    return { PATH: process.env.PATH ?? "", HOME: this.host.directory, HOSTNAME: this.host.pod.name, LANG: "C.UTF-8", ...command.env };
  }

  private wait(reason: string, message: string, event: string): void {
    this.state = { waiting: { reason, message } };
    this.host.event("Warning", event, message);
    this.host.changed();
  }

  private async pause(ms: number | undefined): Promise<void> {
    const { signal } = this.ended;
    if (signal.aborted) return;
    if (ms !== undefined) await sleep(ms, undefined, { signal }).catch(() => undefined);
    else await new Promise<void>((done) => signal.addEventListener("abort", () => done(), { once: true }));
  }
}

const SIGNALS: { readonly [signal: string]: number } = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };
