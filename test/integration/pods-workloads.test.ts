import { existsSync } from "node:fs";
import { createServer } from "node:net";
import {
  ApiException,
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1Container,
  type V1Pod,
  type V1StatefulSetSpec,
  Watch,
} from "@kubernetes/client-node";
import { freePort } from "../../local/ports";
import { startTestPods, type TestPods, until } from "../support/pods";

const namespace = "stores";
let pods: TestPods;
let core: CoreV1Api;
let apps: AppsV1Api;
let batch: BatchV1Api;

beforeAll(async () => {
  pods = await startTestPods("us-east-1");
  core = pods.config.makeApiClient(CoreV1Api);
  apps = pods.config.makeApiClient(AppsV1Api);
  batch = pods.config.makeApiClient(BatchV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
});

afterAll(async () => {
  const pids = pods.runner.processes().map(({ pid }) => pid);
  await pods.stop();
  expect(pids.filter(isAlive)).toEqual([]);
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const web = (fields: Partial<V1Container> = {}): V1Container => ({
  name: "web",
  image: "web:1",
  ports: [{ name: "http", containerPort: 80 }],
  readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1 },
  ...fields,
});

const template = (name: string, container: V1Container) => ({
  metadata: { labels: { app: name } },
  spec: { terminationGracePeriodSeconds: 1, containers: [container] },
});

const createSet = (name: string, container: V1Container, fields: Partial<V1StatefulSetSpec> = {}) =>
  apps.createNamespacedStatefulSet({
    namespace,
    body: {
      metadata: { name },
      spec: { serviceName: name, selector: { matchLabels: { app: name } }, template: template(name, container), ...fields },
    },
  });

const podOf = (name: string): Promise<V1Pod> => core.readNamespacedPod({ namespace, name });
const podsOf = async (app: string): Promise<V1Pod[]> => (await core.listNamespacedPod({ namespace, labelSelector: `app=${app}` })).items;
const isReady = (pod: V1Pod): boolean => pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
const readyReplicas = async (name: string): Promise<number | undefined> =>
  (await apps.readNamespacedStatefulSet({ namespace, name })).status?.readyReplicas;
const waitingReason = async (name: string): Promise<string | undefined> =>
  (await podsOf(name))[0]?.status?.containerStatuses?.[0]?.state?.waiting?.reason;
const codeOf = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 200,
    (thrown) => (thrown instanceof ApiException ? thrown.code : -1),
  );
const answer = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text();

describe("StatefulSets", () => {
  test("start their pods in order, and keep the claims of pods that are gone", async () => {
    await createSet("ordered", web(), {
      replicas: 2,
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } }],
    });
    await until("both are ready", async () => (await readyReplicas("ordered")) === 2);
    const [first, second] = [await podOf("ordered-0"), await podOf("ordered-1")];
    const firstReady = first.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
    expect(new Date(second.status?.startTime ?? 0) >= new Date(firstReady ?? 1)).toBe(true);

    await apps.deleteNamespacedStatefulSet({ namespace, name: "ordered", propagationPolicy: "Foreground" });
    await until("its pods are gone", async () => (await podsOf("ordered")).length === 0);
    const claims = await core.listNamespacedPersistentVolumeClaim({ namespace });
    expect(claims.items.map(({ metadata }) => metadata?.name)).toEqual(["data-ordered-0", "data-ordered-1"]);
  });

  test("delete their claims with them where they say so", async () => {
    await createSet("tidy", web({ volumeMounts: [{ name: "data", mountPath: "/data" }] }), {
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } }],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" },
    });
    await until("it is ready", async () => (await readyReplicas("tidy")) === 1);
    const [directory = ""] = pods.runner.processes().find(({ pod }) => pod === "tidy-0")?.dataDirectories ?? [];
    expect(existsSync(directory)).toBe(true);

    await apps.deleteNamespacedStatefulSet({ namespace, name: "tidy" });
    await until(
      "the claim is gone",
      async () => (await codeOf(core.readNamespacedPersistentVolumeClaim({ namespace, name: "data-tidy-0" }))) === 404,
    );
    expect(existsSync(directory)).toBe(false);
  });

  test("replace a pod whose template changed, and one that is deleted", async () => {
    await createSet("rolled", web());
    await until("it is ready", async () => (await readyReplicas("rolled")) === 1);
    const before = (await podOf("rolled-0")).metadata?.uid;
    const patch = { spec: { template: { spec: { containers: [{ name: "web", image: "web:2" }] } } } };
    await apps.patchNamespacedStatefulSet(
      { namespace, name: "rolled", body: patch },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
    await until("the new pod is ready", async () => {
      const { status } = await apps.readNamespacedStatefulSet({ namespace, name: "rolled" });
      return status?.updatedReplicas === 1 && status.readyReplicas === 1;
    });
    const rolled = await podOf("rolled-0");
    expect(rolled.metadata?.uid).not.toBe(before);
    expect(rolled.spec?.containers[0]).toMatchObject({ image: "web:2", ports: [{ containerPort: 80 }] });

    await core.deleteNamespacedPod({ namespace, name: "rolled-0" });
    await until("another pod took its place", async () => {
      const pod = (await podsOf("rolled"))[0];
      return pod !== undefined && pod.metadata?.uid !== rolled.metadata?.uid && isReady(pod);
    });
  });
});

describe("containers", () => {
  test("an image without a local command cannot be pulled, and an event says so", async () => {
    await createSet("unmapped", web({ image: "postgres:16" }));
    await until("it waits", async () => (await waitingReason("unmapped")) === "ImagePullBackOff");
    const events = await core.listNamespacedEvent({ namespace, fieldSelector: "involvedObject.name=unmapped-0" });
    expect(events.items.map(({ message }) => message)).toContainEqual(expect.stringContaining('"postgres:16"'));
    expect((await podOf("unmapped-0")).status?.phase).toBe("Pending");
  });

  test("one that fails is restarted, with longer waits", async () => {
    await createSet("failing", web({ image: "fails:1" }));
    await until("it backs off", async () => (await waitingReason("failing")) === "CrashLoopBackOff");
    const [status] = (await podOf("failing-0")).status?.containerStatuses ?? [];
    expect(status?.lastState?.terminated?.exitCode).toBe(3);
    expect(await core.readNamespacedPodLog({ namespace, name: "failing-0", tailLines: 1 })).toBe("no disk left\n");
  });

  test("one that does not live up to its liveness probe is restarted", async () => {
    const livenessProbe = { tcpSocket: { port: 81 }, periodSeconds: 1, failureThreshold: 1 };
    await createSet("sick", web({ livenessProbe }));
    await until("it was restarted", async () => ((await podOf("sick-0")).status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
  });

  test("get their variables and files from ConfigMaps and Secrets, and wait for those that are missing", async () => {
    const container = {
      ...web({ image: "prints:1" }),
      readinessProbe: undefined,
      env: [{ name: "GREETING", valueFrom: { configMapKeyRef: { name: "greeting", key: "text" } } }],
      volumeMounts: [{ name: "config", mountPath: "/config" }],
    };
    await core.createNamespacedPod({
      namespace,
      body: {
        metadata: { name: "printer", labels: { app: "printer" } },
        spec: { restartPolicy: "Never", containers: [container], volumes: [{ name: "config", secret: { secretName: "names" } }] },
      },
    });
    await until("it waits", async () => (await waitingReason("printer")) === "CreateContainerConfigError");
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "greeting" }, data: { text: "hello" } } });
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: "names" }, stringData: { name: "tide" } } });
    await until("it is over", async () => (await podOf("printer")).status?.phase === "Succeeded");
    expect(await core.readNamespacedPodLog({ namespace, name: "printer" })).toBe("hello tide\n");
  });
});

describe("Services", () => {
  const createService = (name: string, port: number) =>
    core.createNamespacedService({
      namespace,
      body: { metadata: { name }, spec: { type: "LoadBalancer", selector: { app: name }, ports: [{ port, targetPort: "http" }] } },
    });
  const ingress = async (name: string) => (await core.readNamespacedService({ namespace, name })).status?.loadBalancer?.ingress;

  test("answer only while a pod is ready, and spread over those that are", async () => {
    const port = await freePort();
    await createService("spread", port);
    await until("it listens", async () => (await ingress("spread")) !== undefined);
    await expect(answer(port)).rejects.toThrow();

    const body = {
      metadata: { name: "spread" },
      spec: { replicas: 2, selector: { matchLabels: { app: "spread" } }, template: template("spread", web()) },
    };
    await apps.createNamespacedDeployment({ namespace, body });
    await until("both are ready", async () => (await podsOf("spread")).filter(isReady).length === 2);
    const pids = new Set([await answer(port), await answer(port)]);
    expect(pids.size).toBe(2);

    await apps.deleteNamespacedDeployment({ namespace, name: "spread" });
    await until("the pods are gone", async () => (await podsOf("spread")).length === 0);
    await expect(answer(port)).rejects.toThrow();
  });

  test("stay pending with a warning while their port is taken", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    const port = await freePortOf(squatter);
    await createService("crowded", port);
    const warnings = async () => (await core.listNamespacedEvent({ namespace, fieldSelector: "involvedObject.name=crowded" })).items;
    await until("it warns", async () => (await warnings()).length > 0);
    expect((await warnings())[0]).toMatchObject({ type: "Warning", message: expect.stringContaining(String(port)) });
    expect(await ingress("crowded")).toBeUndefined();

    squatter.close();
    await until("it listens", async () => (await ingress("crowded"))?.[0]?.hostname === "127.0.0.1");
  });
});

const freePortOf = async (server: ReturnType<typeof createServer>): Promise<number> => {
  await until("the squatter listens", () => server.listening);
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

describe("Deployments", () => {
  test("roll to a new template without a moment in which none is ready", async () => {
    const name = "steady";
    await apps.createNamespacedDeployment({
      namespace,
      body: { metadata: { name }, spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: template(name, web()) } },
    });
    await until("it is ready", async () => (await podsOf(name)).filter(isReady).length === 1);
    const seen: number[] = [];
    const watch = new Watch(pods.config);
    const watching = await watch.watch(
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      {},
      (_, deployment: { status?: { readyReplicas?: number } }) => seen.push(deployment.status?.readyReplicas ?? 0),
      () => undefined,
    );
    const patch = { spec: { template: { spec: { containers: [{ name: "web", image: "web:2" }] } } } };
    await apps.patchNamespacedDeployment(
      { namespace, name, body: patch },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
    await until("only the new one is left", async () => {
      const all = await podsOf(name);
      return all.length === 1 && all[0]?.spec?.containers[0]?.image === "web:2";
    });
    watching.abort();
    expect(seen.length).toBeGreaterThan(1);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(1);
  });
});

describe("Jobs", () => {
  const createJob = (name: string, image: string, backoffLimit: number) =>
    batch.createNamespacedJob({
      namespace,
      body: {
        metadata: { name },
        spec: { backoffLimit, template: { spec: { restartPolicy: "Never", containers: [{ name: "job", image }] } } },
      },
    });
  const conditions = async (name: string) => (await batch.readNamespacedJob({ namespace, name })).status?.conditions ?? [];

  test("complete when their pod does, and fail at their limit", async () => {
    await createJob("good", "done:1", 0);
    await createJob("bad", "fails:1", 0);
    await until("both are over", async () => (await conditions("good")).length + (await conditions("bad")).length === 2);
    expect((await conditions("good"))[0]?.type).toBe("Complete");
    expect((await conditions("bad"))[0]).toMatchObject({ type: "Failed", reason: "BackoffLimitExceeded" });
  });
});

describe("the API", () => {
  test("answers with Kubernetes' own codes", async () => {
    const body = { metadata: { name: "codes" }, data: { a: "1" } };
    const created = await core.createNamespacedConfigMap({ namespace, body });
    expect(await codeOf(core.createNamespacedConfigMap({ namespace, body }))).toBe(409);
    expect(await codeOf(core.readNamespacedConfigMap({ namespace, name: "absent" }))).toBe(404);
    expect(await codeOf(core.createNamespacedConfigMap({ namespace: "nowhere", body }))).toBe(404);
    expect(await codeOf(core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "Not A Name" } } }))).toBe(422);
    await core.replaceNamespacedConfigMap({ namespace, name: "codes", body: { ...created, data: { a: "2" } } });
    expect(await codeOf(core.replaceNamespacedConfigMap({ namespace, name: "codes", body: created }))).toBe(409);
  });

  test("lets nobody in without the token", async () => {
    expect((await fetch(`${pods.runner.url}/api/v1/pods`)).status).toBe(401);
    expect((await fetch(`${pods.runner.url}/api/v1/pods`, { headers: { authorization: "Bearer guess" } })).status).toBe(401);
  });

  test("deletes a namespace with all that is in it", async () => {
    await core.createNamespace({ body: { metadata: { name: "brief" } } });
    const container = { name: "web", image: "web:1" };
    await core.createNamespacedPod({
      namespace: "brief",
      body: { metadata: { name: "web" }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } },
    });
    await until("it runs", () => pods.runner.processes().some((process) => process.namespace === "brief"));
    await core.deleteNamespace({ name: "brief" });
    await until("it is gone", async () => (await codeOf(core.readNamespace({ name: "brief" }))) === 404);
    expect(pods.runner.processes().filter((process) => process.namespace === "brief")).toEqual([]);
  });
});
