import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";

/** Where each bucket lives. A call signed for another region reaches it nevertheless, so an outage must know. */
export interface BucketHomes {
  /** Asks MiniStack once for a bucket that is not known yet. */
  homeOf(bucket: string): Promise<string | undefined>;
  /** After a bucket was created, deleted or created elsewhere. */
  forget(bucket: string): void;
}

export interface BucketHomesOptions {
  readonly ministackUrl: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const createBucketHomes = (options: BucketHomesOptions): BucketHomes => {
  const homes = new Map<string, string>();
  const absent = new Set<string>();
  const s3 = new S3Client({ endpoint: options.ministackUrl, region: "us-east-1", credentials: options.credentials, forcePathStyle: true });
  let listing: Promise<void> | undefined;

  const list = async (): Promise<void> => {
    let token: string | undefined;
    do {
      const page = await s3.send(new ListBucketsCommand({ ContinuationToken: token }));
      for (const { Name, BucketRegion } of page.Buckets ?? []) {
        if (Name !== undefined) homes.set(Name, BucketRegion ?? "us-east-1");
      }
      token = page.ContinuationToken;
    } while (token !== undefined);
  };

  return {
    homeOf: async (bucket) => {
      const home = homes.get(bucket);
      if (home !== undefined || absent.has(bucket)) return home;
      listing ??= list().finally(() => {
        listing = undefined;
      });
      await listing;
      if (!homes.has(bucket)) absent.add(bucket);
      return homes.get(bucket);
    },
    forget: (bucket) => {
      homes.delete(bucket);
      absent.delete(bucket);
    },
  };
};
