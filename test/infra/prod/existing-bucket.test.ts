import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ProtectBucketEvent } from "../../../lambdas/protect-bucket/events";
import { bucketNames } from "../../../recovery/names";
import { lacking, liveOf, namesOf, policyOf, standingOf, variablesOf } from "../support/deployed";
import { BUCKET, BUCKET_KEY, companyWorld, objects, REPLICATION_ROLE } from "../support/existing";
import { unguarded } from "../support/guard";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, PRIMARY, RECOVERY, SYSTEM, startProd } from "../support/prod";
import { functionsOf } from "../support/reachability";
import { PolicyText, type Recording } from "../support/recording";

const site = { system: SYSTEM, accountId: ACCOUNT, primaryRegion: PRIMARY, recoveryRegion: RECOVERY };
const { documentsReplica: DOCUMENTS_REPLICA, documentsVault: DOCUMENTS_VAULT } = bucketNames(site);

let made: Recording;
let bucket: Recording;
beforeAll(async () => {
  made = await deployedProd();
});
beforeAll(async () => {
  bucket = await deployedProd(objects(), companyWorld());
});

describe("a documents bucket that exists", () => {
  it("is not made, nor is any setting of it, and the function that protects it is all that is made instead", () => {
    const inventories = (name: string): boolean => /^\w+ (reports|inventories)-/.test(name);
    expect(lacking(bucket, made).filter(inventories)).toHaveLength(15);
    expect(lacking(bucket, made).filter((name) => !inventories(name))).toEqual([
      `Bucket documents in ${PRIMARY}`,
      `BucketLifecycleConfiguration documents in ${PRIMARY}`,
      `BucketPolicy documents in ${PRIMARY}`,
      `BucketPublicAccessBlock documents in ${PRIMARY}`,
      `BucketReplicationConfig documents in ${PRIMARY}`,
      `BucketServerSideEncryptionConfiguration documents in ${PRIMARY}`,
      `BucketVersioning documents in ${PRIMARY}`,
      `Role documents in ${PRIMARY}`,
      `RolePolicy documents in ${PRIMARY}`,
    ]);
    expect(lacking(made, bucket)).toEqual([
      `EventRule acme-protect-bucket in ${PRIMARY}`,
      `EventTarget acme-protect-bucket in ${PRIMARY}`,
      `Function protect-bucket in ${PRIMARY}`,
      `Invocation documents in ${PRIMARY}`,
      `LogGroup protect-bucket in ${PRIMARY}`,
      `Permission acme-protect-bucket in ${PRIMARY}`,
      `Role documents-backfill in ${PRIMARY}`,
      `Role documents-replication in ${PRIMARY}`,
      `Role protect-bucket in ${PRIMARY}`,
      `RolePolicy documents-backfill in ${PRIMARY}`,
      `RolePolicy documents-replication in ${PRIMARY}`,
      `RolePolicy protect-bucket in ${PRIMARY}`,
    ]);
    const about = bucket.created().filter(({ type, inputs }) => type.startsWith("aws:s3/") && JSON.stringify(inputs).includes(BUCKET));
    expect(about).toEqual([]);
  });

  it("gets the rules that one of Lifeboat's has, once what they lead to is versioned", () => {
    const { inputs, dependencies } = bucket.get("aws:lambda/invocation:Invocation", "documents");
    const { input } = z.object({ input: z.string() }).parse(inputs);
    const destinationKeyArn = `arn:aws:kms:${RECOVERY}:${ACCOUNT}:key/${RECOVERY}-recovery-key`;

    expect(ProtectBucketEvent.omit({ tf: true }).parse(JSON.parse(input)).rules).toEqual([
      { id: "live-ready", prefix: "", destinationBucket: DOCUMENTS_REPLICA, destinationKeyArn, deleteMarkers: true },
      { id: "locked", prefix: "", destinationBucket: DOCUMENTS_VAULT, destinationKeyArn, deleteMarkers: false },
    ]);
    expect(dependencies).toEqual(
      expect.arrayContaining(
        ["documents-replica", "documents-vault", "staging"].map((name) => bucket.get("aws:s3/bucketVersioning:BucketVersioning", name).urn),
      ),
    );
  });

  it("is where applications read, and where the canary is written, under no key that is not the bucket's", async () => {
    const withKey = await deployedProd(objects({ keyArn: BUCKET_KEY }), companyWorld());
    const keysOf = (run: Recording) =>
      policyOf(run, "canary")
        .filter(({ Action }) => Action.some((action) => action.startsWith("kms:")))
        .map(({ Action, Resource }) => [Action, Resource]);

    expect(liveOf(bucket).documentsBucket).toBe(BUCKET);
    expect(variablesOf(bucket, "canary")).toMatchObject({ DOCUMENTS_BUCKET: BUCKET });
    expect(policyOf(bucket, "canary")[0]?.Resource).toEqual([`arn:aws:s3:::${BUCKET}/.lifeboat/canary.json`]);
    expect(keysOf(bucket)).toEqual([]);
    expect(keysOf(withKey)).toEqual([[["kms:Decrypt", "kms:GenerateDataKey"], [BUCKET_KEY]]]);
  });

  it("with a replication role of its own keeps it: the vault lets it in, nobody is let do anything by it, and what it needs is told", async () => {
    const { deployment, settled, recording } = await startProd(objects({ replicationRoleArn: REPLICATION_ROLE }), companyWorld());
    const outputs = z
      .object({ requiredRolePolicy: z.string() })
      .parse(await new Promise<unknown>((known) => void deployment.then((exported) => pulumi.output(exported).apply(known))));
    await settled();

    const writersOf = (run: Recording) => {
      const { policy } = z.object({ policy: PolicyText }).parse(run.get("aws:s3/bucketPolicy:BucketPolicy", "documents-vault").inputs);
      return policy.find(({ Sid }) => Sid === "ReplicationOnly")?.Condition.ArnNotLike?.["aws:PrincipalArn"];
    };
    expect(writersOf(recording)).toEqual([REPLICATION_ROLE, `arn:aws:sts::${ACCOUNT}:assumed-role/replication/*`]);
    expect(writersOf(bucket)).toEqual(writersOf(made));
    expect(namesOf(recording)).not.toContain(`Role documents-replication in ${PRIMARY}`);
    expect(outputs.requiredRolePolicy).toContain(`arn:aws:s3:::${DOCUMENTS_VAULT}/*`);
  });

  it("has a recovery look for what its backfill had not brought", () => {
    const note = `arn:aws:s3:::${DOCUMENTS_REPLICA}/.lifeboat/backfill.json`;
    const mayRead = (run: Recording) => policyOf(run, "resolve").some(({ Resource }) => Resource.includes(note));

    expect([variablesOf(bucket, "resolve").HAS_BACKFILL, mayRead(bucket)]).toEqual(["true", true]);
    expect([variablesOf(made, "resolve").HAS_BACKFILL, mayRead(made)]).toEqual(["false", false]);
  });

  it("is told of with the function that protects it, and guarded with the rest", () => {
    expect(unguarded(bucket)).toEqual([]);
    expect(standingOf(bucket).functions).toEqual(Object.fromEntries(functionsOf(bucket).map(({ args, name }) => [name, args.name])));
    expect(Object.keys(standingOf(bucket).functions)).toContain("protect-bucket");
  });
});
