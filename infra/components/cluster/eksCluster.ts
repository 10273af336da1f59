import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PodIdentity } from "../../config/cluster";
import { ClusterAccess } from "./clusterAccess";
import { ClusterDefaults } from "./clusterDefaults";
import { kubeconfigOf } from "./kubeconfig";

export interface EksClusterArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly region: string;
  /** Release of Kubernetes, such as 1.34. */
  readonly version: string;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly clusterRoleArn: pulumi.Input<string>;
  readonly nodeRoleArn: pulumi.Input<string>;
  readonly instanceProfileName: pulumi.Input<string>;
  /** What the roles need to be usable; nothing where they exist already. */
  readonly rolesAttached?: readonly pulumi.Resource[];
  /** A key of the cluster's region, for its secrets and its volumes. */
  readonly keyArn: pulumi.Input<string>;
  /** Who may reach the Kubernetes API from outside of the network; nobody when empty. */
  readonly publicAccessCidrs: readonly string[];
  readonly deployRoleArn: string;
  readonly operators: readonly string[];
  readonly podIdentities: readonly PodIdentity[];
  /** Hard to delete, and its volumes outlive their claims. */
  readonly protect: boolean;
}

const LOG_DAYS = 90;
const CONTROL_PLANE_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** A Kubernetes cluster in EKS Auto Mode, with no node until a pod needs one. It makes no IAM resource: it is given roles that stand. */
export class EksCluster extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>;
  readonly region: string;
  readonly vpcId: pulumi.Output<string>;
  readonly subnetIds: readonly pulumi.Output<string>[];
  /** The cluster's own group: its nodes and, by default, its pods are in it. */
  readonly securityGroupId: pulumi.Output<string>;
  /** A secret, known once whoever deploys is let in. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;

  constructor(name: string, args: EksClusterArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:cluster:EksCluster", name, {}, options);
    const child = { parent: this };
    const logs = controlPlaneLogs(name, args, child);
    const cluster = new aws.eks.Cluster(name, clusterSettings(args), {
      parent: this,
      protect: args.protect,
      dependsOn: [logs, ...(args.rolesAttached ?? [])],
    });
    const access = new ClusterAccess(name, { ...args, clusterName: cluster.name }, child);
    podIdentities(name, args.podIdentities, cluster, child);
    this.clusterName = cluster.name;
    this.region = args.region;
    this.vpcId = cluster.vpcConfig.apply(({ vpcId }) => vpcId);
    this.subnetIds = args.subnetIds.map((id) => pulumi.output(id));
    this.securityGroupId = cluster.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId);
    this.kubeconfig = kubeconfigAfter(cluster, access, args.region);
    const connection = { kubeconfig: this.kubeconfig, context: cluster.name };
    this.provider = new k8s.Provider(name, connection, child);
    // AWS documents these objects as applied, whether something of their name is there or not.
    const applying = new k8s.Provider(`${name}-defaults`, { ...connection, upsertExistingObjects: true }, child);
    new ClusterDefaults(
      name,
      { ...args, securityGroupId: this.securityGroupId, keepVolumes: args.protect },
      { parent: this, provider: applying },
    );
    this.registerOutputs({ clusterName: this.clusterName });
  }
}

const clusterSettings = (args: EksClusterArgs): aws.eks.ClusterArgs => ({
  name: args.clusterName,
  version: args.version,
  roleArn: args.clusterRoleArn,
  // Auto Mode is these four together. https://docs.aws.amazon.com/eks/latest/userguide/automode-get-started-cli.html
  computeConfig: { enabled: true, nodePools: [] },
  kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
  storageConfig: { blockStorage: { enabled: true } },
  bootstrapSelfManagedAddons: false,
  accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
  vpcConfig: {
    subnetIds: [...args.subnetIds],
    endpointPrivateAccess: true,
    endpointPublicAccess: args.publicAccessCidrs.length > 0,
    ...(args.publicAccessCidrs.length > 0 ? { publicAccessCidrs: [...args.publicAccessCidrs] } : {}),
  },
  encryptionConfig: { provider: { keyArn: args.keyArn }, resources: ["secrets"] },
  enabledClusterLogTypes: CONTROL_PLANE_LOGS,
  deletionProtection: args.protect,
});

/** Made before the cluster: EKS would make one that keeps its logs for ever. */
const controlPlaneLogs = (name: string, args: EksClusterArgs, child: pulumi.CustomResourceOptions): aws.cloudwatch.LogGroup =>
  new aws.cloudwatch.LogGroup(
    `${name}-control-plane`,
    { name: pulumi.interpolate`/aws/eks/${args.clusterName}/cluster`, retentionInDays: LOG_DAYS },
    child,
  );

/** Roles for pods. The agent is part of Auto Mode. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html */
const podIdentities = (
  name: string,
  identities: readonly PodIdentity[],
  cluster: aws.eks.Cluster,
  child: pulumi.CustomResourceOptions,
): void => {
  for (const { namespace, serviceAccount, roleArn } of identities)
    new aws.eks.PodIdentityAssociation(
      `${name}-${namespace}-${serviceAccount}`,
      { clusterName: cluster.name, namespace, serviceAccount, roleArn },
      child,
    );
};

/** Whoever uses it waits for the entries that let them in. */
const kubeconfigAfter = (cluster: aws.eks.Cluster, access: ClusterAccess, region: string): pulumi.Output<string> => {
  const granted = pulumi.all(access.granted.map(({ urn }) => urn));
  const parts = pulumi.all([cluster.name, cluster.endpoint, cluster.certificateAuthority, granted]);
  return pulumi.secret(
    parts.apply(([clusterName, endpoint, { data }]) => kubeconfigOf({ clusterName, region, endpoint, certificateAuthority: data })),
  );
};
