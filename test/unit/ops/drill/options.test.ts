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

  test.each([
    [["--scenario", "meteor"], /Received: --scenario meteor\. Allowed: regional-disaster\./],
    [["--strategy", "point-in-time"], /Received: --strategy point-in-time\. Allowed: latest\./],
    [["--fast"], /Received: --fast\. Allowed: --scenario, --strategy, --out, --json\./],
    [["now"], /Received: now\./],
  ])("%j is refused with what is allowed", (args, message) => {
    expect(() => parseDrillOptions(args)).toThrow(message);
  });
});
