import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const seal = ({ vault, buckets, useKey, metrics, read, write, lock }: FunctionContext): FunctionDefinition => ({
  name: "seal",
  description: "Checks what arrives in the vault, locks it and enters it in the catalogue",
  home: "recovery",
  timeoutSeconds: 15 * MINUTE,
  memoryMb: 512,
  inClusterNetwork: false,
  catalogue: "writes",
  environment: {
    VAULT_BUCKET: buckets.vault,
    LOCK_MODE: vault.lockMode,
    BACKUP_RETENTION_DAYS: String(vault.backupRetentionDays),
  },
  statements: [
    ...read(buckets.vault),
    lock(buckets.vault),
    write(buckets.vault, "catalogue/points/*", "catalogue/progress/seal/*"),
    useKey("recovery"),
    metrics,
  ],
});
