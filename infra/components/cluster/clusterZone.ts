import type * as pulumi from "@pulumi/pulumi";

/** One availability zone's part of a cluster's network. */
export interface ClusterZone {
  readonly zone: string;
  readonly publicCidr: string;
  /** The private subnet, and its route table. */
  readonly subnetId: pulumi.Output<string>;
  readonly routeTableId: pulumi.Output<string>;
}
