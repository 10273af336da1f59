import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Site } from "../../recovery/names";
import type { ClusterPlace } from "../components/cluster/clusterPlace";
import { CreatedCluster } from "../components/cluster/createdCluster";
import { requireEksServiceRole } from "../components/cluster/serviceLinkedRole";
import type { StandingCluster } from "../components/cluster/standingCluster";
import { zonesOf } from "../components/cluster/zones";
import type { EncryptionKey } from "../components/storage/encryptionKey";
import type { CreatedClusterValues, Standby } from "../config/cluster";
import type { ProdConfiguration } from "../config/read";

type Home = "primary" | "recovery";

/** The zones of each cluster that is made; none of one that exists. */
export type ClusterZones = Readonly<Record<Home, readonly string[]>>;

/**
 * What clusters that are made will stand on, looked at before anything is made.
 * @throws LifeboatError `configuration` when a region has too few zones, or a recovery would have to make EKS's service-linked role
 */
export const findClusterZones = async (
  { primary, recovery }: ProdConfiguration["clusters"],
  options: Readonly<Record<Home, pulumi.InvokeOptions>>,
): Promise<ClusterZones> => {
  // The primary region's cluster, where it is made, is made before any recovery and brings EKS's role.
  if (recovery.kind === "create" && recovery.standby === "onDemand" && primary.kind !== "create")
    await requireEksServiceRole(options.recovery);
  return {
    primary: primary.kind === "create" ? await zonesOf(primary.zones, options.primary) : [],
    recovery: recovery.kind === "create" ? await zonesOf(recovery.zones, options.recovery) : [],
  };
};

export interface ClustersArgs {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  readonly zones: ClusterZones;
  readonly keys: { readonly primary: EncryptionKey; readonly recovery: EncryptionKey };
  readonly primary: pulumi.CustomResourceOptions;
  readonly recovery: pulumi.CustomResourceOptions;
}

export interface Clusters {
  readonly places: Readonly<Record<Home, ClusterPlace>>;
  /** Of the primary region's Kubernetes. One that exists is connected to when this is first called, and not before. */
  readonly kubernetes: () => k8s.Provider;
  /** The primary region's cluster's name in EKS; one that exists may have none here. */
  readonly primaryName?: pulumi.Input<string>;
  /** What `dr` is told of the recovery region's; nothing of one that exists. */
  readonly standing?: pulumi.Output<StandingCluster>;
}

/** The clusters of both regions, each there already or made now; the recovery region's may be made in the recovery only. */
export const deployClusters = (args: ClustersArgs): Clusters => {
  const { primary, kubernetes, primaryName } = primaryCluster(args);
  const { place: recovery, standing } = recoveryCluster(args);
  return { places: { primary, recovery }, kubernetes, primaryName, standing };
};

type PrimaryCluster = Pick<Clusters, "kubernetes" | "primaryName"> & { readonly primary: ClusterPlace };

const primaryCluster = (args: ClustersArgs): PrimaryCluster => {
  const values = args.configuration.clusters.primary;
  if (values.kind !== "create") {
    let provider: k8s.Provider | undefined;
    const kubernetes = (): k8s.Provider => {
      provider ??= new k8s.Provider("primary", { context: values.context });
      return provider;
    };
    return { primary: values, kubernetes, primaryName: values.name };
  }
  const { place, cluster } = created(args, "primary", values, "warm");
  if (cluster === undefined) throw new Error("the primary region's cluster is made now");
  return { primary: place, kubernetes: () => cluster.provider, primaryName: cluster.clusterName };
};

const recoveryCluster = (args: ClustersArgs): { readonly place: ClusterPlace; readonly standing?: pulumi.Output<StandingCluster> } => {
  const values = args.configuration.clusters.recovery;
  return values.kind === "create" ? created(args, "recovery", values, values.standby) : { place: values };
};

const created = (
  { site, configuration, zones, keys, ...options }: ClustersArgs,
  home: Home,
  values: CreatedClusterValues,
  standby: Standby,
): CreatedCluster =>
  new CreatedCluster(
    `${home}-cluster`,
    {
      ...{ system: site.system, home, values, standby, zones: zones[home] },
      region: home === "primary" ? site.primaryRegion : site.recoveryRegion,
      keyArn: keys[home].arn,
      protect: configuration.protection !== "disposable",
    },
    options[home],
  );
