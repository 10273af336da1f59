import type { LifecycleRule } from "@aws-sdk/client-s3";
import { lookAtBucket, NONCURRENT_DAYS } from "../../../../../ops/lifeboat/bootstrap/bucket";
import { documentOf } from "../../../../../ops/lifeboat/bootstrap/documents";
import { stateBucketStatements } from "../../../../../ops/lifeboat/bootstrap/policies";
import type { BucketFacts, FoundBucket } from "../../../../../ops/lifeboat/bootstrap/ports";
import { fakeBuckets, here, KEY_ARN, SCOPE, type Written } from "./fakes";

const rule = (changes: Partial<LifecycleRule>): LifecycleRule => ({ ID: "r", Status: "Enabled", Filter: { Prefix: "" }, ...changes });
const noncurrent = (NoncurrentDays: number) => rule({ NoncurrentVersionExpiration: { NoncurrentDays } });
const good = (changes: Partial<BucketFacts> = {}): BucketFacts => ({
  versioned: true,
  encryption: { algorithm: "aws:kms", keyId: KEY_ARN },
  publicAccessBlocked: true,
  policy: JSON.stringify(documentOf(stateBucketStatements(SCOPE, "dr"))),
  lifecycle: [noncurrent(NONCURRENT_DAYS)],
  ...changes,
});
const look = (found: FoundBucket, keyArn: string | undefined = KEY_ARN, written: Written = []) =>
  lookAtBucket({ buckets: fakeBuckets(found, written), scope: SCOPE, stack: "dr", region: "eu-west-1", keyArn: () => keyArn });

test.each([
  ["as it is made", {}],
  ["with the key by its id", { encryption: { algorithm: "aws:kms", keyId: "k1" } }],
  ["under two layers of its key", { encryption: { algorithm: "aws:kms:dsse", keyId: KEY_ARN } }],
  ["without an end of old versions", { lifecycle: [] }],
  ["with a later end of old versions", { lifecycle: [noncurrent(3650)] }],
  ["with a shorter rule that is off", { lifecycle: [{ ...noncurrent(1), Status: "Disabled" as const }] }],
])("a bucket %s is found, and stays as strict as it is", async (_name, changes) => {
  expect((await look(here(good(changes)))).map(({ state }) => state)).toEqual(["found"]);
});

test("a bucket is made versioned and private before anything can be in it", async () => {
  const written: Written = [];
  const [finding] = await look({ kind: "absent" }, KEY_ARN, written);

  await finding?.change?.();
  expect(written.map(([call]) => call)).toEqual(["create", "version", "blockPublicAccess", "putPolicy", "encrypt", "putLifecycle"]);
  expect(written[4]).toEqual(["encrypt", KEY_ARN]);
});

test("whatever is loose is mended by its own change", async () => {
  const written: Written = [];
  const loosened = good({
    versioned: false,
    encryption: undefined,
    publicAccessBlocked: false,
    policy: undefined,
    lifecycle: [noncurrent(30), rule({ ID: "theirs" })],
  });
  const findings = await look(here(loosened), KEY_ARN, written);

  expect(findings.map(({ state }) => state)).toEqual(Array(5).fill("loose"));
  for (const { change } of findings) await change?.();
  expect(written.map(([call]) => call)).toEqual(["version", "encrypt", "blockPublicAccess", "putPolicy", "putLifecycle"]);
  expect(written.at(-1)?.[1]).toEqual([noncurrent(NONCURRENT_DAYS), rule({ ID: "theirs" })]);
});

test.each([
  ["another key", { encryption: { algorithm: "aws:kms", keyId: "arn:aws:kms:eu-west-1:123456789012:key/k2" } }, /another key: .*k2/],
  ["AWS's own key", { encryption: { algorithm: "aws:kms" } }, /S3's own of KMS/],
  ["an end of current states", { lifecycle: [rule({ ID: "tidy", Expiration: { Days: 90 } })] }, /rule tidy deletes current states/],
])("%s is left, and shown", async (_name, changes, detail) => {
  expect(await look(here(good(changes)))).toEqual([
    {
      stack: "dr",
      part: "bucket",
      name: "acme-pulumi-dr-123456789012-eu-west-1",
      region: "eu-west-1",
      state: "different",
      detail: expect.stringMatching(detail),
    },
  ]);
});

test("a bucket that is elsewhere or another's is refused", async () => {
  await expect(look({ kind: "elsewhere", region: "us-east-1" })).rejects.toThrow(/Received: it is in us-east-1.*belongs in eu-west-1/);
  await expect(look({ kind: "foreign" })).rejects.toThrow(/another account owns it/);
});
