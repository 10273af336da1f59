import { recoveredBucketPrefix } from "../../../recovery/names";
import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const documentsRestore = ({ buckets, useKey, read, write, tags, site }: FunctionContext): FunctionDefinition => ({
  name: "documents-restore",
  description: "Copies the documents as of the pinned time into a drill's own bucket",
  home: "recovery",
  timeoutSeconds: 15 * MINUTE,
  memoryMb: 512,
  inClusterNetwork: false,
  environment: {
    VAULT_BUCKET: buckets.vault,
    DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
    RECOVERED_BUCKET_PREFIX: recoveredBucketPrefix(site),
  },
  statements: [
    ...read(buckets.vault, "catalogue/*"),
    ...read(buckets.documentsReplica),
    ...read(`${recoveredBucketPrefix(site)}*`),
    write(`${recoveredBucketPrefix(site)}*`, "*"),
    // A copy takes the tags along, and a large one is made in parts.
    tags(buckets.documentsReplica, "s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
    tags(`${recoveredBucketPrefix(site)}*`, "s3:PutObjectTagging", "s3:AbortMultipartUpload"),
    write(buckets.vault, "catalogue/recoveries/*"),
    useKey("recovery"),
  ],
});
