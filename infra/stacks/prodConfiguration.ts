import type * as pulumi from "@pulumi/pulumi";
import { kubernetesSubject, PARAMETERS, pulumiStateSubject, repositorySubject, SECRETS } from "../../recovery/configuration/subjects";
import { type Site, sealedSecretsKeyAlias } from "../../recovery/names";
import { ClusterReader } from "../components/configuration/clusterReader";
import { GitJob } from "../components/configuration/gitJob";
import { gitStatements } from "../components/configuration/gitStatements";
import { LagAlarms, type LagAlarmsArgs } from "../components/configuration/lagAlarms";
import { Scheduled } from "../components/functions/trigger";
import { EncryptionKey } from "../components/storage/encryptionKey";
import { kubernetesExport } from "../config/configurationKubernetes";
import type { ProdConfiguration } from "../config/read";
import { type FunctionContext, functionContext } from "../functions/context";
import { stateBucketsOf } from "../functions/definitions/configurationExport";
import type { ProtectedDatabase } from "./prodDatabase";
import type { DeployedFunctions } from "./prodFunctions";
import type { JobsPlace } from "./prodJobs";

/** The key that exported secrets are sealed under: in the recovery region, so that the loss of the other one takes none of them. */
export const sealedSecretsKey = (
  { system, accountId, recoveryRegion: region }: Site,
  protection: ProdConfiguration["protection"],
  recovery: pulumi.ComponentResourceOptions,
): EncryptionKey =>
  new EncryptionKey(
    "sealed-secrets-key",
    {
      ...{ accountId, region, alias: sealedSecretsKeyAlias(system) },
      description: `${system}: exported secrets and parameters`,
      disposable: protection === "disposable",
    },
    recovery,
  );

export interface ConfigurationDeployment {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  readonly found: Pick<ProtectedDatabase, "identifier">;
  readonly functions: Pick<DeployedFunctions, "configuration-export">;
  /** Where jobs run: asked for only when there is one. */
  readonly jobs: () => JobsPlace;
  /** The primary region's cluster's name in EKS, once it is there. */
  readonly clusterName?: pulumi.Input<string>;
  readonly topicArn: pulumi.Input<string>;
  readonly primary: pulumi.ComponentResourceOptions;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/** The fourth store: secrets, parameters, states and Kubernetes objects by a function, repositories by a job, and what tells of either being behind. */
export const deployConfiguration = (deployment: ConfigurationDeployment): void => {
  const { site, configuration, found, functions, jobs, topicArn, primary, recovery } = deployment;
  const { system, accountId, recoveryRegion, primaryRegion } = site;
  const { schedule, git, refresh, refreshUnproven } = configuration.configuration;
  const context = functionContext(site, configuration, found.identifier);
  new Scheduled(`${system}-configuration-export`, { schedule, target: functions["configuration-export"] }, primary);
  const kubernetes = kubernetesExport(configuration);
  if (kubernetes !== undefined)
    new ClusterReader(
      "cluster-reader",
      {
        clusterName: deployment.clusterName ?? kubernetes.clusterName,
        roleArn: functions["configuration-export"].roleArn,
        namespaces: kubernetes.namespaces,
      },
      primary,
    );
  if (git !== "off")
    new GitJob(
      "git-export",
      {
        ...{ system, accountId, region: primaryRegion, recoveryRegion },
        ...jobs(),
        values: git,
        refreshSeconds: refresh,
        refreshUnprovenSeconds: refreshUnproven,
        stagingBucket: context.buckets.staging,
        vaultBucket: context.buckets.vault,
        statements: gitStatements(context),
      },
      primary,
    );
  new LagAlarms("configuration", { system, topicArn, runbooks: configuration.runbooks, subjects: watchedSubjects(context) }, recovery);
};

/** What measures itself, and how often. */
const watchedSubjects = (context: FunctionContext): LagAlarmsArgs["subjects"] => {
  const { alarmAt, schedule, parameters, git } = context.configuration.configuration;
  const exported = [
    SECRETS,
    ...(parameters.prefixes.length === 0 ? [] : [PARAMETERS]),
    ...stateBucketsOf(context).map(({ stack }) => pulumiStateSubject(stack)),
    ...(kubernetesExport(context.configuration)?.namespaces ?? []).map(kubernetesSubject),
  ].map((subject) => ({ subject, alarmAtSeconds: alarmAt, measuredEverySeconds: schedule.intervalSeconds }));
  if (git === "off") return exported;
  // A run that takes its time measures at its end.
  const measuredEverySeconds = git.every + git.timeLimit;
  const repositories = git.repositories.map(({ name }) => ({
    subject: repositorySubject(name),
    alarmAtSeconds: alarmAt,
    measuredEverySeconds,
  }));
  const mirrors = git.repositories.flatMap(({ name, mirror }) =>
    mirror === undefined ? [] : [{ subject: `mirrors/${name}`, alarmAtSeconds: mirror.alarmAt, measuredEverySeconds }],
  );
  return [...exported, ...repositories, ...mirrors];
};
