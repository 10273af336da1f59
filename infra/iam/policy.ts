/** One statement of a policy. Lists keep a policy's text stable and comparable. */
export interface Statement {
  readonly sid?: string;
  readonly effect?: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** `*` or by kind: `{ Service: "lambda.amazonaws.com" }`. Only in trust and resource policies. */
  readonly principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The policy's JSON text. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export const policyDocument = (statements: readonly Statement[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect, actions, resources, principal, condition }) => ({
      ...(sid === undefined ? {} : { Sid: sid }),
      Effect: effect ?? "Allow",
      ...(principal === undefined ? {} : { Principal: principal }),
      Action: actions,
      // A trust policy has no resource: the role is.
      ...(resources.length === 0 ? {} : { Resource: resources }),
      ...(condition === undefined ? {} : { Condition: condition }),
    })),
  });

/** Who may assume a role: one AWS service, on behalf of this account only (the confused deputy). */
export const servicePrincipalTrust = (service: string, accountId: string): string =>
  policyDocument([
    {
      actions: ["sts:AssumeRole"],
      resources: [],
      principal: { Service: service },
      condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ]);

/** Lambda's trust. It sends no aws:SourceAccount when it assumes an execution role. https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html */
export const lambdaTrust = (): string =>
  policyDocument([{ actions: ["sts:AssumeRole"], resources: [], principal: { Service: "lambda.amazonaws.com" } }]);
