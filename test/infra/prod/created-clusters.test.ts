import { z } from "zod";
import { CHROMA_POD_PORT } from "../../../infra/components/chroma/chromaServer";
import { readProd } from "../../../infra/config/read";
import { committed } from "../../unit/infra/config/stackFiles";
import { CREATED_VPCS, createdProd, createdRecovery, PRIMARY_CIDR, RECOVERY_CIDR, RECOVERY_PORTS } from "../support/clusters";
import { standingOf } from "../support/deployed";
import { unguarded } from "../support/guard";
import { PRIMARY, RECOVERY, SYSTEM, startProd, VPCS } from "../support/prod";
import { functionsOf, type Need, obstacles } from "../support/reachability";
import type { Recording } from "../support/recording";

const Rule = z.object({ securityGroupId: z.string(), referencedSecurityGroupId: z.string().default("addresses") });

/** Who is let in to a group. */
const admittedTo = (run: Recording, group: string): string[] =>
  run
    .typed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", Rule)
    .flatMap(({ args }) => (args.securityGroupId === group ? [args.referencedSecurityGroupId] : []));

/** What keeps a function from a need, in the network of a cluster that is made. */
const obstaclesOf = (run: Recording, name: string, need: Need, home: "primary" | "recovery"): readonly string[] => {
  const [region, vpcCidr] = home === "primary" ? [PRIMARY, PRIMARY_CIDR] : [RECOVERY, RECOVERY_CIDR];
  const network = `${region}/${SYSTEM}-cluster-${home}`;
  const subnetIds = ["zone-a", "zone-b", "zone-c"].map((zone) => `${network}-${zone}`);
  const cluster = { vpcId: network, subnetIds, securityGroupId: `sg-${home}-cluster`, s3Access: "existing" as const };
  return functionsOf(run)
    .filter(({ args }) => args.name === `${SYSTEM}-${name}`)
    .flatMap(({ args }) => obstacles(args, need, { recording: run, cluster, region, vpcCidr }));
};

let warm: Recording;
let onDemand: Recording;
beforeAll(async () => {
  warm = await createdProd("warm");
});
beforeAll(async () => {
  onDemand = await createdProd("onDemand");
});

describe("prod, with clusters that are made", () => {
  it("runs both from now on when warm, and the primary region's alone when on demand; Chroma is on the primary region's", () => {
    const clustersOf = (run: Recording) => run.all("aws:eks/cluster:Cluster").map(({ name, place }) => `${name} in ${place}`);
    const serversOf = (run: Recording) => run.all("kubernetes:apps/v1:StatefulSet").map(({ place }) => place);

    expect(clustersOf(warm)).toEqual([`primary-cluster in ${PRIMARY}`, `recovery-cluster in ${RECOVERY}`]);
    expect(clustersOf(onDemand)).toEqual([`primary-cluster in ${PRIMARY}`]);
    expect([warm, onDemand].flatMap(serversOf)).toEqual([`${SYSTEM}-primary`, `${SYSTEM}-primary`]);
  });

  it("tells dr what stands, and its ports", () => {
    expect(standingOf(warm).cluster).toEqual({ standby: "warm", clusterName: `${SYSTEM}-recovery` });
    expect(standingOf(onDemand).cluster).toMatchObject({ standby: "onDemand", namePrefix: `${SYSTEM}-recovery` });
    expect(standingOf(onDemand).chroma).toMatchObject({ port: RECOVERY_PORTS.chromaPort, clientCidr: RECOVERY_CIDR });
  });

  it("stands functions and databases in their networks, each let in where it goes", () => {
    const pods = (chromaPort: number) => ({ chromaPort, podPort: CHROMA_POD_PORT });

    expect(obstaclesOf(warm, "chroma-export", pods(8000), "primary")).toEqual([]);
    expect(obstaclesOf(warm, "chroma-import", pods(RECOVERY_PORTS.chromaPort), "recovery")).toEqual([]);
    expect(obstaclesOf(warm, "postgres-ready", { databasePort: RECOVERY_PORTS.databasePort }, "recovery")).toEqual([]);
    expect(admittedTo(warm, `${PRIMARY}/postgres`)).toEqual(["sg-primary-cluster"]);
    expect(admittedTo(warm, `${RECOVERY}/postgres-replica`).sort()).toEqual([
      `${RECOVERY}/${SYSTEM}-functions-recovery`,
      "sg-recovery-cluster",
    ]);
  });

  it("lets nobody in for a cluster that is still to be made, and names the groups that dr opens for it", () => {
    const { postgres } = standingOf(onDemand);

    expect(obstaclesOf(onDemand, "chroma-import", { chromaPort: 8200, podPort: CHROMA_POD_PORT }, "recovery")).toEqual([
      `sg-recovery-cluster does not let it in to port ${CHROMA_POD_PORT}`,
    ]);
    expect(admittedTo(onDemand, `${RECOVERY}/postgres-replica`)).toEqual([`${RECOVERY}/${SYSTEM}-functions-recovery`]);
    expect(postgres?.clusterSecurityGroupId).toBeUndefined();
    expect(postgres?.replica?.securityGroupId).toBe(`${RECOVERY}/postgres-replica`);
    expect(standingOf(warm).postgres?.clusterSecurityGroupId).toBe("sg-recovery-cluster");
  });

  it("guards all of it", () => {
    expect([warm, onDemand].flatMap(unguarded)).toEqual([]);
  });
});

describe("a cluster on demand beside one that exists", () => {
  const { primary } = readProd(committed("prod")).clusters;
  const changes = { clusters: { primary, recovery: createdRecovery("onDemand") } };
  const vpcs = { ...VPCS, ...CREATED_VPCS };

  it("is refused, and nothing is made, where EKS would have to make its role in the recovery", async () => {
    const { deployment, settled, recording } = await startProd(changes, { vpcs });
    const refusal = await deployment.then(
      () => "nothing was refused",
      (error: unknown) => error,
    );
    await settled();

    expect(refusal).toMatchObject({ code: "configuration", message: expect.stringContaining("create-service-linked-role") });
    expect(recording.created()).toEqual([]);
  });

  it("is prepared where the role is there", async () => {
    const { deployment, settled, recording } = await startProd(changes, { vpcs, roles: ["AWSServiceRoleForAmazonEKS"] });
    await deployment;
    await settled();

    expect(recording.all("aws:eks/cluster:Cluster")).toEqual([]);
    expect(recording.all("kubernetes:apps/v1:StatefulSet").map(({ place }) => place)).toEqual([`${SYSTEM}-${PRIMARY}`]);
    expect(standingOf(recording).cluster?.standby).toBe("onDemand");
  });
});
