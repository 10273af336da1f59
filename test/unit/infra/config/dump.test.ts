import { readProd } from "../../../../infra/config/read";
import { changed, committed } from "./stackFiles";

const committedValue = (name: string): Record<string, unknown> => JSON.parse(committed("prod")[name] ?? "{}");
const withDump = (dump: unknown, changes: Record<string, unknown> = {}) =>
  readProd(changed("prod", { postgres: { ...committedValue("postgres"), dump }, ...changes })).postgres.dump;
const nameless = () => {
  const { primary, ...others } = committedValue("clusters");
  const { name: _name, ...unnamed } = primary as Record<string, unknown>;
  return { clusters: { ...others, primary: unnamed }, configuration: undefined };
};

describe("postgres.dump", () => {
  it("has what a daily dump needs by default", () => {
    expect(withDump({})).toMatchObject({ schedule: "30 1 * * *", timeLimit: 6 * 3600, workStorage: "50Gi" });
  });

  it("is off where nothing is said, and a cluster that exists then needs no name", () => {
    expect(withDump(undefined, nameless())).toBe("off");
    expect(withDump("off", nameless())).toBe("off");
  });

  it("needs the name of a cluster that exists, and says so in a line", () => {
    expect(() => withDump({}, nameless())).toThrow(/- clusters\.primary\.name: postgres\.dump runs as a job in this cluster/);
  });

  it("says of each value that does not fit what is wrong with it", () => {
    const wrong = { schedule: "rate(1 day)", workStorage: "50 GB", authorities: "http://example.com/ca.pem", every: "day" };

    for (const failure of [
      "postgres.dump.schedule: five fields",
      "postgres.dump.workStorage: a size such as 50Gi",
      "postgres.dump.authorities: ",
      'postgres.dump: Unrecognized key: "every"',
    ])
      expect(() => withDump(wrong)).toThrow(`- ${failure}`);
  });
});

describe("vault.lockedSnapshots", () => {
  const withSnapshots = (lockedSnapshots: unknown) =>
    readProd(changed("prod", { vault: { ...committedValue("vault"), lockedSnapshots } })).vault.lockedSnapshots;

  it("is off where nothing is said, and has values by default", () => {
    expect([withSnapshots(undefined), withSnapshots("off")]).toEqual(["off", "off"]);
    expect(withSnapshots({})).toEqual({ hourlyDays: 7, dailyDays: 90, primaryDays: 7, graceDays: 3 });
  });

  it("refuses a grace time that AWS Backup refuses", () => {
    expect(() => withSnapshots({ graceDays: 2 })).toThrow(/- vault\.lockedSnapshots\.graceDays: /);
  });
});
