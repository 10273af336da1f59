/**
 * The services that MiniStack serves here. `monitoring` is left out on purpose: MiniStack then still verifies the signature and the IAM
 * policy of a CloudWatch call, and answers "Unsupported service" once both passed. The gateway uses exactly that to authorise the calls
 * that `local/cloudwatch` serves, on the caller's unchanged request.
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
  "eks",
  "elasticfilesystem",
  "events",
  "iam",
  "kms",
  "lambda",
  "logs",
  "organizations",
  "pipes",
  "rds",
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
