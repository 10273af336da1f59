import type { Refusal } from "./refusal";

/** A bucket as it is found, before anything is done to it. */
export interface BucketFacts {
  readonly bucket: string;
  readonly region: string;
  readonly versioning: "Enabled" | "Suspended" | "never";
  readonly objectLock: boolean;
  /** The key that new objects are encrypted under; undefined with S3's own. `aws/s3` stands for AWS's managed one. */
  readonly keyArn?: string;
}

export interface BucketWanted {
  readonly region: string;
  /** May versioning be switched on? It cannot be taken back, and everything that is overwritten from then on is kept and paid. */
  readonly enableVersioning: boolean;
  /** The key that the replication role may decrypt with. */
  readonly keyArn?: string;
}

/** Why a bucket cannot be protected as it is. */
export const bucketRefusals = (found: BucketFacts, wanted: BucketWanted): readonly Refusal[] => [
  ...regionRefusals(found, wanted),
  ...versioningRefusals(found, wanted),
  ...lockRefusals(found),
  ...keyRefusals(found, wanted),
];

const regionRefusals = ({ bucket, region }: BucketFacts, wanted: BucketWanted): readonly Refusal[] =>
  region === wanted.region
    ? []
    : [
        {
          reason: `${bucket} is in ${region}, not in the primary region ${wanted.region}`,
          hint: "A bucket is protected where it lives: check lifeboat:objects.existing.bucket and lifeboat:regions",
        },
      ];

const versioningRefusals = ({ bucket, versioning }: BucketFacts, { enableVersioning }: BucketWanted): readonly Refusal[] =>
  versioning === "Enabled" || enableVersioning
    ? []
    : [
        {
          reason: `${bucket} has ${versioning === "never" ? "no versioning" : "its versioning suspended"}, and S3 replicates versioned buckets only`,
          hint: "Switch it on yourself, or let Lifeboat do it with lifeboat:objects.existing.enableVersioning: true. It can be suspended later, never taken back, and every overwritten or deleted object is kept, and paid, until a lifecycle rule of yours removes it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
        },
      ];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication */
const lockRefusals = ({ bucket, objectLock }: BucketFacts): readonly Refusal[] =>
  objectLock
    ? [
        {
          reason: `${bucket} has Object Lock, and its objects are replicated into locked buckets only; the live-ready replica is none, because it has to become the live bucket`,
          hint: "A bucket with Object Lock is not supported by this release",
        },
      ]
    : [];

/** What replication cannot decrypt stays behind with status FAILED, object by object: better refused at once. https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
const keyRefusals = ({ bucket, keyArn }: BucketFacts, wanted: BucketWanted): readonly Refusal[] => {
  if (keyArn === undefined || keyArn === wanted.keyArn) return [];
  return [
    {
      reason: `${bucket} encrypts with ${keyArn}, and replication may decrypt with ${wanted.keyArn ?? "no key"}`,
      hint: "Set lifeboat:objects.existing.keyArn to the ARN of that key (not of its alias), and let its key policy leave the decision to the account's IAM policies",
    },
  ];
};
