import { type Backfill, isUnderWay, newBackfill, stillStands } from "../../../../recovery/existing/backfill";
import { type BucketFacts, bucketRefusals } from "../../../../recovery/existing/bucket";
import {
  arnRefusals,
  type DatabaseFacts,
  databaseOf,
  databaseRefusals,
  databaseWarnings,
  parseInstanceArn,
} from "../../../../recovery/existing/database";
import { refusedFor } from "../../../../recovery/existing/refusal";

const reasons = (refusals: readonly { readonly reason: string }[]): readonly string[] => refusals.map(({ reason }) => reason);

describe("a bucket", () => {
  const found: BucketFacts = { bucket: "docs", region: "us-east-1", versioning: "Enabled", objectLock: false };
  const wanted = { region: "us-east-1", enableVersioning: false };

  it("is taken as it is when it is versioned, here, unlocked and readable", () => {
    expect(bucketRefusals(found, wanted)).toEqual([]);
    expect(bucketRefusals({ ...found, keyArn: "arn:k" }, { ...wanted, keyArn: "arn:k" })).toEqual([]);
  });

  it.each([
    ["elsewhere", { region: "eu-west-1" }, "docs is in eu-west-1"],
    ["without versioning", { versioning: "never" as const }, "docs has no versioning"],
    ["with its versioning suspended", { versioning: "Suspended" as const }, "its versioning suspended"],
    ["locked", { objectLock: true }, "docs has Object Lock"],
    ["under a key that replication may not use", { keyArn: "arn:k" }, "docs encrypts with arn:k"],
  ])("is refused %s", (_name, changes, reason) => {
    expect(reasons(bucketRefusals({ ...found, ...changes }, wanted))).toEqual([expect.stringContaining(reason)]);
  });

  it("has its versioning switched on where that is configured", () => {
    expect(bucketRefusals({ ...found, versioning: "never" }, { ...wanted, enableVersioning: true })).toEqual([]);
  });
});

describe("a database", () => {
  const found: DatabaseFacts = {
    ...{ arn: "arn:aws:rds:us-east-1:123456789012:db:shop", identifier: "shop", engine: "postgres", engineVersion: "15.10" },
    ...{ encrypted: true, backupRetentionDays: 7, backupWindow: "03:00-03:30", instanceClass: "db.r7g.large", multiAz: true },
    ...{ cluster: "", replicaOf: "", parameterGroups: ["default.postgres15"], host: "shop.example", port: 5432 },
    ...{ username: "admin1", database: "shop" },
  };
  const wanted = {
    instanceArn: found.arn,
    secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf",
    region: "us-east-1",
    accountId: "123456789012",
  };

  it("is taken when it can be recovered", () => {
    expect(arnRefusals(wanted)).toEqual([]);
    expect(databaseRefusals(found, wanted)).toEqual([]);
    expect(databaseWarnings(found)).toEqual([]);
    expect(parseInstanceArn(found.arn)).toEqual({ region: "us-east-1", accountId: "123456789012", identifier: "shop" });
  });

  it.each([
    ["a cluster's ARN", { instanceArn: "arn:aws:rds:us-east-1:123456789012:cluster:shop" }, "is not the ARN of a database instance"],
    ["another region", { region: "eu-west-1" }, "not in eu-west-1"],
    ["another account", { accountId: "210987654321" }, "of account 123456789012"],
    ["no secret", { secretArn: "arn:aws:ssm:us-east-1:123456789012:parameter/shop" }, "is not the ARN of a secret"],
  ])("is refused by configuration alone: %s", (_name, changes, reason) => {
    expect(reasons(arnRefusals({ ...wanted, ...changes })).join("\n")).toContain(reason);
  });

  it.each([
    ["unencrypted", { encrypted: false }, "shop is not encrypted, and RDS encrypts no instance in place"],
    ["without backups", { backupRetentionDays: 0 }, "backup retention 0"],
    ["of another engine", { engine: "mysql" }, "shop runs mysql"],
    ["too old", { engineVersion: "12.19" }, "PostgreSQL 12.19"],
    ["in a cluster", { cluster: "shop-cluster" }, "member of the cluster shop-cluster"],
    ["that is a replica", { replicaOf: "other" }, "read replica of other"],
    ["without a name", { database: "" }, "which database of shop is meant"],
  ])("is refused %s", (_name, changes, reason) => {
    expect(reasons(databaseRefusals({ ...found, ...changes }, wanted))).toEqual([expect.stringContaining(reason)]);
  });

  it("says how an unencrypted one is mended, and where AWS describes it", () => {
    const [refusal] = databaseRefusals({ ...found, encrypted: false }, wanted);

    expect(refusal?.hint).toMatch(/snapshot, copy it with a KMS key, restore.*https:\/\/docs\.aws\.amazon\.com\//);
  });

  it("is named by configuration before RDS", () => {
    expect(databaseRefusals({ ...found, database: "" }, { ...wanted, database: "orders" })).toEqual([]);
    expect(databaseOf(found, { database: "orders" })).toBe("orders");
    expect(databaseOf(found, {})).toBe("shop");
  });

  it.each([
    ["by default before 15", { engineVersion: "14.9", parameterGroups: ["default.postgres14"] }, ["takes connections without TLS"]],
    ["by a group of its own", { parameterGroups: ["shop-parameters"] }, ["stands in shop-parameters and is not read here"]],
    ["in one zone", { multiAz: false }, ["no standby in a second availability zone"]],
  ])("is warned of: %s", (_name, changes, warnings) => {
    expect(databaseWarnings({ ...found, ...changes })).toEqual(warnings.map((warning) => expect.stringContaining(warning)));
  });
});

describe("a backfill", () => {
  const wanted = {
    ...{ system: "acme", bucket: "docs", role: "arn:role" },
    rules: [{ id: "locked", prefix: "", destinationBucket: "vault", destinationKeyArn: "arn:k", deleteMarkers: false }],
  };
  const begun = newBackfill(wanted, new Date("2026-11-26T10:00:00Z"));

  it("stands for its rules, and for no others", () => {
    expect(stillStands(begun, wanted)).toBe(true);
    expect(stillStands(begun, { ...wanted, rules: wanted.rules.map((rule) => ({ ...rule, prefix: "a/" })) })).toBe(false);
    expect(stillStands(begun, { ...wanted, bucket: "other" })).toBe(false);
  });

  it.each<[Backfill["status"], boolean, boolean]>([
    ["requested", true, true],
    ["running", true, true],
    ["complete", true, false],
    ["failed", false, false],
    ["cancelled", false, false],
  ])("that is %s stands: %s, is under way: %s", (status, stands, underWay) => {
    expect(stillStands({ ...begun, status }, wanted)).toBe(stands);
    expect(isUnderWay({ ...begun, status })).toBe(underWay);
  });

  it("has a token of its own each time, which S3 takes", () => {
    expect(newBackfill(wanted, new Date("2026-11-26T10:00:01Z")).token).not.toBe(begun.token);
    expect(begun.token).toMatch(/^[0-9a-f]{64}$/);
  });
});

it("says every reason with its next step", () => {
  const error = refusedFor("The bucket docs cannot be protected", [
    { reason: "one", hint: "First" },
    { reason: "two", hint: "Second" },
  ]);

  expect(error.code).toBe("target-refused");
  expect(error.message).toMatch(/nothing was changed:\n {2}- one\. First\.\n {2}- two\. Second\.\n/);
});
