import { restoreRequest, settingsRequest } from "../../../../../ops/lifeboat/restore/request";
import { backupsOf, FAILED_ID, failedInstance, LATEST } from "./memory-rds";

const target = { identifier: "acme-postgres-restored", resourceId: FAILED_ID, to: LATEST, askedAt: new Date("2026-11-26T10:15:00Z") };
const requestOf = (changes: Parameters<typeof failedInstance>[0] = {}) =>
  restoreRequest(failedInstance(changes), backupsOf(FAILED_ID, { Port: 6543 }), target);

describe("the call that restores", () => {
  test("says all that RDS would take a default for", () => {
    expect(requestOf()).toMatchObject({
      SourceDbiResourceId: FAILED_ID,
      RestoreTime: LATEST,
      DBInstanceClass: "db.t4g.medium",
      DBSubnetGroupName: "acme-postgres",
      VpcSecurityGroupIds: ["sg-1"],
      DBParameterGroupName: "acme-postgres",
      MultiAZ: true,
      PubliclyAccessible: false,
      StorageType: "gp3",
      MaxAllocatedStorage: 1000,
      BackupRetentionPeriod: 30,
      PreferredBackupWindow: "03:00-03:30",
      CopyTagsToSnapshot: true,
      DeletionProtection: true,
    });
  });

  test("takes the port of the backups when the failed instance tells no endpoint", () => {
    expect(requestOf().Port).toBe(6543);
    expect(requestOf({ Endpoint: { Address: "a", Port: 5555 } }).Port).toBe(5555);
  });

  test("asks for no zone of a Multi-AZ database, and for the same of another", () => {
    expect(requestOf()).not.toHaveProperty("AvailabilityZone");
    expect(requestOf({ MultiAZ: false })).toMatchObject({ MultiAZ: false, AvailabilityZone: "us-east-1a" });
  });

  test("asks for a speed only where RDS takes one", () => {
    expect(requestOf()).not.toHaveProperty("Iops");
    expect(requestOf({ AllocatedStorage: 400, Iops: 12_000, StorageThroughput: 500 })).toMatchObject({
      Iops: 12_000,
      StorageThroughput: 500,
    });
    expect(requestOf({ StorageType: "io2", Iops: 9_000 })).toMatchObject({ StorageType: "io2", Iops: 9_000 });
  });

  test("names an option group of one's own, never a default one", () => {
    expect(requestOf()).not.toHaveProperty("OptionGroupName");
    expect(requestOf({ OptionGroupMemberships: [{ OptionGroupName: "ours" }] })).toMatchObject({ OptionGroupName: "ours" });
  });

  test("keeps the tags that may be given, and says where it came from", () => {
    expect(requestOf().Tags).toEqual([
      { Key: "system", Value: "acme" },
      { Key: "lifeboat:restored-from", Value: FAILED_ID },
      { Key: "lifeboat:restored-to", Value: LATEST.toISOString() },
      { Key: "lifeboat:restored-at", Value: "2026-11-26T10:15:00.000Z" },
    ]);
  });
});

describe("what a restore takes no word of", () => {
  test("is changed after it, where it differs", () => {
    const failed = failedInstance({ MonitoringInterval: 60, MonitoringRoleArn: "role", PerformanceInsightsEnabled: true });
    const restored = failedInstance({ DBInstanceIdentifier: "acme-postgres-restored", PreferredMaintenanceWindow: "mon:00:00-mon:00:30" });

    expect(settingsRequest(restored, failed)).toMatchObject({
      DBInstanceIdentifier: "acme-postgres-restored",
      PreferredMaintenanceWindow: "sun:04:30-sun:05:30",
      MonitoringInterval: 60,
      MonitoringRoleArn: "role",
      EnablePerformanceInsights: true,
    });
  });

  test("is left when it is as before: RDS refuses a change that is none", () => {
    expect(settingsRequest(failedInstance(), failedInstance())).toBeUndefined();
  });
});
