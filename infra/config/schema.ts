import { z } from "zod";
import { RECOVERY_MODES, STRATEGIES } from "../../recovery/store";
import { ChromaServer, ChromaValues } from "./chroma";
import { DrCluster, PrimaryCluster, RecoveryRegionCluster } from "./cluster";
import { ConfigurationValues } from "./configuration";
import { CoverageValues } from "./coverage";
import { DocumentsValues } from "./documents";
import { createOrExisting, ExistingBucket, ExistingPostgresValues } from "./existing";
import { LockedSnapshots } from "./lockedSnapshots";
import { PostgresValues } from "./postgres";
import { RetentionValues, SetValues } from "./retention";
import { alarmAt, Duration, Region, Schedule, System, Text, tierOf } from "./values";

const Days = z.int().min(1).max(36_500);

const Tier = z.strictObject({
  rto: Duration.describe("Recovery time objective: how long a recovery may take"),
  rpo: Duration.describe("Recovery point objective: how much may be lost"),
});

const Tiers = z.record(z.string(), Tier).default({}).describe("Tiers beside `critical`, `standard` and `non-critical`, or in their place");

const CollectionReference = z.strictObject({
  collection: z.string().describe("Collection whose records point to documents"),
  metadataField: z.string().describe("Metadata field that holds the document's key"),
  timeField: z
    .string()
    .optional()
    .describe(
      "Metadata field that says when the record was written; without it, a document that had not been replicated counts as a fault",
    ),
});

const TableReference = z.strictObject({
  table: Text.describe("Table or view of the database whose rows point to documents or vectors, as SQL names it: `orders`, `sales.orders`"),
  column: Text.describe("Column that holds the document's key or the vector's id; a row with null in it points nowhere"),
  timeColumn: Text.optional().describe(
    "Column that says when the row was written; without it, what had not been replicated or exported counts as a fault",
  ),
  to: z
    .union([z.literal("documents"), z.strictObject({ collection: Text.describe("Collection that the rows' vectors are in") })])
    .meta({ title: "`documents` or object" })
    .describe("What the rows point to: `documents`, or the vectors of a collection"),
});

/** References across the stores, which a recovery checks. */
const Reference = z
  .union([CollectionReference, TableReference], {
    error: "a reference from vectors (collection, metadataField, timeField) or from rows (table, column, timeColumn, to)",
  })
  .meta({ title: "objects" });

const common = {
  system: System.describe("Name of the protected system; it stands in the names of buckets, roles and functions"),
  regions: z.strictObject({
    primary: Region.describe("Where the system runs"),
    recovery: Region.describe("Where it is recovered, and where all that a recovery needs stands"),
  }),
  runbooks: z
    .url()
    .default("https://github.com/lifeboat/lifeboat/blob/main/docs/runbooks")
    .describe("Address of the folder with the runbooks: alarms link to pages in it"),
};

export const ProdSchema = z.strictObject({
  ...common,
  tiers: Tiers,
  clusters: z.strictObject({ primary: PrimaryCluster, recovery: RecoveryRegionCluster }),
  postgres: createOrExisting(PostgresValues, ExistingPostgresValues),
  objects: z.strictObject({
    tier: tierOf("documents", "standard"),
    canary: Schedule.describe("How often the canary is written, whose age in the recovery region is the measured lag"),
    alarmAt,
    replicateDeletes: z
      .boolean()
      .default(true)
      .describe("Whether delete markers reach the live-ready replica; the locked copies never see them"),
    existing: ExistingBucket.optional(),
  }),
  chroma: ChromaValues,
  configuration: ConfigurationValues,
  lags: z.strictObject({
    replication: Duration.describe("Longest documented time from a write to its copy in the recovery region"),
    automatedBackups: Duration.prefault("30m").describe(
      "Longest documented time from a commit until the recovery region's automated backups hold it: AWS says 5 to 30 minutes, <https://docs.aws.amazon.com/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html>",
    ),
    replica: Duration.prefault("5m").describe(
      "Longest time that the read replica is behind, where there is one. AWS promises none; a source that is idle writes every five minutes, and its metric shows up to that: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html>",
    ),
    verification: Duration.describe("Longest time from an export's arrival in the vault until it is sealed and read back"),
  }),
  vault: z.strictObject({
    lockMode: z.enum(["GOVERNANCE", "COMPLIANCE"]).describe("Object Lock's mode; `COMPLIANCE` can be undone by nobody"),
    backupRetentionDays: Days.describe("Days for which exports and the catalogue are locked"),
    documentsRetentionDays: Days.describe("Days for which the documents' locked copies are locked"),
    lockedSnapshots: LockedSnapshots,
  }),
  staging: z.strictObject({
    retentionDays: z.int().min(1).describe("Days for which exports stay in the primary region; configuration stays for ever"),
  }),
  documents: DocumentsValues,
  watch: z.strictObject({
    schedule: Schedule.describe("How often the watching function runs"),
    replicaLagPeriod: Duration.prefault("60s").describe("How often RDS publishes how far the read replica is behind"),
    samplesPerRun: z.int().min(1).max(12).default(1).describe("How many times a run measures the lags"),
    sampleInterval: Duration.describe("Time between two measurements of a run"),
  }),
  verify: z.strictObject({
    schedule: Schedule.describe(
      "How often recovery points are looked for whose event was lost, and an Nth of all that are kept is read back again; a sealed point is read back at once",
    ),
    rotationRuns: z
      .int()
      .min(1)
      .max(100_000)
      .default(96)
      .describe("In how many scheduled runs everything that is kept is read back again: N. A run ends within a function's 15 minutes"),
  }),
  retention: RetentionValues,
  sets: SetValues,
  coverage: CoverageValues,
  notifications: z
    .array(
      z.strictObject({
        protocol: z.enum(["email", "https", "sqs", "sms"]).describe("How a subscriber is told of alarms"),
        endpoint: Text.describe("The subscriber's address, URL, queue ARN or number"),
      }),
    )
    .describe("Subscribers of the alarms' topic, in the recovery region"),
  protection: z
    .enum(["protected", "disposable"])
    .default("protected")
    .describe(
      "`protected` keeps what holds data from `destroy`; a `disposable` system (a drill, a test) gives its buckets and its database up with all in them",
    ),
});

const TIME_WITH_ZONE = "a time with its zone, such as 2026-11-24T21:00:00Z or 2026-11-24T22:00:00+01:00";

/** YAML makes a time of what stands there without quotes, as UTC where no zone is given, and the engine passes it on in a form of its own. */
const timeProblem = ({ input }: { readonly input?: unknown }): string => {
  const byYaml = typeof input === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4}/.test(input);
  return `${TIME_WITH_ZONE}${byYaml ? ", in quotes" : ""}; received ${JSON.stringify(input)}`;
};

export const DrSchema = z.strictObject({
  ...common,
  mode: z
    .enum(RECOVERY_MODES)
    .describe("`drill`: isolated, taken away by `pulumi destroy`; `failover`: real, what it restores is protected"),
  strategy: z
    .enum(STRATEGIES)
    .default("latest")
    .describe(
      "`latest`: the newest usable state of each store; a failover promotes the standing read replica, where there is one. `point-in-time`: the state of `time`, or without a time the newest one that the backups hold",
    ),
  time: z.iso
    .datetime({ offset: true, error: timeProblem })
    .optional()
    .describe(
      "The time to recover to, with its zone; with strategy `point-in-time` only. The database is restored to exactly this second, the others to their newest state at or before it",
    ),
  cluster: DrCluster,
  server: ChromaServer.omit({ port: true }).prefault({}),
  references: z
    .array(Reference)
    .default([])
    .describe("References from vectors to documents, and from rows to documents and vectors, which a recovery checks"),
  cutOver: z
    .enum(["automatic", "manual"])
    .default("automatic")
    .describe("In mode `failover`: whether applications are sent to the recovered stores as soon as these are validated"),
});

export type ProdValues = z.infer<typeof ProdSchema>;
export type DrValues = z.infer<typeof DrSchema>;
