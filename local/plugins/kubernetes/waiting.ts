import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../recovery/errors";
import type { Properties } from "../protocol/resource";
import { isRecord } from "../protocol/values";
import type { Cluster } from "./context";
import { diagnose } from "./diagnosis";
import type { KindRow } from "./kinds";
import { collectionOf, pathOf } from "./paths";
import type { NotReady } from "./readiness";

const POLL_MS = 100;
/** The official plugin's own for a Service: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/service.go */
const DEFAULT_TIMEOUT_MS = 600_000;

/** The object did not become ready: what it is now, and why. */
export class NotReadyError extends Error {
  constructor(
    readonly object: Properties,
    message: string,
  ) {
    super(message);
  }
}

/** Waits until the object is ready by its kind's own rule, unless its annotation says not to; returns it as it is then. */
export const untilReady = async (
  cluster: Cluster,
  row: KindRow,
  id: string,
  applied: Properties,
  signal: AbortSignal,
): Promise<Properties> => {
  if (row.ready === undefined || annotation(applied, "pulumi.com/skipAwait") === "true") return applied;
  const within = collectionOf(id);
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMsOf(applied))]);
  let object = applied;
  for (;;) {
    object = (await cluster.client.find(pathOf(row, id))) ?? object;
    const lack = await row.ready(object, cluster.client, within);
    if (lack === undefined) return object;
    if (lack.failed || stop.aborted) throw new NotReadyError(object, await explain(cluster, row, id, object, lack, stop));
    await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
};

/** Waits until the object is gone; its dependents go first. */
export const untilGone = async (cluster: Cluster, row: KindRow, id: string, uid: unknown): Promise<void> => {
  const stop = AbortSignal.timeout(DEFAULT_TIMEOUT_MS);
  for (;;) {
    const object = await cluster.client.find(pathOf(row, id));
    const metadata = object !== undefined && isRecord(object.metadata) ? object.metadata : {};
    if (object === undefined || metadata.uid !== uid) return;
    if (stop.aborted) throw new NotReadyError(object, await explain(cluster, row, id, object, { why: "it is still being deleted" }, stop));
    await sleep(POLL_MS);
  }
};

const explain = async (
  cluster: Cluster,
  row: KindRow,
  id: string,
  object: Properties,
  { why, failed }: NotReady,
  stop: AbortSignal,
): Promise<string> => {
  const ended = failed || !stop.aborted ? "" : ` Stopped waiting: ${messageOf(stop.reason)}`;
  return `${row.kind} ${id} is not ready in context ${cluster.client.context}: ${why}.${ended}${await diagnose(cluster.client, object, collectionOf(id))}`;
};

/** The program's `customTimeouts` arrive as the signal; the annotation is the older way to say it. */
const timeoutMsOf = (object: Properties): number => {
  const seconds = Number(annotation(object, "pulumi.com/timeoutSeconds"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : DEFAULT_TIMEOUT_MS;
};

export const annotation = (object: Properties, name: string): string | undefined => {
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  const value = isRecord(metadata.annotations) ? metadata.annotations[name] : undefined;
  return typeof value === "string" ? value : undefined;
};
