import { readDr, readProd } from "../../../../infra/config/read";
import { messageOf } from "../../../../recovery/errors";
import { changed, committed } from "./stackFiles";

const failureOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return messageOf(error);
  }
  return "";
};

describe("prod configuration", () => {
  test("the committed stack file is valid and meets its objectives", () => {
    const configuration = readProd(committed("prod"));

    expect(configuration.system).toBe("acme");
    expect(configuration.chroma.schedule.intervalSeconds).toBe(12 * 3600);
    expect(configuration.protections.map(({ store }) => store)).toEqual(["objects", "chroma"]);
  });

  test("every failure is reported at once, conflicts among readable values included", () => {
    const raw = changed("prod", {
      regions: { primary: "us-east-1", recovery: "us-east-1" },
      objects: { tier: "gold", canary: "rate(1 minute)", alarmAt: "30m" },
      chroma: { tier: "non-critical", schedule: "rate(1 day)", maxDuration: "15m", alarmAt: "18h" },
      vault: undefined,
      bogus: "1",
    });

    const message = failureOf(() => readProd(raw));

    expect(message).toContain("5 failures; nothing was created");
    expect(message).toContain('primary and recovery are both "us-east-1"');
    expect(message).toContain('objects.tier: "gold" is not a tier; there are critical, standard, non-critical');
    expect(message).toContain(
      'chroma: interval 1 d + duration 15 min + lag 75 min = 1530 min cannot meet the RPO of tier "non-critical", 1 d',
    );
    expect(message).toContain("vault:");
    expect(message).toContain("bogus");
    expect(message).toContain("Hint: Mend Pulumi.prod.yaml");
  });

  test("an alarm that would come after its objective is missed is refused", () => {
    const raw = changed("prod", { objects: { tier: "standard", canary: "rate(1 minute)", alarmAt: "2h" } });

    expect(failureOf(() => readProd(raw))).toContain("objects.alarmAt: 2 h comes after the RPO of 1 h");
  });

  test("samples that do not fit into their schedule are refused", () => {
    const raw = changed("prod", { watch: { schedule: "rate(1 minute)", samplesPerRun: 4, sampleInterval: "20s" } });

    expect(failureOf(() => readProd(raw))).toContain("watch: 4 samples every 20 s do not fit into 1 min");
  });

  test("a tier of the company's own is planned with", () => {
    const raw = changed("prod", {
      tiers: { nightly: { rto: "1d", rpo: "2d" } },
      chroma: { tier: "nightly", schedule: "cron(0 3 * * ? *)", maxDuration: "15m", alarmAt: "30h" },
    });

    expect(readProd(raw).tiers.nightly).toEqual({ rtoSeconds: 86_400, rpoSeconds: 172_800 });
  });
});

describe("dr configuration", () => {
  test("the committed stack file is valid and is a drill", () => {
    expect(readDr(committed("dr")).mode).toBe("drill");
  });

  test.each([
    ["a time without its zone", { strategy: "point-in-time", time: "2026-11-24T10:00:00" }, "time:"],
    ["no time with point-in-time", { strategy: "point-in-time" }, "needs the time to recover to"],
    ["a time with latest", { time: "2026-11-24T10:00:00Z" }, "strategy latest takes no time"],
    ["an unknown mode", { mode: "practice" }, "mode:"],
  ])("%s is refused", (_name, changes, expected) => {
    const raw = changed("dr", changes);

    expect(failureOf(() => readDr(raw))).toContain(expected);
  });
});
