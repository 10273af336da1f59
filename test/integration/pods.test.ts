import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppsV1Api, CoreV1Api } from "@kubernetes/client-node";
import { ChromaClient } from "chromadb";
import { chromaImage } from "../../local/pods";
import { freePort } from "../../local/ports";
import { startTestPods, type TestPods, until } from "../support/pods";
import { pythonTool } from "../support/python-tool";

const LABELS = { app: "chroma" };
/** The toolchain's first installation takes a minute. */
const FIRST_RUN_MS = 300_000;

describe("a declared StatefulSet runs as a real Chroma server", () => {
  let pods: TestPods;
  let servicePort: number;
  let core: CoreV1Api;
  let apps: AppsV1Api;

  beforeAll(async () => {
    servicePort = await freePort();
    pods = await startTestPods("us-east-1", [chromaImage(await pythonTool("chroma"))]);
    core = pods.config.makeApiClient(CoreV1Api);
    apps = pods.config.makeApiClient(AppsV1Api);
    await core.createNamespace({ body: { metadata: { name: "stores" } } });
    await core.createNamespacedService({ namespace: "stores", body: service(servicePort) });
    await apps.createNamespacedStatefulSet({ namespace: "stores", body: statefulSet() });
    await until("the StatefulSet is ready", isReady);
  }, FIRST_RUN_MS);

  afterAll(async () => {
    await pods?.stop();
  });

  const isReady = async (): Promise<boolean> => {
    const set = await apps.readNamespacedStatefulSet({ namespace: "stores", name: "chroma" });
    return set.status?.readyReplicas === 1;
  };
  const records = async (): Promise<number> => {
    const client = new ChromaClient({ host: "127.0.0.1", port: servicePort, ssl: false });
    const collection = await client.getCollection({ name: "chunks" });
    return collection.count();
  };

  test("the Service answers at the address that its status gives, with data written through it", async () => {
    const found = await core.readNamespacedService({ namespace: "stores", name: "chroma" });
    const client = new ChromaClient({ host: found.status?.loadBalancer?.ingress?.[0]?.hostname, port: servicePort, ssl: false });
    const collection = await client.createCollection({ name: "chunks", embeddingFunction: null });
    await collection.add({
      ids: ["a", "b"],
      embeddings: [
        [1, 0],
        [0, 1],
      ],
    });
    expect(await records()).toBe(2);
  });

  test("a killed server is started again on its data", async () => {
    const { runner } = pods;
    const [before] = runner.processes();
    process.kill(before?.pid ?? 0, "SIGKILL");
    await until("another process is ready", async () => {
      const [now] = runner.processes();
      return now !== undefined && now.pid !== before?.pid && (await isReady());
    });
    const pod = await core.readNamespacedPod({ namespace: "stores", name: "chroma-0" });
    expect(pod.status?.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(pod.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(137);
    expect(await records()).toBe(2);
  });

  test("a zone without power takes its pods along, which start again in another one on their data", async () => {
    const { runner } = pods;
    const [before] = runner.processes();

    const killed = runner.loseZone("us-east-1a");

    expect(killed).toEqual([expect.objectContaining({ pod: "chroma-0", zone: "us-east-1a", pid: before?.pid })]);
    await until("another process is ready", async () => {
      const [now] = runner.processes();
      return now !== undefined && now.pid !== before?.pid && (await isReady());
    });
    expect(runner.processes()).toEqual([expect.objectContaining({ pod: "chroma-0", zone: "us-east-1b" })]);
    expect(await records()).toBe(2);
    expect(() => runner.loseZone("us-east-1b")).toThrow("the last zone that has power");
    runner.resumeZone("us-east-1a");
  });

  test("after a disaster it stays dead and its data is gone", async () => {
    const { runner } = pods;
    const [victim] = runner.processes();
    const [directory = ""] = victim?.dataDirectories ?? [];
    expect(existsSync(join(directory, "chroma.sqlite3"))).toBe(true);

    runner.stopControllers();
    process.kill(victim?.pid ?? 0, "SIGKILL");
    await runner.erase({ namespace: "stores", pod: "chroma-0" });

    await until("no process is left", () => runner.processes().length === 0);
    await expect(records()).rejects.toThrow();
    expect(existsSync(directory)).toBe(false);
    const pod = await core.readNamespacedPod({ namespace: "stores", name: "chroma-0" });
    expect(pod.status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("False");
  });
});

const service = (port: number) => ({
  metadata: { name: "chroma" },
  spec: { type: "LoadBalancer", selector: LABELS, ports: [{ port, targetPort: "http" }] },
});

const statefulSet = () => ({
  metadata: { name: "chroma" },
  spec: {
    serviceName: "chroma",
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        containers: [
          {
            name: "chroma",
            image: "chromadb/chroma:1.5.9",
            ports: [{ name: "http", containerPort: 8000 }],
            readinessProbe: { httpGet: { path: "/api/v2/heartbeat", port: "http" }, periodSeconds: 1 },
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          },
        ],
      },
    },
    volumeClaimTemplates: [
      { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
    ],
  },
});
