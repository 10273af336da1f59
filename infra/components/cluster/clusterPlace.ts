import type * as pulumi from "@pulumi/pulumi";

/** Where functions and databases stand beside a cluster, whether it is somebody's or ours. */
export interface ClusterPlace {
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** The cluster's own group; absent while the cluster is still to be made: who makes it lets the functions in. */
  readonly securityGroupId?: pulumi.Input<string>;
  /** How S3 and Secrets Manager are reached from there; a network of ours brings the ways. */
  readonly s3Access: "existing" | { readonly routeTableIds: readonly string[] };
}
