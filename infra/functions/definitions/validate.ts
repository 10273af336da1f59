import { CHROMA_EXPORT } from "../../../recovery/chroma/manifest";
import { recoveredBucketPrefix } from "../../../recovery/names";
import type { FunctionContext } from "../context";
import { AMAZON_AUTHORITIES, type FunctionDefinition, MINUTE } from "../definition";

export const validate = ({ buckets, useKey, read, write, recoveredSecrets, site }: FunctionContext): FunctionDefinition => ({
  name: "validate",
  description: "Checks the restored stores against the plan and against each other",
  home: "recovery",
  timeoutSeconds: 15 * MINUTE,
  memoryMb: 1024,
  inClusterNetwork: true,
  environment: { VAULT_BUCKET: buckets.vault, DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica, ...AMAZON_AUTHORITIES },
  statements: [
    ...read(buckets.vault, "catalogue/*"),
    ...read(buckets.vault, `${CHROMA_EXPORT.prefix}*/manifest.json`),
    ...read(buckets.documentsReplica),
    ...read(`${recoveredBucketPrefix(site)}*`),
    write(buckets.vault, "catalogue/recoveries/*"),
    recoveredSecrets,
    useKey("recovery"),
  ],
});
