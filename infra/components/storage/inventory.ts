import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { INVENTORY_ID, INVENTORY_PREFIX } from "../../../recovery/objects/inventory";
import { bucketArn, objectsArn } from "../../iam/arns";
import type { Statement } from "../../iam/policy";
import type { SecureBucket } from "./secureBucket";

export interface InventoriesArgs {
  readonly accountId: string;
  /** Of the sources' region: S3 reports nowhere else. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html */
  readonly reports: SecureBucket;
  /** The buckets that are reported on, by a name for each. */
  readonly sources: Readonly<Record<string, pulumi.Input<string>>>;
}

const FIELDS = [
  "Size",
  "LastModifiedDate",
  "ReplicationStatus",
  "ObjectLockRetainUntilDate",
  "ObjectLockMode",
  "StorageClass",
  "EncryptionStatus",
];

/** Daily reports of S3 Inventory on buckets of one region. They come within 48 hours, and each is of a moment of its own. */
export class Inventories extends pulumi.ComponentResource {
  constructor(name: string, { accountId, reports, sources }: InventoriesArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:storage:Inventories", name, {}, options);
    for (const [source, bucket] of Object.entries(sources))
      new aws.s3.Inventory(
        `${name}-${source}`,
        {
          bucket,
          name: INVENTORY_ID,
          includedObjectVersions: "Current",
          schedule: { frequency: "Daily" },
          optionalFields: FIELDS,
          destination: {
            bucket: {
              format: "CSV",
              bucketArn: reports.bucketName.apply(bucketArn),
              accountId,
              prefix: INVENTORY_PREFIX,
              // Under a KMS key S3's own service would have to be let use it; a report holds names and sizes.
              encryption: { sseS3: {} },
            },
          },
        },
        { parent: this, dependsOn: [reports] },
      );
    this.registerOutputs({});
  }
}

/** What S3 has to be let do to report there. https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html#configure-inventory-destination-bucket-policy */
export const inventoryReports =
  (accountId: string, sources: readonly string[]) =>
  (reports: string): readonly Statement[] => [
    {
      sid: "InventoryReports",
      actions: ["s3:PutObject"],
      resources: [objectsArn(reports, `${INVENTORY_PREFIX}/*`)],
      principal: { Service: "s3.amazonaws.com" },
      condition: { StringEquals: { "aws:SourceAccount": accountId }, ArnLike: { "aws:SourceArn": sources.map(bucketArn) } },
    },
  ];
