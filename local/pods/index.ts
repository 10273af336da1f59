import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { NAMESPACE } from "./api/kinds";
import { Lists } from "./api/lists";
import { Operations } from "./api/operations";
import { createApiServer } from "./api/server";
import { Store } from "./api/store";
import { History } from "./api/watch";
import { type Clock, systemClock } from "./clock";
import type { ControllerContext } from "./controllers/context";
import { reconcileCronJobs } from "./controllers/cron-jobs";
import { reconcileDeployments } from "./controllers/deployments";
import { reconcileEphemeralVolumes } from "./controllers/ephemeral-volumes";
import { collectGarbage } from "./controllers/garbage";
import { reconcileJobs } from "./controllers/jobs";
import { ControlLoop } from "./controllers/loop";
import { Services } from "./controllers/services";
import { reconcileStatefulSets } from "./controllers/stateful-sets";
import { Events } from "./events";
import { noRoles, noVisitors, type PodRoles, type TokenReview } from "./identity";
import type { ImageMap } from "./images/image-map";
import { type Kubeconfig, kubeconfigFor } from "./kubeconfig";
import { Kubelet, type PodProcess } from "./kubelet/kubelet";

export type { PodRoles, TokenReview, Visitor } from "./identity";
export { awsCliImage } from "./images/aws-cli";
export { chromaImage } from "./images/chroma";
export { gitImage } from "./images/git";
export type { ImageMap, LocalCommand, MappedImage, PodIdentity, ResolvedContainer } from "./images/image-map";
export { postgresImage } from "./images/postgres";
export { type Kubeconfig, writeKubeconfig } from "./kubeconfig";
export type { PodProcess } from "./kubelet/kubelet";
export { RECORDED_ONLY } from "./schema/recorded";

export interface PodOptions {
  readonly region: string;
  /** Where this region's volumes, logs and container layers lie. */
  readonly dataRoot: string;
  readonly images: ImageMap;
  /** Where pods get their roles from; without it none has one. */
  readonly roles?: PodRoles;
  /** Who else is let in, to look; nobody without it. */
  readonly visitors?: TokenReview;
  readonly log?: (line: string) => void;
  readonly clock?: Clock;
  /** The wait before the second restart of a failing container, doubled from there; 10 as in Kubernetes. */
  readonly restartBackoffSeconds?: number;
  /** Those of the cluster's nodes; the region's first two when not given. */
  readonly zones?: readonly string[];
}

export interface PodRunner {
  readonly url: string;
  /** `lifeboat-us-east-1` */
  readonly contextName: string;
  readonly kubeconfig: Kubeconfig;
  /** Ends the API server, the proxies and every pod. */
  stop(): Promise<void>;
  /** From now on nothing starts or restarts: for a disaster. What runs goes on until it is killed. */
  stopControllers(): void;
  processes(): readonly PodProcess[];
  /** Kills the pod's processes and deletes the folders of its claims. While controllers run, its containers start again on empty volumes. */
  erase(pod: { readonly namespace: string; readonly pod: string }): Promise<void>;
  /**
   * A zone without power: SIGKILL to the processes of its pods; answers with them. Unlike Kubernetes this waits for no node to be given up, and the pods'
   * volumes are reached from the other zones too. @throws Error for the last zone that has power.
   */
  loseZone(zone: string): readonly PodProcess[];
  resumeZone(zone: string): void;
  /**
   * How many requests the API has been sent, refused ones included: shows whether recovery leaned on this region. Those with a token of EKS are not among
   * them: the cluster's own region's functions send them, which are victims too, and other regions' would ask EKS first, which the log of calls has.
   */
  requestCount(): number;
}

const STOP_GRACE_MS = 5_000;

/** One region's cluster: a Kubernetes API on 127.0.0.1 and the processes that it declares. */
export const startPods = async (options: PodOptions): Promise<PodRunner> => {
  const {
    region,
    clock = systemClock,
    log = () => undefined,
    restartBackoffSeconds = 10,
    roles = noRoles,
    visitors = noVisitors,
  } = options;
  const { zones = [`${region}a`, `${region}b`] } = options;
  const store = new Store(clock);
  const events = new Events(store, clock);
  const kubelet = new Kubelet({ ...options, roles, zones, store, events, clock, restartBackoffMs: restartBackoffSeconds * 1000 });
  const loop: ControlLoop = new ControlLoop(store, () => passes, log);
  const context: ControllerContext = { store, events, kubelet, clock, wakeIn: (ms) => loop.wakeIn(ms) };
  const services = new Services(context);
  const passes = [
    () => reconcileStatefulSets(context),
    () => reconcileDeployments(context),
    () => reconcileCronJobs(context),
    () => reconcileJobs(context),
    () => reconcileEphemeralVolumes(context),
    () => collectGarbage(context),
    () => kubelet.sync(),
    () => services.reconcile(),
  ];
  for (const name of ["default", "kube-system"]) store.create(NAMESPACE, { metadata: { name } });

  let requests = 0;
  const token = randomBytes(24).toString("base64url");
  const server = createApiServer({
    token,
    visitors,
    store,
    history: new History(store),
    lists: new Lists(store),
    operations: new Operations(store, clock),
    logOf: (...request) => kubelet.logOf(...request),
    onRequest: (ofVisitor) => {
      if (!ofVisitor) requests += 1;
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const contextName = `lifeboat-${options.region}`;
  log(`pods of ${options.region}: ${url}`);

  const stopControllers = (): void => {
    loop.stop();
    kubelet.freeze();
  };
  return {
    url,
    contextName,
    kubeconfig: kubeconfigFor(contextName, url, token),
    stopControllers,
    processes: () => kubelet.processes(),
    erase: ({ namespace, pod }) => kubelet.erase(namespace, pod),
    loseZone: (zone) => kubelet.loseZone(zone),
    resumeZone: (zone) => kubelet.resumeZone(zone),
    requestCount: () => requests,
    stop: async () => {
      stopControllers();
      server.close();
      server.closeAllConnections();
      await Promise.all([services.close(), kubelet.stop(STOP_GRACE_MS)]);
    },
  };
};
