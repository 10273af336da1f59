import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EXPORT_KINDS } from "../../recovery/catalogue/kinds";
import type { Site } from "../../recovery/names";
import { CHROMA_POD_PORT } from "../components/chroma/chromaServer";
import { Arrivals, Scheduled } from "../components/functions/trigger";
import { guard, WholeSystem } from "../components/guard/wholeSystem";
import { FunctionNetwork } from "../components/network/functionNetwork";
import { Alarms, UNATTENDED_RECOVERY_FUNCTIONS } from "../components/watching/alarms";
import { Notifications } from "../components/watching/notifications";
import { StandingParameters } from "../components/watching/standing";
import { kubernetesExport } from "../config/configurationKubernetes";
import type { ProdConfiguration } from "../config/read";
import { restoreSettings } from "../config/restoreSettings";
import type { Schedule } from "../config/values";
import { chromaPorts, chromaVolumeTags, deployChroma, scheduleChromaExport } from "./prodChroma";
import { deployClusters, findClusterZones } from "./prodClusters";
import { deployConfiguration, sealedSecretsKey } from "./prodConfiguration";
import { deploySetsAndCoverage } from "./prodCoverage";
import { deployDatabase, findDatabase, replicaPort, standingDatabase } from "./prodDatabase";
import { deployDocumentChecks } from "./prodDocuments";
import { deployDump } from "./prodDump";
import { catalogueSigners, catalogueWriters, definitionsOf, deployFunctions } from "./prodFunctions";
import { jobsPlace } from "./prodJobs";
import { deploySnapshots, watchSnapshots } from "./prodSnapshots";
import { deployStorage, protectExistingDocuments } from "./prodStorage";

/** Each store's protection with its objective and the lag at which people are told. */
const watchedStores = (configuration: ProdConfiguration) =>
  configuration.protections.flatMap((protection) => {
    const tier = configuration.tiers[protection.tier];
    return tier === undefined ? [] : [{ protection, tier, alarmAtSeconds: configuration[protection.store].alarmAt }];
  });

/** A bad day's commands estimate by what was deployed, not by the checkout that they are run from. */
const withRestore = (configuration: ProdConfiguration) => {
  const restore = restoreSettings(configuration);
  return restore === undefined ? {} : { restore };
};

type ScheduledFunction = "canary" | "seal" | "watch" | "verify";

/** Protects a system: what stands in the primary region, and all that a recovery needs in the recovery region. */
export const deployProd = async (configuration: ProdConfiguration) => {
  const { system, regions, clusters, chroma } = configuration;
  const whole = new WholeSystem("system");
  const primary = { parent: whole, provider: new aws.Provider("primary", { region: regions.primary }) };
  const recovery = { parent: whole, provider: new aws.Provider("recovery", { region: regions.recovery }) };
  const { accountId } = await aws.getCallerIdentity({}, primary);
  const site: Site = { system, accountId, primaryRegion: regions.primary, recoveryRegion: regions.recovery };
  // What exists is looked at before anything is made.
  const found = await findDatabase(site, configuration.postgres, primary);
  const zones = await findClusterZones(clusters, { primary, recovery });

  const definitions = definitionsOf(site, configuration, found.identifier);
  const storage = deployStorage(
    site,
    configuration,
    { writers: catalogueWriters(definitions, site), signers: catalogueSigners(definitions) },
    primary,
    recovery,
  );
  const keys = { primary: storage.primaryKey, recovery: storage.recoveryKey };
  const deployedClusters = deployClusters({ site, configuration, zones, keys, primary, recovery });
  const { places, kubernetes, standing } = deployedClusters;
  const networks = {
    primary: new FunctionNetwork(
      `${system}-functions-primary`,
      {
        ...{ cluster: places.primary, region: regions.primary, ...chromaPorts(chroma.server) },
        readsCluster: kubernetesExport(configuration) !== undefined,
      },
      primary,
    ),
    recovery: new FunctionNetwork(
      `${system}-functions-recovery`,
      {
        cluster: places.recovery,
        region: regions.recovery,
        chromaPort: clusters.recovery.chromaPort,
        podPort: CHROMA_POD_PORT,
        databasePort: clusters.recovery.databasePort,
        ...(configuration.postgres.replica ? { replicaPort: replicaPort(clusters) } : {}),
      },
      recovery,
    ),
  };
  const { database, recoverySide } = deployDatabase({
    site,
    configuration,
    found,
    places,
    keys,
    recoveryFunctions: networks.recovery,
    primary,
    recovery,
  });
  const chromaUrl = deployChroma({ configuration, network: networks.primary, kubernetes, whole, primary });
  deploySnapshots({
    site,
    configuration,
    resourceArns: [database.instanceArn],
    tags: chromaVolumeTags(configuration),
    keys,
    primary,
    recovery,
  });
  const functions = await deployFunctions({
    ...{ site, networks, primary, recovery, chromaUrl, definitions },
    catalogueKeyArn: storage.catalogueKey.arn,
    sealedSecretsKeyArn: sealedSecretsKey(site, configuration.protection, recovery).arn,
  });
  const existingDocuments = protectExistingDocuments({ site, configuration, storage, protector: functions["protect-bucket"] }, primary);
  const scheduled = (name: ScheduledFunction, schedule: Schedule, options: pulumi.ComponentResourceOptions) =>
    new Scheduled(`${system}-${name}`, { schedule, target: functions[name] }, options);
  scheduled("canary", configuration.objects.canary, primary);
  scheduleChromaExport({ site, configuration, exporter: functions["chroma-export"], primary });
  scheduled("watch", configuration.watch.schedule, recovery);
  // S3 tells of an arrival once: what takes several runs is gone on with as often as what was missed is looked for.
  scheduled("seal", configuration.verify.schedule, recovery);
  scheduled("verify", configuration.verify.schedule, recovery);
  new Arrivals(
    "vault",
    {
      accountId,
      bucket: storage.vault,
      targets: [
        ...EXPORT_KINDS.map(({ prefix }) => ({ prefix, target: functions.seal })),
        { prefix: "catalogue/points/", target: functions.verify },
      ],
    },
    recovery,
  );
  const notifications = new Notifications(
    "alarms",
    { topicName: `${system}-alarms`, accountId, keyArn: storage.recoveryKey.arn, subscriptions: configuration.notifications },
    recovery,
  );
  const { topicArn } = notifications;
  const jobs = jobsPlace({ configuration, clusters: deployedClusters, whole, topicArn, recovery });
  new Alarms(
    "alarms",
    {
      system,
      recoveryRegion: regions.recovery,
      topicArn,
      stores: watchedStores(configuration),
      replicated: ["postgres"],
      sampleSeconds:
        configuration.watch.samplesPerRun > 1 ? configuration.watch.sampleInterval : configuration.watch.schedule.intervalSeconds,
      functions: UNATTENDED_RECOVERY_FUNCTIONS,
      runbooks: configuration.runbooks,
    },
    recovery,
  );
  deployDocumentChecks({ site, configuration, storage, functions, topicArn }, primary, recovery);
  deploySetsAndCoverage({ configuration, functions, topicArn }, recovery);
  watchSnapshots({ site, configuration, functions, topicArn, primary, recovery });
  deployDump({ site, configuration, found, endpoint: database.endpoint, jobs, topicArn, primary, recovery });
  const { primaryName: clusterName } = deployedClusters;
  deployConfiguration({ site, configuration, found, functions, jobs, clusterName, topicArn, primary, recovery });
  const buckets = storage.names;
  new StandingParameters(
    "parameters",
    {
      system,
      standing: pulumi
        .all([
          storage.recoveryKey.arn,
          notifications.topicArn,
          networks.recovery.vpcCidr,
          standingDatabase(configuration, { found, place: places.recovery, side: recoverySide, functions: networks.recovery }),
          standing,
        ])
        .apply(([keyArn, topicArn, clientCidr, postgres, cluster]) => ({
          schema: "lifeboat/standing/1" as const,
          system,
          recoveryRegion: regions.recovery,
          buckets: { vault: buckets.vault, documentsReplica: buckets.documentsReplica, documentsVault: buckets.documentsVault },
          keyArn,
          functions: Object.fromEntries(Object.keys(functions).map((name) => [name, `${system}-${name}`])),
          stores: configuration.protections.map(({ store }) => store),
          chroma: { port: clusters.recovery.chromaPort, clientCidr, ...withRestore(configuration) },
          postgres,
          topicArn,
          ...(cluster === undefined ? {} : { cluster }),
        })),
      live: pulumi.all([chromaUrl, database.endpoint]).apply(([chromaUrl, postgres]) => ({
        schema: "lifeboat/live/1" as const,
        system,
        region: regions.primary,
        documentsBucket: buckets.documents,
        chromaUrl,
        postgres,
      })),
    },
    recovery,
  );
  if (configuration.protection !== "disposable") guard(whole);
  return {
    buckets,
    chromaUrl,
    databaseAddress: database.endpoint.host,
    automatedBackups: recoverySide.automatedBackupsArn,
    alarmTopic: topicArn,
    ...(existingDocuments?.requiredRolePolicy === undefined ? {} : { requiredRolePolicy: existingDocuments.requiredRolePolicy }),
  };
};
