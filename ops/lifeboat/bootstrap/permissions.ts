import type { StackName } from "../../../recovery/backend";
import { parameterNames, recoveredBucketPrefix, recoveredSecretPrefix } from "../../../recovery/names";
import type { Statement } from "./documents";
import { bucketArns, DESTROYS_STATE, namesOf, otherStack, type PolicyScope } from "./policies";

/**
 * What a deploy role may do. `local/embedded-aws/policies.ts` has the same for the users that a drill deploys with, on one account that holds
 * nothing else; it may not import `ops`. IAM counts 10,240 characters for a role's inline policies:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const deployStatements = (scope: PolicyScope, stack: StackName): readonly Statement[] => [
  ...(stack === "prod" ? prodStatements(scope) : drStatements(scope)),
  { Sid: "StateStays", Effect: "Deny", Action: DESTROYS_STATE, Resource: bucketArns(namesOf(scope, stack).bucket) },
  { Sid: "OtherState", Effect: "Deny", Action: "s3:*", Resource: bucketArns(namesOf(scope, otherStack(stack)).bucket) },
];

const within = (...regions: readonly string[]) => ({ Condition: { StringEquals: { "aws:RequestedRegion": regions } } });

/**
 * The services that `prod` deploys to. AWS Backup's vaults are made through a second one:
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
 */
const SERVICES = [
  ...["s3", "kms", "lambda", "states", "events", "cloudwatch", "logs", "sns", "ssm", "ec2", "eks", "rds", "secretsmanager"],
  ...["backup", "backup-storage"],
];

/** Everything that `prod` deploys, in its two regions, and the roles that bear the system's name but for the deploy roles themselves. */
const prodStatements = ({ system, accountId, regions }: PolicyScope): readonly Statement[] => [
  {
    Sid: "BothRegions",
    Effect: "Allow",
    Action: SERVICES.map((service) => `${service}:*`),
    Resource: "*",
    ...within(regions.primary, regions.recovery),
  },
  {
    // Whoever makes roles can make one that may do more than he himself: nothing but a permissions boundary would keep him from that.
    Sid: "RolesOfTheSystem",
    Effect: "Allow",
    Action: [
      "iam:*Role",
      "iam:*RolePolicy",
      "iam:ListRolePolicies",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:*RoleTags",
      "iam:UpdateAssumeRolePolicy",
    ],
    Resource: `arn:aws:iam::${accountId}:role/${system}-*`,
  },
  {
    // Of clusters that the stack makes. https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
    Sid: "NodeProfiles",
    Effect: "Allow",
    Action: "iam:*InstanceProfile",
    Resource: `arn:aws:iam::${accountId}:instance-profile/eks-${system}-*`,
  },
  {
    Sid: "ServiceRoleOfEks",
    Effect: "Allow",
    Action: "iam:GetRole",
    Resource: `arn:aws:iam::${accountId}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS`,
  },
  {
    Sid: "NotTheDeployRoles",
    Effect: "Deny",
    Action: "iam:*",
    Resource: `arn:aws:iam::${accountId}:role/${system}-lifeboat-deploy-*`,
  },
];

/** Reads what stands, runs the functions that stand ready, and makes what is the recovery's own. It changes nothing of IAM, and nothing outside the recovery region. */
const drStatements = (scope: PolicyScope): readonly Statement[] => {
  const { system, accountId, regions } = scope;
  const recovery = regions.recovery;
  return [
    {
      Sid: "OwnBuckets",
      Effect: "Allow",
      Action: "s3:*",
      Resource: bucketArns(namesOf(scope, "dr").bucket, `${recoveredBucketPrefix(scope)}*`),
    },
    {
      Sid: "Catalogue",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectTagging", "s3:ListBucket"],
      Resource: bucketArns(`${system}-vault-${accountId}-${recovery}`),
    },
    {
      Sid: "WhatStands",
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: `arn:aws:ssm:${recovery}:${accountId}:parameter${parameterNames(system).standing}*`,
    },
    {
      Sid: "StandingFunctions",
      Effect: "Allow",
      Action: ["lambda:InvokeFunction", "lambda:GetFunction"],
      Resource: `arn:aws:lambda:${recovery}:${accountId}:function:${system}-*`,
    },
    {
      // No automated backup and no snapshot may be deleted. The provider describes more than it makes.
      Sid: "RecoveredDatabase",
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
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:GenerateDataKey",
      ],
      Resource: "*",
      ...within(recovery),
    },
    {
      // A cluster on demand, under roles that stand.
      Sid: "RecoveredCluster",
      Effect: "Allow",
      Action: ["eks:*", "logs:DescribeLogGroups"],
      Resource: "*",
      ...within(recovery),
    },
    {
      Sid: "ClusterLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:ListTagsForResource", "logs:TagResource"],
      Resource: `arn:aws:logs:${recovery}:${accountId}:log-group:/aws/eks/*`,
    },
    { Sid: "StandingRoles", Effect: "Allow", Action: "iam:GetRole", Resource: `arn:aws:iam::${accountId}:role/${system}-*` },
    {
      Sid: "RolesForClusters",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: `arn:aws:iam::${accountId}:role/${system}-*`,
      Condition: { StringEquals: { "iam:PassedToService": ["eks.amazonaws.com", "pods.eks.amazonaws.com", "ec2.amazonaws.com"] } },
    },
    {
      Sid: "RecoveredSecrets",
      Effect: "Allow",
      Action: "secretsmanager:*",
      Resource: `arn:aws:secretsmanager:${recovery}:${accountId}:secret:${recoveredSecretPrefix(system)}*`,
    },
    { Sid: "NoIdentities", Effect: "Deny", Action: CHANGES_IDENTITIES, Resource: "*" },
  ];
};

/** Their control plane may be in the lost region, and a recovery that needs it would fail on the day. */
const CHANGES_IDENTITIES = ["Add", "Attach", "Create", "Delete", "Detach", "Put", "Remove", "Set", "Tag", "Untag", "Update"].map(
  (verb) => `iam:${verb}*`,
);
