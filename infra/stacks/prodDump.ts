import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import { databaseNames, type Site } from "../../recovery/names";
import { DUMP_PREFIX } from "../../recovery/postgres/dump-manifest";
import { DatabaseDump } from "../components/postgres/dump/databaseDump";
import { DumpAlarm } from "../components/postgres/dump/dumpAlarm";
import type { ProdConfiguration } from "../config/read";
import { functionContext } from "../functions/context";
import { keysArn, objectsArn, secretsArn } from "../iam/arns";
import type { Statement } from "../iam/policy";
import type { ProtectedDatabase } from "./prodDatabase";
import type { JobsPlace } from "./prodJobs";

export interface DumpDeployment {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  readonly found: ProtectedDatabase;
  readonly endpoint: pulumi.Input<DatabaseEndpoint>;
  /** Where jobs run: asked for only when there is one. */
  readonly jobs: () => JobsPlace;
  readonly topicArn: pulumi.Input<string>;
  readonly primary: pulumi.ComponentResourceOptions;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/** The daily dump of the database and the alarm on its age, where it is configured. */
export const deployDump = (deployment: DumpDeployment): DatabaseDump | undefined => {
  const { site, configuration, found, endpoint, jobs, topicArn, primary, recovery } = deployment;
  const { dump } = configuration.postgres;
  if (dump === "off") return undefined;
  const { runbooks } = configuration;
  new DumpAlarm("postgres-dump-age", { system: site.system, alarmAtSeconds: dump.alarmAt, topicArn, runbooks }, recovery);
  return new DatabaseDump(
    "postgres-dump",
    {
      ...{ system: site.system, accountId: site.accountId, region: site.primaryRegion },
      ...jobs(),
      values: dump,
      major: Number.parseInt(found.values.engineVersion, 10),
      endpoint,
      bucket: functionContext(site, configuration, found.identifier).buckets.staging,
      statements: dumpStatements(site, configuration, found),
    },
    primary,
  );
};

/** What the job may do: read the database's secret, put objects under the dump's prefix, and publish how it ended. */
export const dumpStatements = (
  site: Site,
  configuration: ProdConfiguration,
  found: Pick<ProtectedDatabase, "identifier" | "existing">,
): readonly Statement[] => {
  const { buckets, useKey, write, metrics } = functionContext(site, configuration, found.identifier);
  const { primaryRegion: region, accountId } = site;
  const { existing } = found;
  const secret =
    existing === undefined ? secretsArn(region, accountId, databaseNames(site.system).secret) : existing.values.existing.secretArn;
  return [
    { actions: ["secretsmanager:GetSecretValue"], resources: [secret] },
    // What is there already is compared by its checksum.
    { actions: ["s3:GetObject"], resources: [objectsArn(buckets.staging, `${DUMP_PREFIX}*`)] },
    write(buckets.staging, `${DUMP_PREFIX}*`),
    useKey("primary"),
    metrics,
    ...(existing === undefined ? [] : [decryptSecret(region, accountId)]),
  ];
};

/** Somebody else's secret is under a key of theirs. https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
const decryptSecret = (region: string, accountId: string): Statement => ({
  actions: ["kms:Decrypt"],
  resources: [keysArn(region, accountId)],
  condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
});
