import { z } from "zod";
import { invalidValue, type RdsError, unsupported } from "./errors";

/**
 * Reads an operation's input, which the service model has already given its types. What the model knows and an operation does not name is
 * refused by its name.
 */
export const parseInput = <T extends z.ZodType>(operation: string, shape: T, input: unknown): z.infer<T> => {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refusal(operation, parsed.error.issues);
};

const refusal = (operation: string, issues: readonly z.core.$ZodIssue[]): RdsError => {
  const unknown = issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  if (unknown.length > 0) return unsupported(`${unknown.length === 1 ? "The parameter" : "Each of"} ${unknown.join(", ")} of ${operation}`);
  return invalidValue(issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
};

/** A parameter that is accepted only where it changes nothing. */
export const only = <T extends string | number | boolean>(value: T) =>
  z.custom<T>((given) => given === value, `only ${value} is implemented by the local RDS (local/rds)`).optional();

export const none = z.array(z.unknown()).max(0, "is not implemented by the local RDS (local/rds)").optional();

export const tags = z.array(z.strictObject({ Key: z.string().max(128).optional(), Value: z.string().max(256).optional() })).optional();

export const filters = z.array(z.strictObject({ Name: z.string(), Values: z.array(z.string()) })).optional();
export type Filters = z.infer<typeof filters>;

export const paging = { MaxRecords: z.number().min(20).max(100).default(100), Marker: z.string().optional() };

export const retentionDays = z.number().min(0).max(35);
export const port = z.number().min(1150).max(65_535);

/** What every call that makes an instance takes, and records. */
export const placement = {
  DBInstanceClass: z.string().regex(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, "is not a class such as db.t4g.medium"),
  AvailabilityZone: z.string().optional(),
  DBSubnetGroupName: z.string().optional(),
  VpcSecurityGroupIds: z.array(z.string()).optional(),
  DBParameterGroupName: z.string().optional(),
  MultiAZ: z.boolean().optional(),
  Port: port.optional(),
  PubliclyAccessible: z.boolean().optional(),
  AllocatedStorage: z.number().optional(),
  MaxAllocatedStorage: z.number().optional(),
  StorageType: z.enum(["gp2", "gp3", "io1", "io2", "standard"]).optional(),
  Iops: z.number().optional(),
  StorageThroughput: z.number().optional(),
  BackupRetentionPeriod: retentionDays.optional(),
  PreferredBackupWindow: z.string().optional(),
  AutoMinorVersionUpgrade: z.boolean().optional(),
  CopyTagsToSnapshot: z.boolean().optional(),
  DeletionProtection: z.boolean().optional(),
  EngineLifecycleSupport: z.enum(["open-source-rds-extended-support", "open-source-rds-extended-support-disabled"]).optional(),
  Tags: tags,
};

/** Features of RDS that are off here: asking for them is refused, saying that they are off is not. */
export const switchedOff = {
  EnableIAMDatabaseAuthentication: only(false),
  EnableCloudwatchLogsExports: none,
  ManageMasterUserPassword: only(false),
  DedicatedLogVolume: only(false),
  EnableCustomerOwnedIp: only(false),
  NetworkType: only("IPV4"),
  BackupTarget: only("region"),
  LicenseModel: only("postgresql-license"),
  CACertificateIdentifier: only("rds-ca-rsa2048-g1"),
  ProcessorFeatures: none,
};

/** Monitoring, for the calls that take it. */
export const unmonitored = {
  MonitoringInterval: only(0),
  EnablePerformanceInsights: only(false),
  DatabaseInsightsMode: only("standard"),
};

/** A page of a list that is in memory: the marker is where the next page begins. */
export const page = <T>(
  items: readonly T[],
  { Marker, MaxRecords }: { readonly Marker?: string; readonly MaxRecords: number },
): { readonly items: readonly T[]; readonly next?: string } => {
  const start = Marker === undefined ? 0 : Number(Marker);
  if (!Number.isInteger(start) || start < 0) throw invalidValue(`The marker ${Marker} is not one of ours`);
  const end = start + MaxRecords;
  return { items: items.slice(start, end), next: end < items.length ? String(end) : undefined };
};

/** Keeps what meets every filter; a filter's values are alternatives. @throws RdsError for a filter that the operation has not. */
export const filtered = <T>(
  items: readonly T[],
  given: Filters,
  known: Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>,
): readonly T[] =>
  (given ?? []).reduce((left, { Name, Values }) => {
    const valuesOf = Object.hasOwn(known, Name) ? known[Name] : undefined;
    if (valuesOf === undefined) throw invalidValue(`Unrecognized filter name: ${Name}`);
    const wanted = Values.map((value) => value.toLowerCase());
    return left.filter((item) => valuesOf(item).some((value) => value !== undefined && wanted.includes(value.toLowerCase())));
  }, items);
