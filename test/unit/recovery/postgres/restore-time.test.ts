import fc from "fast-check";
import { chooseRestore, type Restorable } from "../../../../recovery/postgres/restore-time";

const NOW = new Date("2026-11-24T12:00:00.000Z");
const at = (text: string) => new Date(`2026-11-24T${text}Z`);

interface Named extends Restorable {
  readonly name: string;
}
const backups = (name: string, earliest: string, latest: string): Named => ({
  name,
  status: "replicating",
  window: { earliest: at(earliest), latest: at(latest) },
});
const waiting: Named = { name: "waiting", status: "pending" };

describe("choosing what a database is restored to", () => {
  it("takes the newest restorable time, in whole seconds, of the newest backups", () => {
    const { chosen } = chooseRestore(
      [backups("old", "01:00:00.000", "02:00:00.000"), waiting, backups("new", "03:00:00", "11:59:58.731")],
      {
        now: NOW,
      },
    );

    expect([chosen?.backups.name, chosen?.asOf.toISOString()]).toEqual(["new", "2026-11-24T11:59:58.000Z"]);
  });

  it("takes exactly the time asked for, of the instance that had it", () => {
    const both = [backups("first", "01:00:00", "02:00:00"), backups("second", "03:00:00", "11:00:00")];

    expect(chooseRestore(both, { time: at("01:30:00"), now: NOW }).chosen).toMatchObject({
      backups: { name: "first" },
      asOf: at("01:30:00"),
    });
    expect(chooseRestore(both, { time: at("10:30:00"), now: NOW }).chosen?.backups.name).toBe("second");
  });

  it("takes the newer backups where both hold the time", () => {
    const both = [backups("older", "01:00:00", "05:00:00"), backups("newer", "03:00:00", "11:00:00")];

    expect(chooseRestore(both, { time: at("04:00:00"), now: NOW }).chosen?.backups.name).toBe("newer");
  });

  it("never goes before the window, even for a whole second", () => {
    const window = backups("short", "11:00:00.400", "11:00:00.900");

    expect(chooseRestore([window], { now: NOW }).chosen?.asOf).toEqual(at("11:00:00.400"));
    expect(chooseRestore([window], { time: at("11:00:00.600"), now: NOW }).chosen?.asOf).toEqual(at("11:00:00.400"));
  });

  it.each([
    ["in the future", at("12:00:01"), "it is in the future, now is 2026-11-24T12:00:00.000Z", "nearest usable: 2026-11-24T11:00:00.000Z"],
    ["not copied yet", at("11:30:00"), "after the newest time that has arrived here", "nearest usable: 2026-11-24T11:00:00.000Z"],
    ["before everything", at("00:30:00"), "before the earliest time that is kept", "nearest usable: 2026-11-24T01:00:00.000Z"],
    [
      "between two instances",
      at("02:30:00"),
      "between the backups of two instances",
      "nearest usable: 2026-11-24T02:00:00.000Z and 2026-11-24T03:00:00.000Z",
    ],
  ])("refuses a time %s, and says what was received, the windows and the nearest usable times", (_what, time, why, nearest) => {
    const { chosen, problem } = chooseRestore([backups("first", "01:00:00", "02:00:00"), backups("second", "03:00:00", "11:00:00.700")], {
      time,
      now: NOW,
    });

    expect(chosen).toBeUndefined();
    expect(problem).toContain(time.toISOString());
    expect(problem).toContain(why);
    expect(problem).toContain(
      "restorable: 2026-11-24T03:00:00.000Z to 2026-11-24T11:00:00.700Z and 2026-11-24T01:00:00.000Z to 2026-11-24T02:00:00.000Z",
    );
    expect(problem).toContain(nearest);
  });

  it.each([
    ["there are no backups", [], "no automated backups are there"],
    ["none has arrived", [waiting, waiting], "none of 2 automated backups has a restore window yet (pending, pending)"],
  ])("says that %s", (_what, candidates, problem) => {
    expect(chooseRestore(candidates, { now: NOW })).toEqual({ problem });
  });
});

describe("for any windows and any time", () => {
  const time = fc.integer({ min: 0, max: 20_000 }).map((ms) => new Date(NOW.getTime() - 20_000 + ms));
  const window = fc.tuple(time, fc.nat(10_000)).map(([earliest, ms]) => ({ earliest, latest: new Date(earliest.getTime() + ms) }));
  const candidate = fc.option(window, { nil: undefined }).map((arrived): Restorable => ({ status: "active", window: arrived }));
  const candidates = fc.array(candidate, { maxLength: 5 });

  it("the choice lies in its window, within a second of what was asked and never after it", () => {
    fc.assert(
      fc.property(candidates, fc.option(time, { nil: undefined }), (given, asked) => {
        const { chosen } = chooseRestore(given, { time: asked, now: NOW });
        if (chosen === undefined) return;
        const wanted = asked ?? chosen.window.latest;
        expect(chosen.backups.window).toBe(chosen.window);
        expect(chosen.asOf >= chosen.window.earliest && chosen.asOf <= chosen.window.latest).toBe(true);
        expect(wanted.getTime() - chosen.asOf.getTime()).toBeGreaterThanOrEqual(0);
        expect(wanted.getTime() - chosen.asOf.getTime()).toBeLessThan(1000);
        expect(chosen.asOf.getTime() % 1000 === 0 || chosen.asOf.getTime() === chosen.window.earliest.getTime()).toBe(true);
      }),
    );
  });

  it("something is chosen exactly when a window holds the time, and nothing newer would hold it too", () => {
    fc.assert(
      fc.property(candidates, fc.option(time, { nil: undefined }), (given, asked) => {
        const windows = given.flatMap(({ window }) => window ?? []);
        const holding = asked === undefined ? windows : windows.filter(({ earliest, latest }) => earliest <= asked && asked <= latest);

        const { chosen } = chooseRestore(given, { time: asked, now: NOW });

        expect(chosen !== undefined).toBe(holding.length > 0);
        for (const { latest } of holding) expect(chosen?.window.latest.getTime()).toBeGreaterThanOrEqual(latest.getTime());
      }),
    );
  });

  it("a usable time that a refusal names is one", () => {
    fc.assert(
      fc.property(candidates, time, (given, asked) => {
        const { problem = "" } = chooseRestore(given, { time: asked, now: NOW });
        const named = /nearest usable: (.*)$/.exec(problem)?.[1]?.split(" and ") ?? [];

        for (const usable of named) expect(chooseRestore(given, { time: new Date(usable), now: NOW }).chosen).toBeDefined();
      }),
    );
  });
});
