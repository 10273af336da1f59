import type {
  BucketFacts,
  DeployRoles,
  FoundBucket,
  KeyFacts,
  RoleFacts,
  StateBuckets,
  StateKeys,
} from "../../../../../ops/lifeboat/bootstrap/ports";

export const SCOPE = { system: "acme", accountId: "123456789012", regions: { primary: "us-east-1", recovery: "eu-west-1" } };
export const KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/k1";

/** Each write by its name and arguments. */
export type Written = (readonly unknown[])[];

export const fakeKeys = (known: { readonly named?: KeyFacts; readonly tagged?: KeyFacts }, written: Written = []): StateKeys => ({
  find: async () => known.named,
  findTagged: async () => known.tagged,
  create: async () => {
    written.push(["create"]);
    return KEY_ARN;
  },
  name: async (...args) => void written.push(["name", ...args]),
  rotate: async (...args) => void written.push(["rotate", ...args]),
  putPolicy: async (...args) => void written.push(["putPolicy", ...args]),
});

export const fakeBuckets = (found: FoundBucket, written: Written = []): StateBuckets => ({
  find: async () => found,
  create: async () => void written.push(["create"]),
  version: async () => void written.push(["version"]),
  encrypt: async (_bucket, key) => void written.push(["encrypt", key]),
  blockPublicAccess: async () => void written.push(["blockPublicAccess"]),
  putPolicy: async (_bucket, policy) => void written.push(["putPolicy", policy]),
  putLifecycle: async (_bucket, rules) => void written.push(["putLifecycle", rules]),
});

export const here = (facts: BucketFacts): FoundBucket => ({ kind: "here", facts });

export const fakeRoles = (facts: RoleFacts | undefined, written: Written = []): DeployRoles => ({
  find: async () => facts,
  create: async (role) => void written.push(["create", role]),
  putTrust: async (_role, trust) => void written.push(["putTrust", trust]),
  putPolicy: async (_role, policy) => void written.push(["putPolicy", policy]),
});
