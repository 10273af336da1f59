import { join } from "node:path";
import { PatchStrategy } from "@kubernetes/client-node";
import type { AskKubernetes } from "../../lambdas/configuration-export/kubernetes/ask";
import { getText } from "../../lambdas/shared/objects";
import { restoreConfiguration } from "../../ops/lifeboat/restore-configuration/restore";
import { ConfigurationManifest, configurationManifestKey } from "../../recovery/configuration/manifest";
import { until } from "../support/pods";
import { allowed, aws, begin, end, folder, prepare, SYSTEM } from "./support/configuration";
import { createTestEks, type EksWithPods, type Item, itemsOf, type Keys, sourceOf, startEksPods } from "./support/kubernetes";

// What EKS, STS and a Kubernetes API decide: who is let in where, what is listed in which pages, what comes of an object that is applied.
const eks = createTestEks();
let pods: EksWithPods;
let reader: Keys;
beforeAll(async () => {
  await begin({ eks: eks.eks });
  pods = await startEksPods(eks, aws.gateway.url);
  reader = await allowed("cluster-reader", [{ actions: ["sts:GetCallerIdentity"], resources: ["*"] }]);
  await pods.letIn("arn:aws:iam::000000000000:user/cluster-reader", ["shop", "many", "restless"]);
});
afterAll(async () => {
  await pods?.stop();
  await end();
});

const namespaced = (namespace: string, kind: string, name: string, rest: object = {}, apiVersion = "v1") => ({
  ...{ apiVersion, kind, metadata: { name, namespace } },
  ...rest,
});
const create = async (...objects: readonly object[]): Promise<void> => {
  for (const object of objects) await pods.objects.create(object);
};
const POD = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } };
const shop = () => [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", labels: { team: "payments" } } },
  namespaced("shop", "Secret", "api", { type: "Opaque", data: { token: Buffer.from("hunter2").toString("base64") } }),
  namespaced("shop", "ConfigMap", "settings", { data: { mode: "live", large: "9007199254740993" } }),
  namespaced("shop", "Service", "web", { spec: { selector: { app: "web" }, ports: [{ port: 80 }] } }),
  namespaced("shop", "Deployment", "web", { spec: { replicas: 1, selector: { matchLabels: { app: "web" } }, template: POD } }, "apps/v1"),
];
const ask: AskKubernetes = (path) => pods.askAs(reader)(path);

describe("the objects of a namespace", () => {
  it("are exported, proven, and the same again when they were applied to an emptied namespace", async () => {
    const { exporting, sealAndProve, restoring, staging } = await prepare();
    await create(...shop());
    const running = async (): Promise<boolean> =>
      ((await pods.objects.list("v1", "Pod", "shop")).items as { status?: { phase?: string } }[]).some(
        ({ status }) => status?.phase === "Running",
      );
    await until("the shop runs", running);
    const first = await exporting([sourceOf(ask, "shop")]);
    const pointId = first.subjects[0]?.pointId ?? "";
    const { entryKey, outcome } = await sealAndProve(pointId);
    const unchanged = await exporting([sourceOf(ask, "shop")]);

    const restored = await restoreConfiguration(restoring("recovery", join(folder, "shop")), { system: SYSTEM, pointId });
    const items = itemsOf(restored.things[0]?.what ?? "");
    await pods.objects.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    await until("the namespace is gone", async () => (await ask("/api/v1/namespaces/shop")).status === 404);
    await applied(items);
    const again = await exporting([sourceOf(ask, "shop")]);
    const second = again.subjects[0]?.pointId ?? "";
    await sealAndProve(second);
    const restoredAgain = await restoreConfiguration(restoring("recovery", join(folder, "again")), { system: SYSTEM, pointId: second });

    expect([first, unchanged, again].map(({ subjects }) => subjects[0]?.outcome)).toEqual(["exported", "unchanged", "exported"]);
    expect([outcome, entryKey?.includes("catalogue/points/configuration/kubernetes/shop/")]).toEqual(["passed", true]);
    // Neither the Deployment's pod, nor the events of its start.
    expect(items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      ...["Namespace shop", "Secret api", "ConfigMap settings", "Service web", "Deployment web"],
    ]);
    expect(itemsOf(restoredAgain.things[0]?.what ?? "")).toEqual(items);
    expect(items[1]?.data).toEqual({ token: Buffer.from("hunter2").toString("base64") });
    const manifest = ConfigurationManifest.parse(JSON.parse((await getText(staging, configurationManifestKey(pointId))) ?? ""));
    expect(manifest.content).toMatchObject({ kind: "objects", cluster: "acme-test", namespace: "shop", kinds: { "v1/Secret": 1 } });
    for await (const page of staging.list(""))
      for (const { key } of page) expect(await getText(staging, key)).not.toMatch(/hunter2|aHVudGVyMg|payments|live/);
  });

  it("are listed in pages, each once, and exported anew when one changed", async () => {
    const { exporting, sealAndProve } = await prepare();
    await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "many" } });
    const settings = (number: number, data = String(number)) => namespaced("many", "ConfigMap", `c-${number}`, { data: { data } });
    await create(...Array.from({ length: 230 }, (_, number) => settings(number)));
    const pages = new Set<string>();
    const counting: AskKubernetes = async (path) => {
      if (path.includes("/configmaps?")) pages.add(path.includes("continue=") ? path : "first");
      return ask(path);
    };

    const first = await exporting([sourceOf(counting, "many")]);
    await pods.objects.replace(settings(7, "changed"));
    const second = await exporting([sourceOf(ask, "many")]);

    expect(first.subjects[0]).toMatchObject({ outcome: "exported", count: 231 });
    expect(pages.size).toBeGreaterThanOrEqual(3);
    expect(second.subjects[0]).toMatchObject({ outcome: "exported", count: 231 });
    expect((await sealAndProve(second.subjects[0]?.pointId ?? "")).outcome).toBe("passed");
  });

  it("outlive an API that answers 500 and 503 and cuts its answers short, and are never half exported", async () => {
    const { exporting, sealAndProve, staging } = await prepare();
    await create(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "restless" } },
      ...[1, 2, 3].map((number) => namespaced("restless", "Secret", `s-${number}`, { data: { a: "YQ==" } })),
    );
    let asked = 0;
    const nowAndThen: AskKubernetes = async (path) => {
      asked += 1;
      if (asked % 5 === 0) return { status: 500, text: "etcdserver: request timed out" };
      if (asked % 5 === 2) return { status: 503, text: "" };
      const answer = await ask(path);
      return asked % 5 === 3 && answer.status === 200 ? { ...answer, text: answer.text.slice(0, -20) } : answer;
    };
    const neverSecrets: AskKubernetes = async (path) => (path.includes("/secrets") ? { status: 503, text: "" } : ask(path));

    await expect(exporting([sourceOf(neverSecrets, "restless")])).rejects.toThrow("/secrets");
    const keys: string[] = [];
    for await (const page of staging.list("configuration/")) keys.push(...page.map(({ key }) => key));
    const { subjects } = await exporting([sourceOf(nowAndThen, "restless")]);

    expect(keys).toEqual([]);
    expect(subjects[0]).toMatchObject({ outcome: "exported", count: 4 });
    expect((await sealAndProve(subjects[0]?.pointId ?? "")).outcome).toBe("passed");
  });

  it("that change while they are read are read again", async () => {
    const { exporting, sealAndProve } = await prepare();
    let changes = 0;
    const meddled: AskKubernetes = async (path) => {
      if (path.endsWith("/secrets/s-2") && changes++ === 0)
        await pods.objects.replace(namespaced("restless", "Secret", "s-3", { data: { a: "Yg==" } }));
      return ask(path);
    };

    const { subjects } = await exporting([sourceOf(meddled, "restless")]);

    expect(changes).toBe(2);
    expect((await sealAndProve(subjects[0]?.pointId ?? "")).outcome).toBe("passed");
  });
});

describe("who is let in", () => {
  it("sees the namespaces of its access entry, and changes nothing there", async () => {
    await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "others" } });
    const statuses = [];
    for (const path of [
      "/apis",
      "/api/v1/namespaces/shop/secrets",
      "/api/v1/namespaces/others/secrets",
      "/api/v1/secrets",
      "/api/v1/namespaces",
    ])
      statuses.push((await ask(path)).status);

    expect(statuses).toEqual([200, 200, 403, 403, 403]);
    await expect(sourceOf(ask, "others").list()).rejects.toThrow("access entry");
  });

  it("shows a token that its keys signed for this cluster", async () => {
    const stranger = await allowed("stranger", [{ actions: ["sts:GetCallerIdentity"], resources: ["*"] }]);
    const forged = { ...reader, secretAccessKey: "not-the-secret" };
    const status = async (asking: AskKubernetes) => (await asking("/api/v1/namespaces/shop/secrets")).status;

    expect([
      await status(pods.askAs(reader)),
      await status(pods.askAs(stranger)),
      await status(pods.askAs(forged)),
      await status(pods.askAs(reader, "another-cluster")),
    ]).toEqual([200, 401, 401, 401]);
  });

  it("is told apart from a deployment, whose requests a drill counts", async () => {
    const before = pods.runner.requestCount();
    await ask("/api/v1/namespaces/shop/secrets");
    await pods.askAs({ ...reader, secretAccessKey: "not-the-secret" })("/api/v1/namespaces/shop/secrets");
    const byVisitors = pods.runner.requestCount() - before;
    await pods.objects.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    await fetch(`${pods.runner.url}/api/v1/namespaces/shop`);

    expect(byVisitors).toBe(0);
    // The kubeconfig's, and one without any token; the client asks what is served besides.
    expect(pods.runner.requestCount() - before).toBeGreaterThanOrEqual(2);
  });
});

/** As `kubectl apply --server-side` does, one after the other. */
const applied = async (items: readonly Item[]): Promise<void> => {
  for (const item of items) await pods.objects.patch(item, undefined, undefined, "kubectl", true, PatchStrategy.ServerSideApply);
};
