import { apiVersionOf, EVENT, type Kind, NAMESPACE } from "./api/kinds";
import type { KubeObject } from "./api/object";
import { type Store, timestamp } from "./api/store";
import type { Clock } from "./clock";

const KEPT = 1_000;

export type EventType = "Normal" | "Warning";

/** What happened to objects, as `kubectl describe` shows it. The same message counts up instead of repeating. */
export class Events {
  private sequence = 0;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  /** As `record`, for what a pass finds again and again: a change that each pass makes would ask for the next one. */
  recordOnce(kind: Kind, object: KubeObject, type: EventType, reason: string, message: string): void {
    if (this.find(object, reason, message) === undefined) this.record(kind, object, type, reason, message);
  }

  record(kind: Kind, object: KubeObject, type: EventType, reason: string, message: string): void {
    const { name, namespace = "default", uid } = object.metadata;
    if (kind !== NAMESPACE && this.store.find(NAMESPACE, undefined, namespace)?.metadata.deletionTimestamp !== undefined) return;
    const same = this.find(object, reason, message);
    if (same !== undefined) {
      this.store.update(EVENT, same, (live) => ({ ...live, count: Number(live.count) + 1, lastTimestamp: timestamp(this.clock) }));
      return;
    }
    this.sequence += 1;
    const now = timestamp(this.clock);
    this.store.create(EVENT, {
      metadata: { name: `${name}.${this.sequence.toString(16).padStart(8, "0")}`, namespace },
      involvedObject: { kind: kind.kind, apiVersion: apiVersionOf(kind), name, namespace, uid },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: "lifeboat-pods" },
    });
    const events = this.store.list(EVENT, namespace);
    for (const old of events.slice(0, Math.max(0, events.length - KEPT))) this.store.remove(EVENT, old);
  }

  private find({ metadata: { namespace = "default", uid } }: KubeObject, reason: string, message: string): KubeObject | undefined {
    return this.store
      .list(EVENT, namespace)
      .find((event) => event.reason === reason && event.message === message && involved(event) === uid);
  }
}

const involved = (event: KubeObject): unknown => {
  const reference = event.involvedObject;
  return typeof reference === "object" && reference !== null && "uid" in reference ? reference.uid : undefined;
};
