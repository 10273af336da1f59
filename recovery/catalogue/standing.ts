import * as z from "zod";
import { RestoreSettings } from "../estimates/chroma";

/** The cluster that `prod` made in the recovery region, or all that one is made from. Absent where the cluster is somebody else's. */
const StandingCluster = z.discriminatedUnion("standby", [
  z.object({ standby: z.literal("warm"), clusterName: z.string() }),
  z.object({
    standby: z.literal("onDemand"),
    namePrefix: z.string(),
    version: z.string(),
    subnetIds: z.array(z.string()).min(1),
    clusterRoleArn: z.string(),
    nodeRoleArn: z.string(),
    instanceProfileName: z.string(),
    publicAccessCidrs: z.array(z.string()),
    deployRoleArn: z.string(),
    operators: z.array(z.string()),
    podIdentities: z.array(z.object({ namespace: z.string(), serviceAccount: z.string(), roleArn: z.string() })),
  }),
]);

/** What stands in the recovery region, told to `dr` by one SSM parameter. `prod` writes it; nothing in it names the primary region's resources as needed. */
export const Standing = z.object({
  schema: z.literal("lifeboat/standing/1"),
  system: z.string(),
  recoveryRegion: z.string(),
  buckets: z.object({ vault: z.string(), documentsReplica: z.string(), documentsVault: z.string() }),
  keyArn: z.string(),
  functions: z.record(z.string(), z.string()),
  stores: z.array(z.enum(["postgres", "chroma", "objects"])),
  /** What a new Chroma server must offer the functions that fill it: the port that they may leave by, and the addresses that they come from. */
  chroma: z.object({
    port: z.int().min(1).max(65_535),
    clientCidr: z.string(),
    /** What the time of its restore is estimated by. Absent where an earlier release deployed `prod`. */
    restore: RestoreSettings.optional(),
  }),
  /** What a restored database is made with: each of these would be a default otherwise. Present when `stores` names postgres. */
  postgres: z
    .object({
      /** The protected instance: its automated backups are found by this name. */
      instance: z.string(),
      database: z.string(),
      username: z.string(),
      port: z.int().min(1).max(65_535),
      instanceClass: z.string(),
      multiAz: z.boolean(),
      backupRetentionDays: z.int().min(1).max(35),
      subnetGroupName: z.string(),
      parameterGroupName: z.string(),
      vpcId: z.string(),
      /** Who a restored database lets in: the functions always, the cluster's workloads in a failover only. */
      functionsSecurityGroupId: z.string(),
      clusterSecurityGroupId: z.string().optional(),
      backupWindow: z.string(),
      /** The standing read replica, where there is one: a failover to the newest state promotes it. */
      replica: z
        .object({
          instance: z.string(),
          host: z.string(),
          port: z.int().min(1).max(65_535),
          securityGroupId: z.string().optional(),
          /** How often RDS publishes its lag. */
          lagPeriodSeconds: z.int().positive(),
        })
        .optional(),
    })
    .optional(),
  topicArn: z.string(),
  cluster: StandingCluster.optional(),
});
export type Standing = z.infer<typeof Standing>;

/** What a secret of a database holds, as JSON: the form that AWS's own rotation functions read. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const DatabaseSecret = z.object({
  engine: z.literal("postgres"),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  dbname: z.string(),
  username: z.string(),
  password: z.string(),
});
export type DatabaseSecret = z.infer<typeof DatabaseSecret>;

/** Where a database is and where its credentials are; never the credentials themselves. */
export const DatabaseEndpoint = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  database: z.string().min(1),
  secretArn: z.string().min(1),
});
export type DatabaseEndpoint = z.infer<typeof DatabaseEndpoint>;

/** The endpoints that applications use now. */
export const LiveEndpoints = z.object({
  schema: z.literal("lifeboat/live/1"),
  system: z.string(),
  region: z.string(),
  /** The recovery that these endpoints came from; absent while the primary region serves. */
  recoveryId: z.string().optional(),
  documentsBucket: z.string(),
  chromaUrl: z.string(),
  postgres: DatabaseEndpoint,
});
export type LiveEndpoints = z.infer<typeof LiveEndpoints>;
