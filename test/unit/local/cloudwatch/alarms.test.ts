import { z } from "zod";
import { type CloudWatch, createCloudWatch, type Notification } from "../../../../local/cloudwatch";

const region = "eu-west-1";
const topic = `arn:aws:sns:${region}:000000000000:pages`;
const start = Date.parse("2026-01-01T00:00:00Z");

const described = z.object({ MetricAlarms: z.array(z.object({ StateValue: z.string() })) });

interface Fixture {
  readonly cloudwatch: CloudWatch;
  readonly sent: Notification[];
  readonly call: (operation: string, input: object, inRegion?: string) => Promise<{ status: number; output: Record<string, unknown> }>;
  /** Judges the alarms so many seconds after the start. */
  readonly at: (seconds: number) => Promise<void>;
  readonly put: (seconds: number, value: number, dimension?: string, resolution?: number) => Promise<unknown>;
  readonly state: (name?: string) => Promise<string | undefined>;
}

const prepare = (publish?: (notification: Notification) => Promise<void>): Fixture => {
  let now = new Date(start);
  const sent: Notification[] = [];
  const cloudwatch = createCloudWatch({
    clock: { now: () => now },
    account: "000000000000",
    publish: publish ?? ((notification) => Promise.resolve(void sent.push(notification))),
  });
  const call: Fixture["call"] = async (operation, input, inRegion = region) => {
    const headers = { "x-amz-target": `GraniteServiceVersion20100801.${operation}` };
    const answer = await cloudwatch.handle({ region: inRegion, path: "/", headers, body: Buffer.from(JSON.stringify(input)) });
    return { status: answer.status, output: JSON.parse(answer.body.toString()) };
  };
  return {
    cloudwatch,
    sent,
    call,
    at: async (seconds) => {
      now = new Date(start + seconds * 1000);
      await cloudwatch.tick(now);
    },
    put: (seconds, value, dimension = "objects", StorageResolution = 60) =>
      call("PutMetricData", {
        Namespace: "Lifeboat",
        MetricData: [
          {
            MetricName: "RpoLagSeconds",
            Dimensions: [{ Name: "Store", Value: dimension }],
            Timestamp: start / 1000 + seconds,
            Value: value,
            StorageResolution,
          },
        ],
      }),
    state: async (name = "rpo") => {
      const { output } = await call("DescribeAlarms", { AlarmNames: [name] });
      return described.parse(output).MetricAlarms[0]?.StateValue;
    },
  };
};

const alarm = (changes: object = {}): object => ({
  AlarmName: "rpo",
  AlarmDescription: "objective 120 s; runbook https://example.com/runbook",
  Namespace: "Lifeboat",
  MetricName: "RpoLagSeconds",
  Dimensions: [{ Name: "Store", Value: "objects" }],
  Statistic: "Maximum",
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 90,
  ComparisonOperator: "GreaterThanThreshold",
  AlarmActions: [topic],
  OKActions: [topic],
  ...changes,
});

it("alarms once when the metric crosses, and says what crossed; recovers when it does", async () => {
  const { call, put, at, state, sent } = prepare();
  await call("PutMetricAlarm", alarm());
  expect(await state()).toBe("INSUFFICIENT_DATA");

  await put(10, 50);
  await at(30);
  expect(await state()).toBe("INSUFFICIENT_DATA");
  await at(61);
  expect(await state()).toBe("OK");
  await put(70, 130);
  await at(121);
  await at(131);
  expect(await state()).toBe("ALARM");
  await put(190, 10);
  await at(241);

  expect(await state()).toBe("OK");
  expect(sent.map((each) => each.subject)).toEqual([
    'OK: "rpo" in EU (Ireland)',
    'ALARM: "rpo" in EU (Ireland)',
    'OK: "rpo" in EU (Ireland)',
  ]);
  expect(sent[1]).toMatchObject({ region, topicArn: topic });
  expect(JSON.parse(sent[1]?.message ?? "")).toMatchObject({
    AlarmName: "rpo",
    AlarmDescription: "objective 120 s; runbook https://example.com/runbook",
    AWSAccountId: "000000000000",
    NewStateValue: "ALARM",
    OldStateValue: "OK",
    NewStateReason:
      "Threshold Crossed: 1 out of the last 1 datapoints [130.0 (01/01/26 00:01:00)] was greater than the threshold (90.0) (minimum 1 datapoint for OK -> ALARM transition).",
    StateChangeTime: "2026-01-01T00:02:01.000+0000",
    Region: "EU (Ireland)",
    AlarmArn: `arn:aws:cloudwatch:${region}:000000000000:alarm:rpo`,
    Trigger: {
      MetricName: "RpoLagSeconds",
      Namespace: "Lifeboat",
      StatisticType: "Statistic",
      Statistic: "MAXIMUM",
      Dimensions: [{ value: "objects", name: "Store" }],
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 90,
      TreatMissingData: "missing",
    },
  });
});

it("tells metrics apart by their dimensions, and regions by their data", async () => {
  const { call, put, at, state } = prepare();
  await call("PutMetricAlarm", alarm());
  await put(10, 500, "chroma");
  await call("PutMetricData", { Namespace: "Lifeboat", MetricData: [{ MetricName: "RpoLagSeconds", Value: 500 }] }, "us-east-1");

  await at(61);

  expect(await state()).toBe("INSUFFICIENT_DATA");
});

it("judges silence: missing data that breach alarm without a single datum", async () => {
  const { call, at, state, sent } = prepare();
  await call("PutMetricAlarm", alarm({ TreatMissingData: "breaching", EvaluationPeriods: 2 }));

  await at(300);

  expect(await state()).toBe("ALARM");
  expect(JSON.parse(sent[0]?.message ?? "").NewStateReason).toBe(
    "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
  );
});

it("judges a high-resolution alarm by its own period", async () => {
  const { call, put, at, state } = prepare();
  await call("PutMetricAlarm", alarm({ Period: 10 }));
  await put(3, 500, "objects", 1);

  await at(9);
  expect(await state()).toBe("INSUFFICIENT_DATA");
  await at(11);
  expect(await state()).toBe("ALARM");
});

it("judges an expression over several metrics", async () => {
  const { call, put, at, state } = prepare();
  const stat = (Value: string) => ({
    Metric: { Namespace: "Lifeboat", MetricName: "RpoLagSeconds", Dimensions: [{ Name: "Store", Value }] },
    Period: 60,
    Stat: "Maximum",
  });
  await call("PutMetricAlarm", {
    AlarmName: "rpo",
    EvaluationPeriods: 1,
    Threshold: 90,
    ComparisonOperator: "GreaterThanThreshold",
    Metrics: [
      { Id: "objects", MetricStat: stat("objects"), ReturnData: false },
      { Id: "chroma", MetricStat: stat("chroma"), ReturnData: false },
      { Id: "worst", Expression: "MAX([objects, chroma])", Label: "worst lag", ReturnData: true },
    ],
  });
  await put(10, 20, "objects");
  await put(10, 120, "chroma");

  await at(61);

  expect(await state()).toBe("ALARM");
});

it("neither judges nor notifies in a suspended region, and goes on after it", async () => {
  const { cloudwatch, call, put, at, state, sent } = prepare();
  await call("PutMetricAlarm", alarm());
  await put(10, 500);
  cloudwatch.suspend(region);

  await at(61);
  expect(await state()).toBe("INSUFFICIENT_DATA");
  expect(sent).toHaveLength(0);
  cloudwatch.resume(region);
  await at(62);
  expect(await state()).toBe("ALARM");
});

it("keeps judging when a topic fails, and writes the failure into the history", async () => {
  const { call, put, at, state } = prepare(() => Promise.reject(new Error("topic is gone")));
  await call("PutMetricAlarm", alarm());
  await call("PutMetricAlarm", alarm({ AlarmName: "second" }));
  await put(10, 500);

  await at(61);

  expect(await state("second")).toBe("ALARM");
  const { output } = await call("DescribeAlarmHistory", { AlarmName: "rpo", HistoryItemType: "Action" });
  expect(output.AlarmHistoryItems).toEqual([expect.objectContaining({ HistorySummary: expect.stringContaining("topic is gone") })]);
});

it("does not notify with actions disabled, nor twice for one state", async () => {
  const { call, at, sent } = prepare();
  await call("PutMetricAlarm", alarm());
  await call("DisableAlarmActions", { AlarmNames: ["rpo"] });
  await call("SetAlarmState", { AlarmName: "rpo", StateValue: "ALARM", StateReason: "a test" });
  expect(sent).toHaveLength(0);

  await call("EnableAlarmActions", { AlarmNames: ["rpo"] });
  await call("SetAlarmState", { AlarmName: "rpo", StateValue: "OK", StateReason: "a test" });
  await call("SetAlarmState", { AlarmName: "rpo", StateValue: "OK", StateReason: "a test" });
  expect(sent).toHaveLength(1);
  await at(1);
});

it.each([
  ["an unknown property", alarm({ Colour: "red" }), /Colour/],
  ["a period between", alarm({ Period: 45 }), /Period must be/],
  ["a topic of another region", alarm({ AlarmActions: ["arn:aws:sns:us-east-1:000000000000:pages"] }), /Only eu-west-1 is supported/],
  ["an action that is no topic", alarm({ AlarmActions: ["arn:aws:lambda:eu-west-1:000000000000:function:f"] }), /not implemented/],
  ["more points than periods", alarm({ DatapointsToAlarm: 2 }), /DatapointsToAlarm/],
  ["a statistic that is not known", alarm({ Statistic: undefined, ExtendedStatistic: "tm99" }), /tm99/],
])("refuses %s by name", async (_, input, message) => {
  const { call } = prepare();

  const { status, output } = await call("PutMetricAlarm", input);

  expect(status).toBe(400);
  expect(output).toMatchObject({ __type: "ValidationError", message: expect.stringMatching(message) });
});

it("refuses an operation that it does not serve by name", async () => {
  const { call } = prepare();

  const { status, output } = await call("PutCompositeAlarm", {});

  expect(status).toBe(400);
  expect(output.message).toMatch(/PutCompositeAlarm is not implemented/);
});
