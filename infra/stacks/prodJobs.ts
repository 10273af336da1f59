import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { LifeboatError } from "../../recovery/errors";
import { jobsNamespace } from "../../recovery/names";
import type { BackupJobArgs } from "../components/jobs/backupJob";
import type { ProdConfiguration } from "../config/read";
import type { Clusters } from "./prodClusters";

/** Where a job runs, and who is told that it fails. */
export type JobsPlace = Pick<BackupJobArgs, "cluster" | "kubernetes" | "told">;

export interface JobsPlaceArgs {
  readonly configuration: ProdConfiguration;
  readonly clusters: Pick<Clusters, "kubernetes" | "primaryName">;
  readonly whole: pulumi.Resource;
  readonly topicArn: pulumi.Input<string>;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/**
 * Where backup jobs run: the primary region's cluster, in a namespace that the first job makes. It is not Chroma's, whose pods may speak to a server that
 * asks nobody who they are.
 */
export const jobsPlace = ({ configuration, clusters, whole, topicArn, recovery }: JobsPlaceArgs): (() => JobsPlace) => {
  const name = jobsNamespace(configuration.clusters.primary.namespace);
  const told = { recoveryRegion: configuration.regions.recovery, topicArn, runbooks: configuration.runbooks, namespace: name, recovery };
  let namespace: k8s.core.v1.Namespace | undefined;
  return () => {
    if (clusters.primaryName === undefined)
      throw new LifeboatError({
        code: "configuration",
        what: "A backup job needs the name that its cluster has in EKS",
        received: "no clusters.primary.name",
        hint: "Set clusters.primary.name in Pulumi.prod.yaml",
      });
    const kubernetes = clusters.kubernetes();
    namespace ??= new k8s.core.v1.Namespace("jobs", { metadata: { name } }, { parent: whole, provider: kubernetes });
    return { cluster: { name: clusters.primaryName, namespace: namespace.metadata.name }, kubernetes, told };
  };
};
