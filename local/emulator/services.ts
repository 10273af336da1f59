/**
 * The services that MiniStack serves here. `monitoring`, `rds` and `eks` are left out on purpose: MiniStack then still verifies the signature
 * and the IAM policy of a call, and answers "Unsupported service" once both passed. The gateway uses exactly that to authorise the calls that
 * `local/cloudwatch`, `local/rds` and `local/eks` serve, on the caller's unchanged request.
 */
export const enabledServices = [
  "backup",
  "budgets",
  "cloudformation",
  "cloudfront",
  "cloudtrail",
  "config",
  "dynamodb",
  "ec2",
  "ecr",
  "elasticfilesystem",
  "events",
  "iam",
  "kms",
  "lambda",
  "logs",
  "organizations",
  "pipes",
  "resource-groups",
  "route53",
  "s3",
  "scheduler",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
  "states",
  "sts",
  "tagging",
] as const;
