import * as k8s from "@pulumi/kubernetes";
import { z } from "zod";
import { CreatedCluster } from "../../../infra/components/cluster/createdCluster";
import { RecoveryCluster } from "../../../infra/components/cluster/recoveryCluster";
import type { StandingCluster } from "../../../infra/components/cluster/standingCluster";
import type { Standby } from "../../../infra/config/cluster";
import { CLUSTER_GROUP, known, REGION, run } from "./program";
import { KEY, VALUES, ZONES } from "./values";

const RECOVERY_ID = "failover-0a1b2c3d";

/** What `prod` makes in the recovery region, and what it tells `dr`. */
const prepared = async (standby: Standby) => {
  const args = { system: "acme", home: "recovery", region: REGION, zones: ZONES, values: VALUES, keyArn: KEY, protect: true } as const;
  const { recording, made } = await run((options) => new CreatedCluster("cluster", { ...args, standby }, options));
  return { recording, place: made.place, standing: await known(made.standing) };
};

/** What `dr` makes of it, with a workload on the cluster. */
const recovered = async (standing: StandingCluster, protect: boolean) =>
  run(
    async (options) => {
      const databases = { replica: { securityGroupId: "sg-replica", port: 5555 } };
      const doors = { functionsSecurityGroupId: "sg-functions", podPort: 8000, databases };
      const cluster = new RecoveryCluster(
        "cluster",
        { standing, region: REGION, recoveryId: RECOVERY_ID, keyArn: KEY, protect, doors },
        options,
      );
      new k8s.core.v1.Namespace("work", { metadata: { name: "work" } }, { provider: cluster.provider });
      return cluster;
    },
    { clusters: ["acme-recovery"] },
  );

describe("on demand", () => {
  it("prod makes the network and all of IAM, and no cluster", async () => {
    const { recording, place } = await prepared("onDemand");
    const kinds = (prefix: string) => recording.created().filter(({ type }) => type.startsWith(prefix));

    expect(kinds("aws:eks/")).toEqual([]);
    expect(kinds("kubernetes:")).toEqual([]);
    expect(kinds("aws:iam/").length).toBeGreaterThan(0);
    expect(kinds("aws:ec2/vpc:").length).toBe(1);
    expect(place).not.toHaveProperty("securityGroupId");
  });

  it("what it tells dr survives the parameter that carries it", async () => {
    const { standing } = await prepared("onDemand");

    expect(JSON.parse(JSON.stringify(standing))).toEqual(standing);
    expect(standing).toMatchObject({
      standby: "onDemand",
      namePrefix: "acme-recovery",
      clusterRoleArn: "arn:aws:iam::123456789012:role/acme-cluster-recovery",
      nodeRoleArn: "arn:aws:iam::123456789012:role/acme-nodes-recovery",
      instanceProfileName: "eks-acme-nodes-recovery",
    });
  });

  it("dr makes no IAM resource: a recovery must pass with IAM writes refused", async () => {
    const { standing } = await prepared("onDemand");

    const { recording } = await recovered(standing, true);

    expect(recording.created().filter(({ type }) => type.startsWith("aws:iam/"))).toEqual([]);
    expect(recording.invokes.filter(({ token }) => token.startsWith("aws:iam/"))).toEqual([]);
    expect(recording.all("aws:eks/cluster:Cluster")).toHaveLength(1);
  });

  it("dr gives the cluster the standing roles, subnets and profile, and a name of the recovery's", async () => {
    const { standing } = await prepared("onDemand");
    if (standing.standby !== "onDemand") throw new Error("prepared on demand");

    const { recording } = await recovered(standing, true);
    const classes = recording.resources.filter(({ inputs }) => z.object({ kind: z.literal("NodeClass") }).safeParse(inputs).success);

    expect(recording.get("aws:eks/cluster:Cluster", "cluster").inputs).toMatchObject({
      name: `acme-recovery-${RECOVERY_ID}`,
      roleArn: standing.clusterRoleArn,
      vpcConfig: { subnetIds: standing.subnetIds },
    });
    expect(classes.map(({ inputs }) => inputs)).toMatchObject([{ spec: { instanceProfile: standing.instanceProfileName } }]);
  });

  it("workloads go to the new cluster", async () => {
    const { standing } = await prepared("onDemand");

    const { recording } = await recovered(standing, true);

    expect(recording.get("kubernetes:core/v1:Namespace", "work").place).toBe(`acme-recovery-${RECOVERY_ID}`);
  });

  it("functions are let in to its pods, and its pods to the databases that stood before it", async () => {
    const { standing } = await prepared("onDemand");
    const Rule = z.object({ securityGroupId: z.string(), referencedSecurityGroupId: z.string(), fromPort: z.number(), toPort: z.number() });

    const { recording } = await recovered(standing, true);

    expect(recording.typed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", Rule).map(({ args }) => args)).toEqual([
      { securityGroupId: CLUSTER_GROUP, referencedSecurityGroupId: "sg-functions", fromPort: 8000, toPort: 8000 },
      { securityGroupId: "sg-replica", referencedSecurityGroupId: CLUSTER_GROUP, fromPort: 5555, toPort: 5555 },
    ]);
  });

  it.each([true, false])("a failover's cluster is protected and a drill's leaves nothing behind: %s", async (protect) => {
    const { standing } = await prepared("onDemand");

    const { recording } = await recovered(standing, protect);

    expect(recording.get("aws:eks/cluster:Cluster", "cluster").protect).toBe(protect);
    expect(recording.get("kubernetes:storage.k8s.io/v1:StorageClass", "cluster").inputs).toMatchObject({
      reclaimPolicy: protect ? "Retain" : "Delete",
    });
  });
});

describe("warm", () => {
  it("dr makes nothing of the cluster: it looks it up in its region and works there", async () => {
    const { standing } = await prepared("warm");

    const { recording, made } = await recovered(standing, true);

    expect(recording.created().map(({ type }) => type)).toEqual(["kubernetes:core/v1:Namespace"]);
    expect(recording.get("kubernetes:core/v1:Namespace", "work").place).toBe("acme-recovery");
    expect(recording.invokes).toMatchObject([{ token: "aws:eks/getCluster:getCluster", place: REGION }]);
    expect(await known(made.securityGroupId)).toBe(CLUSTER_GROUP);
  });
});
