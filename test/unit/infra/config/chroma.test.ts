import { readProd } from "../../../../infra/config/read";
import { restoreSettings } from "../../../../infra/config/restoreSettings";
import { messageOf } from "../../../../recovery/errors";
import { changed, committed } from "./stackFiles";

const CHROMA = { tier: "non-critical", schedule: "rate(12 hours)", maxDuration: "2h", alarmAt: "18h" };

const failureOf = (chroma: Readonly<Record<string, unknown>>, others: Readonly<Record<string, unknown>> = {}): string => {
  try {
    readProd(changed("prod", { chroma: { ...CHROMA, ...chroma }, ...others }));
    return "";
  } catch (error) {
    return messageOf(error);
  }
};

describe("Chroma's values", () => {
  test("the committed ones export the default tenant, two pieces at a time", () => {
    const { chroma } = readProd(committed("prod"));

    expect([chroma.tenants, chroma.concurrency, chroma.pieceRecords, chroma.volumeSnapshots]).toEqual([
      ["default_tenant"],
      2,
      25_000,
      false,
    ]);
  });

  test("an export may take longer than a function's 15 minutes, but not longer than until the next one", () => {
    expect(failureOf({ maxDuration: "3h" })).toBe("");
    expect(failureOf({ schedule: "rate(2 hours)", maxDuration: "3h" })).toContain(
      "chroma.maxDuration: 3 h is longer than the 2 h between two exports; they would run at once",
    );
  });

  test("no tenant at all is refused", () => {
    expect(failureOf({ tenants: [] })).toContain("chroma.tenants");
  });

  test("records that cannot be imported within the RTO ask for snapshots of the volume", () => {
    expect(failureOf({ expectedRecords: 50_000_000 })).toBe("");
    expect(failureOf({ expectedRecords: 500_000_000 })).toMatch(
      /chroma.expectedRecords: 10 min before the first record \+ 500000000 records at 832 a second = 6 d 23 h, longer than the RTO of 1 d \(by chroma.restoreRecordsPerSecond\); set chroma.volumeSnapshots/,
    );
    expect(failureOf({ expectedRecords: 500_000_000, restoreRecordsPerSecond: 10_000 })).toBe("");
    expect(failureOf({ expectedRecords: 500_000_000, volumeSnapshots: true })).toBe("");
  });

  test("a server that is not Lifeboat's is told what it can do, not to set what it cannot", () => {
    const server = { existing: { url: "http://chroma.internal:8000" } };

    const failure = failureOf({ expectedRecords: 500_000_000, server });

    expect(failure).toContain("give it a tier with more time; or have its volume's snapshots taken where it is run");
    expect(failure).not.toContain("set chroma.volumeSnapshots");
  });

  test("what the recovery region estimates a restore by is what was configured", () => {
    expect(restoreSettings(readProd(changed("prod", { chroma: { ...CHROMA, volumeSnapshots: true } })))).toEqual({
      ...{ tier: "non-critical", rtoSeconds: 86_400, alarmSeconds: 600, clusterSeconds: 0 },
      ...{ assumedRecordsPerSecond: 832, volumeSnapshots: "on" },
    });
  });

  test("snapshots of the volume need somebody who takes them, and a volume that is known", () => {
    const vault = { lockMode: "COMPLIANCE", backupRetentionDays: 90, documentsRetentionDays: 365, lockedSnapshots: "off" };

    expect(failureOf({ volumeSnapshots: true }, { vault })).toContain("snapshots are taken by vault.lockedSnapshots, which is off");
    expect(failureOf({ volumeSnapshots: true, server: { existing: { url: "http://chroma.internal:8000" } } })).toContain(
      "only the volume of a server that Lifeboat makes is known by its tag",
    );
  });
});
