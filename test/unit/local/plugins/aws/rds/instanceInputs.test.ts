import { instanceFailures } from "../../../../../../local/plugins/aws/rds/instanceInputs";

describe("inputs that AWS would refuse, or misread", () => {
  test.each([
    [{ identifier: "Acme" }, "identifier: is Acme"],
    [{ identifier: "acme--postgres" }, "identifier: is acme--postgres"],
    [{ identifier: "acme-" }, "identifier: is acme-"],
    [{ finalSnapshotIdentifier: "1st" }, "finalSnapshotIdentifier: is 1st"],
    [{ backupRetentionPeriod: 36 }, "backupRetentionPeriod: is 36"],
    [{ backupWindow: "3:00-4:00" }, "backupWindow: is 3:00-4:00"],
    [{ maintenanceWindow: "03:00-04:00" }, "maintenanceWindow: is 03:00-04:00"],
    [{ restoreToPointInTime: {}, snapshotIdentifier: "s" }, "restoreToPointInTime: cannot stand beside snapshotIdentifier"],
    [
      { restoreToPointInTime: { restoreTime: "2026-01-31T12:00:00Z", useLatestRestorableTime: true } },
      "restoreToPointInTime.restoreTime: cannot stand beside useLatestRestorableTime",
    ],
    [{ restoreToPointInTime: { restoreTime: "2026-01-31T12:00:00" } }, "restoreToPointInTime.restoreTime: is 2026-01-31T12:00:00; allowed"],
    [{ restoreToPointInTime: { restoreTime: "2026-13-31T12:00:00Z" } }, "restoreToPointInTime.restoreTime: is 2026-13-31T12:00:00Z"],
  ])("%j", (given, message) => {
    const failures = instanceFailures(given).map(({ property, reason }) => `${property}: ${reason}`);

    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(message);
  });

  test("all good ones pass", () => {
    expect(
      instanceFailures({
        identifier: "acme-postgres-2026",
        finalSnapshotIdentifier: "acme-postgres-final",
        backupRetentionPeriod: 35,
        backupWindow: "03:00-04:00",
        maintenanceWindow: "Sun:04:30-sun:05:30",
        restoreToPointInTime: { restoreTime: "2026-01-31T12:00:00+01:00" },
      }),
    ).toEqual([]);
  });
});
