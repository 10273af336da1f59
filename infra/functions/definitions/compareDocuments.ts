import { reportsBucketName } from "../../../recovery/names";
import { INVENTORY_PREFIX } from "../../../recovery/objects/inventory";
import { hasInventories } from "../../config/documents";
import { objectsArn } from "../../iam/arns";
import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

/** Replication's rules as S3 names them: in a bucket that is not Lifeboat's they bear its mark. */
const ruleNames = ({ system, existing }: FunctionContext) => {
  const name = (id: string): string => (existing === undefined ? id : `lifeboat-${system}.${id}`);
  return { replica: name("live-ready"), locked: name("locked") };
};

export const compareDocuments = (context: FunctionContext): FunctionDefinition => {
  const { buckets, useKey, useDocumentsKey, metrics, read, write, site, configuration, vault } = context;
  const rules = ruleNames(context);
  const inventories = hasInventories(configuration);
  const reports = { primary: reportsBucketName(site, site.primaryRegion), recovery: reportsBucketName(site, site.recoveryRegion) };
  return {
    name: "compare-documents",
    // Of the functions of this region it is the one whose work is to read both: what it finds is told here, where it is heard when the primary is lost.
    description: "Compares the documents with their replica and their locked copies",
    home: "recovery",
    timeoutSeconds: 15 * MINUTE,
    memoryMb: 512,
    inClusterNetwork: false,
    environment: {
      PRIMARY_REGION: site.primaryRegion,
      VAULT_BUCKET: buckets.vault,
      DOCUMENTS_BUCKET: buckets.documents,
      DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
      DOCUMENTS_VAULT_BUCKET: buckets.documentsVault,
      REPLICATION_RULES: JSON.stringify([
        { rule: rules.replica, destination: buckets.documentsReplica },
        { rule: rules.locked, destination: buckets.documentsVault },
      ]),
      REPLICATES_DELETES: JSON.stringify(configuration.objects.replicateDeletes),
      LAG_SECONDS: String(configuration.objects.alarmAt),
      RETENTION_DAYS: String(vault.documentsRetentionDays),
      ROTATION_RUNS: String(configuration.documents.comparison.rotationRuns),
      ...(inventories ? { REPORTS_BUCKET: reports.recovery, PRIMARY_REPORTS_BUCKET: reports.primary } : {}),
    },
    statements: [
      ...read(buckets.documents),
      ...useDocumentsKey,
      ...read(buckets.documentsReplica),
      ...read(buckets.documentsVault),
      // A HEAD shows a lock only to whoever may read it.
      { actions: ["s3:GetObjectRetention"], resources: [objectsArn(buckets.documentsVault, "*")] },
      ...(inventories ? Object.values(reports).flatMap((bucket) => read(bucket, `${INVENTORY_PREFIX}/*`)) : []),
      ...read(buckets.vault, "catalogue/comparisons/*"),
      write(buckets.vault, "catalogue/comparisons/*"),
      useKey("recovery"),
      metrics,
      // It takes no resource. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
      { actions: ["cloudwatch:GetMetricStatistics"], resources: ["*"] },
    ],
  };
};
