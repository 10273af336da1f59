import type { AutomatedBackup, AutomatedBackups } from "../../../../lambdas/shared/automated-backups";
import { databaseNames } from "../../../../recovery/names";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import { SYSTEM } from "./chroma-point";
import { memoryLog } from "./log";
import { replicaSources } from "./standing-replica";

export const PRIMARY_REGION = "us-east-1";

/** Automated backups of the protected database, replicated with a window of half an hour that ends at `latest`. */
export const replicatedBackup = (latest: string, changes: Partial<AutomatedBackup> = {}): AutomatedBackup => ({
  arn: "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-one",
  resourceId: "db-ONE",
  instanceIdentifier: databaseNames(SYSTEM).instance,
  sourceRegion: PRIMARY_REGION,
  status: "replicating",
  engineVersion: "15.10",
  encrypted: true,
  window: { earliest: new Date(Date.parse(latest) - 1_800_000), latest: new Date(latest) },
  ...changes,
});

/** Answers by the instance's name and region only, as RDS is asked. */
export const backupsOf = (...known: readonly AutomatedBackup[]): AutomatedBackups => ({
  find: async (instanceIdentifier, sourceRegion) =>
    known.filter((backup) => backup.instanceIdentifier === instanceIdentifier && backup.sourceRegion === sourceRegion),
});

/** What `resolve` is given where a test is not about databases. */
export const noBackups = {
  primaryRegion: PRIMARY_REGION,
  databaseInstance: databaseNames(SYSTEM).instance,
  automatedBackups: backupsOf(),
  replica: replicaSources(),
  hasBackfill: false,
  authenticator: CATALOGUE_KEY,
  log: memoryLog().log,
};
