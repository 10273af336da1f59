import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { FunctionName, Site } from "../../recovery/names";
import { CHROMA_POD_PORT, ChromaServer } from "../components/chroma/chromaServer";
import { Arrivals, Scheduled } from "../components/functions/trigger";
import { guard, WholeSystem } from "../components/guard/wholeSystem";
import { FunctionNetwork } from "../components/network/functionNetwork";
import { Alarms, UNATTENDED_RECOVERY_FUNCTIONS } from "../components/watching/alarms";
import { Notifications } from "../components/watching/notifications";
import { StandingParameters } from "../components/watching/standing";
import type { ProdConfiguration } from "../config/read";
import { deployDatabase, standingDatabase } from "./prodDatabase";
import { deployFunctions } from "./prodFunctions";
import { deployStorage } from "./prodStorage";

/** Each store's protection with its objective and the lag at which people are told. */
const watchedStores = (configuration: ProdConfiguration) =>
  configuration.protections.flatMap((protection) => {
    const tier = configuration.tiers[protection.tier];
    return tier === undefined ? [] : [{ protection, tier, alarmAtSeconds: configuration[protection.store].alarmAt }];
  });

/** Protects a system: what stands in the primary region, and all that a recovery needs in the recovery region. */
export const deployProd = async (configuration: ProdConfiguration) => {
  const { system, regions, clusters, chroma } = configuration;
  const whole = new WholeSystem("system");
  const primary = { parent: whole, provider: new aws.Provider("primary", { region: regions.primary }) };
  const recovery = { parent: whole, provider: new aws.Provider("recovery", { region: regions.recovery }) };
  const { accountId } = await aws.getCallerIdentity({}, primary);
  const site: Site = { system, accountId, primaryRegion: regions.primary, recoveryRegion: regions.recovery };
  const disposable = configuration.protection === "disposable";

  const storage = deployStorage(site, configuration, primary, recovery);
  const networks = {
    primary: new FunctionNetwork(
      `${system}-functions-primary`,
      { cluster: clusters.primary, region: regions.primary, chromaPort: chroma.server.port, podPort: CHROMA_POD_PORT },
      primary,
    ),
    recovery: new FunctionNetwork(
      `${system}-functions-recovery`,
      {
        cluster: clusters.recovery,
        region: regions.recovery,
        chromaPort: clusters.recovery.chromaPort,
        podPort: CHROMA_POD_PORT,
        databasePort: clusters.recovery.databasePort,
      },
      recovery,
    ),
  };
  const { database, recoverySide } = deployDatabase({
    site,
    configuration,
    keys: { primary: storage.primaryKey, recovery: storage.recoveryKey },
    primary,
    recovery,
  });
  const cluster = { parent: whole, provider: new k8s.Provider("primary", { context: clusters.primary.context }) };
  const server = new ChromaServer(
    "chroma",
    {
      ...chroma.server,
      namespace: clusters.primary.namespace,
      clientCidr: networks.primary.vpcCidr,
      protect: !disposable,
    },
    cluster,
  );
  const functions = await deployFunctions({ site, configuration, networks, primary, recovery, chromaUrl: server.url });
  const scheduled = (name: FunctionName, schedule: ProdConfiguration["objects"]["canary"], options: pulumi.ComponentResourceOptions) =>
    new Scheduled(`${system}-${name}`, { schedule, target: functions[name] }, options);
  scheduled("canary", configuration.objects.canary, primary);
  scheduled("chroma-export", chroma.schedule, primary);
  scheduled("watch", configuration.watch.schedule, recovery);
  scheduled("verify", configuration.verify.schedule, recovery);
  new Arrivals(
    "vault",
    {
      accountId,
      bucket: storage.vault,
      targets: [
        { prefix: "chroma/", target: functions.seal },
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
  new Alarms(
    "alarms",
    {
      system,
      recoveryRegion: regions.recovery,
      topicArn: notifications.topicArn,
      stores: watchedStores(configuration),
      replicated: ["postgres"],
      sampleSeconds:
        configuration.watch.samplesPerRun > 1 ? configuration.watch.sampleInterval : configuration.watch.schedule.intervalSeconds,
      functions: UNATTENDED_RECOVERY_FUNCTIONS,
      runbooks: configuration.runbooks,
    },
    recovery,
  );
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
          standingDatabase(configuration, recoverySide, networks.recovery),
        ])
        .apply(([keyArn, topicArn, clientCidr, postgres]) => ({
          schema: "lifeboat/standing/1" as const,
          system,
          recoveryRegion: regions.recovery,
          buckets: { vault: buckets.vault, documentsReplica: buckets.documentsReplica, documentsVault: buckets.documentsVault },
          keyArn,
          functions: Object.fromEntries(Object.keys(functions).map((name) => [name, `${system}-${name}`])),
          stores: configuration.protections.map(({ store }) => store),
          chroma: { port: clusters.recovery.chromaPort, clientCidr },
          postgres,
          topicArn,
        })),
      live: pulumi.all([server.url, database.endpoint]).apply(([chromaUrl, postgres]) => ({
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
  if (!disposable) guard(whole);
  return {
    buckets,
    chromaUrl: server.url,
    databaseAddress: database.endpoint.host,
    automatedBackups: recoverySide.automatedBackupsArn,
    alarmTopic: notifications.topicArn,
  };
};
