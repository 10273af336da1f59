import type { Site } from "../../../recovery/names";
import { bucketNames } from "../../../recovery/names";
import type { ExistingBucket } from "../../config/existing";

/** The role that S3 Batch Operations takes on for a backfill. */
export const backfillRoleName = (system: string): string => `${system}-backfill`;

/** Lifeboat's own role that replicates the documents. */
export const documentsReplicationRoleName = (system: string): string => `${system}-replicate-documents`;

const ROLE = ":role/";

/** The role that replicates the documents, with its path: the one that the bucket has already, else Lifeboat's own. */
export const documentsReplicationRole = (system: string, existing: ExistingBucket | undefined): string => {
  const arn = existing?.replicationRoleArn;
  return arn === undefined ? documentsReplicationRoleName(system) : arn.slice(arn.indexOf(ROLE) + ROLE.length);
};

/** A system's buckets, with the documents where they are. */
export const bucketNamesWith = (site: Site, existing: ExistingBucket | undefined): ReturnType<typeof bucketNames> => ({
  ...bucketNames(site),
  ...(existing === undefined ? {} : { documents: existing.bucket }),
});
