import { statementOf } from "../../../../../local/plugins/aws/lambda/statement";

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "events",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: "arn:aws:lambda:us-east-1:000000000000:function:export",
      Condition: {
        ArnLike: { "AWS:SourceArn": "arn:aws:events:us-east-1:000000000000:rule/export" },
        StringEquals: { "AWS:SourceAccount": "000000000000" },
      },
    },
    {
      Sid: "account",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Action: "lambda:InvokeFunction",
      Resource: "*",
    },
    {
      Sid: "everybody",
      Effect: "Allow",
      Principal: "*",
      Action: "lambda:InvokeFunctionUrl",
      Resource: "*",
      Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
    },
  ],
});

describe("a permission in a function's policy", () => {
  test("gives back the inputs that made it", () => {
    expect(statementOf(policy, "events", undefined)).toEqual({
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: "arn:aws:events:us-east-1:000000000000:rule/export",
      sourceAccount: "000000000000",
    });
    expect(statementOf(policy, "everybody", undefined)).toEqual({
      action: "lambda:InvokeFunctionUrl",
      principal: "*",
      functionUrlAuthType: "NONE",
    });
  });

  test("an account's number stays as the program wrote it, and another account shows", () => {
    expect(statementOf(policy, "account", "111122223333")).toMatchObject({ principal: "111122223333" });
    expect(statementOf(policy, "account", "999999999999")).toMatchObject({ principal: "arn:aws:iam::111122223333:root" });
  });

  test("is gone when the policy or the statement is", () => {
    expect(statementOf(undefined, "events", undefined)).toBeUndefined();
    expect(statementOf(policy, "other", undefined)).toBeUndefined();
  });
});
