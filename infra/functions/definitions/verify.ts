import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const verify = ({ buckets, useKey, metrics, read, write, lock, configuration }: FunctionContext): FunctionDefinition => ({
  name: "verify",
  description: "Reads every sealed recovery point back before it may be restored from, and again by rotation",
  home: "recovery",
  timeoutSeconds: 15 * MINUTE,
  memoryMb: 1024,
  inClusterNetwork: false,
  catalogue: "writes",
  sealedSecrets: "opens",
  environment: {
    VAULT_BUCKET: buckets.vault,
    DOCUMENTS_VAULT_BUCKET: buckets.documentsVault,
    DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
    ROTATION_RUNS: String(configuration.verify.rotationRuns),
    SCHEDULE_SECONDS: String(configuration.verify.schedule.intervalSeconds),
  },
  statements: [
    ...read(buckets.vault),
    ...read(buckets.documentsVault),
    ...read(buckets.documentsReplica),
    lock(buckets.vault),
    write(buckets.vault, "catalogue/proofs/*", "catalogue/readings/*", "catalogue/progress/verify/*"),
    useKey("recovery"),
    metrics,
  ],
});
