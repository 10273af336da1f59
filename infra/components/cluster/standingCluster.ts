import type { PodIdentity } from "../../config/cluster";

/** A cluster that runs in the recovery region with no workload on it. */
export interface WarmCluster {
  readonly standby: "warm";
  readonly clusterName: string;
}

/** All that a cluster is made from when it is needed: its network and its roles stand already. */
export interface OnDemandCluster {
  readonly standby: "onDemand";
  /** What its name begins with; the recovery's id follows, so that a drill's cluster and a failover's differ. */
  readonly namePrefix: string;
  readonly version: string;
  readonly subnetIds: string[];
  readonly clusterRoleArn: string;
  readonly nodeRoleArn: string;
  readonly instanceProfileName: string;
  readonly publicAccessCidrs: string[];
  readonly deployRoleArn: string;
  readonly operators: string[];
  readonly podIdentities: PodIdentity[];
}

/** What `prod` tells `dr` of the recovery region's cluster. */
export type StandingCluster = WarmCluster | OnDemandCluster;
