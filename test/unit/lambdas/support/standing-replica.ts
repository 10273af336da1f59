import type { Replica } from "../../../../lambdas/shared/database-replica";
import type { ReplicaSources } from "../../../../lambdas/shared/standing-replica";
import { databaseNames } from "../../../../recovery/names";
import { SYSTEM } from "./chroma-point";

/** The standing replica of the protected database, as RDS describes it while all is well. */
export const standingReplica = (changes: Partial<Replica> = {}): Replica => ({
  instance: databaseNames(SYSTEM).replica,
  arn: "arn:aws:rds:eu-west-1:123456789012:db:acme-postgres-replica",
  resourceId: "db-REPLICA",
  status: "available",
  sourceArn: "arn:aws:rds:us-east-1:123456789012:db:acme-postgres",
  replicating: true,
  replicationStatus: "replicating",
  host: "replica.example",
  port: 5555,
  engineVersion: "15.10",
  ...changes,
});

/** Answers by the instance's name only, as RDS and CloudWatch are asked. */
export const replicaSources = (
  replica?: Replica,
  measured?: { readonly lagSeconds: number; readonly measuredAt: Date },
): ReplicaSources => ({
  replicas: { find: async (instance) => (instance === replica?.instance ? replica : undefined) },
  lags: { newest: async (instance) => (instance === replica?.instance ? measured : undefined) },
});
