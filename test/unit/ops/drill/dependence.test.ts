import type { Call, Caller } from "../../../../local/gateway";
import { dependenceOnLostRegion } from "../../../../ops/drill/dependence";

const DISASTER = new Date("2026-11-24T10:00:00.000Z");
const DEPLOY: Caller = { name: "deploy-dr", kind: "user" };
const WATCH: Caller = { name: "acme-watch", kind: "function", region: "eu-west-1" };

const call = (caller: Caller, changes: Partial<Call> = {}): Call => ({
  at: new Date("2026-11-24T10:01:00.000Z"),
  region: "eu-west-1",
  service: "s3",
  operation: "GetObject",
  signed: true,
  class: "regional",
  outcome: "ok",
  caller,
  ...changes,
});

const judge = (calls: readonly Call[], changes: { lostClusterRequests?: number; forgotten?: number } = {}) => {
  const dependence = dependenceOnLostRegion({
    calls,
    lostRegion: "us-east-1",
    recoveryRegion: "eu-west-1",
    disasterAt: DISASTER,
    deployUser: "deploy-dr",
    lostClusterRequests: 0,
    forgotten: 0,
    ...changes,
  });
  return { calls: dependence.calls, failed: dependence.checks.filter(({ passed }) => !passed).map(({ name }) => name) };
};

describe("what a recovery asked of the lost region", () => {
  test("calls within the recovery region are no dependence", () => {
    expect(judge([call(DEPLOY), call(WATCH)])).toEqual({ calls: 0, failed: [] });
  });

  test.each([
    ["a call of the deployment that is signed for it, refused or not", call(DEPLOY, { region: "us-east-1", outcome: "refused" })],
    ["a call to a bucket that lives there", call(WATCH, { bucket: "staging", bucketHome: "us-east-1" })],
    [
      "a write to a global service whose control plane is there",
      call(DEPLOY, { region: "us-east-1", service: "iam", class: "global-write" }),
    ],
  ])("%s counts", (_name, planted) => {
    expect(judge([call(DEPLOY), planted])).toEqual({ calls: 1, failed: ["calls to the lost region"] });
  });

  test("reads of global services, calls of before the disaster and calls of the victims do not count", () => {
    const canary: Caller = { name: "acme-canary", kind: "function", region: "us-east-1" };
    const application: Caller = { name: "application", kind: "user" };
    const harmless = [
      call(DEPLOY, { region: "us-east-1", service: "iam", class: "global-read" }),
      call(DEPLOY, { region: "us-east-1", at: new Date("2026-11-24T09:59:59.000Z") }),
      call(canary, { region: "us-east-1" }),
      call(application, { region: "us-east-1" }),
    ];

    expect(judge([call(DEPLOY), ...harmless])).toEqual({ calls: 0, failed: [] });
  });

  test("requests to the lost cluster count, and a log with holes or without a call proves nothing", () => {
    expect(judge([call(DEPLOY)], { lostClusterRequests: 2 })).toEqual({ calls: 2, failed: ["requests to the lost region's cluster"] });
    expect(judge([call(DEPLOY)], { forgotten: 1 }).failed).toEqual(["the log of calls is whole"]);
    expect(judge([]).failed).toEqual(["calls to the lost region"]);
  });
});
