import { z } from "zod";
import { ExistingBucket } from "../../../infra/components/existing/existingBucket";
import { bucketNamesWith } from "../../../infra/components/existing/names";
import { protectBucketDefinition } from "../../../infra/components/existing/protectBucket";
import { UnattendedFunction } from "../../../infra/components/functions/unattendedFunction";
import { SecureBucket } from "../../../infra/components/storage/secureBucket";
import { ExistingBucket as ExistingBucketSchema } from "../../../infra/config/existing";
import { ProtectBucketEvent } from "../../../lambdas/protect-bucket/events";
import { newBackfill } from "../../../recovery/existing/backfill";
import { PolicyText } from "../support/recording";
import { named, underMocks, valueIn } from "./support";

const ACCOUNT = "123456789012";
const SITE = { system: "acme", accountId: ACCOUNT, primaryRegion: "us-east-1", recoveryRegion: "eu-west-1" };
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/recovery";
const THEIR_ROLE = `arn:aws:iam::${ACCOUNT}:role/company`;
const THEIR_KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/company`;

const RESULT = {
  bucket: "company-docs",
  changed: ["replication"],
  backfill: newBackfill({ ...SITE, bucket: "b", role: "r", rules: [] }, new Date(0)),
};

const deployed = async (changes: Readonly<Record<string, unknown>> = {}) => {
  const existing = ExistingBucketSchema.parse({ bucket: "company-docs", ...changes });
  const run = await underMocks({ result: RESULT }, () => {
    const bucketOf = (name: string) => new SecureBucket(name, { bucketName: name, keyArn: KEY, disposable: true, purpose: name }, {});
    const protector = new UnattendedFunction(
      "protect-bucket",
      {
        system: "acme",
        accountId: ACCOUNT,
        region: "us-east-1",
        definition: protectBucketDefinition(SITE, existing),
        codeFile: __filename,
      },
      {},
    );
    const destinations = { replica: bucketOf("acme-replica"), vault: bucketOf("acme-vault"), staging: bucketOf("acme-staging") };
    return new ExistingBucket(
      "documents",
      {
        system: "acme",
        accountId: ACCOUNT,
        existing,
        destinationKeyArn: KEY,
        rules: [
          { id: "live-ready", prefix: "", destination: destinations.replica, deleteMarkers: true },
          { id: "locked", prefix: "", destination: destinations.vault, deleteMarkers: false },
        ],
        reports: destinations.staging,
        protector,
      },
      {},
    );
  });
  const policyOf = (name: string) =>
    z.object({ policy: PolicyText }).parse(named(run.made, "aws:iam/rolePolicy:RolePolicy", name).inputs).policy;
  return { ...run, policyOf, invocation: named(run.made, "aws:lambda/invocation:Invocation", "documents").inputs };
};

let plain: Awaited<ReturnType<typeof deployed>>;
beforeAll(async () => {
  plain = await deployed();
});

const Input = z.object({ input: z.string().transform((text): unknown => JSON.parse(text)) });

describe("an existing bucket", () => {
  it("is not a resource of the stack, nor is any setting of it: none could be overwritten, and none deleted", () => {
    const { made } = plain;

    const about = made.filter(({ type, inputs }) => type.startsWith("aws:s3/") && JSON.stringify(inputs).includes("company-docs"));
    expect(about).toEqual([]);
    expect(made.some(({ type }) => type.includes("bucketReplicationConfig") || type.includes("bucketNotification"))).toBe(false);
  });

  it("is protected by a function that is told of the protection's whole life", async () => {
    const { invocation, given } = plain;

    expect(invocation).toMatchObject({ functionName: "acme-protect-bucket", lifecycleScope: "CRUD", triggers: { bucket: "company-docs" } });
    const event = ProtectBucketEvent.omit({ tf: true }).parse(Input.parse(invocation).input);
    expect(event).toEqual({
      bucket: "company-docs",
      enableVersioning: false,
      keyArn: null,
      replicationRoleArn: `arn:aws:iam::${ACCOUNT}:role/acme-replicate-documents`,
      ownsReplicationRole: true,
      batchRoleArn: `arn:aws:iam::${ACCOUNT}:role/acme-backfill`,
      rules: [
        { id: "live-ready", prefix: "", destinationBucket: "acme-replica", destinationKeyArn: KEY, deleteMarkers: true },
        { id: "locked", prefix: "", destinationBucket: "acme-vault", destinationKeyArn: KEY, deleteMarkers: false },
      ],
    });
    expect(await valueIn(given.protection)).toEqual(RESULT);
  });

  it("is followed on a schedule until its backfill has ended", () => {
    const { made } = plain;

    expect(named(made, "aws:cloudwatch/eventRule:EventRule", "acme-protect-bucket").inputs).toMatchObject({
      scheduleExpression: "rate(5 minutes)",
    });
  });

  it("lets Batch Operations replicate it and write reports, and nobody else take on the role", () => {
    const { policyOf, made } = plain;

    expect(policyOf("documents-backfill").map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["s3:InitiateReplication"], ["arn:aws:s3:::company-docs/*"]],
      [["s3:GetReplicationConfiguration", "s3:PutInventoryConfiguration"], ["arn:aws:s3:::company-docs"]],
      [["s3:PutObject"], ["arn:aws:s3:::acme-staging/backfill/*"]],
    ]);
    expect(named(made, "aws:iam/role:Role", "documents-backfill").inputs.assumeRolePolicy).toContain("batchoperations.s3.amazonaws.com");
  });

  it("has no key to be decrypted with, where it has none", async () => {
    const decrypts = ({ policyOf }: typeof plain) =>
      policyOf("documents-replication").filter(({ Action }) => Action.includes("kms:Decrypt"));

    expect(decrypts(plain)).toEqual([]);
    expect(decrypts(await deployed({ keyArn: THEIR_KEY }))).toMatchObject([{ Resource: [THEIR_KEY] }]);
  });

  it("keeps a replication role of its own, and says what that role has to be let do", async () => {
    const { invocation, given, made } = await deployed({ replicationRoleArn: THEIR_ROLE });

    expect(Input.parse(invocation).input).toMatchObject({ replicationRoleArn: THEIR_ROLE, ownsReplicationRole: false });
    expect(made.filter(({ type }) => type === "aws:iam/role:Role").map(({ name }) => name)).toEqual(
      expect.not.arrayContaining(["documents-replication"]),
    );
    expect(given.requiredRolePolicy && (await valueIn(given.requiredRolePolicy))).toContain("arn:aws:s3:::acme-vault/*");
    expect(plain.given.requiredRolePolicy).toBeUndefined();
  });
});

describe("the function", () => {
  const statementsOf = (changes: Readonly<Record<string, unknown>> = {}) =>
    protectBucketDefinition(SITE, ExistingBucketSchema.parse({ bucket: "company-docs", ...changes })).statements;

  it("may write nothing in the bucket but the note of the backfill, and delete nothing", () => {
    const objects = statementsOf().filter(({ resources }) =>
      resources.some((resource) => resource.startsWith("arn:aws:s3:::company-docs/")),
    );

    expect(objects).toEqual([
      { actions: ["s3:GetObject", "s3:PutObject"], resources: ["arn:aws:s3:::company-docs/.lifeboat/backfill.json"] },
    ]);
    expect(JSON.stringify(statementsOf())).not.toMatch(/s3:Delete|s3:PutLifecycle|s3:PutBucketPolicy|s3:PutEncryption|s3:\*/);
  });

  it("may switch versioning on only where that is configured", () => {
    const mayVersion = (changes: Readonly<Record<string, unknown>>) =>
      JSON.stringify(statementsOf(changes)).includes("s3:PutBucketVersioning");

    expect(mayVersion({})).toBe(false);
    expect(mayVersion({ enableVersioning: true })).toBe(true);
  });

  it("may pass on the two roles only, each to its service", () => {
    const passes = (changes: Readonly<Record<string, unknown>>) =>
      statementsOf(changes)
        .filter(({ actions }) => actions.includes("iam:PassRole"))
        .map(({ resources, condition }) => [resources[0], condition?.StringEquals?.["iam:PassedToService"]]);

    expect(passes({ replicationRoleArn: THEIR_ROLE })).toEqual([
      [THEIR_ROLE, "s3.amazonaws.com"],
      [`arn:aws:iam::${ACCOUNT}:role/acme-backfill`, "batchoperations.s3.amazonaws.com"],
    ]);
  });
});

it("stands in the place of the documents bucket among the system's names", () => {
  const existing = ExistingBucketSchema.parse({ bucket: "company-docs" });

  expect(bucketNamesWith(SITE, existing)).toEqual({ ...bucketNamesWith(SITE, undefined), documents: "company-docs" });
});
