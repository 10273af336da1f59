import type { AlarmMessage } from "../../../../local/embedded-aws/pager";
import { silentProgress } from "../../../../local/progress";
import { waitForAlarm } from "../../../../ops/drill/decision";

const DISASTER = new Date("2026-11-24T10:00:00.000Z");

const message = (changes: Partial<AlarmMessage> = {}): AlarmMessage => ({
  AlarmName: "acme-objects-rpo-lag",
  AlarmDescription: "objects in eu-west-1 is further behind than 95 s. Runbook: https://example.com/runbooks/region-loss.md",
  NewStateValue: "ALARM",
  OldStateValue: "OK",
  NewStateReason: "Threshold Crossed: 1 out of the last 1 datapoints [104.8 (24/11/26 10:01:00)] was greater than the threshold (95.0).",
  StateChangeTime: "2026-11-24T10:01:30.000+0000",
  AlarmArn: "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:acme-objects-rpo-lag",
  ...changes,
});

/** Each receive takes a second of the test's clock. */
const wait = (batches: readonly (readonly AlarmMessage[])[], timeoutSeconds = 10) => {
  let received = 0;
  const question = {
    pager: { queueArn: "", receive: async () => batches[received++] ?? [], close: () => undefined },
    alarms: [
      { name: "acme-postgres-rpo-lag", store: "postgres", objectiveSeconds: 60 },
      { name: "acme-objects-rpo-lag", store: "objects", objectiveSeconds: 120 },
    ],
    recoveryRegion: "eu-west-1",
    disasterAt: DISASTER,
    timeoutSeconds,
    now: () => new Date(DISASTER.getTime() + received * 1000),
    signal: new AbortController().signal,
  };
  return waitForAlarm(question, silentProgress.step(""));
};

describe("waiting for the alarm", () => {
  test("the page brings the measured lag, the objective and the runbook", async () => {
    expect(await wait([[message()]])).toMatchObject({
      name: "acme-objects-rpo-lag",
      state: "ALARM",
      region: "eu-west-1",
      stateChangedAt: "2026-11-24T10:01:30.000Z",
      lagSeconds: 104.8,
      objectiveSeconds: 120,
      runbookUrl: "https://example.com/runbooks/region-loss.md",
    });
  });

  test("whichever store's alarm comes first decides", async () => {
    const database = message({ AlarmName: "acme-postgres-rpo-lag" });

    expect(await wait([[], [database], [message()]])).toMatchObject({ store: "postgres", objectiveSeconds: 60 });
  });

  test("alarms of before the disaster, of other names or regions and returns to OK decide nothing", async () => {
    const others = [
      message({ StateChangeTime: "2026-11-24T09:59:00.000+0000" }),
      message({ AlarmName: "acme-chroma-rpo-lag" }),
      message({ NewStateValue: "OK" }),
      message({ AlarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:acme-objects-rpo-lag" }),
    ];

    const alarm = await wait([others, [message({ NewStateReason: "no datapoints were received for 1 period" })]]);

    expect(alarm.lagSeconds).toBeNull();
  });

  test("silence is an error that names the alarm", async () => {
    await expect(wait([], 2)).rejects.toThrow(/objective-missed.*No alarm arrived within 2 s.*acme-objects-rpo-lag in state ALARM/);
  });
});
