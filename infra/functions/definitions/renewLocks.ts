import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const renewLocks = ({ buckets, useKey, read, write, lock, vault, configuration }: FunctionContext): FunctionDefinition => ({
  name: "renew-locks",
  description: "Lengthens the locks of what is kept for longer than its first lock",
  home: "recovery",
  timeoutSeconds: 15 * MINUTE,
  memoryMb: 512,
  inClusterNetwork: false,
  catalogue: "reads",
  environment: {
    VAULT_BUCKET: buckets.vault,
    DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
    DOCUMENTS_VAULT_BUCKET: buckets.documentsVault,
    SCHEDULE_SECONDS: String(configuration.documents.renewals.intervalSeconds),
    LOCK_MODE: vault.lockMode,
    RETENTION: JSON.stringify({
      backupRetentionDays: vault.backupRetentionDays,
      documentsRetentionDays: vault.documentsRetentionDays,
      longTerm: configuration.retention,
    }),
  },
  statements: [
    ...read(buckets.vault),
    lock(buckets.vault),
    write(buckets.vault, "catalogue/renewals/*"),
    ...read(buckets.documentsReplica),
    ...read(buckets.documentsVault),
    lock(buckets.documentsVault),
    useKey("recovery"),
  ],
});
