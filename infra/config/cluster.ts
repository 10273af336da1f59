import { z } from "zod";
import { clusterFailure, type Standby } from "../../recovery/estimates/cluster";
import type { Tier } from "../../recovery/objectives";
import { type Cidr, overlaps, parseCidr } from "../components/cluster/cidr";
import { DatabasePort } from "./postgres";
import { Text } from "./values";

export type { Standby };

export const clusterContext = Text.describe("Context of the kubeconfig that `KUBECONFIG` names");
export const chromaNamespace = Text.default("lifeboat").describe("Namespace that is made for the Chroma server");
export const ChromaPort = z.int().min(1).max(65_535).default(8000);

const existingKind = z.literal("existing").optional().describe("`existing`, or nothing: the cluster is there, and stays as it is");
const createKind = z
  .literal("create")
  .describe("`create`: Lifeboat makes the cluster (EKS Auto Mode), its network and its roles; docs/clusters.md");

/** An existing Kubernetes cluster: the kubeconfig comes from KUBECONFIG, a stack file names its context only. */
export const ExistingCluster = z.strictObject({
  kind: existingKind,
  context: clusterContext,
  namespace: chromaNamespace,
  vpcId: Text.describe("Of an existing cluster: its VPC"),
  subnetIds: z
    .array(Text)
    .min(1)
    .describe(
      "Of an existing cluster: subnets of that VPC, in two availability zones at least: the functions that reach the stores run there, and the database",
    ),
  securityGroupId: Text.describe(
    "Of an existing cluster: its own security group: the functions are let in to Chroma's port, and the cluster to PostgreSQL's",
  ),
  s3Access: z
    .union([
      z.literal("existing"),
      z.strictObject({
        routeTableIds: z
          .array(Text)
          .min(1)
          .describe(
            "Route tables of these subnets: a gateway endpoint for S3 is made in them and, where functions read a database's secret, an interface endpoint for Secrets Manager in the subnets",
          ),
      }),
    ])
    .describe(
      "Of an existing cluster: how functions in these subnets reach S3 and Secrets Manager: `existing` when a NAT gateway, or an endpoint of each, is there already",
    ),
});
export type ExistingCluster = z.infer<typeof ExistingCluster>;

const PrincipalArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/\S+$/, "the ARN of an IAM role or user such as arn:aws:iam::123456789012:role/deploy")
  .meta({ title: "ARN of an IAM role or user" });

const RoleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, "the ARN of an IAM role such as arn:aws:iam::123456789012:role/app")
  .meta({ title: "ARN of an IAM role" });

export const PodIdentity = z.strictObject({
  namespace: Text.describe("Namespace of the pods"),
  serviceAccount: Text.describe("Their service account"),
  roleArn: RoleArn.describe("Role that they get; it must exist, and trust `pods.eks.amazonaws.com`"),
});
export type PodIdentity = z.infer<typeof PodIdentity>;

export const Egress = z.enum(["nat", "single-nat", "endpoints"]);
export type Egress = z.infer<typeof Egress>;

const Block = z
  .string()
  .refine((text) => parseCidr(text) !== undefined, "a block of addresses such as 203.0.113.0/24")
  .meta({ title: "CIDR block" });

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: /16 at most; below /20 the subnets are too small for Auto Mode's /28 prefixes.
const VpcBlock = z
  .string()
  .refine((text) => within(parseCidr(text), 16, 20), "a block of addresses between /16 and /20 such as 10.1.0.0/16")
  .meta({ title: "CIDR block, /16 to /20" });

const within = (cidr: Cidr | undefined, shortest: number, longest: number): boolean =>
  cidr !== undefined && cidr.prefix >= shortest && cidr.prefix <= longest;

// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
const ClusterName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, "1 to 63 letters, digits, hyphens and underscores")
  .optional()
  .meta({ title: "1 to 63 letters, digits, hyphens and underscores" });

/** What a cluster is made with. */
const created = {
  kind: createKind,
  name: ClusterName.describe(
    "Of a cluster that is made: its name, else `<system>-primary` or `<system>-recovery`; one on demand has the recovery's id behind it",
  ),
  version: z
    .string()
    .regex(/^1\.\d{2}$/, "a release of Kubernetes such as 1.34")
    .meta({ title: "Kubernetes release" })
    .describe(
      "Of a cluster that is made: its release; EKS lists what it offers, <https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html>",
    ),
  vpcCidr: VpcBlock.describe("Of a cluster that is made: the addresses of its network; the regions' differ"),
  zones: z
    .array(Text)
    .min(2)
    .max(3)
    .optional()
    .describe(
      "Of a cluster that is made: its availability zones, two or three, else the first three of the region; another order later moves subnets",
    ),
  egress: Egress.default("nat").describe(
    "Of a cluster that is made: its way out. `nat`: a NAT gateway in each zone; `single-nat`: one for all, lost with its zone; `endpoints`: none, AWS services by endpoints only, so that every image comes from a registry in the network",
  ),
  publicLoadBalancers: z
    .boolean()
    .default(false)
    .describe("Of a cluster that is made, with NAT: whether its public subnets may hold internet-facing load balancers of applications"),
  publicAccessCidrs: z
    .array(Block)
    .default([])
    .describe(
      "Of a cluster that is made: addresses that reach its Kubernetes API from outside of its network; with none, `pulumi up` has to run where the network is reached",
    ),
  deployRoleArn: PrincipalArn.describe("Of a cluster that is made: who runs `pulumi up`; administrator of the cluster"),
  operators: z.array(PrincipalArn).default([]).describe("Of a cluster that is made: who may read and change everything in its namespaces"),
  podIdentities: z.array(PodIdentity).default([]).describe("Of a cluster that is made: roles that pods get by EKS Pod Identity"),
};

const CreatedCluster = z.strictObject(created);
export type CreatedClusterValues = z.infer<typeof CreatedCluster>;

/** The primary region's cluster: it exists, or it is made. */
export const PrimaryCluster = z.discriminatedUnion("kind", [
  ExistingCluster.extend({
    name: ClusterName.describe(
      "Of an existing cluster: its name in EKS. Backup jobs get their roles by it, from EKS Pod Identity, whose agent has to run there: <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html>; needed only with such jobs",
    ),
  }),
  CreatedCluster.extend({ namespace: chromaNamespace }),
]);
export type PrimaryCluster = z.infer<typeof PrimaryCluster>;

/** Told to `dr` by a parameter, so that its server listens where the functions that stand ready are let out to. */
const ports = {
  chromaPort: ChromaPort.describe("Port of the internal LoadBalancer Service that `dr` makes: the functions there are let out to it now"),
  databasePort: DatabasePort.describe("Port of a restored database: the functions there are let out to it now"),
  replicaPort: DatabasePort.removeDefault()
    .optional()
    .describe("Port of the standing read replica: the functions there are let out to it too; `databasePort` when not given"),
};

/** The recovery region's cluster: it exists, or it is made now, or in the recovery. */
export const RecoveryRegionCluster = z.discriminatedUnion("kind", [
  ExistingCluster.omit({ context: true, namespace: true }).extend(ports),
  CreatedCluster.extend({
    ...ports,
    standby: z
      .enum(["warm", "onDemand"])
      .describe(
        "Of a cluster that is made: `warm`: it runs from now on, without nodes until a recovery; `onDemand`: `dr` makes it, in a network and under roles that stand from now on, which takes a quarter of an hour longer",
      ),
  }),
]);
export type RecoveryRegionCluster = z.infer<typeof RecoveryRegionCluster>;

/** The cluster that `dr` recovers to. */
export const DrCluster = z.discriminatedUnion("kind", [
  z.strictObject({ kind: existingKind, context: clusterContext, namespace: chromaNamespace }),
  z.strictObject({
    kind: z.literal("standing").describe("`standing`: the cluster that `prod` made, or prepared, in the recovery region"),
    namespace: chromaNamespace,
  }),
]);
export type DrCluster = z.infer<typeof DrCluster>;

/** What decides whether clusters fit: each field may be missing where it could not be read. */
export interface ClusterQuestion {
  readonly regions?: { readonly primary: string; readonly recovery: string };
  readonly clusters?: { readonly primary: PrimaryCluster; readonly recovery: RecoveryRegionCluster };
  /** The stores' tiers, and the shortest lag at which an alarm tells people. Seconds. */
  readonly stores: readonly { readonly store: string; readonly tierName: string; readonly tier: Tier; readonly alarmSeconds: number }[];
  /** The values that ask for backup jobs in the primary region's cluster. */
  readonly jobs?: readonly string[];
}

const ANYWHERE = 0;

const createdFailures = (place: "primary" | "recovery", values: CreatedClusterValues, region: string | undefined): string[] => {
  const at = `clusters.${place}`;
  const strangers = region === undefined ? [] : (values.zones ?? []).filter((zone) => !zone.startsWith(region));
  const principals = [values.deployRoleArn, ...values.operators];
  return [
    ...strangers.map((zone) => `${at}.zones: "${zone}" is not in ${region}`),
    ...(new Set(values.zones).size < (values.zones?.length ?? 0) ? [`${at}.zones: ${values.zones?.join(", ")} name a zone twice`] : []),
    ...(values.publicAccessCidrs.some((block) => parseCidr(block)?.prefix === ANYWHERE)
      ? [`${at}.publicAccessCidrs: 0.0.0.0/0 opens the Kubernetes API to everybody; name the addresses that people and pipelines come from`]
      : []),
    ...(new Set(principals.map(lastName)).size < principals.length
      ? [`${at}.operators: two of deployRoleArn and operators have the same name; each has one entry`]
      : []),
    ...(values.egress === "endpoints" && values.publicLoadBalancers
      ? [`${at}.publicLoadBalancers: with egress endpoints there are no public subnets`]
      : []),
  ];
};

const lastName = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

const overlapFailures = ({ primary, recovery }: NonNullable<ClusterQuestion["clusters"]>): string[] => {
  if (primary.kind !== "create" || recovery.kind !== "create") return [];
  const [here, there] = [parseCidr(primary.vpcCidr), parseCidr(recovery.vpcCidr)];
  return here !== undefined && there !== undefined && overlaps(here, there)
    ? [
        `clusters: the networks ${primary.vpcCidr} and ${recovery.vpcCidr} overlap; they could not be connected, and a rule for one would let the other in`,
      ]
    : [];
};

const jobFailures = (primary: PrimaryCluster, jobs: readonly string[]): string[] =>
  primary.kind === "create" || primary.name !== undefined || jobs.length === 0
    ? []
    : [
        `clusters.primary.name: ${jobs.join(" and ")} run${jobs.length === 1 ? "s" : ""} as a job in this cluster, under a role that EKS gives by the cluster's name`,
      ];

/** What a schema cannot say of the clusters: one sentence for each failure. */
export const clusterFailures = ({ regions, clusters, stores, jobs = [] }: ClusterQuestion): string[] => {
  if (clusters === undefined) return [];
  const { primary, recovery } = clusters;
  const late =
    recovery.kind === "create"
      ? stores.flatMap(
          ({ store, tierName, tier, alarmSeconds }) =>
            clusterFailure({ store, tier: tierName, standby: recovery.standby, alarmSeconds }, tier) ?? [],
        )
      : [];
  return [
    ...(primary.kind === "create" ? createdFailures("primary", primary, regions?.primary) : []),
    ...(recovery.kind === "create" ? createdFailures("recovery", recovery, regions?.recovery) : []),
    ...overlapFailures(clusters),
    ...jobFailures(primary, jobs),
    ...late,
  ];
};
