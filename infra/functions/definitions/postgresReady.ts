import type { FunctionContext } from "../context";
import { AMAZON_AUTHORITIES, type FunctionDefinition, MINUTE } from "../definition";

export const postgresReady = ({ buckets, useKey, read, write, recoveredSecrets }: FunctionContext): FunctionDefinition => ({
  name: "postgres-ready",
  description: "Waits until the restored database is usable and says since when",
  home: "recovery",
  timeoutSeconds: 15 * MINUTE,
  memoryMb: 512,
  inClusterNetwork: true,
  environment: { VAULT_BUCKET: buckets.vault, ...AMAZON_AUTHORITIES },
  statements: [...read(buckets.vault, "catalogue/*"), write(buckets.vault, "catalogue/recoveries/*"), recoveredSecrets, useKey("recovery")],
});
