import { isList, isObject, type Json, type JsonObject } from "../api/object";
import type { PodSpec } from "../schema/pod";
import type { ContainerRuntime } from "./container";

export type Phase = "Pending" | "Running" | "Succeeded" | "Failed";

interface StatusFacts {
  readonly previous: JsonObject | undefined;
  readonly startTime: string;
  readonly now: string;
  readonly initialized: boolean;
  readonly phase: Phase;
  readonly init: readonly ContainerRuntime[];
  readonly main: readonly ContainerRuntime[];
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ */
export const statusOf = (facts: StatusFacts): JsonObject => {
  const ready = facts.initialized && facts.main.every(({ health }) => health.ready);
  const condition = (type: string, holds: boolean): JsonObject => conditionOf(facts, type, holds);
  return {
    phase: facts.phase,
    hostIP: "127.0.0.1",
    podIP: "127.0.0.1",
    startTime: facts.startTime,
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", facts.initialized),
      condition("ContainersReady", ready),
      condition("Ready", ready),
    ],
    containerStatuses: facts.main.map(containerStatus),
    ...(facts.init.length === 0 ? {} : { initContainerStatuses: facts.init.map(containerStatus) }),
  };
};

export const phaseOf = (
  restartPolicy: PodSpec["restartPolicy"],
  init: readonly ContainerRuntime[],
  main: readonly ContainerRuntime[],
): Phase => {
  const initFailed = restartPolicy === "Never" && init.some((each) => (exitCodeOf(each) ?? 0) !== 0);
  if (initFailed) return "Failed";
  const codes = main.map(exitCodeOf);
  const isOver = (code: number | undefined): boolean =>
    code !== undefined && (restartPolicy === "Never" || (restartPolicy === "OnFailure" && code === 0));
  if (codes.every(isOver)) return codes.every((code) => code === 0) ? "Succeeded" : "Failed";
  const begun = main.some((each) => each.restartCount > 0 || isObject(each.state.running) || isObject(each.state.terminated));
  return begun ? "Running" : "Pending";
};

const exitCodeOf = ({ state }: ContainerRuntime): number | undefined =>
  isObject(state.terminated) ? Number(state.terminated.exitCode) : undefined;

const containerStatus = (container: ContainerRuntime): JsonObject => ({
  name: container.spec.name,
  image: container.spec.image,
  imageID: "",
  ready: container.health.ready,
  started: container.health.started,
  restartCount: container.restartCount,
  state: container.state,
  lastState: container.lastState,
});

const conditionOf = ({ previous, now }: StatusFacts, type: string, holds: boolean): JsonObject => {
  const status = holds ? "True" : "False";
  const before = conditionsOf(previous).find((each) => each.type === type);
  return { type, status, lastTransitionTime: before?.status === status ? before.lastTransitionTime : now };
};

const conditionsOf = (status: JsonObject | undefined): readonly JsonObject[] => {
  const list: Json | undefined = status?.conditions;
  return isList(list) ? list.filter(isObject) : [];
};

export const isReady = (pod: { readonly status?: JsonObject }): boolean =>
  conditionsOf(pod.status).some(({ type, status }) => type === "Ready" && status === "True");
