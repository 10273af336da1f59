import { CANARY_KEY } from "../../../recovery/names";
import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const watch = ({
  watch,
  buckets,
  useKey,
  metrics,
  read,
  automatedBackups,
  standingReplica,
  site,
  configuration,
  databaseInstance,
  describeCopies,
}: FunctionContext): FunctionDefinition => ({
  name: "watch",
  description: "Measures each store's RPO lag from the recovery region",
  home: "recovery",
  timeoutSeconds: Math.min(15 * MINUTE, watch.samplesPerRun * watch.sampleInterval + MINUTE),
  memoryMb: 256,
  inClusterNetwork: false,
  catalogue: "reads",
  environment: {
    VAULT_BUCKET: buckets.vault,
    DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
    // Only to tell the protected instance's backups from those of another of its name.
    PRIMARY_REGION: site.primaryRegion,
    DATABASE_INSTANCE: databaseInstance,
    REPLICA_LAG_PERIOD_SECONDS: String(watch.replicaLagPeriod),
    SAMPLES_PER_RUN: String(watch.samplesPerRun),
    SAMPLE_INTERVAL_SECONDS: String(watch.sampleInterval),
    HAS_REPLICA: JSON.stringify(configuration.postgres.replica),
    HAS_DUMP: JSON.stringify(configuration.postgres.dump !== "off"),
    HAS_LOCKED_COPIES: JSON.stringify(configuration.vault.lockedSnapshots !== "off"),
    STORES: JSON.stringify(configuration.protections.map(({ store }) => store)),
  },
  statements: [
    ...read(buckets.vault, "catalogue/*"),
    ...read(buckets.documentsReplica, CANARY_KEY),
    automatedBackups,
    ...standingReplica,
    ...(configuration.vault.lockedSnapshots === "off" ? [] : [describeCopies]),
    useKey("recovery"),
    metrics,
  ],
});
