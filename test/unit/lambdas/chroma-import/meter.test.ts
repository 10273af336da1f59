import { ImportMeter } from "../../../../lambdas/chroma-import/meter";
import { fiveRecords } from "../support/chroma-point";
import { clockAt } from "../support/clock";

const prepare = () => {
  const clock = clockAt("2026-11-24T10:00:00.000Z");
  const resolvedAt = clock.now();
  clock.passSeconds(30);
  return { clock, meter: new ImportMeter(clock.now, resolvedAt) };
};

describe("the meter of an import", () => {
  test("adds up the spans of adding and of reading back, and what was between belongs to none", async () => {
    const { clock, meter } = prepare();
    for (const seconds of [5, 7]) {
      await meter.adding(async () => {
        meter.gives();
        clock.passSeconds(seconds);
        meter.given(fiveRecords);
      });
      clock.passSeconds(100);
      await meter.readingBack(5, async () => clock.passSeconds(1));
    }

    const { added, readBack, beforeFirstRecordSeconds, serverVersion } = meter.measured("1.0.0");

    expect(added).toMatchObject({ records: 10, seconds: 12 });
    expect(added.bytes).toBeGreaterThan(10 * 12);
    expect(readBack).toEqual({ records: 10, seconds: 2 });
    expect([beforeFirstRecordSeconds, serverVersion]).toEqual([30, "1.0.0"]);
  });

  test("of a call that goes on from another's work does not know what went by before the first record", async () => {
    const { meter } = prepare();
    meter.goesOnFromEarlierCall();
    meter.gives();

    expect(meter.measured("1.0.0")).not.toHaveProperty("beforeFirstRecordSeconds");
  });

  test("of a clock behind the plan's says that nothing went by", () => {
    const { clock } = prepare();
    const meter = new ImportMeter(clock.now, new Date("2026-11-24T11:00:00.000Z"));
    meter.gives();

    expect(meter.measured("1.0.0").beforeFirstRecordSeconds).toBe(0);
  });
});
