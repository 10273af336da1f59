import { paginateListBuckets, type S3Client } from "@aws-sdk/client-s3";
import type { Resource } from "../../../recovery/coverage/resource";

/** S3 names the region of a bucket only where pages are asked for. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
const PAGE_SIZE = 1000;

/** Every bucket of the account, whichever its region. */
export const listBuckets = async (client: S3Client): Promise<readonly Resource[]> => {
  const found: Resource[] = [];
  for await (const { Buckets = [] } of paginateListBuckets({ client, pageSize: PAGE_SIZE }, {}))
    for (const { Name: name, BucketRegion: region } of Buckets)
      if (name !== undefined) found.push({ kind: "bucket", name, aliases: [], ...(region === undefined ? {} : { region }) });
  return found;
};
