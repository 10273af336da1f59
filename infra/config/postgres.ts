import { z } from "zod";
import { Dump } from "./dump";
import { alarmAt, Text, tierOf } from "./values";

// RDS allows a master user 16 characters and keeps some names for itself; lower case needs no quotes in SQL.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
const DatabaseName = z
  .string()
  .regex(
    /^(?!(admin|postgres|rdsadmin|template0|template1|user)$|pg_|rds_)[a-z][a-z0-9_]{0,15}$/,
    "1 to 16 lower-case letters, digits and underscores, and no name of PostgreSQL's or RDS's own",
  )
  .meta({ title: "1 to 16 lower-case letters, digits and underscores" });

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
const RetentionDays = z.int().min(1).max(35);

// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
export const DatabasePort = z.int().min(1150).max(65_535).default(5432);

/**
 * Parameters of every database, here and in the recovery region: connections without TLS are refused, and each commit's time is kept, by which a
 * restore to a time can be checked. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
 */
export const OWN_PARAMETERS: Readonly<Record<string, string>> = { "rds.force_ssl": "1", track_commit_timestamp: "1" };

/** A database that Lifeboat makes. What is not given has the value that a restore would otherwise lose. */
export const PostgresValues = z.strictObject({
  tier: tierOf("database", "critical"),
  alarmAt,
  engineVersion: z
    .string()
    .regex(/^1[3-9](\.\d+)?$/, "a major release such as 15, or a minor one such as 15.10")
    .default("15")
    .meta({ title: "PostgreSQL release" })
    .describe("Release of PostgreSQL: the major one alone lets AWS choose and renew the minor one"),
  instanceClass: Text.default("db.t4g.medium").describe("Instance class, here and of a restored database"),
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
  allocatedStorage: z.int().min(20).max(65_536).default(100).describe("Storage that the database begins with, in GiB"),
  maxAllocatedStorage: z.int().min(22).max(65_536).default(1000).describe("Storage that it may grow to by itself, in GiB"),
  multiAz: z.boolean().default(true).describe("Whether a standby in another availability zone takes over, here and of a restored database"),
  replica: z
    .boolean()
    .default(true)
    .describe(
      "Whether a read replica stands in the recovery region, which a failover promotes: replicated automated backups alone are up to 30 minutes behind, and cannot meet the 15 minutes of tier `critical`",
    ),
  database: DatabaseName.default("app").describe("Database that is made"),
  username: DatabaseName.default("lifeboat").describe("Master user; its password is drawn and kept in Secrets Manager in both regions"),
  port: DatabasePort.describe("Port of the server"),
  backupRetentionDays: RetentionDays.default(30).describe("Days that the database can be taken back in the primary region"),
  recoveryRetentionDays: RetentionDays.default(35).describe("Days that it can be taken back in the recovery region"),
  backupWindow: z
    .string()
    .regex(/^\d{2}:\d{2}-\d{2}:\d{2}$/, "a daily time in UTC such as 03:00-03:30")
    .default("03:00-03:30")
    .meta({ title: "daily time, UTC" })
    .describe("When the daily base backup is taken"),
  maintenanceWindow: z
    .string()
    .regex(/^[a-z]{3}:\d{2}:\d{2}-[a-z]{3}:\d{2}:\d{2}$/, "a weekly time in UTC such as sun:04:30-sun:05:30")
    .default("sun:04:30-sun:05:30")
    .meta({ title: "weekly time, UTC" })
    .describe("When AWS may patch and restart it"),
  parameters: z
    .record(z.string(), z.string())
    .refine((parameters) => !Object.keys(OWN_PARAMETERS).some((name) => name in parameters), {
      error: `${Object.keys(OWN_PARAMETERS).join(" and ")} are Lifeboat's own`,
    })
    .default({})
    .describe("Parameters beside `rds.force_ssl` and `track_commit_timestamp`, which are 1; a restored database has them too"),
  dump: Dump,
});
export type PostgresValues = z.infer<typeof PostgresValues>;
