import { documentOf, type Statement } from "../../../../../ops/lifeboat/bootstrap/documents";
import { deployStatements } from "../../../../../ops/lifeboat/bootstrap/permissions";
import { stateBucketStatements, stateKeyStatements } from "../../../../../ops/lifeboat/bootstrap/policies";
import { STACKS } from "../../../../../recovery/backend";

// The longest names that configuration allows.
const scope = { system: "abcdefghijklmnopqr", accountId: "123456789012", regions: { primary: "us-east-1", recovery: "ap-southeast-2" } };
const listed = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]);
const allowed = (statements: readonly Statement[]): readonly Statement[] => statements.filter(({ Effect }) => Effect === "Allow");

test("a role's permissions fit into its inline policies, a bucket's into its policy, and no name is given twice", () => {
  for (const stack of STACKS) {
    const documents = [deployStatements(scope, stack), stateBucketStatements(scope, stack), stateKeyStatements(scope, stack)];
    for (const statements of documents) {
      // White space does not count. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
      expect(JSON.stringify(documentOf(statements)).length).toBeLessThan(10_240);
      expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
    }
  }
});

describe("dr", () => {
  const statements = allowed(deployStatements(scope, "dr"));

  test("may change nothing of IAM", () => {
    const actions = statements.flatMap(({ Action }) => listed(Action)).filter((action) => /^(\*|iam:)/.test(action));

    expect(actions.sort()).toEqual(["iam:GetRole", "iam:PassRole"]);
  });

  test("needs the recovery region only: each statement names it, or what is in no region", () => {
    const elsewhere = statements.filter((statement) => {
      const region = JSON.stringify(statement.Condition ?? {}).includes(scope.regions.recovery);
      const arns = listed(statement.Resource);
      return !region && !arns.every((arn) => /^arn:aws:(s3:::|iam::)/.test(arn) || arn.includes(`:${scope.regions.recovery}:`));
    });

    expect(elsewhere).toEqual([]);
    expect(JSON.stringify(statements)).not.toContain(scope.regions.primary);
  });

  test("deletes no backups: neither automated ones nor snapshots", () => {
    const actions = statements.flatMap(({ Action }) => listed(Action)).filter((action) => action.startsWith("rds:"));

    expect(actions.filter((action) => /\*$|Snapshot|AutomatedBackup/.test(action))).toEqual(["rds:Describe*"]);
  });
});

test("nobody who deploys may make a state's versions go, by his own policy and by the bucket's", () => {
  for (const stack of STACKS) {
    const identity = deployStatements(scope, stack).find(({ Sid }) => Sid === "StateStays");
    const bucket = stateBucketStatements(scope, stack).find(({ Sid }) => Sid === "VersionsStay");

    expect(listed(identity?.Action)).toEqual(
      expect.arrayContaining(["s3:DeleteObjectVersion", "s3:PutBucketVersioning", "s3:DeleteBucket"]),
    );
    expect(bucket).toMatchObject({ Effect: "Deny", Principal: "*", Action: identity?.Action });
  }
});
