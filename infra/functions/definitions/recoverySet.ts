import { CANARY_KEY } from "../../../recovery/names";
import { policyOf } from "../../config/retention";
import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const recoverySet = ({
  vault,
  watch,
  buckets,
  useKey,
  read,
  write,
  lock,
  automatedBackups,
  standingReplica,
  metrics,
  site,
  configuration,
  databaseInstance,
}: FunctionContext): FunctionDefinition => ({
  name: "recovery-set",
  description: "Writes down what stands of every store at one time, and tells of forgeries and of damage",
  home: "recovery",
  timeoutSeconds: 5 * MINUTE,
  memoryMb: 256,
  inClusterNetwork: false,
  catalogue: "writes",
  environment: {
    VAULT_BUCKET: buckets.vault,
    DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
    // Only to tell the protected instance's backups from those of another of its name.
    PRIMARY_REGION: site.primaryRegion,
    DATABASE_INSTANCE: databaseInstance,
    HAS_REPLICA: JSON.stringify(configuration.postgres.replica),
    REPLICA_LAG_PERIOD_SECONDS: String(watch.replicaLagPeriod),
    EXPECTS: JSON.stringify({ chroma: true, dumps: configuration.postgres.dump !== "off", configuration: true }),
    LOCK_MODE: vault.lockMode,
    LOCK_DAYS: String(policyOf(configuration).renewedLockDays),
  },
  statements: [
    ...read(buckets.vault),
    lock(buckets.vault),
    write(buckets.vault, "catalogue/sets/*"),
    ...read(buckets.documentsReplica, CANARY_KEY),
    automatedBackups,
    ...standingReplica,
    useKey("recovery"),
    metrics,
  ],
});
