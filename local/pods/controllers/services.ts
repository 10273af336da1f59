import { messageOf } from "../../../recovery/errors";
import { POD, SERVICE } from "../api/kinds";
import type { KubeObject } from "../api/object";
import { isReady } from "../kubelet/pod-status";
import { type ServicePort, serviceSpec } from "../schema/services";
import { type ControllerContext, isEnding } from "./context";
import { listenForService, type ServiceProxy } from "./proxy";

const RETRY_MS = 2_000;

interface Listener {
  readonly uid: string;
  readonly port: number;
  /** Undefined while it starts; "refused" when the port is taken. */
  state: ServiceProxy | "refused" | undefined;
}

/** A TCP proxy on 127.0.0.1 for every port of every Service that is not headless, to the ready pods that it selects. */
export class Services {
  private readonly listeners = new Map<string, Listener>();
  private next = 0;
  private closed = false;

  constructor(private readonly context: ControllerContext) {}

  reconcile(): void {
    const wanted = new Set<string>();
    for (const service of this.context.store.list(SERVICE)) {
      const spec = serviceSpec.parse(service.spec);
      const ports = service.spec?.clusterIP === "None" ? [] : spec.ports;
      for (const port of ports) {
        const key = `${service.metadata.uid}:${port.port}`;
        wanted.add(key);
        if (!this.listeners.has(key)) this.listen(key, service, port.port);
      }
      const listening = ports.every(({ port }) => isListening(this.listeners.get(`${service.metadata.uid}:${port}`)));
      const ingress = spec.type === "LoadBalancer" && listening ? [{ hostname: "127.0.0.1" }] : undefined;
      this.context.store.setStatus(SERVICE, service, { loadBalancer: { ingress } });
    }
    for (const [key, listener] of this.listeners) if (!wanted.has(key)) this.drop(key, listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.listeners.values()].map(({ state }) => (isProxy(state) ? state.close() : undefined)));
    this.listeners.clear();
  }

  private listen(key: string, service: KubeObject, port: number): void {
    const listener: Listener = { uid: service.metadata.uid, port, state: undefined };
    this.listeners.set(key, listener);
    const { namespace, name } = service.metadata;
    listenForService(port, () => this.pick(namespace, name, port)).then(
      (proxy) => {
        if (this.closed || this.listeners.get(key) !== listener) return proxy.close();
        listener.state = proxy;
        this.context.wakeIn(0);
      },
      (thrown) => this.refuse(key, listener, service, messageOf(thrown)),
    );
  }

  private refuse(key: string, listener: Listener, service: KubeObject, why: string): void {
    listener.state = "refused";
    this.context.events.record(
      SERVICE,
      service,
      "Warning",
      "SyncLoadBalancerFailed",
      `Cannot listen on 127.0.0.1:${listener.port}: ${why}`,
    );
    setTimeout(() => {
      if (this.closed || this.listeners.get(key) !== listener) return;
      this.listeners.delete(key);
      this.context.wakeIn(0);
    }, RETRY_MS).unref();
  }

  private drop(key: string, listener: Listener): void {
    this.listeners.delete(key);
    if (isProxy(listener.state)) void listener.state.close();
  }

  /** The local port of the next ready pod, in turn. */
  private pick(namespace: string | undefined, name: string, port: number): number | undefined {
    const service = this.context.store.find(SERVICE, namespace, name);
    const declared = service && serviceSpec.parse(service.spec).ports.find((each) => each.port === port);
    if (service === undefined || declared === undefined) return undefined;
    const ports = this.endpoints(service, declared);
    this.next += 1;
    return ports[this.next % ports.length];
  }

  private endpoints(service: KubeObject, { port, targetPort }: ServicePort): readonly number[] {
    const { selector, publishNotReadyAddresses } = serviceSpec.parse(service.spec);
    const labels = Object.entries(selector);
    if (labels.length === 0) return [];
    return this.context.store
      .list(POD, service.metadata.namespace)
      .filter((pod) => labels.every(([label, value]) => pod.metadata.labels?.[label] === value))
      .filter((pod) => publishNotReadyAddresses || (!isEnding(pod) && isReady(pod)))
      .flatMap((pod) => this.context.kubelet.hostPortOf(pod, targetPort ?? port) ?? []);
  }
}

const isProxy = (state: Listener["state"]): state is ServiceProxy => state !== undefined && state !== "refused";
const isListening = (listener: Listener | undefined): boolean => isProxy(listener?.state);
