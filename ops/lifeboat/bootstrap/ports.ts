import type { LifecycleRule } from "@aws-sdk/client-s3";

export interface KeyFacts {
  readonly arn: string;
  readonly keyId: string;
  /** KMS's own word: Enabled, Disabled, PendingDeletion and others. */
  readonly state: string;
  /** A key of the account's own that encrypts and decrypts under one secret; every other kind cannot stand for a state key. */
  readonly usable: boolean;
  readonly rotates: boolean;
  /** JSON. Empty where `usable` is false. */
  readonly policy: string;
}

/** KMS in one region. */
export interface StateKeys {
  find(aliasOrId: string): Promise<KeyFacts | undefined>;
  /** A key that a run made and could not give its alias any more. */
  findTagged(tags: Readonly<Record<string, string>>): Promise<KeyFacts | undefined>;
  /** @returns the new key's ARN. */
  create(wanted: {
    readonly description: string;
    readonly policy: string;
    readonly tags: Readonly<Record<string, string>>;
  }): Promise<string>;
  name(alias: string, keyId: string): Promise<void>;
  rotate(keyId: string): Promise<void>;
  putPolicy(keyId: string, policy: string): Promise<void>;
}

export interface BucketFacts {
  readonly versioned: boolean;
  /** S3's word for the algorithm, and the key where it is KMS. */
  readonly encryption?: { readonly algorithm: string; readonly keyId?: string };
  readonly publicAccessBlocked: boolean;
  /** JSON. */
  readonly policy?: string;
  readonly lifecycle: readonly LifecycleRule[];
}

export type FoundBucket =
  | { readonly kind: "absent" }
  | { readonly kind: "foreign" }
  | { readonly kind: "elsewhere"; readonly region: string }
  | { readonly kind: "here"; readonly facts: BucketFacts };

/** S3 in one region. */
export interface StateBuckets {
  find(bucket: string, accountId: string): Promise<FoundBucket>;
  /** @throws LifeboatError, code target-refused, when the name was taken meanwhile. */
  create(bucket: string): Promise<void>;
  version(bucket: string): Promise<void>;
  encrypt(bucket: string, keyArn: string): Promise<void>;
  blockPublicAccess(bucket: string): Promise<void>;
  putPolicy(bucket: string, policy: string): Promise<void>;
  putLifecycle(bucket: string, rules: readonly LifecycleRule[]): Promise<void>;
}

export interface RoleFacts {
  readonly arn: string;
  /** JSON. */
  readonly trust: string;
  /** JSON of the inline policy that is Lifeboat's. */
  readonly policy?: string;
  /** Names of further policies, inline and attached. */
  readonly others: readonly string[];
}

/** IAM, which is one for all regions. */
export interface DeployRoles {
  find(role: string): Promise<RoleFacts | undefined>;
  create(role: string, trust: string, description: string): Promise<void>;
  putTrust(role: string, trust: string): Promise<void>;
  putPolicy(role: string, policy: string): Promise<void>;
}
