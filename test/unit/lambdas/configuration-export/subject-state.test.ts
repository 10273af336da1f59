import fc from "fast-check";
import { decide, type Look } from "../../../../lambdas/configuration-export/subject-state";
import type { SubjectState } from "../../../../recovery/configuration/state";

const START = Date.parse("2026-11-26T17:00:00.000Z");
const at = (seconds: number): Date => new Date(START + seconds * 1000);
const state: SubjectState = {
  ...{ schema: "lifeboat/configuration-state/1", subject: "secrets", digest: "d", pointId: "p" },
  ...{ exportedAt: at(0).toISOString(), inSyncAt: at(0).toISOString() },
};
const times = (now: number) => ({ now: at(now), refreshSeconds: 1000, refreshUnprovenSeconds: 100 });
const proven = (pointId: string, asOf = 0): Look => ({ newest: { pointId, asOf: at(asOf) } });
const nothing: Look = { newest: undefined };

describe("what a run does", () => {
  it.each<[string, string, Look, number, ReturnType<typeof decide>]>([
    ["what is proven and unchanged is in sync now", "d", proven("p"), 50, { inSyncAt: at(50) }],
    ["what is not proven is as old as before", "d", nothing, 99, { inSyncAt: at(0) }],
    ["and is exported again after its time", "d", nothing, 100, { inSyncAt: at(0), because: "unproven" }],
    ["so is what an older point alone has", "d", proven("older", -60), 100, { inSyncAt: at(0), because: "unproven" }],
    ["who cannot look exports nothing for it", "d", undefined, 999, { inSyncAt: at(0) }],
    ["but what is due", "d", undefined, 1000, { inSyncAt: at(0), because: "refresh" }],
    ["what is due and proven is in sync all the same", "d", proven("p"), 1000, { inSyncAt: at(1000), because: "refresh" }],
    ["what changed is as old as it was known to be there", "other", nothing, 50, { inSyncAt: at(0), because: "changed" }],
    ["or as the newest proven point", "other", proven("p", 20), 50, { inSyncAt: at(20), because: "changed" }],
    ["which one of the future makes no younger than now", "other", proven("p", 200), 50, { inSyncAt: at(50), because: "changed" }],
  ])("%s", (_what, digest, look, now, decision) => {
    expect(decide(state, digest, look, times(now))).toEqual(decision);
  });

  it("exports what was never exported", () => {
    expect(decide(undefined, "d", undefined, times(0))).toEqual({ because: "first" });
  });

  it("never takes a time back, never says one of the future, and never says now of what is not proven", () => {
    const seconds = fc.integer({ min: -5000, max: 5000 });
    const look = fc.option(
      fc.record({ newest: fc.option(fc.record({ pointId: fc.constantFrom("p", "q"), asOf: seconds.map(at) }), { nil: undefined }) }),
      {
        nil: undefined,
      },
    );
    fc.assert(
      fc.property(fc.constantFrom("d", "e"), look, fc.nat({ max: 5000 }), (digest, seen, now) => {
        const { inSyncAt } = decide(state, digest, seen, times(now));
        const inSync = inSyncAt?.getTime() ?? Number.NaN;
        const known = Math.max(START, seen?.newest?.asOf.getTime() ?? 0);

        expect(inSync).toBeGreaterThanOrEqual(START);
        expect(inSync).toBeLessThanOrEqual(at(now).getTime());
        if (digest !== "d" || seen?.newest?.pointId !== "p") expect(inSync).toBeLessThanOrEqual(known);
      }),
    );
  });
});
