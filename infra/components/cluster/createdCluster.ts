import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { CreatedClusterValues, Standby } from "../../config/cluster";
import { ClusterNetwork } from "./clusterNetwork";
import type { ClusterPlace } from "./clusterPlace";
import { ClusterRoles } from "./clusterRoles";
import { EksCluster } from "./eksCluster";
import type { StandingCluster } from "./standingCluster";

export interface CreatedClusterArgs {
  readonly system: string;
  readonly home: "primary" | "recovery";
  readonly region: string;
  readonly zones: readonly string[];
  readonly values: CreatedClusterValues;
  /** Of the recovery region's: whether the cluster itself is made now. The primary region's is always there. */
  readonly standby: Standby;
  readonly keyArn: pulumi.Input<string>;
  readonly protect: boolean;
}

/** A cluster of ours in one region: its network and its roles stand from now on, and the cluster too unless a recovery makes it. */
export class CreatedCluster extends pulumi.ComponentResource {
  readonly place: ClusterPlace;
  readonly cluster: EksCluster | undefined;
  readonly standing: pulumi.Output<StandingCluster>;

  constructor(name: string, args: CreatedClusterArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:cluster:CreatedCluster", name, {}, options);
    const child = { parent: this };
    const { system, home, values } = args;
    const clusterName = values.name ?? `${system}-${home}`;
    const network = new ClusterNetwork(`${system}-cluster-${home}`, { ...values, region: args.region, zones: args.zones }, child);
    const roles = new ClusterRoles(`${home}-cluster`, args, child);
    const { clusterRoleArn, nodeRoleArn, instanceProfileName } = roles;
    const made = { ...values, subnetIds: network.subnetIds, clusterRoleArn, nodeRoleArn, instanceProfileName };
    this.cluster =
      args.standby === "onDemand"
        ? undefined
        : new EksCluster(`${home}-cluster`, { ...args, ...made, clusterName, rolesAttached: roles.attached }, child);
    this.place = {
      vpcId: network.vpcId,
      subnetIds: network.subnetIds,
      ...(this.cluster === undefined ? {} : { securityGroupId: this.cluster.securityGroupId }),
      s3Access: "existing",
    };
    this.standing = this.cluster?.clusterName.apply(running) ?? toBeMade(clusterName, made);
    this.registerOutputs({ vpcId: network.vpcId });
  }

  /** The cluster's Kubernetes, where it runs now. */
  get provider(): k8s.Provider | undefined {
    return this.cluster?.provider;
  }
}

const running = (clusterName: string): StandingCluster => ({ standby: "warm", clusterName });

interface Made {
  readonly subnetIds: readonly pulumi.Output<string>[];
  readonly clusterRoleArn: pulumi.Output<string>;
  readonly nodeRoleArn: pulumi.Output<string>;
  readonly instanceProfileName: pulumi.Output<string>;
}

const toBeMade = (namePrefix: string, made: CreatedClusterValues & Made): pulumi.Output<StandingCluster> => {
  const { version, publicAccessCidrs, deployRoleArn, operators, podIdentities } = made;
  return pulumi
    .all([pulumi.all([...made.subnetIds]), made.clusterRoleArn, made.nodeRoleArn, made.instanceProfileName])
    .apply(([subnetIds, clusterRoleArn, nodeRoleArn, instanceProfileName]) => ({
      ...{ standby: "onDemand" as const, namePrefix, version, subnetIds, clusterRoleArn, nodeRoleArn, instanceProfileName },
      ...{ publicAccessCidrs, deployRoleArn, operators, podIdentities },
    }));
};
