import { STACKS, stateNames, stateRegion } from "../../../recovery/backend";
import { CONFIGURATION_EXPORT } from "../../../recovery/configuration/manifest";
import { STATE_PREFIX } from "../../../recovery/configuration/state";
import { functionName } from "../../../recovery/names";
import { FUNCTION_SECONDS } from "../../config/configuration";
import { type KubernetesExport, kubernetesExport } from "../../config/configurationKubernetes";
import { bucketArn, eksClusterArn, functionArn, keysArn, objectsArn, parametersArn, secretsArn } from "../../iam/arns";
import type { Statement } from "../../iam/policy";
import type { FunctionContext } from "../context";
import type { FunctionDefinition } from "../definition";
import { seesProofs } from "../provenConfiguration";

/** Of the primary region. It calls the recovery region for a data key, because a copy that the lost region opens is none, to see what arrived, and to publish. */
export const configurationExport = (context: FunctionContext): FunctionDefinition => {
  const { configuration, buckets, site, useKey, write, metrics } = context;
  const { secrets, parameters, refresh, refreshUnproven } = configuration.configuration;
  const states = stateBucketsOf(context);
  const kubernetes = kubernetesExport(configuration);
  return {
    name: "configuration-export",
    description:
      "Exports secrets, parameters, Pulumi's state and Kubernetes objects where they changed, sealed under a key of the recovery region",
    home: "primary",
    timeoutSeconds: FUNCTION_SECONDS,
    memoryMb: 512,
    inClusterNetwork: false,
    sealedSecrets: "seals",
    environment: {
      STAGING_BUCKET: buckets.staging,
      RECOVERY_REGION: site.recoveryRegion,
      VAULT_BUCKET: buckets.vault,
      SECRETS: JSON.stringify({ prefixes: [ownSecrets(site.system), ...secrets.prefixes], tags: secrets.tags }),
      PARAMETER_PREFIXES: JSON.stringify(parameters.prefixes),
      STATE_BUCKETS: JSON.stringify(states.map(({ stack, bucket, region }) => ({ stack, bucket, region }))),
      KUBERNETES: JSON.stringify(kubernetes === undefined ? null : readBy(site.system, kubernetes)),
      REFRESH_SECONDS: String(refresh),
      REFRESH_UNPROVEN_SECONDS: String(refreshUnproven),
    },
    statements: [
      ...staged(buckets.staging),
      write(buckets.staging, `${CONFIGURATION_EXPORT.prefix}*`, `${STATE_PREFIX}*`),
      useKey("primary"),
      ...seesProofs(context),
      ...secretStatements(context),
      ...parameterStatements(context),
      ...states.flatMap(stateStatements(context)),
      ...(kubernetes === undefined ? [] : clusterStatements(context, kubernetes)),
      metrics,
    ],
  };
};

/** All that Lifeboat makes has names that begin so. */
const ownSecrets = (system: string): string => `lifeboat/${system}/`;

/** What was written is read again: a state by the next run, an object that is there already by a put that is repeated. */
export const staged = (staging: string): readonly Statement[] => [
  // Without it S3 answers "forbidden" where nothing is. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  { actions: ["s3:ListBucket"], resources: [bucketArn(staging)] },
  {
    actions: ["s3:GetObject"],
    resources: [objectsArn(staging, `${CONFIGURATION_EXPORT.prefix}*`), objectsArn(staging, `${STATE_PREFIX}*`)],
  },
];

const READ_SECRETS = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:GetResourcePolicy"] as const;

const secretStatements = ({ site: { system, accountId, primaryRegion: region }, configuration }: FunctionContext): readonly Statement[] => {
  const { prefixes, tags, keyArns } = configuration.configuration.secrets;
  return [
    { actions: ["secretsmanager:ListSecrets"], resources: ["*"] },
    { actions: READ_SECRETS, resources: [ownSecrets(system), ...prefixes].map((prefix) => secretsArn(region, accountId, prefix)) },
    ...Object.entries(tags).map(([key, value]) => ({
      actions: READ_SECRETS,
      resources: [secretsArn(region, accountId, "")],
      condition: { StringEquals: { [`secretsmanager:ResourceTag/${key}`]: value } },
    })),
    ...decrypt(keyArns),
  ];
};

const parameterStatements = ({ site: { accountId, primaryRegion: region }, configuration }: FunctionContext): readonly Statement[] => {
  const { prefixes, keyArns } = configuration.configuration.parameters;
  if (prefixes.length === 0) return [];
  return [
    { actions: ["ssm:DescribeParameters"], resources: ["*"] },
    {
      actions: ["ssm:GetParameter", "ssm:ListTagsForResource"],
      resources: prefixes.map((prefix) => parametersArn(region, accountId, prefix)),
    },
    ...decrypt(keyArns),
  ];
};

const decrypt = (keyArns: readonly string[]): readonly Statement[] =>
  keyArns.length === 0 ? [] : [{ actions: ["kms:Decrypt"], resources: keyArns }];

const reader = (system: string): string => functionName(system, "kubernetes-read");

const readBy = (system: string, { clusterName, namespaces }: KubernetesExport) => ({
  cluster: clusterName,
  namespaces,
  reader: reader(system),
});

/** What it may see in the cluster is its access entry's to say. */
const clusterStatements = (
  { site: { system, accountId, primaryRegion: region } }: FunctionContext,
  { clusterName }: KubernetesExport,
): readonly Statement[] => [
  { actions: ["eks:DescribeCluster"], resources: [eksClusterArn(region, accountId, clusterName)] },
  { actions: ["lambda:InvokeFunction"], resources: [functionArn(region, accountId, reader(system))] },
];

interface StateBucket {
  readonly stack: string;
  readonly bucket: string;
  readonly region: string;
  readonly keyArn?: string;
}

export const stateBucketsOf = ({ site, configuration }: FunctionContext): readonly StateBucket[] => {
  const { stateBuckets } = configuration.configuration;
  if (stateBuckets !== "bootstrap") return stateBuckets;
  return STACKS.map((stack) => {
    const region = stateRegion(stack, configuration.regions);
    return { stack, region, bucket: stateNames(site.system, stack, site.accountId, region).bucket };
  });
};

const stateStatements =
  ({ site: { system, accountId } }: FunctionContext) =>
  ({ stack, bucket, region, keyArn }: StateBucket): readonly Statement[] => [
    { actions: ["s3:ListBucket"], resources: [bucketArn(bucket)] },
    { actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [objectsArn(bucket, ".pulumi/*")] },
    keyArn === undefined
      ? {
          actions: ["kms:Decrypt"],
          resources: [keysArn(region, accountId)],
          condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${system}-pulumi-${stack}` } },
        }
      : { actions: ["kms:Decrypt"], resources: [keyArn] },
  ];
