import { DeleteObjectsCommand, ListObjectVersionsCommand, type ObjectIdentifier, type S3Client } from "@aws-sdk/client-s3";
import { LifeboatError } from "../../../../recovery/errors";

/**
 * Deletes every version and delete marker. Governance locks are bypassed, as by the official plugin's `forceDestroy`; compliance locks
 * hold against everybody, and then the bucket stays with what it holds.
 */
export async function emptyBucket(client: S3Client, bucket: string): Promise<void> {
  // Always the first page: what was listed is deleted before the next request.
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }): ObjectIdentifier[] =>
      Key === undefined ? [] : [{ Key, VersionId }],
    );
    if (objects.length === 0) return;
    await deleteAll(client, bucket, objects);
  }
}

async function deleteAll(client: S3Client, bucket: string, objects: ObjectIdentifier[]): Promise<void> {
  const deletion = { Bucket: bucket, Delete: { Objects: objects, Quiet: true }, BypassGovernanceRetention: true };
  const { Errors: refused = [] } = await client.send(new DeleteObjectsCommand(deletion));
  const [first] = refused;
  if (first === undefined) return;
  throw new LifeboatError({
    code: "target-refused",
    what: `forceDestroy could not empty the bucket ${bucket}`,
    received: `${first.Code ?? "an error"} for ${first.Key ?? "an object"}, version ${first.VersionId ?? "null"}: ${first.Message ?? "no message"}`,
    hint: "Objects under a compliance lock or a legal hold stay until it ends; destroy again after that",
  });
}
