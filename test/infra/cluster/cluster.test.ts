import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { CreatedCluster } from "../../../infra/components/cluster/createdCluster";
import type { CreatedClusterValues } from "../../../infra/config/cluster";
import type { Recording } from "../support/recording";
import { AUTHORITY, CLUSTER_ENDPOINT, CLUSTER_GROUP, known, REGION, run } from "./program";
import { DEPLOYER, KEY, OPERATOR, POD_ROLE, VALUES, ZONES } from "./values";

const CLUSTER = "acme-recovery";

const created = (changes: Partial<CreatedClusterValues> = {}, { protect = true } = {}) =>
  run((options) => {
    const args = { system: "acme", home: "recovery", region: REGION, zones: ZONES, standby: "warm", keyArn: KEY, protect } as const;
    return new CreatedCluster("cluster", { ...args, values: { ...VALUES, ...changes } }, options);
  });

let recording: Recording;
let made: CreatedCluster;
beforeAll(async () => {
  ({ recording, made } = await created());
});

const eks = (of: Recording) => of.get("aws:eks/cluster:Cluster", "recovery-cluster");
const custom = (of: Recording, kind: string) => {
  const Manifest = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }), spec: z.record(z.string(), z.unknown()) });
  return of.resources
    .filter(({ type }) => /NodeClass|NodePool|customResource/i.test(type))
    .map(({ inputs }) => Manifest.parse(inputs))
    .find((object) => object.kind === kind);
};

describe("the control plane", () => {
  it("is Auto Mode, whose four settings go together", () => {
    expect(eks(recording).inputs).toMatchObject({
      name: CLUSTER,
      version: "1.34",
      computeConfig: { enabled: true, nodePools: [] },
      kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
      storageConfig: { blockStorage: { enabled: true } },
      bootstrapSelfManagedAddons: false,
    });
  });

  it("is reached from its network only, unless addresses are named", async () => {
    const opened = await created({ publicAccessCidrs: ["203.0.113.0/24"] });

    expect(eks(recording).inputs).toMatchObject({ vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false } });
    expect(eks(opened.recording).inputs).toMatchObject({
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24"] },
    });
  });

  it("stands in the private subnets, encrypts secrets with the region's key and logs all that it can", () => {
    expect(eks(recording).inputs).toMatchObject({
      vpcConfig: { subnetIds: ZONES.map((zone) => `${REGION}/acme-cluster-recovery-${zone}`) },
      encryptionConfig: { provider: { keyArn: KEY }, resources: ["secrets"] },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    });
    const logs = recording.get("aws:cloudwatch/logGroup:LogGroup", "recovery-cluster-control-plane");
    expect(logs.inputs).toMatchObject({ name: `/aws/eks/${CLUSTER}/cluster`, retentionInDays: 90 });
    expect(eks(recording).dependencies).toContain(logs.urn);
  });

  it.each([true, false])("protect %s is the engine's protection, EKS's own, and what becomes of volumes", async (protect) => {
    const of = (await created({}, { protect })).recording;

    expect(eks(of).protect).toBe(protect);
    expect(eks(of).inputs).toMatchObject({ deletionProtection: protect });
    expect(of.get("kubernetes:storage.k8s.io/v1:StorageClass", "recovery-cluster").inputs).toMatchObject({
      reclaimPolicy: protect ? "Retain" : "Delete",
    });
  });
});

describe("who may do what", () => {
  const Association = z.object({ principalArn: z.string(), policyArn: z.string(), accessScope: z.object({ type: z.string() }) });

  it("only entries count, and nobody has one by having made the cluster", () => {
    expect(eks(recording).inputs).toMatchObject({
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
    });
  });

  it("the deploying role administers, operators work in namespaces, nodes are nodes", () => {
    const granted = recording.typed("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", Association);
    const entries = recording.typed("aws:eks/accessEntry:AccessEntry", z.object({ principalArn: z.string(), type: z.string() }));
    const nodeRole = "arn:aws:iam::123456789012:role/acme-nodes-recovery";

    expect(Object.fromEntries(granted.map(({ args }) => [args.principalArn, args.policyArn]))).toEqual({
      [DEPLOYER]: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      [OPERATOR]: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy",
      [nodeRole]: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy",
    });
    expect(Object.fromEntries(entries.map(({ args }) => [args.principalArn, args.type]))).toEqual({
      [DEPLOYER]: "STANDARD",
      [OPERATOR]: "STANDARD",
      [nodeRole]: "EC2",
    });
  });

  it("pods get their roles by Pod Identity", () => {
    expect(recording.get("aws:eks/podIdentityAssociation:PodIdentityAssociation", "recovery-cluster-shop-web").inputs).toMatchObject({
      clusterName: CLUSTER,
      namespace: "shop",
      serviceAccount: "web",
      roleArn: POD_ROLE,
    });
  });
});

describe("what is in the cluster", () => {
  it("network policies are enforced: by the controller, and on the nodes of our class", () => {
    expect(recording.get("kubernetes:core/v1:ConfigMap", "recovery-cluster-network-policy").inputs).toMatchObject({
      metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
      data: { "enable-network-policy-controller": "true" },
    });
    expect(custom(recording, "NodeClass")?.spec).toMatchObject({ networkPolicy: "DefaultAllow", networkPolicyEventLogs: "Enabled" });
    expect(custom(recording, "NodePool")?.spec).toMatchObject({
      template: {
        spec: { nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: custom(recording, "NodeClass")?.metadata.name } },
      },
    });
  });

  it("nodes start from an instance profile that exists: none is made when they are needed", () => {
    const spec = custom(recording, "NodeClass")?.spec;

    expect(spec).toMatchObject({
      instanceProfile: "eks-acme-nodes-recovery",
      securityGroupSelectorTerms: [{ id: CLUSTER_GROUP }],
      subnetSelectorTerms: ZONES.map((zone) => ({ id: `${REGION}/acme-cluster-recovery-${zone}` })),
    });
    expect(spec).not.toHaveProperty("role");
  });

  it("volumes have a default class: encrypted with the region's key, made where their pod runs", () => {
    expect(recording.get("kubernetes:storage.k8s.io/v1:StorageClass", "recovery-cluster").inputs).toMatchObject({
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "ebs.csi.eks.amazonaws.com",
      volumeBindingMode: "WaitForFirstConsumer",
      parameters: { type: "gp3", encrypted: "true", kmsKeyId: KEY },
    });
  });

  it("is made once the deploying role and the nodes are let in", () => {
    const provider = recording.get("pulumi:providers:kubernetes", "recovery-cluster-defaults");
    const granted = recording.all("aws:eks/accessPolicyAssociation:AccessPolicyAssociation").map(({ urn }) => urn);

    expect(granted).toHaveLength(3);
    expect(provider.dependencies).toEqual(expect.arrayContaining(granted));
  });
});

describe("the way in", () => {
  it("the providers use the new cluster's kubeconfig, which is a secret and holds no credential", async () => {
    const kubeconfig = made.cluster?.kubeconfig;
    if (kubeconfig === undefined) throw new Error("a warm cluster has a kubeconfig");
    const text = await known(kubeconfig);
    const Provider = z.object({ kubeconfig: z.string(), context: z.string() });

    expect(await pulumi.isSecret(kubeconfig)).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      clusters: [{ cluster: { server: CLUSTER_ENDPOINT, "certificate-authority-data": AUTHORITY } }],
      users: [
        {
          user: { exec: { command: "aws", args: ["--region", REGION, "eks", "get-token", "--cluster-name", CLUSTER, "--output", "json"] } },
        },
      ],
      "current-context": CLUSTER,
    });
    for (const name of ["recovery-cluster", "recovery-cluster-defaults"]) {
      const inputs = z.record(z.string(), z.unknown()).parse(recording.get("pulumi:providers:kubernetes", name).inputs);
      expect(Provider.parse({ ...inputs, kubeconfig: unsecret(inputs.kubeconfig) })).toEqual({ kubeconfig: text, context: CLUSTER });
    }
  });

  it("says where functions and databases stand beside it", async () => {
    expect(await known(pulumi.output(made.place))).toEqual({
      vpcId: `${REGION}/acme-cluster-recovery`,
      subnetIds: ZONES.map((zone) => `${REGION}/acme-cluster-recovery-${zone}`),
      securityGroupId: CLUSTER_GROUP,
      s3Access: "existing",
    });
    expect(await known(made.standing)).toEqual({ standby: "warm", clusterName: CLUSTER });
  });
});

/** A secret input travels marked. https://www.pulumi.com/docs/iac/concepts/secrets/ */
const unsecret = (input: unknown): unknown => {
  const Secret = z.object({ value: z.unknown() });
  const marked = Secret.safeParse(input);
  return marked.success ? marked.data.value : input;
};
