import type { Site } from "../../recovery/names";
import { databaseNames, METRICS, parameterNames, recoveredSecretPrefix } from "../../recovery/names";
import { bucketNamesWith } from "../components/existing/names";
import type { ProdConfiguration } from "../config/read";
import { automatedBackupsArn, bucketArn, databaseArn, databasesArn, keysArn, objectsArn, secretsArn, snapshotsArn } from "../iam/arns";
import type { Statement } from "../iam/policy";

/** The aliases of the two keys; IAM statements name keys by alias, because a key's ARN is not known before it exists. */
export const keyAlias = (system: string, home: "primary" | "recovery"): string => `alias/${system}-${home}`;

/**
 * What the definitions share: names, and the statements that several functions have in common.
 * @param databaseInstance identifier of the protected database, whose automated backups are found by it
 */
export const functionContext = (site: Site, configuration: ProdConfiguration, databaseInstance: string) => {
  const { system, accountId } = site;
  const { vault, watch } = configuration;
  const { existing } = configuration.objects;
  const buckets = bucketNamesWith(site, existing);
  const useKey = (home: "primary" | "recovery"): Statement => ({
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [keysArn(home === "primary" ? site.primaryRegion : site.recoveryRegion, accountId)],
    condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": keyAlias(system, home) } },
  });
  // A bucket that is not Lifeboat's is under a key of its own, or under none.
  const existingKeys =
    existing?.keyArn === undefined ? [] : [{ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [existing.keyArn] }];
  const useDocumentsKey: readonly Statement[] = existing === undefined ? [useKey("primary")] : existingKeys;
  const metrics: Statement = {
    actions: ["cloudwatch:PutMetricData"],
    resources: ["*"],
    // IfExists: the key comes with every PutMetricData on AWS, and not everywhere that speaks its API.
    condition: { StringEqualsIfExists: { "cloudwatch:namespace": METRICS.namespace } },
  };
  const read = (bucket: string, keys = "*"): Statement[] => [
    { actions: ["s3:ListBucket", "s3:ListBucketVersions"], resources: [bucketArn(bucket)] },
    { actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [objectsArn(bucket, keys)] },
  ];
  const write = (bucket: string, ...keys: readonly string[]): Statement => ({
    actions: ["s3:PutObject"],
    resources: keys.map((key) => objectsArn(bucket, key)),
  });
  const lock = (bucket: string): Statement => ({
    actions: ["s3:GetObjectRetention", "s3:PutObjectRetention"],
    resources: [objectsArn(bucket, "*")],
  });
  const tags = (bucket: string, ...actions: readonly string[]): Statement => ({ actions, resources: [objectsArn(bucket, "*")] });
  const recoveredSecrets: Statement = {
    actions: ["secretsmanager:GetSecretValue"],
    resources: [secretsArn(site.recoveryRegion, accountId, recoveredSecretPrefix(system))],
  };
  // Either kind of resource may be what a call is checked against; both are of this region only, and describing changes nothing.
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
  const automatedBackups: Statement = {
    actions: ["rds:DescribeDBInstanceAutomatedBackups"],
    resources: [automatedBackupsArn(site.recoveryRegion, accountId), databasesArn(site.recoveryRegion, accountId)],
  };
  // What AWS Backup copied has names that it draws. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
  const describeCopies: Statement = {
    actions: ["rds:DescribeDBSnapshots"],
    resources: [snapshotsArn(site.recoveryRegion, accountId), databasesArn(site.recoveryRegion, accountId)],
  };
  const replica = databaseArn(site.recoveryRegion, accountId, databaseNames(system).replica);
  const describeReplica: Statement = { actions: ["rds:DescribeDBInstances"], resources: [replica] };
  const standingReplica: readonly Statement[] = [
    describeReplica,
    // It takes no resource. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    { actions: ["cloudwatch:GetMetricStatistics"], resources: ["*"] },
  ];
  const liveParameter = parameterNames(system).live;

  return {
    system,
    accountId,
    vault,
    watch,
    existing,
    buckets,
    useKey,
    useDocumentsKey,
    metrics,
    read,
    write,
    lock,
    tags,
    recoveredSecrets,
    automatedBackups,
    describeCopies,
    replica,
    describeReplica,
    standingReplica,
    liveParameter,
    site,
    configuration,
    databaseInstance,
  };
};
export type FunctionContext = ReturnType<typeof functionContext>;
