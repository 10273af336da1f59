import { z } from "zod";
import { PAGES_IN_FLIGHT } from "../../lambdas/chroma-export/pages";
import { MAX_PIECES } from "../../lambdas/chroma-export/plan";
import { CHROMA_RESTORE_RECORDS_PER_SECOND } from "../../recovery/evidence/estimates";
import { ChromaPort } from "./cluster";
import { createOrExisting, ExistingChromaValues } from "./existing";
import { alarmAt, Duration, Schedule, Text, tierOf } from "./values";

export const ChromaServer = z.strictObject({
  image: z.string().default("chromadb/chroma:1.5.9").describe("Chroma's official image; restore with the release that exported"),
  port: ChromaPort.describe("Port of the internal LoadBalancer Service"),
  storage: z.string().default("100Gi").describe("Size of the server's volume"),
  storageClass: z.string().optional().describe("Storage class of the volume; the cluster's default one when not given"),
  cpu: z.string().default("1").describe("Processors that the pod requests"),
  memory: z.string().default("4Gi").describe("Memory that the pod requests, and its limit"),
});
export type ChromaServer = z.infer<typeof ChromaServer>;

export const ChromaValues = z.strictObject({
  tier: tierOf("vectors", "non-critical"),
  schedule: Schedule.describe("How often every collection is exported"),
  maxDuration: Duration.describe(
    "Longest time that an export may take, over all its pieces; it is stopped then. One piece may take 15 minutes at most",
  ),
  alarmAt,
  tenants: z
    .array(Text)
    .min(1)
    .default(["default_tenant"])
    .describe(
      "Every tenant of the server. Chroma lists a tenant's databases and collections, but not its tenants, <https://github.com/chroma-core/chroma/issues/1838>: one that is not named here is not exported",
    ),
  concurrency: z
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe(
      `Pieces that are exported at once: what one server bears beside its applications. Each has ${PAGES_IN_FLIGHT} pages begun at a time, most of which rest`,
    ),
  pieceRecords: z
    .int()
    .min(100)
    .max(1_000_000)
    .default(25_000)
    .describe(`Records of a piece: what is done again after a crash. An export has ${MAX_PIECES} pieces at most`),
  expectedRecords: z
    .int()
    .nonnegative()
    .optional()
    .describe(
      "Records that the server is expected to hold; when given, a deploy compares the time of their restore with the tier's RTO. The records of the newest export are compared unattended: docs/coverage.md",
    ),
  restoreRecordsPerSecond: z
    .number()
    .positive()
    .default(CHROMA_RESTORE_RECORDS_PER_SECOND)
    .describe(
      "Records a second that a restore brings: what a deploy goes by, and what stands in elsewhere until a recovery has measured it; the default was measured on two cores",
    ),
  volumeSnapshots: z
    .boolean()
    .default(false)
    .describe(
      "Whether AWS Backup takes snapshots of the server's volume beside the exports, for a store that is too large to be restored from them within its RTO; they need `vault.lockedSnapshots`",
    ),
  server: createOrExisting(ChromaServer, ExistingChromaValues).prefault({}),
});
export type ChromaValues = z.infer<typeof ChromaValues>;
