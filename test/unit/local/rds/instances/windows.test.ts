import fc from "fast-check";
import { checkWindows } from "../../../../../local/rds/instances/windows";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const clock = (minute: number): string => {
  const text = (value: number): string => String(value).padStart(2, "0");
  return `${text(Math.floor(minute / 60) % 24)}:${text(minute % 60)}`;
};
const weekly = (minute: number): string => `${days[Math.floor(minute / 1440) % 7]}:${clock(minute % 1440)}`;

it("refuses a maintenance window exactly when it shares a minute with a day's backup window", () => {
  const length = fc.integer({ min: 30, max: 600 });
  fc.assert(
    fc.property(fc.nat(1439), length, fc.nat(10_079), length, (backup, backupLength, start, maintenanceLength) => {
      const inBackup = (minute: number): boolean => (minute - backup + 10_080) % 1440 < backupLength;
      const shared = Array.from({ length: maintenanceLength }, (_, minute) => start + minute).some(inBackup);
      const check = () =>
        checkWindows(`${clock(backup)}-${clock(backup + backupLength)}`, `${weekly(start)}-${weekly(start + maintenanceLength)}`);

      if (shared) expect(check).toThrow("must not overlap");
      else expect(check).not.toThrow();
    }),
  );
});

it.each([
  ["3:00-03:30", "sun:05:00-sun:05:30", "Invalid backup window format"],
  ["24:00-00:30", "sun:05:00-sun:05:30", "Invalid backup window format"],
  ["03:00-03:29", "sun:05:00-sun:05:30", "backup window must be at least 30 minutes"],
  ["03:00-03:30", "05:00-05:30", "Invalid maintenance window format"],
  ["03:00-03:30", "sun:05:00-sun:05:29", "maintenance window must be at least 30 minutes"],
])("refuses %s with %s", (backup, maintenance, message) => {
  expect(() => checkWindows(backup, maintenance)).toThrow(message);
});
