import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DocumentsRestoreResponse } from "../../lambdas/documents-restore/events";
import type { Standing } from "../../recovery/catalogue/standing";
import { recoveredBucketPrefix } from "../../recovery/names";
import { SecureBucket } from "../components/storage/secureBucket";
import type { DrConfiguration } from "../config/read";
import type { Step } from "./drSteps";

export interface DocumentsArgs {
  readonly configuration: DrConfiguration;
  readonly standing: Standing;
  /** What tells this recovery's names from another's. */
  readonly suffix: pulumi.Output<string>;
  readonly recoveryId: pulumi.Output<string>;
  readonly step: Step;
}

/** The bucket with the recovered documents: a failover to the newest state takes the live-ready replica as it is, every other recovery has a bucket of its own. */
export const recoveredDocuments = async (args: DocumentsArgs, recovery: pulumi.ComponentResourceOptions): Promise<pulumi.Input<string>> =>
  args.configuration.mode === "failover" && args.configuration.time === undefined
    ? args.standing.buckets.documentsReplica
    : ownDocuments(args, recovery);

/** A drill may never touch the replica, and a replica taken back in place could not be taken forward again: both get a copy. A drill's goes away with the stack. */
const ownDocuments = async (
  { configuration: { system, mode }, standing, suffix, recoveryId, step }: DocumentsArgs,
  recovery: pulumi.ComponentResourceOptions,
): Promise<pulumi.Output<string>> => {
  const { accountId } = await aws.getCallerIdentity({}, recovery);
  const bucket = new SecureBucket(
    `${mode}-documents`,
    {
      bucketName: pulumi.interpolate`${recoveredBucketPrefix({ system, accountId })}${suffix}`,
      keyArn: standing.keyArn,
      purpose: mode === "drill" ? "a drill's copy of the documents" : "the documents as of the time that was recovered to",
      disposable: mode === "drill",
    },
    recovery,
  );
  const restored = step(
    "documents-restore",
    DocumentsRestoreResponse,
    { recoveryId, targetBucket: bucket.bucketName },
    { dependsOn: [bucket.versioning] },
  );
  return restored.apply(() => bucket.bucketName);
};
