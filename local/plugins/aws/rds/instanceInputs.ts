import type { InputRule, Properties } from "../../protocol/resource";
import { number, record, text } from "../../protocol/values";
import { regionInput, tagsInput } from "../common";

/** The inputs of an instance that are implemented; what replaces and what defaults is the official plugin's. */
export const instanceInputs = {
  ...regionInput,
  ...tagsInput,
  identifier: {},
  engine: { replaces: true, chosenByService: true },
  engineVersion: { chosenByService: true },
  instanceClass: { required: true },
  allocatedStorage: { chosenByService: true },
  maxAllocatedStorage: {},
  storageType: { chosenByService: true },
  iops: { chosenByService: true },
  storageThroughput: { chosenByService: true },
  storageEncrypted: { default: false, replaces: true },
  kmsKeyId: { replaces: true, chosenByService: true },
  dbName: { replaces: true, chosenByService: true },
  username: { replaces: true, chosenByService: true },
  password: { secret: true },
  port: { chosenByService: true },
  availabilityZone: { replaces: true, chosenByService: true },
  multiAz: { chosenByService: true },
  publiclyAccessible: { default: false },
  dbSubnetGroupName: { chosenByService: true },
  parameterGroupName: { chosenByService: true },
  vpcSecurityGroupIds: { compareAs: "set", chosenByService: true },
  caCertIdentifier: { chosenByService: true },
  enabledCloudwatchLogsExports: { compareAs: "set" },
  backupRetentionPeriod: { chosenByService: true },
  backupWindow: { chosenByService: true },
  maintenanceWindow: { chosenByService: true },
  copyTagsToSnapshot: { default: false },
  deleteAutomatedBackups: { default: true },
  deletionProtection: { default: false },
  skipFinalSnapshot: { default: false },
  finalSnapshotIdentifier: {},
  applyImmediately: { default: false },
  autoMinorVersionUpgrade: { default: true },
  allowMajorVersionUpgrade: {},
  snapshotIdentifier: { replaces: true, chosenByService: true },
  replicateSourceDb: {},
  restoreToPointInTime: {
    replaces: true,
    fields: {
      restoreTime: {},
      useLatestRestorableTime: {},
      sourceDbInstanceAutomatedBackupsArn: {},
      sourceDbInstanceIdentifier: {},
      sourceDbiResourceId: {},
    },
  },
} satisfies { [name: string]: InputRule };

/** What RDS never tells: kept from the state. */
export const notRead = [
  "password",
  "deleteAutomatedBackups",
  "skipFinalSnapshot",
  "finalSnapshotIdentifier",
  "applyImmediately",
  "allowMajorVersionUpgrade",
  "snapshotIdentifier",
  "restoreToPointInTime",
] as const;

type Failures = { readonly property: string; readonly reason: string }[];

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const identifierForm = /^[a-z](?!.*--)[a-z0-9-]{0,62}(?<!-)$/;
const snapshotForm = /^[A-Za-z](?!.*--)[A-Za-z0-9-]{0,254}(?<!-)$/;
const time = "([01]\\d|2[0-3]):[0-5]\\d";
const dayWindow = new RegExp(`^${time}-${time}$`);
const weekWindow = new RegExp(`^(mon|tue|wed|thu|fri|sat|sun):${time}-(mon|tue|wed|thu|fri|sat|sun):${time}$`, "i");
/** RFC 3339, as the official plugin reads it: the zone is part of it. */
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const forms: readonly { readonly property: string; readonly form: RegExp; readonly allowed: string }[] = [
  {
    property: "identifier",
    form: identifierForm,
    allowed: "1 to 63 lower-case letters, digits and single hyphens, from a letter to no hyphen",
  },
  { property: "finalSnapshotIdentifier", form: snapshotForm, allowed: "letters, digits and single hyphens, from a letter to no hyphen" },
  { property: "backupWindow", form: dayWindow, allowed: "hh:mm-hh:mm in UTC" },
  { property: "maintenanceWindow", form: weekWindow, allowed: "ddd:hh:mm-ddd:hh:mm in UTC" },
];

const ofRestore = (inputs: Properties): Failures => {
  const restore = record(inputs, "restoreToPointInTime");
  if (restore === undefined) return [];
  const failures: Failures = [];
  if (inputs.snapshotIdentifier !== undefined)
    failures.push({ property: "restoreToPointInTime", reason: "cannot stand beside snapshotIdentifier" });
  if (restore.restoreTime !== undefined && restore.useLatestRestorableTime === true)
    failures.push({ property: "restoreToPointInTime.restoreTime", reason: "cannot stand beside useLatestRestorableTime" });
  const at = text(restore, "restoreTime");
  if (at !== undefined && (!instantForm.test(at) || Number.isNaN(Date.parse(at))))
    failures.push({
      property: "restoreToPointInTime.restoreTime",
      reason: `is ${at}; allowed is a time with its zone: 2026-01-31T12:00:00Z`,
    });
  return failures;
};

/** A replica has these from its source, or not at all. */
const notOfReplica = ["engine", "engineVersion", "username", "dbName", "snapshotIdentifier", "restoreToPointInTime"] as const;

const ofReplica = (inputs: Properties): Failures =>
  (text(inputs, "replicateSourceDb") ?? "") === ""
    ? []
    : notOfReplica
        .filter((name) => inputs[name] !== undefined)
        .map((property) => ({ property, reason: "cannot stand beside replicateSourceDb" }));

export function instanceFailures(inputs: Properties): Failures {
  const failures = forms.flatMap(({ property, form, allowed }) => {
    const value = text(inputs, property);
    return value === undefined || form.test(value) ? [] : [{ property, reason: `is ${value}; allowed: ${allowed}` }];
  });
  const days = number(inputs, "backupRetentionPeriod");
  if (days !== undefined && !(days >= 0 && days <= 35))
    failures.push({ property: "backupRetentionPeriod", reason: `is ${days}; allowed are 0, which makes no backups, to 35 days` });
  return [...failures, ...ofRestore(inputs), ...ofReplica(inputs)];
}
