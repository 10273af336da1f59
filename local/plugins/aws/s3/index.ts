import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { bucket } from "./bucket";
import { bucketLifecycleConfiguration } from "./bucketLifecycleConfiguration";
import { bucketNotification } from "./bucketNotification";
import { bucketObjectLockConfiguration } from "./bucketObjectLockConfiguration";
import { bucketOwnershipControls } from "./bucketOwnershipControls";
import { bucketPolicy } from "./bucketPolicy";
import { bucketPublicAccessBlock } from "./bucketPublicAccessBlock";
import { bucketReplicationConfig } from "./bucketReplicationConfig";
import { bucketServerSideEncryptionConfiguration } from "./bucketServerSideEncryptionConfiguration";
import { bucketVersioning } from "./bucketVersioning";

export const s3Resources: readonly ResourceHandler<AwsContext>[] = [
  bucket,
  bucketLifecycleConfiguration,
  bucketNotification,
  bucketObjectLockConfiguration,
  bucketOwnershipControls,
  bucketPolicy,
  bucketPublicAccessBlock,
  bucketReplicationConfig,
  bucketServerSideEncryptionConfiguration,
  bucketVersioning,
];
