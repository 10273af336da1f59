import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Standing } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import { CHROMA_POD_PORT } from "../components/chroma/chromaServer";
import { RecoveryCluster } from "../components/cluster/recoveryCluster";
import type { DrConfiguration } from "../config/read";
import { requireDatabase } from "./drCatalogue";

/** The cluster that a recovery runs on, and its group where that is known only now. */
export interface ClusterOfRecovery {
  readonly provider: k8s.Provider;
  readonly securityGroupId?: pulumi.Output<string>;
}

export const clusterOfRecovery = (
  { cluster, mode, regions }: DrConfiguration,
  standing: Standing,
  recoveryId: pulumi.Output<string>,
  recovery: pulumi.ComponentResourceOptions,
): ClusterOfRecovery => {
  if (cluster.kind !== "standing") return { provider: new k8s.Provider("recovery", { context: cluster.context }) };
  const { postgres } = standing;
  const replica = mode === "failover" ? postgres?.replica : undefined;
  return new RecoveryCluster(
    "cluster",
    {
      standing: requireCluster(standing),
      region: regions.recovery,
      recoveryId,
      keyArn: standing.keyArn,
      protect: mode === "failover",
      doors: {
        functionsSecurityGroupId: requireDatabase(standing).functionsSecurityGroupId,
        podPort: CHROMA_POD_PORT,
        databases:
          replica?.securityGroupId === undefined ? {} : { replica: { securityGroupId: replica.securityGroupId, port: replica.port } },
      },
    },
    recovery,
  );
};

/** What `prod` made or prepared; fails before anything is created when it did not say. */
export const requireCluster = ({ cluster }: Standing): NonNullable<Standing["cluster"]> => {
  if (cluster !== undefined) return cluster;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: "The recovery region says nothing of a cluster; nothing was created",
    received: "lifeboat:cluster with kind standing, and no cluster in the parameter",
    allowed: "a cluster that prod made or prepared, or the context of an existing one",
    hint: "Set clusters.recovery.kind of Pulumi.prod.yaml to create and update prod, or name a context in Pulumi.dr.yaml",
  });
};
