import type { CoverageSettings } from "../../../lambdas/coverage/protected";
import { bucketNames, CANARY_KEY, reportsBucketName } from "../../../recovery/names";
import { ageLimits } from "../../config/coverageLimits";
import { restoreSettings } from "../../config/restoreSettings";
import { secretsArn } from "../../iam/arns";
import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";
import { stateBucketsOf } from "./configurationExport";

/** The one function whose job is to compare what exists in both regions; it lists there, and reads nothing of what it lists. */
export const coverage = (context: FunctionContext): FunctionDefinition => {
  const { buckets, useKey, metrics, read, automatedBackups, site } = context;
  return {
    name: "coverage",
    description: "Compares what exists in the account with what is protected",
    home: "recovery",
    timeoutSeconds: 5 * MINUTE,
    memoryMb: 512,
    inClusterNetwork: false,
    catalogue: "reads",
    environment: {
      VAULT_BUCKET: buckets.vault,
      DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
    },
    settings: settingsOf(context),
    statements: [
      ...read(buckets.vault),
      ...read(buckets.documentsReplica, CANARY_KEY),
      automatedBackups,
      // Listing takes no narrower resource, here or in the primary region, and tells names only.
      // https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
      {
        actions: ["rds:DescribeDBInstances", "s3:ListAllMyBuckets", "ec2:DescribeVolumes", "secretsmanager:ListSecrets"],
        resources: ["*"],
      },
      // Only a secret itself says whether its copies are in step; its value is not among what is described.
      { actions: ["secretsmanager:DescribeSecret"], resources: [secretsArn(site.primaryRegion, site.accountId, "")] },
      // It takes no resource. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
      { actions: ["cloudwatch:GetMetricStatistics"], resources: ["*"] },
      useKey("recovery"),
      metrics,
    ],
  };
};

const settingsOf = (context: FunctionContext): CoverageSettings => {
  const { buckets, site, configuration, databaseInstance } = context;
  const { git } = configuration.configuration;
  const chromaRestore = restoreSettings(configuration);
  return {
    regions: configuration.coverage.regions ?? [site.primaryRegion, site.recoveryRegion],
    primaryRegion: site.primaryRegion,
    recoveryRegion: site.recoveryRegion,
    databaseInstance,
    documentsBucket: buckets.documents,
    ownBuckets: ownBuckets(site),
    stateBuckets: stateBucketsOf(context).map(({ stack, bucket }) => ({ stack, bucket })),
    ...chromaNamespace(configuration),
    ...(chromaRestore === undefined ? {} : { chromaRestore }),
    chromaTenants: configuration.chroma.tenants,
    repositories: git === "off" ? [] : git.repositories.map(({ name }) => name),
    oldest: ageLimits(configuration),
    exclusions: configuration.coverage.exclusions,
  };
};

const ownBuckets = (site: FunctionContext["site"]): string[] => {
  const { documents: _documents, ...own } = bucketNames(site);
  return [...Object.values(own), ...[site.primaryRegion, site.recoveryRegion].map((region) => reportsBucketName(site, region))];
};

const chromaNamespace = ({ chroma, clusters }: FunctionContext["configuration"]): { readonly chromaNamespace?: string } =>
  "existing" in chroma.server ? {} : { chromaNamespace: clusters.primary.namespace };
