import { Metadata } from "@grpc/grpc-js";
import { AppsV1Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { KIND_TABLE } from "../../../local/plugins/kubernetes/kinds";
import { kubernetesPlugin } from "../../../local/plugins/kubernetes/plugin";
import { freePort } from "../../../local/ports";
import { sdkVersionOf } from "../../../local/toolchain";
import { startTestPods, type TestPods } from "../../support/pods";
import type { State } from "./engine";
import { usePlugin } from "./served";
import { describeResources, type ResourceCase } from "./suite";

/** Where a failed creation tells the engine what it has made all the same. */
const DETAILS = "grpc-status-details-bin";

let pods: TestPods;
/** A cluster that no call may reach: the plugin is configured for the other one. */
let other: TestPods;
let core: CoreV1Api;
let apps: AppsV1Api;
let batch: BatchV1Api;
let servicePort = 0;

beforeAll(async () => {
  servicePort = await freePort();
  other = await startTestPods("us-east-1");
  pods = await startTestPods("eu-west-1");
  core = pods.config.makeApiClient(CoreV1Api);
  apps = pods.config.makeApiClient(AppsV1Api);
  batch = pods.config.makeApiClient(BatchV1Api);
  await core.createNamespace({ body: { metadata: { name: "stores" } } });
});

afterAll(async () => {
  await pods?.stop();
  await other?.stop();
});

const kubeconfigs = (): string => `${other.kubeconfigFile}:${pods.kubeconfigFile}`;
const plugin = usePlugin(
  () => kubernetesPlugin({ KUBECONFIG: kubeconfigs() }),
  () => ({ context: "lifeboat-eu-west-1", namespace: "stores" }),
);

const object = (apiVersion: string, kind: string, fields: object) => ({ apiVersion, kind, ...JSON.parse(JSON.stringify(fields)) });
const nameOf = ({ id }: State): string => id.split("/").at(-1) ?? "";
const secret = (value: object) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

const template = (label: string, image = "web:1", probe = true) => ({
  metadata: { labels: { app: label } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: "web",
        image,
        ports: [{ name: "http", containerPort: 80 }],
        ...(probe ? { readinessProbe: { tcpSocket: { port: "http" }, periodSeconds: 1 } } : {}),
        volumeMounts: [{ name: "data", mountPath: "/data" }],
        resources: { requests: { memory: "64Mi" } },
      },
    ],
    volumes: [{ name: "data", emptyDir: {} }],
  },
});

const workload = (kind: "StatefulSet" | "Deployment", unique: string, labels: object = {}, replicas = 1) =>
  object("apps/v1", kind, {
    metadata: { labels },
    spec: { replicas, selector: { matchLabels: { app: unique } }, template: template(unique) },
  });

const cronJob = (spec: object) =>
  object("batch/v1", "CronJob", {
    metadata: {},
    spec: {
      timeZone: "Etc/UTC",
      jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "once", image: "done:1" }] } } } },
      ...spec,
    },
  });

const rows: readonly ResourceCase[] = [
  {
    type: "kubernetes:core/v1:Namespace",
    inputs: () => object("v1", "Namespace", { metadata: { labels: { team: "a" } } }),
    outputs: () => ({ status: { phase: "Active" } }),
    update: () => object("v1", "Namespace", { metadata: { labels: { team: "b" } } }),
    drift: async (state) => void (await core.deleteNamespace({ name: nameOf(state) })),
  },
  {
    type: "kubernetes:core/v1:ConfigMap",
    inputs: () => object("v1", "ConfigMap", { metadata: {}, data: { mode: "one", size: "1" } }),
    outputs: () => ({ metadata: { namespace: "stores" }, data: { mode: "one", size: "1" } }),
    update: () => object("v1", "ConfigMap", { metadata: { annotations: { note: "kept" } }, data: { mode: "one", size: "1" } }),
    replace: { because: "data", inputs: () => object("v1", "ConfigMap", { metadata: {}, data: { mode: "two" } }) },
    drift: async (state) =>
      void (await core.replaceNamespacedConfigMap({
        name: nameOf(state),
        namespace: "stores",
        body: { metadata: { name: nameOf(state) }, data: { mode: "changed", size: "1" } },
      })),
  },
  {
    type: "kubernetes:core/v1:Secret",
    inputs: () => object("v1", "Secret", { metadata: {}, stringData: secret({ password: "tide" }), type: "Opaque" }),
    outputs: () => ({ data: { password: Buffer.from("tide").toString("base64") } }),
    replace: {
      because: "stringData",
      inputs: () => object("v1", "Secret", { metadata: {}, stringData: secret({ password: "ebb" }), type: "Opaque" }),
    },
    drift: async (state) =>
      void (await core.replaceNamespacedSecret({
        name: nameOf(state),
        namespace: "stores",
        body: { metadata: { name: nameOf(state) }, data: { password: Buffer.from("other").toString("base64") }, type: "Opaque" },
      })),
    notRead: ["stringData"],
  },
  {
    type: "kubernetes:core/v1:ServiceAccount",
    inputs: () => object("v1", "ServiceAccount", { metadata: {}, automountServiceAccountToken: false }),
    update: () => object("v1", "ServiceAccount", { metadata: {}, automountServiceAccountToken: true }),
    drift: async (state) => void (await core.deleteNamespacedServiceAccount({ name: nameOf(state), namespace: "stores" })),
  },
  {
    type: "kubernetes:core/v1:PersistentVolumeClaim",
    inputs: () =>
      object("v1", "PersistentVolumeClaim", {
        metadata: {},
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      }),
    outputs: () => ({ status: { phase: "Bound" } }),
    replace: {
      because: "spec",
      inputs: () =>
        object("v1", "PersistentVolumeClaim", {
          metadata: {},
          spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } },
        }),
    },
    drift: async (state) => void (await core.deleteNamespacedPersistentVolumeClaim({ name: nameOf(state), namespace: "stores" })),
  },
  {
    type: "kubernetes:core/v1:Service",
    inputs: () =>
      object("v1", "Service", {
        metadata: {},
        spec: { type: "LoadBalancer", selector: { app: "nobody" }, ports: [{ port: servicePort, targetPort: "http" }] },
      }),
    outputs: () => ({ spec: { clusterIP: "127.0.0.1" }, status: { loadBalancer: { ingress: [{ hostname: "127.0.0.1" }] } } }),
    update: () =>
      object("v1", "Service", {
        metadata: {},
        spec: { type: "LoadBalancer", selector: { app: "somebody" }, ports: [{ port: servicePort, targetPort: "http" }] },
      }),
    replace: {
      because: "spec",
      inputs: () =>
        object("v1", "Service", {
          metadata: {},
          spec: { type: "ClusterIP", selector: { app: "nobody" }, ports: [{ port: servicePort, targetPort: "http" }] },
        }),
    },
    drift: async (state) => void (await core.deleteNamespacedService({ name: nameOf(state), namespace: "stores" })),
  },
  {
    type: "kubernetes:apps/v1:StatefulSet",
    inputs: (_, unique) => workload("StatefulSet", unique),
    outputs: () => ({ status: { readyReplicas: 1 } }),
    update: (_, unique) => workload("StatefulSet", unique, { tier: "critical" }, 2),
    replace: {
      because: "spec",
      inputs: (_, unique) => ({
        ...workload("StatefulSet", unique),
        spec: { serviceName: "other", selector: { matchLabels: { app: unique } }, template: template(unique) },
      }),
    },
    drift: async (state) => void (await apps.deleteNamespacedStatefulSet({ name: nameOf(state), namespace: "stores" })),
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    inputs: (_, unique) => workload("Deployment", unique),
    outputs: () => ({ status: { readyReplicas: 1 } }),
    update: (_, unique) =>
      object("apps/v1", "Deployment", {
        metadata: {},
        spec: { replicas: 1, selector: { matchLabels: { app: unique } }, template: template(unique, "web:2") },
      }),
    drift: async (state) => void (await apps.deleteNamespacedDeployment({ name: nameOf(state), namespace: "stores" })),
  },
  {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    inputs: () => object("networking.k8s.io/v1", "NetworkPolicy", { metadata: {}, spec: { podSelector: {}, policyTypes: ["Ingress"] } }),
    update: () =>
      object("networking.k8s.io/v1", "NetworkPolicy", { metadata: {}, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } }),
    drift: { none: "nothing here enforces it, so nothing changes it" },
  },
  {
    type: "kubernetes:policy/v1:PodDisruptionBudget",
    inputs: (_, unique) =>
      object("policy/v1", "PodDisruptionBudget", { metadata: {}, spec: { maxUnavailable: 1, selector: { matchLabels: { app: unique } } } }),
    update: (_, unique) =>
      object("policy/v1", "PodDisruptionBudget", { metadata: {}, spec: { maxUnavailable: 0, selector: { matchLabels: { app: unique } } } }),
    drift: { none: "nothing here enforces it, so nothing changes it" },
  },
  {
    type: "kubernetes:batch/v1:Job",
    inputs: () =>
      object("batch/v1", "Job", {
        metadata: {},
        spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "once", image: "done:1" }] } } },
      }),
    outputs: () => ({ status: { succeeded: 1 } }),
    replace: {
      because: "spec",
      inputs: () =>
        object("batch/v1", "Job", {
          metadata: {},
          spec: { template: { spec: { restartPolicy: "OnFailure", containers: [{ name: "once", image: "done:1" }] } } },
        }),
    },
    drift: { none: "a finished job does not change" },
  },
  {
    type: "kubernetes:batch/v1:CronJob",
    inputs: () => cronJob({ schedule: "0 0 1 1 *" }),
    outputs: () => ({ spec: { schedule: "0 0 1 1 *", timeZone: "Etc/UTC" } }),
    update: () => cronJob({ schedule: "30 1 * * *", suspend: true, concurrencyPolicy: "Forbid", startingDeadlineSeconds: 60 }),
    drift: async (state) => void (await batch.deleteNamespacedCronJob({ name: nameOf(state), namespace: "stores" })),
  },
];

describeResources(plugin, KIND_TABLE, rows);

describe("the kubernetes plugin", () => {
  const statefulSet = "kubernetes:apps/v1:StatefulSet";
  const named = (name: string, image: string) => ({
    ...workload("StatefulSet", name),
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name, image) },
  });
  const remove = async (name: string): Promise<void> => {
    await apps.deleteNamespacedStatefulSet({ namespace: "stores", name });
  };

  test("has the version that the program's SDK asks for", () => {
    expect(kubernetesPlugin({}).version).toBe(sdkVersionOf("kubernetes"));
  });

  test("what does not become ready in time fails with its pods' state and the end of their logs, and is kept in the state", async () => {
    const creating = plugin().create(statefulSet, "subject", named("broken", "fails:1"), { timeoutSeconds: 1 });
    await expect(creating).rejects.toThrow(
      /StatefulSet stores\/broken is not ready in context lifeboat-eu-west-1: 0 of 1 replicas are ready[\s\S]*pod broken-0, container web:[\s\S]*no disk left/,
    );
    const failure: unknown = await creating.catch((thrown) => thrown);
    expect(failure).toHaveProperty("metadata");
    expect(
      failure instanceof Error && "metadata" in failure && failure.metadata instanceof Metadata && failure.metadata.get(DETAILS),
    ).toHaveLength(1);
    await remove("broken");
  });

  test("skipAwait does not wait", async () => {
    const inputs = { ...named("hasty", "fails:1"), metadata: { name: "hasty", annotations: { "pulumi.com/skipAwait": "true" } } };
    const state = await plugin().create(statefulSet, "subject", inputs);
    expect(state.id).toBe("stores/hasty");
    await remove("hasty");
  });

  test("an object that exists already is not taken over", async () => {
    const inputs = object("v1", "ConfigMap", { metadata: { name: "taken" }, data: {} });
    const state = await plugin().create("kubernetes:core/v1:ConfigMap", "subject", inputs);
    await expect(plugin().create("kubernetes:core/v1:ConfigMap", "subject", inputs)).rejects.toThrow(
      /ConfigMap stores\/taken already exists/,
    );
    await plugin().delete(state);
  });

  test("what a later program leaves out is removed", async () => {
    const labels = { metadata: { name: "shrinking", labels: { a: "1", b: "2" } } };
    const state = await plugin().create("kubernetes:core/v1:ServiceAccount", "subject", object("v1", "ServiceAccount", labels));
    const updated = await plugin().update(state, object("v1", "ServiceAccount", { metadata: { name: "shrinking", labels: { a: "1" } } }));
    const found = await core.readNamespacedServiceAccount({ namespace: "stores", name: "shrinking" });
    expect(found.metadata?.labels).toEqual({ a: "1" });
    await plugin().delete(updated);
  });

  test("a field that the cluster does not implement is refused by its name, and nothing is created", async () => {
    const spec = { ...template("x").spec, hostNetwork: true };
    const inputs = {
      ...named("refused", "web:1"),
      spec: { selector: { matchLabels: { app: "x" } }, template: { ...template("x"), spec } },
    };
    await expect(plugin().create(statefulSet, "subject", inputs)).rejects.toThrow(/spec\.template\.spec\.hostNetwork: Forbidden/);
    await expect(apps.readNamespacedStatefulSet({ namespace: "stores", name: "refused" })).rejects.toThrow("404");
  });

  test.each([
    ["schedule", { schedule: "61 * * * *" }, /spec\.schedule.*minute: received "61"; allowed: 0-59/],
    ["time zone", { schedule: "@daily", timeZone: "Europe/Paris" }, /spec\.timeZone.*know "Etc\/UTC" only/],
  ])("a CronJob with a %s that the cluster does not know is refused", async (_what, spec, refusal) => {
    await expect(plugin().create("kubernetes:batch/v1:CronJob", "subject", cronJob(spec))).rejects.toThrow(refusal);
  });

  test("a cluster that is gone is an error that names its context, at once", async () => {
    const gone = await startTestPods("ap-south-1");
    await gone.stop();
    const config = { context: "lifeboat-ap-south-1", kubeconfig: JSON.stringify(gone.runner.kubeconfig) };
    const cluster = kubernetesPlugin({}).configure(config);
    const [handler] = kubernetesPlugin({}).resources.filter(({ type }) => type === "kubernetes:core/v1:ConfigMap");
    const message = /The Kubernetes cluster of context lifeboat-ap-south-1 cannot be reached/;
    await expect(handler?.read(cluster, "stores/a", {})).rejects.toThrow(message);
    await expect(handler?.delete(cluster, "stores/a", {})).rejects.toThrow(message);
    const forgiving = kubernetesPlugin({}).configure({ ...config, deleteUnreachable: "true" });
    await expect(handler?.delete(forgiving, "stores/a", {})).resolves.toBeUndefined();
  });

  test("a context that the kubeconfig does not have is refused with those that it has", () => {
    expect(() => kubernetesPlugin({ KUBECONFIG: kubeconfigs() }).configure({ context: "lifeboat-eu-west-9" })).toThrow(
      /Received: lifeboat-eu-west-9.*Allowed: lifeboat-us-east-1, lifeboat-eu-west-1/,
    );
  });

  test.each([
    ["enableServerSideApply", "false"],
    ["renderYamlToDirectory", "yaml"],
  ])("the setting %s: %s is refused by its name", (name, value) => {
    expect(() => kubernetesPlugin({ KUBECONFIG: kubeconfigs() }).configure({ [name]: value })).toThrow(name);
  });

  test("no call went to a context other than the configured one", () => {
    expect(pods.runner.requestCount()).toBeGreaterThan(100);
    expect(other.runner.requestCount()).toBe(0);
  });
});
