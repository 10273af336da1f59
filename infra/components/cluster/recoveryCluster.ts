import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClusterDoors, type ClusterDoorsArgs } from "./clusterDoors";
import { EksCluster } from "./eksCluster";
import { kubeconfigOf } from "./kubeconfig";
import type { OnDemandCluster, StandingCluster, WarmCluster } from "./standingCluster";

export interface RecoveryClusterArgs {
  readonly standing: StandingCluster;
  readonly region: string;
  readonly recoveryId: pulumi.Input<string>;
  /** The recovery region's key. */
  readonly keyArn: pulumi.Input<string>;
  /** A failover's cluster is hard to delete; a drill's goes away with all that is in it. */
  readonly protect: boolean;
  /** What has to be opened when the cluster is new. */
  readonly doors: Omit<ClusterDoorsArgs, "clusterSecurityGroupId">;
}

/** The cluster that a recovery runs on, in the recovery region: the one that stands, or one that is made now under roles that stand. */
export class RecoveryCluster extends pulumi.ComponentResource {
  readonly provider: k8s.Provider;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: RecoveryClusterArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:cluster:RecoveryCluster", name, {}, options);
    const { provider, securityGroupId } =
      args.standing.standby === "warm" ? warm(name, args.standing, args.region, this) : onDemand(name, args.standing, args, this);
    this.provider = provider;
    this.securityGroupId = securityGroupId;
    this.registerOutputs({ securityGroupId });
  }
}

interface Reached {
  readonly provider: k8s.Provider;
  readonly securityGroupId: pulumi.Output<string>;
}

/** Looked up by its name in this region; nothing of it is known from the lost one. */
const warm = (name: string, { clusterName }: WarmCluster, region: string, parent: pulumi.Resource): Reached => {
  const found = aws.eks.getClusterOutput({ name: clusterName }, { parent });
  const kubeconfig = pulumi.secret(
    pulumi
      .all([found.endpoint, found.certificateAuthorities])
      .apply(([endpoint, [authority]]) => kubeconfigOf({ clusterName, region, endpoint, certificateAuthority: authority?.data ?? "" })),
  );
  return {
    provider: new k8s.Provider(name, { kubeconfig, context: clusterName }, { parent }),
    securityGroupId: found.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId),
  };
};

const onDemand = (name: string, standing: OnDemandCluster, args: RecoveryClusterArgs, parent: pulumi.Resource): Reached => {
  const { region, keyArn, protect, recoveryId } = args;
  const clusterName = pulumi.interpolate`${standing.namePrefix}-${recoveryId}`;
  const cluster = new EksCluster(name, { ...standing, clusterName, region, keyArn, protect }, { parent });
  new ClusterDoors(name, { ...args.doors, clusterSecurityGroupId: cluster.securityGroupId }, { parent });
  return cluster;
};
