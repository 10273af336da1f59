import { hardwareFindings } from "../../../../../ops/drill/hardware/findings";
import type { HardwareOutcome } from "../../../../../ops/drill/hardware/recover";
import { DATABASE_LAGS } from "../../../../../ops/drill/profile";
import { observations } from "../../../recovery/evidence/observations";
import { at } from "../../../recovery/evidence/writes";
import { protectedCompany } from "../protected";

const [received] = observations().alarms;
const alarm = received === undefined ? undefined : { ...received, receivedAt: at(30).toISOString() };
const run: HardwareOutcome["run"] = {
  code: 0,
  result: {
    instance: "shop-postgres",
    resourceId: "db-NEW",
    restoredFrom: "db-OLD",
    restoredTo: at(-2),
    place: { host: "127.0.0.1", port: 5432 },
    proof: { usableAt: at(40.5), checks: [] },
    times: { askedAt: at(31), availableAt: at(40), provenAt: at(41), removedAt: at(43), renamedAt: at(44) },
    replication: { state: "begun", arn: "arn" },
    todo: [],
  },
};
const findings = (changes: Partial<HardwareOutcome> = {}) =>
  hardwareFindings(DATABASE_LAGS, protectedCompany(), {
    at: at(0),
    alarm,
    run,
    servedAt: at(45),
    ledgerCheckSeconds: 1,
    checks: [],
    ...changes,
  });

describe("what a failure of the database's hardware shows", () => {
  test("each phase by the command's own times, the last one until the application writes", () => {
    expect(findings().phases.map(({ name, seconds }) => [name, seconds])).toEqual([
      ["decide", 30],
      ["provision", 1],
      ["restore", 9],
      ["hydrate", 0.5],
      ["verify", 0.5],
      ["cutOver", 4],
    ]);
    expect(findings()).toMatchObject({ decidedAt: at(30).toISOString(), strategy: null, primaryRegionCallsAfterDisaster: null });
  });

  test("deletion and rename are told apart, because on AWS the rename takes longest", () => {
    expect(findings().measuredLocal).toMatchObject({
      "postgres: deletion of the failed instance": { seconds: 2 },
      "postgres: rename": { seconds: 1 },
    });
    expect(findings().estimatedOnAws["cut over: the name on the restored instance"]).toMatchObject({ seconds: 600 });
  });

  test("a command that failed leaves the phases that ended", () => {
    expect(findings({ run: undefined, servedAt: undefined }).phases.map(({ name }) => name)).toEqual(["decide"]);
    expect(findings({ alarm: undefined, run: undefined, servedAt: undefined })).toMatchObject({ decidedAt: null, phases: [], alarms: [] });
  });
});
