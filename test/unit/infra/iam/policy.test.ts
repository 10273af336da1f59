import { bucketPolicy } from "../../../../infra/iam/bucketPolicy";
import { catalogueKeyPolicy } from "../../../../infra/iam/catalogueKeyPolicy";
import { keyPolicy } from "../../../../infra/iam/keyPolicy";
import { lambdaTrust, policyDocument } from "../../../../infra/iam/policy";

const statementsOf = (text: string): { Sid?: string; Effect: string; Action: string[]; Condition?: unknown }[] =>
  JSON.parse(text).Statement;

describe("policy documents", () => {
  test("an identity statement names its resources and no principal", () => {
    expect(JSON.parse(policyDocument([{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/*"] }]))).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] }],
    });
  });

  test("a trust policy has a principal and no resource", () => {
    expect(JSON.parse(lambdaTrust()).Statement[0]).toEqual({
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: ["sts:AssumeRole"],
    });
  });

  test("a bucket with writers denies writing to everybody else, and customer keys to all", () => {
    const statements = statementsOf(bucketPolicy("b", [{ sid: "OnlySeal", keys: "catalogue/*", roleArns: ["arn:aws:iam::1:role/seal"] }]));

    expect(statements.map(({ Sid, Effect }) => [Sid, Effect])).toEqual([
      ["TlsOnly", "Deny"],
      ["NoCustomerKeys", "Deny"],
      ["OnlySeal", "Deny"],
    ]);
    expect(statements[2]?.Condition).toEqual({ ArnNotLike: { "aws:PrincipalArn": ["arn:aws:iam::1:role/seal"] } });
  });

  test("nobody but those that write the catalogue makes its codes, whatever their own policies say", () => {
    const signerArns = ["arn:aws:iam::1:role/acme-seal"];

    const statements = statementsOf(catalogueKeyPolicy({ accountId: "1", signerArns, disposable: false }));

    expect(statements.find(({ Action }) => Action.includes("kms:GenerateMac"))).toMatchObject({
      Effect: "Deny",
      Condition: { ArnNotLike: { "aws:PrincipalArn": signerArns } },
    });
    expect(statements.map(({ Sid }) => Sid)).toContain("NobodyDestroys");
  });

  test("only a disposable system's key may be scheduled for deletion", () => {
    const sids = (disposable: boolean) =>
      statementsOf(keyPolicy({ accountId: "1", region: "eu-west-1", disposable })).map(({ Sid }) => Sid);

    expect(sids(false)).toContain("NobodyDestroys");
    expect(sids(true)).not.toContain("NobodyDestroys");
  });
});
