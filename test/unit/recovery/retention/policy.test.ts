import { holdOf, lockDaysOf, noncurrentDays, retentionPolicy, vaultExpiries } from "../../../../recovery/retention/policy";

const policy = retentionPolicy({ backupRetentionDays: 90, documentsRetentionDays: 365 });

describe("the retention policy", () => {
  test.each([
    ["chroma", { kind: "days", days: 90 }],
    ["postgres", { kind: "days", days: 90 }],
    ["objects", { kind: "days", days: 365 }],
    ["configuration/secrets", { kind: "forever" }],
    ["configuration/repositories/shop", { kind: "forever" }],
  ])("%s is held as configured", (series, hold) => {
    expect(holdOf(policy, series)).toEqual(hold);
  });

  test("what is kept for ever is locked for a period that is renewed", () => {
    expect(lockDaysOf(policy, "configuration/secrets")).toBe(90);
    expect(lockDaysOf(policy, "objects")).toBe(365);
  });

  test("no lifecycle rule takes what is kept for ever, nor anything before its lock ends", () => {
    const expiries = vaultExpiries(policy);

    expect(
      expiries.filter(({ prefix }) => prefix.includes("configuration") || "catalogue/points/configuration/".startsWith(prefix)),
    ).toEqual([]);
    expect(expiries.every(({ days }) => days >= 90)).toBe(true);
  });

  test("an entry goes before what it names", () => {
    const days = Object.fromEntries(vaultExpiries(policy).map((rule) => [rule.prefix, rule.days]));

    expect(days["catalogue/points/chroma/"]).toBeLessThan(days["chroma/"] ?? 0);
    expect(days["catalogue/proofs/postgres/"]).toBeLessThan(days["postgres/"] ?? 0);
  });

  test("an old version stays for a month, or for the hold where that is shorter", () => {
    const short = retentionPolicy({ backupRetentionDays: 1, documentsRetentionDays: 2 });

    expect(noncurrentDays(policy)).toEqual({ vault: 30, documentsVault: 365 });
    expect(noncurrentDays(short)).toEqual({ vault: 1, documentsVault: 2 });
  });
});
