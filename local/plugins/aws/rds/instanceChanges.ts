import { isDeepStrictEqual } from "node:util";
import type { ModifyDBInstanceMessage } from "@aws-sdk/client-rds";
import { LifeboatError } from "../../../../recovery/errors";
import type { InputRule, Properties, Value } from "../../protocol/resource";
import { flag, number, text, texts } from "../../protocol/values";
import { changed } from "../answers";
import { instanceInputs, notRead } from "./instanceInputs";

type Changes = Omit<ModifyDBInstanceMessage, "DBInstanceIdentifier" | "ApplyImmediately">;

/** Autoscaling ends by allowing no more than there is. */
const mostStorage = (news: Properties) => number(news, "maxAllocatedStorage") || number(news, "allocatedStorage");

/** RDS takes the three together. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage */
const storage = (news: Properties): Changes => ({
  AllocatedStorage: number(news, "allocatedStorage"),
  Iops: number(news, "iops"),
  StorageThroughput: number(news, "storageThroughput"),
});

const logExports = (news: Properties, olds: Properties): Changes => {
  const before = texts(olds, "enabledCloudwatchLogsExports") ?? [];
  const after = texts(news, "enabledCloudwatchLogsExports") ?? [];
  const EnableLogTypes = after.filter((type) => !before.includes(type));
  const DisableLogTypes = before.filter((type) => !after.includes(type));
  return { CloudwatchLogsExportConfiguration: { EnableLogTypes, DisableLogTypes } };
};

/** What a change of each input sends; an input without one is for creation, deletion or replacement. */
const modifications: { readonly [input: string]: (news: Properties, olds: Properties) => Changes } = {
  allocatedStorage: storage,
  iops: storage,
  storageThroughput: storage,
  autoMinorVersionUpgrade: (news) => ({ AutoMinorVersionUpgrade: flag(news, "autoMinorVersionUpgrade") }),
  backupRetentionPeriod: (news) => ({ BackupRetentionPeriod: number(news, "backupRetentionPeriod") }),
  backupWindow: (news) => ({ PreferredBackupWindow: text(news, "backupWindow") }),
  caCertIdentifier: (news) => ({ CACertificateIdentifier: text(news, "caCertIdentifier") }),
  copyTagsToSnapshot: (news) => ({ CopyTagsToSnapshot: flag(news, "copyTagsToSnapshot") }),
  dbSubnetGroupName: (news) => ({ DBSubnetGroupName: text(news, "dbSubnetGroupName") }),
  deletionProtection: (news) => ({ DeletionProtection: flag(news, "deletionProtection") }),
  enabledCloudwatchLogsExports: logExports,
  engineVersion: (news) => ({
    EngineVersion: text(news, "engineVersion"),
    AllowMajorVersionUpgrade: flag(news, "allowMajorVersionUpgrade"),
  }),
  identifier: (news) => ({ NewDBInstanceIdentifier: text(news, "identifier") }),
  instanceClass: (news) => ({ DBInstanceClass: text(news, "instanceClass") }),
  maintenanceWindow: (news) => ({ PreferredMaintenanceWindow: text(news, "maintenanceWindow") }),
  maxAllocatedStorage: (news) => ({ MaxAllocatedStorage: mostStorage(news) }),
  multiAz: (news) => ({ MultiAZ: flag(news, "multiAz") }),
  parameterGroupName: (news) => ({ DBParameterGroupName: text(news, "parameterGroupName") }),
  password: (news) => ({ MasterUserPassword: text(news, "password") }),
  port: (news) => ({ DBPortNumber: number(news, "port") }),
  publiclyAccessible: (news) => ({ PubliclyAccessible: flag(news, "publiclyAccessible") }),
  storageType: (news) => ({ StorageType: text(news, "storageType"), Iops: number(news, "iops") }),
  vpcSecurityGroupIds: (news) => ({ VpcSecurityGroupIds: texts(news, "vpcSecurityGroupIds") }),
};

const rules: { readonly [name: string]: InputRule } = instanceInputs;

/** What to modify so that an instance goes from `olds` (its outputs) to `news`; undefined: nothing. */
export function instanceChanges(olds: Properties, news: Properties): Changes | undefined {
  const inputs = Object.keys(modifications).filter(
    (name) => changed(olds, news, name) && !(news[name] === undefined && (rules[name]?.chosenByService || name === "password")),
  );
  if (inputs.length === 0) return undefined;
  const sent: Changes[] = inputs.map((name) => modifications[name]?.(news, olds) ?? {});
  return Object.assign({}, ...sent);
}

/** Values that show in an error, whole and in one line. */
const shown = (value: Value | undefined): string => (value === undefined ? "none" : JSON.stringify(value));

/**
 * That a restored instance is what the program asks for. A restore brings the source's settings along, and not every input is applied
 * after it: on AWS such a difference stays unseen until the next update, which then modifies the database, or even replaces it.
 */
export function requireAsAsked(identifier: string, asked: Properties, found: Properties): void {
  const unread = new Set<string>([...notRead, "tags", "region"]);
  const names = Object.keys(asked).filter((name) => !unread.has(name) && rules[name] !== undefined);
  const different = names.filter((name) => !isDeepStrictEqual(asked[name], found[name]));
  if (different.length === 0) return;
  throw new LifeboatError({
    code: "configuration",
    what: `The restored database ${identifier} is not as the program asks: a restore keeps what its source has`,
    received: different.map((name) => `${name} ${shown(found[name])} instead of ${shown(asked[name])}`).join(", "),
    hint: "Give what the source has, or leave it out; the next update changes what can be changed in place",
  });
}
