import type { ReplicationRule } from "@aws-sdk/client-s3";
import type { BucketFacts } from "../../recovery/existing/bucket";
import type { Replication } from "../../recovery/existing/replication";

/** A bucket's replication as S3 holds it, whoever made its rules. */
export type HeldReplication = Replication<ReplicationRule>;

/** The settings of a bucket that is not Lifeboat's, as far as it looks at them, and the two that it may set. */
export interface BucketSettings {
  exists(): Promise<boolean>;
  facts(): Promise<BucketFacts>;
  /** undefined when the bucket has no replication. @throws LifeboatError `unsupported` when it has settings that writing it back would lose. */
  replication(): Promise<HeldReplication | undefined>;
  enableVersioning(): Promise<void>;
  /** undefined takes the replication away. */
  replicate(replication: HeldReplication | undefined): Promise<void>;
}
