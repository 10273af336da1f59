import * as fc from "fast-check";
import { canonicalText, contentVersion, parseExactly } from "../../../../../recovery/configuration/kubernetes/canonical";
import { cleaned } from "../../../../../recovery/configuration/kubernetes/clean";
import { derivedBecause, derivedGroup, derivedKind } from "../../../../../recovery/configuration/kubernetes/derived";
import { countByKind, KubernetesObject, objectName } from "../../../../../recovery/configuration/kubernetes/object";
import { byOrder } from "../../../../../recovery/configuration/kubernetes/order";

const object = (apiVersion: string, kind: string, rest: object = {}, metadata: object = {}): KubernetesObject =>
  KubernetesObject.parse({ apiVersion, kind, metadata: { name: "shop", namespace: "acme", ...metadata }, ...rest });
const ofServer = {
  ...{ uid: "u-1", resourceVersion: "7", generation: 3, creationTimestamp: "2026-11-26T20:00:00Z", managedFields: [{ manager: "x" }] },
  ...{ finalizers: ["kubernetes.io/pvc-protection"], ownerReferences: [{ kind: "Shop", controller: false, uid: "u-2" }] },
};
const text = (one: KubernetesObject): string => canonicalText(cleaned(one));

describe("an object as it is exported", () => {
  it.each([
    [
      "a Deployment",
      object(
        "apps/v1",
        "Deployment",
        { spec: { replicas: 2 }, status: { replicas: 2 } },
        {
          ...ofServer,
          labels: { app: "shop" },
          annotations: { "deployment.kubernetes.io/revision": "4", "kubectl.kubernetes.io/last-applied-configuration": "{}" },
        },
      ),
      '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"labels":{"app":"shop"},"name":"shop","namespace":"acme"},"spec":{"replicas":2}}',
    ],
    [
      "a Service with addresses",
      object("v1", "Service", { spec: { clusterIP: "10.0.0.7", clusterIPs: ["10.0.0.7"], ports: [{ port: 80, nodePort: 30080 }] } }),
      '{"apiVersion":"v1","kind":"Service","metadata":{"name":"shop","namespace":"acme"},"spec":{"ports":[{"nodePort":30080,"port":80}]}}',
    ],
    [
      "a headless Service",
      object("v1", "Service", { spec: { clusterIP: "None", clusterIPs: ["None"] } }),
      '{"apiVersion":"v1","kind":"Service","metadata":{"name":"shop","namespace":"acme"},"spec":{"clusterIP":"None","clusterIPs":["None"]}}',
    ],
    [
      "a bound claim",
      object(
        "v1",
        "PersistentVolumeClaim",
        { spec: { volumeName: "pv-1", storageClassName: "gp3" } },
        {
          annotations: { "pv.kubernetes.io/bind-completed": "yes", "volume.kubernetes.io/selected-node": "node-1" },
        },
      ),
      '{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"shop","namespace":"acme"},"spec":{"storageClassName":"gp3"}}',
    ],
    [
      "a namespace",
      KubernetesObject.parse({
        ...{ apiVersion: "v1", kind: "Namespace", spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } },
        metadata: { ...ofServer, name: "acme", labels: { "kubernetes.io/metadata.name": "acme", team: "shop" } },
      }),
      '{"apiVersion":"v1","kind":"Namespace","metadata":{"labels":{"team":"shop"},"name":"acme"}}',
    ],
    [
      "a Job that the server joined to its pods",
      object(
        "batch/v1",
        "Job",
        {
          spec: {
            selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } },
            template: { metadata: { labels: { "controller-uid": "u", "job-name": "shop" } }, spec: { restartPolicy: "Never" } },
          },
        },
        { labels: { "batch.kubernetes.io/job-name": "shop", app: "shop" } },
      ),
      '{"apiVersion":"batch/v1","kind":"Job","metadata":{"labels":{"app":"shop"},"name":"shop","namespace":"acme"},"spec":{"template":{"spec":{"restartPolicy":"Never"}}}}',
    ],
    [
      "a Pod that nobody owns",
      object("v1", "Pod", {
        spec: {
          nodeName: "node-1",
          volumes: [{ name: "kube-api-access-x2" }, { name: "data" }],
          containers: [{ name: "a", volumeMounts: [{ name: "kube-api-access-x2" }, { name: "data" }] }],
        },
      }),
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"shop","namespace":"acme"},"spec":{"containers":[{"name":"a","volumeMounts":[{"name":"data"}]}],"volumes":[{"name":"data"}]}}',
    ],
  ])("%s is what somebody would declare", (_what, given, declared) => {
    expect(text(given)).toBe(declared);
  });

  it("is the same when it is exported again after it was applied, whatever a server adds", () => {
    const content = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.constantFrom("v1/Secret", "apps/v1/Deployment", "v1/Service", "acme.io/v1/Shop"),
        content,
        content,
        (kind, spec, extra) => {
          const [apiVersion, name] = [kind.slice(0, kind.lastIndexOf("/")), kind.slice(kind.lastIndexOf("/") + 1)];
          const once = text(object(apiVersion, name, { spec, data: extra, status: extra }, ofServer));
          const applied = KubernetesObject.parse(parseExactly(once));

          expect(text({ ...applied, metadata: { ...applied.metadata, ...ofServer }, status: extra })).toBe(once);
        },
      ),
    );
  });

  it("keeps each number in its digits", () => {
    const json = '{"a":1.0,"b":9007199254740993,"c":1,"d":-0.0,"e":1e400}';

    expect(canonicalText(parseExactly(json))).toBe(json);
  });

  it("has a version that says nothing to whom the namespace's uid is not known", () => {
    expect(contentVersion("u-1", "password")).toBe(contentVersion("u-1", "password"));
    expect(contentVersion("u-1", "password")).not.toBe(contentVersion("u-1", "Password"));
    expect(contentVersion("u-1", "password")).not.toBe(contentVersion("u-2", "password"));
  });
});

describe("what the cluster makes itself", () => {
  const owned = { ownerReferences: [{ kind: "Shop", controller: true }] };
  it.each([
    ["a pod of a controller", object("v1", "Pod", {}, owned), /controller makes it again/],
    ["a ReplicaSet of a Deployment", object("apps/v1", "ReplicaSet", {}, owned), /controller makes it again/],
    ["what is being deleted", object("v1", "Secret", {}, { deletionTimestamp: "2026-11-26T20:00:00Z" }), /being deleted/],
    ["the cluster's authority", object("v1", "ConfigMap", {}, { name: "kube-root-ca.crt" }), /authority/],
    ["a token", object("v1", "Secret", { type: "kubernetes.io/service-account-token" }), /token/],
    ["a pod that is done", object("v1", "Pod", { status: { phase: "Succeeded" } }), /over/],
    ["a Job that is done", object("batch/v1", "Job", { status: { conditions: [{ type: "Complete", status: "True" }] } }), /run again/],
    [
      "slices of a Service",
      object(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        {},
        {
          labels: { "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io" },
        },
      ),
      /Service and its pods/,
    ],
  ])("%s is left out", (_what, given, reason) => {
    expect(derivedBecause(given)).toMatch(reason);
  });

  it.each([
    ["a Secret that an operator drew", object("v1", "Secret", { type: "Opaque" }, owned)],
    ["a pod that nobody owns", object("v1", "Pod", { status: { phase: "Running" } })],
    ["a Job that runs", object("batch/v1", "Job", { status: { conditions: [{ type: "Complete", status: "False" }] } })],
    ["slices that somebody wrote", object("discovery.k8s.io/v1", "EndpointSlice")],
    ["an object that another owns and does not control", object("v1", "Service", {}, { ownerReferences: [{ kind: "Shop" }] })],
  ])("%s is exported", (_what, given) => {
    expect(derivedBecause(given)).toBeUndefined();
  });

  it("is told by kind where all of a kind is so", () => {
    expect([derivedKind("", "Event"), derivedKind("coordination.k8s.io", "Lease"), derivedGroup("metrics.k8s.io")]).not.toContain(
      undefined,
    );
    expect([derivedKind("", "Secret"), derivedKind("acme.io", "Event"), derivedGroup("apps")]).toEqual([undefined, undefined, undefined]);
  });
});

describe("names of objects", () => {
  it("tell kinds apart, and are applied in the order of what uses what", () => {
    const names = ["batch/v1/Job/j", "apps/v1/Deployment/d", "acme.io/v1/Shop/s", "v1/Secret/b", "v1/Namespace/n", "v1/Secret/a"];

    expect(objectName(object("apps/v1", "Deployment"))).toBe("apps/v1/Deployment/shop");
    expect(countByKind(names)).toMatchObject({ "v1/Secret": 2, "acme.io/v1/Shop": 1 });
    expect([...names].sort(byOrder)).toEqual([
      ...["v1/Namespace/n", "v1/Secret/a", "v1/Secret/b", "acme.io/v1/Shop/s", "apps/v1/Deployment/d", "batch/v1/Job/j"],
    ]);
  });
});
