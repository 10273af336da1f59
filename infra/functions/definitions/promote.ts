import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const promote = ({
  buckets,
  useKey,
  read,
  write,
  recoveredSecrets,
  replica,
  describeReplica,
}: FunctionContext): FunctionDefinition => ({
  name: "promote",
  description: "Makes the standing replica a database of its own, once",
  home: "recovery",
  timeoutSeconds: 15 * MINUTE,
  memoryMb: 256,
  inClusterNetwork: false,
  environment: { VAULT_BUCKET: buckets.vault },
  statements: [
    ...read(buckets.vault, "catalogue/*"),
    write(buckets.vault, "catalogue/recoveries/*"),
    describeReplica,
    { actions: ["rds:PromoteReadReplica", "rds:ModifyDBInstance"], resources: [replica] },
    recoveredSecrets,
    useKey("recovery"),
  ],
});
