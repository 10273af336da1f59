import type {
  DBInstance,
  DBInstanceAutomatedBackup,
  ModifyDBInstanceMessage,
  RestoreDBInstanceToPointInTimeMessage,
  StartDBInstanceAutomatedBackupsReplicationMessage,
} from "@aws-sdk/client-rds";
import type { Proof, RestoreTools } from "../../../../../ops/lifeboat/restore/ports";

export const REGION = "us-east-1";
export const RECOVERY_REGION = "eu-west-1";
export const FAILED_ID = "db-FAILED";
export const EARLIEST = new Date("2026-11-26T08:00:00Z");
export const LATEST = new Date("2026-11-26T10:00:00.250Z");

export const arnOf = (identifier: string): string => `arn:aws:rds:${REGION}:000000000000:db:${identifier}`;

/** A database of `prod` as RDS describes it once its hardware is gone: it tells no endpoint any more. */
export const failedInstance = (changes: Partial<DBInstance> = {}): DBInstance => ({
  DBInstanceIdentifier: "acme-postgres",
  DBInstanceArn: arnOf("acme-postgres"),
  DbiResourceId: FAILED_ID,
  DBInstanceStatus: "failed",
  DBInstanceClass: "db.t4g.medium",
  StorageType: "gp3",
  AllocatedStorage: 100,
  MaxAllocatedStorage: 1000,
  Iops: 3000,
  StorageThroughput: 125,
  MultiAZ: true,
  AvailabilityZone: "us-east-1a",
  PubliclyAccessible: false,
  DBSubnetGroup: { DBSubnetGroupName: "acme-postgres" },
  VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-1", Status: "active" }],
  DBParameterGroups: [{ DBParameterGroupName: "acme-postgres" }],
  OptionGroupMemberships: [{ OptionGroupName: "default:postgres-15" }],
  BackupRetentionPeriod: 30,
  PreferredBackupWindow: "03:00-03:30",
  PreferredMaintenanceWindow: "sun:04:30-sun:05:30",
  AutoMinorVersionUpgrade: true,
  CopyTagsToSnapshot: true,
  DeletionProtection: true,
  TagList: [
    { Key: "system", Value: "acme" },
    { Key: "aws:cloudformation:stack-name", Value: "x" },
  ],
  ...changes,
});

export const backupsOf = (resourceId: string, changes: Partial<DBInstanceAutomatedBackup> = {}): DBInstanceAutomatedBackup => ({
  DbiResourceId: resourceId,
  DBInstanceIdentifier: "acme-postgres",
  Region: REGION,
  Status: "active",
  Port: 5432,
  RestoreWindow: { EarliestTime: EARLIEST, LatestTime: LATEST },
  ...changes,
});

const replicatedBackups = (resourceId: string): DBInstanceAutomatedBackup =>
  backupsOf(resourceId, {
    Status: "replicating",
    DBInstanceAutomatedBackupsArn: `arn:aws:rds:${RECOVERY_REGION}:000000000000:auto-backup:ab-${resourceId}`,
    KmsKeyId: "arn:aws:kms:eu-west-1:000000000000:key/k",
    BackupRetentionPeriod: 35,
  });

const PROOF: Proof = {
  usableAt: new Date("2026-11-26T10:20:00Z"),
  serverVersion: "15.10",
  tables: 4,
  checks: [{ name: "recovery", expected: "ended", actual: "ended", passed: true }],
};

/** What a call of a port is, by its place in the order of calls. */
export type Fault = { readonly call: number; readonly when: "before" | "after" };

/** RDS of both regions as one database needs it: names are unique, a change takes some looks to end, and any one call may fail before or after its work. */
export class MemoryRds {
  readonly instances = new Map<string, DBInstance>();
  readonly own = new Map<string, DBInstanceAutomatedBackup>();
  readonly replicated = new Map<string, DBInstanceAutomatedBackup>();
  readonly done: string[] = [];
  readonly requests: RestoreDBInstanceToPointInTimeMessage[] = [];
  readonly said: string[] = [];
  serving: string | undefined = REGION;
  proof: Proof = PROOF;
  fault?: Fault;
  calls = 0;
  private readonly looks = new Map<string, { left: number; then: () => void }>();
  private made = 0;

  constructor(failed: DBInstance | undefined = failedInstance()) {
    if (failed === undefined) return;
    this.instances.set(failed.DBInstanceIdentifier ?? "", failed);
    this.own.set(FAILED_ID, backupsOf(FAILED_ID));
    this.replicated.set(FAILED_ID, replicatedBackups(FAILED_ID));
  }

  tools(changes: Partial<RestoreTools> = {}): RestoreTools {
    return {
      primary: {
        instance: (identifier) => this.call(() => this.instances.get(identifier)),
        byResource: (resourceId) => this.call(() => this.look(resourceId)),
        backups: (resourceId) => this.call(() => this.own.get(resourceId)),
        restore: (request) => this.call(() => this.restore(request)),
        modify: (request) => this.call(() => this.modify(request)),
        remove: (identifier) => this.call(() => this.remove(identifier)),
      },
      recovery: {
        replicated: (resourceId) => this.call(() => this.replicated.get(resourceId)),
        replicate: (request) => this.call(() => this.replicate(request)),
      },
      servingRegion: () => this.call(() => this.serving),
      prove: () => this.call(() => this.proof),
      now: () => new Date("2026-11-26T10:15:00Z"),
      pause: async () => undefined,
      say: (line) => void this.said.push(line),
      signal: new AbortController().signal,
      ...changes,
    };
  }

  private async call<T>(work: () => T): Promise<T> {
    this.calls += 1;
    const { fault, calls } = this;
    if (fault?.call === calls && fault.when === "before") throw new Error(`call ${calls} did not arrive`);
    const result = work();
    if (fault?.call === calls && fault.when === "after") throw new Error(`call ${calls} was not answered`);
    return result;
  }

  private look(resourceId: string): DBInstance | undefined {
    const changing = this.looks.get(resourceId);
    if (changing !== undefined) {
      changing.left -= 1;
      if (changing.left <= 0) {
        this.looks.delete(resourceId);
        changing.then();
      }
    }
    return [...this.instances.values()].find(({ DbiResourceId }) => DbiResourceId === resourceId);
  }

  /** Ends after a few looks, as a change in RDS ends after a while. */
  private change(instance: DBInstance, status: string, then: () => void): void {
    instance.DBInstanceStatus = status;
    this.looks.set(instance.DbiResourceId ?? "", { left: 2, then });
  }

  private restore(request: RestoreDBInstanceToPointInTimeMessage): void {
    const identifier = request.TargetDBInstanceIdentifier ?? "";
    if (this.instances.has(identifier)) throw new Error("DBInstanceAlreadyExists");
    this.done.push(`restore ${identifier}`);
    this.requests.push(request);
    this.made += 1;
    const instance: DBInstance = {
      ...failedInstance(),
      DBInstanceIdentifier: identifier,
      DBInstanceArn: arnOf(identifier),
      DbiResourceId: `db-RESTORED${this.made}`,
      PreferredMaintenanceWindow: "mon:00:00-mon:00:30",
      DeletionProtection: request.DeletionProtection,
      TagList: request.Tags,
    };
    this.instances.set(identifier, instance);
    this.change(instance, "creating", () => {
      instance.DBInstanceStatus = "available";
      instance.Endpoint = { Address: `${identifier}.c9.us-east-1.rds.amazonaws.com`, Port: request.Port };
      this.own.set(instance.DbiResourceId ?? "", backupsOf(instance.DbiResourceId ?? ""));
    });
  }

  private modify(request: ModifyDBInstanceMessage): void {
    const identifier = request.DBInstanceIdentifier ?? "";
    const instance = this.instances.get(identifier);
    if (instance === undefined) throw new Error("DBInstanceNotFound");
    const { NewDBInstanceIdentifier: name } = request;
    this.done.push(name === undefined ? `modify ${identifier}` : `rename ${identifier} ${name}`);
    if (request.DeletionProtection !== undefined) instance.DeletionProtection = request.DeletionProtection;
    if (request.PreferredMaintenanceWindow !== undefined) instance.PreferredMaintenanceWindow = request.PreferredMaintenanceWindow;
    if (name === undefined) return;
    if (this.instances.has(name)) throw new Error("DBInstanceAlreadyExists");
    instance.PendingModifiedValues = { DBInstanceIdentifier: name };
    // As in RDS, it is available for a moment before the change begins to show.
    this.change(instance, "available", () =>
      this.change(instance, "renaming", () => {
        this.instances.delete(identifier);
        Object.assign(instance, {
          DBInstanceIdentifier: name,
          DBInstanceArn: arnOf(name),
          DBInstanceStatus: "available",
          PendingModifiedValues: {},
          Endpoint: { Address: `${name}.c9.us-east-1.rds.amazonaws.com`, Port: instance.Endpoint?.Port },
        });
        this.instances.set(name, instance);
      }),
    );
  }

  private remove(identifier: string): void {
    const instance = this.instances.get(identifier);
    if (instance === undefined) throw new Error("DBInstanceNotFound");
    if (instance.DeletionProtection === true) throw new Error("InvalidParameterCombination: disable deletion protection");
    if (instance.DBInstanceStatus === "deleting") throw new Error("InvalidDBInstanceState: already being deleted");
    this.done.push(`remove ${identifier} (${instance.DbiResourceId})`);
    this.change(instance, "deleting", () => void this.instances.delete(identifier));
  }

  private replicate({
    SourceDBInstanceArn: arn = "",
    KmsKeyId,
    BackupRetentionPeriod,
  }: StartDBInstanceAutomatedBackupsReplicationMessage): string {
    const source = [...this.instances.values()].find(({ DBInstanceArn }) => DBInstanceArn === arn);
    if (source?.DBInstanceStatus !== "available") throw new Error("InvalidDBInstanceState");
    const resourceId = source.DbiResourceId ?? "";
    if (this.replicated.has(resourceId)) throw new Error("InvalidDBInstanceState: already replicating");
    this.done.push(`replicate ${resourceId}`);
    this.replicated.set(resourceId, { ...replicatedBackups(resourceId), KmsKeyId, BackupRetentionPeriod });
    return replicatedBackups(resourceId).DBInstanceAutomatedBackupsArn ?? "";
  }
}
