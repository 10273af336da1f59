import { readProd } from "../../../../infra/config/read";
import { policyOf } from "../../../../infra/config/retention";
import { changed, committed } from "./stackFiles";

const committedValues = (name: string): Readonly<Record<string, unknown>> => JSON.parse(committed("prod")[name] ?? "{}");
const withChange = (name: string, values: Readonly<Record<string, unknown>>) =>
  readProd(changed("prod", { [name]: { ...committedValues(name), ...values } }));

describe("how long things are kept", () => {
  test("one policy is made of all values that say so", () => {
    expect(policyOf(readProd(committed("prod")))).toMatchObject({
      lockMode: "COMPLIANCE",
      renewedLockDays: 90,
      holds: { chroma: { days: 90 }, objects: { days: 365 }, configuration: { kind: "forever" } },
      stagingDays: 30,
      documentVersions: { sourceDays: 30, replicaDays: 365 },
      databaseDays: 35,
      snapshots: { hourly: { primaryDays: 1, lockedDays: 7 }, daily: { primaryDays: 7, lockedDays: 90 } },
    });
  });

  test.each([
    [
      "staging that forgets an export before it is whole and proven",
      "lags",
      { verification: "31d" },
      /staging\.retentionDays: 30 d is not longer than the 45015 min that an export, its replication and its proof may take/,
    ],
    [
      "a replica that forgets before its source does",
      "documents",
      { noncurrentDays: 400 },
      /documents\.recoveryNoncurrentDays: 365 d is shorter than documents\.noncurrentDays, 400 d/,
    ],
    [
      "documents that cannot be taken back as far as the database",
      "documents",
      { noncurrentDays: 7, recoveryNoncurrentDays: 14 },
      /documents\.recoveryNoncurrentDays: 14 d is shorter than postgres\.recoveryRetentionDays, 35 d/,
    ],
    [
      "vectors that cannot be taken back as far as the database",
      "vault",
      { backupRetentionDays: 14 },
      /vault\.backupRetentionDays: 14 d is shorter than postgres\.recoveryRetentionDays, 35 d/,
    ],
    [
      "locks that are renewed too seldom to be held for ever",
      "documents",
      { renewals: "rate(25 days)" },
      /vault\.backupRetentionDays: of 90 d a lock is renewed in its last 540 h, and documents\.renewals runs every 25 d only/,
    ],
    [
      "hourly snapshots that outlive the daily ones",
      "vault",
      { lockedSnapshots: { hourlyDays: 100, dailyDays: 90 } },
      /vault\.lockedSnapshots\.hourlyDays: 100 d is longer than dailyDays, 90 d/,
    ],
    [
      "locked snapshots that go before their originals",
      "vault",
      { lockedSnapshots: { hourlyDays: 3, dailyDays: 5, primaryDays: 7 } },
      /vault\.lockedSnapshots\.primaryDays: 7 d is longer than dailyDays, 5 d/,
    ],
  ])("refuses %s", (_name, value, change, message) => {
    expect(() => withChange(value, change)).toThrow(message);
  });
});
