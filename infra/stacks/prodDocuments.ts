import type * as pulumi from "@pulumi/pulumi";
import { reportsBucketName, type Site } from "../../recovery/names";
import { Scheduled } from "../components/functions/trigger";
import { Inventories, inventoryReports } from "../components/storage/inventory";
import { SecureBucket } from "../components/storage/secureBucket";
import { DocumentAlarms } from "../components/watching/documentAlarms";
import { hasInventories } from "../config/documents";
import type { ProdConfiguration } from "../config/read";
import type { DeployedFunctions } from "./prodFunctions";
import type { deployStorage } from "./prodStorage";

export interface DocumentChecks {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  readonly storage: Pick<ReturnType<typeof deployStorage>, "names" | "primaryKey" | "recoveryKey" | "retention">;
  readonly functions: Pick<DeployedFunctions, "compare-documents" | "renew-locks">;
  readonly topicArn: pulumi.Input<string>;
}

/** What keeps the documents' copies complete and locked: comparisons, renewals and inventories, watched from the recovery region. */
export const deployDocumentChecks = (
  args: DocumentChecks,
  primary: pulumi.ComponentResourceOptions,
  recovery: pulumi.ComponentResourceOptions,
): void => {
  const { configuration, functions, topicArn } = args;
  const { system, documents, runbooks } = configuration;
  const { schedule, staleAfter } = documents.comparison;
  new Scheduled(`${system}-compare-documents`, { schedule, target: functions["compare-documents"] }, recovery);
  new Scheduled(`${system}-renew-locks`, { schedule: documents.renewals, target: functions["renew-locks"] }, recovery);
  new DocumentAlarms(
    "documents",
    { system, topicArn, runbooks, intervalSeconds: schedule.intervalSeconds, staleAfterSeconds: staleAfter },
    recovery,
  );
  if (hasInventories(configuration)) deployInventories(args, primary, recovery);
};

const deployInventories = (
  { site, configuration, storage }: DocumentChecks,
  primary: pulumi.ComponentResourceOptions,
  recovery: pulumi.ComponentResourceOptions,
): void => {
  const { accountId, primaryRegion, recoveryRegion } = site;
  const { names, primaryKey, recoveryKey, retention } = storage;
  const disposable = configuration.protection === "disposable";
  const reportsOf = (region: string, keyArn: pulumi.Input<string>, sources: Readonly<Record<string, string>>, options: typeof primary) =>
    new SecureBucket(
      `reports-${region === primaryRegion ? "primary" : "recovery"}`,
      {
        ...{ keyArn, disposable, bucketName: reportsBucketName(site, region), purpose: "inventories of the documents" },
        ...{ retention: retention.reports, allowed: inventoryReports(accountId, Object.values(sources)) },
      },
      options,
    );
  const ofPrimary = { documents: names.documents };
  const ofRecovery = { "documents-replica": names.documentsReplica, "documents-vault": names.documentsVault };
  new Inventories(
    "inventories-primary",
    { accountId, reports: reportsOf(primaryRegion, primaryKey.arn, ofPrimary, primary), sources: ofPrimary },
    primary,
  );
  new Inventories(
    "inventories-recovery",
    { accountId, reports: reportsOf(recoveryRegion, recoveryKey.arn, ofRecovery, recovery), sources: ofRecovery },
    recovery,
  );
};
