import { parseDrillOptions } from "../../../../ops/drill/options";

describe("the drill's options", () => {
  test("without any, a region is lost and recovered to the newest point", () => {
    expect(parseDrillOptions([])).toEqual({ scenario: "regional-disaster", strategy: "latest", json: false });
  });

  test("scenario, directory and JSON", () => {
    expect(parseDrillOptions(["--scenario", "regional-disaster", "--out", "there", "--json"])).toEqual({
      scenario: "regional-disaster",
      strategy: "latest",
      out: "there",
      json: true,
    });
  });

  test.each(["data-center-outage", "hardware-failure"])("%s leaves nothing to choose", (scenario) => {
    expect(parseDrillOptions(["--scenario", scenario, "--json", "--out", "there"])).toEqual({ scenario, json: true, out: "there" });
  });

  test("a time to recover to, or how long before the disaster, and the lag of the database's copies", () => {
    const strategy = ["--strategy", "point-in-time"];

    expect(parseDrillOptions(strategy)).toMatchObject({ strategy: "point-in-time", json: false });
    expect(parseDrillOptions([...strategy, "--to", "2026-11-26T10:15:00+01:00"])).toMatchObject({
      to: { at: new Date("2026-11-26T09:15:00Z") },
    });
    expect(parseDrillOptions([...strategy, "--to", "20s", "--database-lag", "2m"])).toMatchObject({
      to: { beforeDisasterSeconds: 20 },
      databaseLagSeconds: 120,
    });
  });

  test.each([
    [["--scenario", "meteor"], /Received: --scenario meteor\. Allowed: regional-disaster, data-center-outage, hardware-failure\./],
    [
      ["--scenario", "data-center-outage", "--strategy", "latest"],
      /no use for --strategy.*Allowed: --strategy with --scenario regional-disaster/,
    ],
    [["--scenario", "hardware-failure", "--to", "20s"], /no use for --to.*Received: --scenario hardware-failure --to 20s/],
    [["--scenario", "hardware-failure", "--database-lag", "5s"], /no use for --database-lag/],
    [["--strategy", "newest"], /Received: --strategy newest\. Allowed: latest, point-in-time\./],
    [["--to", "20s"], /Received: --strategy latest --to 20s\. Allowed: --strategy point-in-time/],
    [["--strategy", "point-in-time", "--to", "2026-11-26T10:15:00"], /Allowed: a time with its zone/],
    [["--database-lag", "soon"], /Allowed: a duration such as 5s/],
    [["--fast"], /Received: --fast\. Allowed: --scenario, --strategy, --to, --database-lag, --out, --json\./],
    [["now"], /Received: now\./],
  ])("%j is refused with what is allowed", (args, message) => {
    expect(() => parseDrillOptions(args)).toThrow(message);
  });
});
