import { z } from "zod";
import { parseDurationSeconds } from "../../recovery/duration";
import { messageOf } from "../../recovery/errors";
import { longestIntervalSeconds } from "../../recovery/schedule";
import { RECOVERY_MODES, STRATEGIES } from "../../recovery/store";

/** "15m" in a stack file, seconds in the program. */
export const Duration = z
  .string()
  .transform((text, context): number => {
    try {
      return parseDurationSeconds(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) });
      return z.NEVER;
    }
  })
  .meta({ title: "duration" });

/** An EventBridge schedule, with the longest interval that follows from it. */
export const Schedule = z
  .string()
  .transform((expression, context) => {
    try {
      return { expression, intervalSeconds: longestIntervalSeconds(expression) };
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) });
      return z.NEVER;
    }
  })
  .meta({ title: "schedule" });
export type Schedule = z.infer<typeof Schedule>;

const Region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region such as eu-west-1")
  .meta({ title: "region" });

// S3 bucket names have at most 63 characters; "-documents-vault-", the account and the longest region leave 18 for the system.
const System = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,16}[a-z0-9]$/, "3 to 18 lower-case letters, digits and hyphens")
  .meta({ title: "3 to 18 lower-case letters, digits and hyphens" });

const Text = z.string().min(1);
const Days = z.int().min(1).max(36_500);

const Tier = z.strictObject({
  rto: Duration.describe("Recovery time objective: how long a recovery may take"),
  rpo: Duration.describe("Recovery point objective: how much may be lost"),
});

const clusterContext = Text.describe("Context of the kubeconfig that `KUBECONFIG` names");
const chromaNamespace = Text.default("lifeboat").describe("Namespace that is made for the Chroma server");

/** An existing Kubernetes cluster: the kubeconfig comes from KUBECONFIG, a stack file names its context only. */
export const Cluster = z.strictObject({
  context: clusterContext,
  namespace: chromaNamespace,
  vpcId: Text.describe("The cluster's VPC"),
  subnetIds: z.array(Text).min(1).describe("Subnets of that VPC in which the functions that reach Chroma run"),
  securityGroupId: Text.describe("The cluster's own security group: the functions are let in to Chroma's port"),
  s3Access: z
    .union([
      z.literal("existing"),
      z.strictObject({
        routeTableIds: z.array(Text).min(1).describe("Route tables of these subnets: a gateway endpoint for S3 is made in them"),
      }),
    ])
    .describe("How functions in these subnets reach S3: `existing` when a NAT gateway or an endpoint is there already"),
});
export type Cluster = z.infer<typeof Cluster>;

const ChromaPort = z.int().min(1).max(65_535).default(8000);

export const ChromaServer = z.strictObject({
  image: z.string().default("chromadb/chroma:1.5.9").describe("Chroma's official image; restore with the release that exported"),
  port: ChromaPort.describe("Port of the internal LoadBalancer Service"),
  storage: z.string().default("100Gi").describe("Size of the server's volume"),
  storageClass: z.string().optional().describe("Storage class of the volume; the cluster's default one when not given"),
  cpu: z.string().default("1").describe("Processors that the pod requests"),
  memory: z.string().default("4Gi").describe("Memory that the pod requests, and its limit"),
});
export type ChromaServer = z.infer<typeof ChromaServer>;

const Tiers = z.record(z.string(), Tier).default({}).describe("Tiers beside `critical`, `standard` and `non-critical`, or in their place");

/** References across the stores, which a recovery checks. */
const Reference = z.strictObject({
  collection: z.string().describe("Collection whose records point to documents"),
  metadataField: z.string().describe("Metadata field that holds the document's key"),
  timeField: z
    .string()
    .optional()
    .describe(
      "Metadata field that says when the record was written; without it, a document that had not been replicated counts as a fault",
    ),
});

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

const tierOf = (store: string, tier: string) => z.string().default(tier).describe(`Tier of the ${store}`);
const alarmAt = Duration.describe("Lag at which people are paged; not after the tier's RPO");

export const ProdSchema = z.strictObject({
  ...common,
  tiers: Tiers,
  clusters: z.strictObject({
    primary: Cluster,
    // Told to `dr` by a parameter, so that its server listens where the functions that stand ready are let out to.
    recovery: Cluster.omit({ context: true, namespace: true }).extend({
      chromaPort: ChromaPort.describe(
        "Port of the internal LoadBalancer Service that `dr` makes: the functions there are let out to it now",
      ),
    }),
  }),
  objects: z.strictObject({
    tier: tierOf("documents", "standard"),
    canary: Schedule.describe("How often the canary is written, whose age in the recovery region is the measured lag"),
    alarmAt,
    replicateDeletes: z
      .boolean()
      .default(true)
      .describe("Whether delete markers reach the live-ready replica; the locked copies never see them"),
  }),
  chroma: z.strictObject({
    tier: tierOf("vectors", "non-critical"),
    schedule: Schedule.describe("How often every collection is exported"),
    maxDuration: Duration.describe("Longest time that an export may take: the function's time-out, 15 minutes at most"),
    alarmAt,
    server: ChromaServer.prefault({}),
  }),
  lags: z.strictObject({
    replication: Duration.describe("Longest documented time from a write to its copy in the recovery region"),
    verification: Duration.describe("Longest time from an export's arrival in the vault until it is sealed and read back"),
  }),
  vault: z.strictObject({
    lockMode: z.enum(["GOVERNANCE", "COMPLIANCE"]).describe("Object Lock's mode; `COMPLIANCE` can be undone by nobody"),
    backupRetentionDays: Days.describe("Days for which exports and the catalogue are locked"),
    documentsRetentionDays: Days.describe("Days for which the documents' locked copies are locked"),
  }),
  staging: z.strictObject({ retentionDays: z.int().min(1).describe("Days for which exports stay in the primary region") }),
  documents: z.strictObject({
    noncurrentDays: z
      .int()
      .min(1)
      .describe("Days for which overwritten and deleted versions stay in the documents bucket and its live-ready replica"),
  }),
  watch: z.strictObject({
    schedule: Schedule.describe("How often the watching function runs"),
    samplesPerRun: z.int().min(1).max(12).default(1).describe("How many times a run measures the lags"),
    sampleInterval: Duration.describe("Time between two measurements of a run"),
  }),
  verify: z.strictObject({
    schedule: Schedule.describe("How often recovery points are looked for whose event was lost; a sealed point is read back at once"),
  }),
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
      "`protected` keeps what holds data from `destroy`; a `disposable` system (a drill, a test) gives its buckets up with all in them",
    ),
});

export const DrSchema = z.strictObject({
  ...common,
  mode: z
    .enum(RECOVERY_MODES)
    .describe("`drill`: isolated, taken away by `pulumi destroy`; `failover`: real, its Chroma server is protected"),
  strategy: z.enum(STRATEGIES).default("latest").describe("The newest usable recovery point, or the newest one at or before `time`"),
  time: z.iso.datetime({ offset: true }).optional().describe("The time to recover to, with its zone; with strategy `point-in-time` only"),
  cluster: z.strictObject({ context: clusterContext, namespace: chromaNamespace }),
  server: ChromaServer.omit({ port: true }).prefault({}),
  references: z.array(Reference).default([]).describe("References from vectors to documents, which a recovery checks"),
  cutOver: z
    .enum(["automatic", "manual"])
    .default("automatic")
    .describe("In mode `failover`: whether applications are sent to the recovered stores as soon as these are validated"),
});

export type ProdValues = z.infer<typeof ProdSchema>;
export type DrValues = z.infer<typeof DrSchema>;
