import { LifeboatError } from "../../recovery/errors";

/**
 * Everything that a replication configuration is made of: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationConfiguration.html.
 * S3 overwrites it whole, and this client drops what it does not know: what S3 learns later would be lost unseen when it is written back.
 */
const KNOWN = new Set([
  ...["ReplicationConfiguration", "Role", "Rule", "ID", "Priority", "Prefix", "Status", "Filter", "And", "Tag", "Key", "Value"],
  ...["SourceSelectionCriteria", "SseKmsEncryptedObjects", "ReplicaModifications", "ExistingObjectReplication", "DeleteMarkerReplication"],
  ...["Destination", "Bucket", "Account", "StorageClass", "AccessControlTranslation", "Owner", "EncryptionConfiguration"],
  ...["ReplicaKmsKeyID", "ReplicationTime", "Time", "Minutes", "Metrics", "EventThreshold"],
]);

const ELEMENT = /<([A-Za-z][\w.-]*)/g;

/** @throws LifeboatError `unsupported` naming the elements of S3's answer that writing it back would lose. */
export const requireKnownElements = (bucket: string, xml: string): void => {
  const unknown = [...new Set([...xml.matchAll(ELEMENT)].map(([, name = ""]) => name))].filter((name) => !KNOWN.has(name));
  if (unknown.length === 0) return;
  throw new LifeboatError({
    code: "unsupported",
    what: `The replication of ${bucket} has settings that this release does not know; nothing was changed`,
    received: unknown.join(", "),
    allowed: "what the S3 API had when this release was made",
    hint: "Use a newer release: S3 overwrites the configuration whole, and these settings would be lost",
  });
};
