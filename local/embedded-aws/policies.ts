import type { PolicyDocument } from "../emulator/bootstrap";

/** The names that the users' policies speak of. */
export interface PolicyScope {
  readonly system: string;
  readonly recoveryRegion: string;
  readonly stateBuckets: { readonly prod: string; readonly dr: string };
}

const buckets = (...names: readonly string[]): string[] => names.flatMap((name) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`]);

/** Deploys the whole program in both regions: everything but other stacks' state and users. */
export const prodDeployPolicy = ({ stateBuckets }: PolicyScope): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: [
        "s3:*",
        "kms:*",
        "lambda:*",
        "events:*",
        "states:*",
        "cloudwatch:*",
        "logs:*",
        "sns:*",
        "ssm:*",
        "ec2:*",
        "rds:*",
        "secretsmanager:*",
        "eks:*PodIdentityAssociation*",
        "eks:*AccessEntry*",
        "eks:*AccessPolic*",
        "eks:TagResource",
        "eks:UntagResource",
        "sts:GetCallerIdentity",
      ],
      Resource: "*",
    },
    {
      Effect: "Allow",
      Action: [
        "iam:*Role",
        "iam:*RolePolicy",
        "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:*RoleTags",
        "iam:TagRole",
        "iam:UpdateAssumeRolePolicy",
      ],
      Resource: "*",
    },
    { Effect: "Deny", Action: "s3:*", Resource: buckets(stateBuckets.dr) },
  ],
});

/** Recovers: reads what stands, runs the functions that stand ready, and makes a bucket and a database of the recovery's own. Nothing of IAM, and nothing outside the recovery region. */
export const drDeployPolicy = ({ system, recoveryRegion, stateBuckets }: PolicyScope): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["s3:*"], Resource: buckets(stateBuckets.dr, `${system}-recovered-*`) },
    { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket", "s3:GetObjectTagging"], Resource: buckets(`${system}-vault-*`) },
    { Effect: "Allow", Action: ["ssm:GetParameter", "ssm:DescribeParameters"], Resource: "*" },
    {
      Effect: "Allow",
      Action: ["lambda:InvokeFunction", "lambda:GetFunction"],
      Resource: `arn:aws:lambda:${recoveryRegion}:*:function:${system}-*`,
    },
    // A recovered database with its security group and its secret. No automated backup or snapshot may be deleted.
    {
      Effect: "Allow",
      Action: [
        "rds:Describe*",
        "rds:ListTagsForResource",
        "rds:AddTagsToResource",
        "rds:RestoreDBInstanceToPointInTime",
        "rds:ModifyDBInstance",
        "rds:DeleteDBInstance",
        "ec2:Describe*",
        "ec2:CreateSecurityGroup",
        "ec2:DeleteSecurityGroup",
        "ec2:*SecurityGroupIngress",
        "ec2:*SecurityGroupEgress",
        "ec2:CreateTags",
        "kms:CreateGrant",
        "kms:GenerateDataKey",
        "kms:Decrypt",
      ],
      Resource: "*",
    },
    {
      Effect: "Allow",
      Action: ["secretsmanager:*"],
      Resource: `arn:aws:secretsmanager:${recoveryRegion}:*:secret:lifeboat/${system}/recoveries/*`,
    },
    { Effect: "Allow", Action: ["sts:GetCallerIdentity", "kms:DescribeKey"], Resource: "*" },
  ],
});

/** The company's application: its documents in both regions and the parameter that says which of them is live. */
export const applicationPolicy = ({ system }: PolicyScope): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket"],
      Resource: buckets(`${system}-documents-*`, `${system}-recovered-*`),
    },
    { Effect: "Deny", Action: "s3:*", Resource: buckets(`${system}-documents-vault-*`) },
    { Effect: "Allow", Action: ["ssm:GetParameter"], Resource: "*" },
    { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: `arn:aws:secretsmanager:*:*:secret:lifeboat/${system}/*` },
  ],
});
