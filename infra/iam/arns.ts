/** ARNs of what is named by configuration: the one place that glues them together. Other ARNs come from their resources. */
export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const objectsArn = (bucket: string, keys: string): string => `arn:aws:s3:::${bucket}/${keys}`;
/** Batch jobs have names that S3 draws. */
export const batchJobsArn = (region: string, accountId: string): string => `arn:aws:s3:${region}:${accountId}:job/*`;
export const roleArn = (accountId: string, role: string): string => `arn:aws:iam::${accountId}:role/${role}`;
/**
 * A role as policies may see it: AWS's aws:PrincipalArn is the role, the caller's own ARN is the session, which has the role's name without its path.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export const roleSessionArns = (accountId: string, role: string): string[] => [
  roleArn(accountId, role),
  `arn:aws:sts::${accountId}:assumed-role/${role.slice(role.lastIndexOf("/") + 1)}/*`,
];
export const accountRootArn = (accountId: string): string => `arn:aws:iam::${accountId}:root`;
export const keysArn = (region: string, accountId: string): string => `arn:aws:kms:${region}:${accountId}:key/*`;
export const parameterArn = (region: string, accountId: string, name: string): string =>
  `arn:aws:ssm:${region}:${accountId}:parameter${name}`;
/** Parameters whose names begin with a prefix. https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html */
export const parametersArn = (region: string, accountId: string, prefix: string): string =>
  `arn:aws:ssm:${region}:${accountId}:parameter/${prefix.replace(/^\//, "")}*`;
export const logGroupArn = (region: string, accountId: string, group: string): string =>
  `arn:aws:logs:${region}:${accountId}:log-group:${group}:*`;
export const alarmsArn = (region: string, accountId: string): string => `arn:aws:cloudwatch:${region}:${accountId}:alarm:*`;
/** Secrets whose names begin with a prefix: AWS adds six characters to a name. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret-arns.html */
export const secretsArn = (region: string, accountId: string, prefix: string): string =>
  `arn:aws:secretsmanager:${region}:${accountId}:secret:${prefix}*`;
/** Automated backups have names that RDS draws. */
export const automatedBackupsArn = (region: string, accountId: string): string => `arn:aws:rds:${region}:${accountId}:auto-backup:*`;
/** Of databases, those that AWS Backup keeps included. */
export const snapshotsArn = (region: string, accountId: string): string => `arn:aws:rds:${region}:${accountId}:snapshot:*`;
export const databaseArn = (region: string, accountId: string, instance: string): string =>
  `arn:aws:rds:${region}:${accountId}:db:${instance}`;
export const databasesArn = (region: string, accountId: string): string => `arn:aws:rds:${region}:${accountId}:db:*`;
export const defaultEventBusArn = (region: string, accountId: string): string => `arn:aws:events:${region}:${accountId}:event-bus/default`;
export const eksClusterArn = (region: string, accountId: string, cluster: string): string =>
  `arn:aws:eks:${region}:${accountId}:cluster/${cluster}`;
export const functionArn = (region: string, accountId: string, name: string): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${name}`;
