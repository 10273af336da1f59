import { clusterFailures, DrCluster, PrimaryCluster, RecoveryRegionCluster } from "../../../../infra/config/cluster";
import { DrSchema, ProdSchema } from "../../../../infra/config/schema";
import { committed } from "./stackFiles";

const DEPLOYER = "arn:aws:iam::123456789012:role/deploy";
const CREATE = { kind: "create", version: "1.34", vpcCidr: "10.1.0.0/16", deployRoleArn: DEPLOYER } as const;
const REGIONS = { primary: "us-east-1", recovery: "eu-west-1" };
const CLUSTERS = {
  primary: PrimaryCluster.parse(CREATE),
  recovery: RecoveryRegionCluster.parse({ ...CREATE, vpcCidr: "10.2.0.0/16", standby: "onDemand" }),
};
const CRITICAL = { store: "postgres", tierName: "critical", tier: { rtoSeconds: 3600, rpoSeconds: 900 }, alarmSeconds: 600 };

const problemsOf = (act: {
  success: boolean;
  error?: { issues: readonly { path: PropertyKey[]; message: string }[] };
}): readonly string[] => act.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("what a stack file may say", () => {
  test("the committed files' clusters are existing ones without saying so", () => {
    const clusters = ProdSchema.shape.clusters.parse(JSON.parse(committed("prod").clusters ?? ""));
    const cluster = DrSchema.shape.cluster.parse(JSON.parse(committed("dr").cluster ?? ""));

    expect(PrimaryCluster.parse(clusters.primary)).toEqual(clusters.primary);
    expect(RecoveryRegionCluster.parse(clusters.recovery)).toEqual(clusters.recovery);
    expect(DrCluster.parse(cluster)).toEqual(cluster);
  });

  test("a cluster that is made opens nothing that nobody asked for", () => {
    expect(CLUSTERS.primary).toEqual({
      ...{ ...CREATE, namespace: "lifeboat", egress: "nat" },
      ...{ publicLoadBalancers: false, publicAccessCidrs: [], operators: [], podIdentities: [] },
    });
  });

  test("whether the recovery region's runs or is made then has to be said", () => {
    expect(problemsOf(RecoveryRegionCluster.safeParse(CREATE))).toEqual([expect.stringContaining("standby: ")]);
  });

  test("each wrong value is told apart, as those of one kind of cluster", () => {
    const wrong = { ...CREATE, version: "latest", vpcCidr: "10.1.0.0/24", deployRoleArn: "deploy", zones: ["us-east-1a"], vpcId: "vpc-1" };

    const problems = problemsOf(PrimaryCluster.safeParse(wrong));

    for (const path of ["version: a release", "vpcCidr: a block of addresses between /16 and /20", "deployRoleArn: the ARN", "zones: "])
      expect(problems).toContainEqual(expect.stringContaining(path));
    expect(problems).toContainEqual(expect.stringContaining("vpcId"));
    expect(problems).toHaveLength(5);
  });
});

describe("whether clusters fit", () => {
  test("those that do have no failure", () => {
    expect(clusterFailures({ regions: REGIONS, clusters: CLUSTERS, stores: [CRITICAL] })).toEqual([]);
    expect(clusterFailures({ stores: [CRITICAL] })).toEqual([]);
  });

  test("a cluster that exists needs its name for backup jobs, and for nothing else", () => {
    const place = { context: "acme", vpcId: "vpc-1", subnetIds: ["subnet-1"], securityGroupId: "sg-1", s3Access: "existing" };
    const failuresOf = (name: string | undefined, jobs: readonly string[]) =>
      clusterFailures({ clusters: { ...CLUSTERS, primary: PrimaryCluster.parse({ ...place, name }) }, stores: [], jobs });

    expect(failuresOf(undefined, ["postgres.dump", "configuration.git"])).toEqual([
      "clusters.primary.name: postgres.dump and configuration.git run as a job in this cluster, under a role that EKS gives by the cluster's name",
    ]);
    expect(failuresOf(undefined, [])).toEqual([]);
    expect(failuresOf("acme", ["postgres.dump"])).toEqual([]);
    expect(clusterFailures({ clusters: CLUSTERS, stores: [], jobs: ["postgres.dump"] })).toEqual([]);
  });

  test("networks that overlap are refused", () => {
    const recovery = { ...CLUSTERS.recovery, vpcCidr: "10.1.128.0/17" };

    expect(clusterFailures({ regions: REGIONS, clusters: { ...CLUSTERS, recovery }, stores: [] })).toEqual([
      expect.stringContaining("10.1.0.0/16 and 10.1.128.0/17 overlap"),
    ]);
  });

  test("every failure of a cluster is told at once", () => {
    const primary = PrimaryCluster.parse({
      ...CREATE,
      ...{ zones: ["eu-west-1a", "us-east-1a", "us-east-1a"], publicAccessCidrs: ["0.0.0.0/0"], operators: [DEPLOYER] },
      ...{ egress: "endpoints", publicLoadBalancers: true },
    });

    expect(clusterFailures({ regions: REGIONS, clusters: { ...CLUSTERS, primary }, stores: [] })).toEqual([
      'clusters.primary.zones: "eu-west-1a" is not in us-east-1',
      "clusters.primary.zones: eu-west-1a, us-east-1a, us-east-1a name a zone twice",
      expect.stringContaining("0.0.0.0/0 opens the Kubernetes API to everybody"),
      expect.stringContaining("clusters.primary.operators"),
      expect.stringContaining("clusters.primary.publicLoadBalancers"),
    ]);
  });

  test("a tier whose RTO ends before an on-demand cluster is ready is refused; a warm one meets it", () => {
    const hasty = { ...CRITICAL, tierName: "hasty", tier: { rtoSeconds: 1800, rpoSeconds: 900 } };
    const warm = RecoveryRegionCluster.parse({ ...CREATE, vpcCidr: "10.2.0.0/16", standby: "warm" });

    expect(clusterFailures({ regions: REGIONS, clusters: CLUSTERS, stores: [CRITICAL, hasty] })).toEqual([
      expect.stringContaining('= 31 min before anything is restored cannot meet the RTO of tier "hasty", 30 min'),
    ]);
    expect(clusterFailures({ regions: REGIONS, clusters: { ...CLUSTERS, recovery: warm }, stores: [hasty] })).toEqual([]);
  });
});
