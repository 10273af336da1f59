import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  ResourceNotFound,
} from "@aws-sdk/client-cloudwatch";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type CloudWatch, createCloudWatch, createSnsPublisher } from "../../local/cloudwatch";
import { bootstrap } from "../../local/emulator/bootstrap";
import { run } from "../../local/process";
import { primary, recovery, root, startTestAws, type TestAws, toolsFolder } from "./support/emulator";

const account = "000000000000";
const namespace = "Lifeboat";
const Dimensions = [{ Name: "Store", Value: "objects" }];
let aws: TestAws;
let cloudwatch: CloudWatch;

beforeAll(async () => {
  aws = await startTestAws({
    lagSeconds: 0,
    cloudwatch: (ministackUrl) => {
      const publish = createSnsPublisher({ ministackUrl, rootCredentials: root });
      cloudwatch = createCloudWatch({ clock: { now: () => new Date() }, account, publish });
      return cloudwatch;
    },
  });
});
afterAll(async () => {
  await cloudwatch.stop();
  await aws.stop();
});

const client = (region = recovery, credentials: { accessKeyId: string; secretAccessKey: string } = root) => ({
  endpoint: aws.gateway.url,
  region,
  credentials,
  maxAttempts: 1,
});
const js = () => new CloudWatchClient(client());

/** Runs a script with botocore in one of the protocols that it knows, and reads its JSON answer. Which one it prefers depends on its version. */
const botocore = async (script: string, protocol: string): Promise<unknown> => {
  const session = `
import json, botocore.session, datetime
from botocore.config import Config
session = botocore.session.get_session()
import botocore.model; botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("${protocol}",)
cw = session.create_client("cloudwatch", region_name="${recovery}", endpoint_url="${aws.gateway.url}", aws_access_key_id="test", aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))
dimensions = [{"Name": "Store", "Value": "objects"}]
def answer(value): print(json.dumps(value, default=str))
${script}
`;
  const { code, stdout, stderr } = await run({ command: join(await toolsFolder(), "python"), args: ["-c", session] });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

const alarm = (AlarmName: string, changes: { AlarmActions?: string[]; MetricName?: string; Threshold?: number } = {}) =>
  new PutMetricAlarmCommand({
    AlarmName,
    AlarmDescription: "objective 120 s",
    Namespace: namespace,
    MetricName: "RpoLagSeconds",
    Dimensions,
    Statistic: "Maximum",
    Period: 10,
    EvaluationPeriods: 1,
    Threshold: 90,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: "breaching",
    Tags: [{ Key: "system", Value: "lifeboat" }],
    ...changes,
  });

it.each([
  ["JSON", "json"],
  ["CBOR", "smithy-rpc-v2-cbor"],
  ["query", "query"],
] as const)("shares metrics and alarms between the JavaScript client (JSON) and botocore (%s)", async (name, protocol) => {
  const MetricName = `Shared-${name}`;
  const now = new Date();
  await js().send(
    new PutMetricDataCommand({
      Namespace: namespace,
      MetricData: [{ MetricName, Dimensions, Value: 3.5, Unit: "Seconds", Timestamp: now }],
    }),
  );
  await js().send(alarm(`shared-${name}`, { MetricName }));

  const seen = await botocore(
    `
cw.put_metric_data(Namespace="${namespace}", MetricData=[{"MetricName": "${MetricName}", "Dimensions": dimensions, "Unit": "Seconds", "Values": [4.5, 6.0], "Counts": [1.0, 2.0], "Timestamp": datetime.datetime.fromtimestamp(${now.getTime() / 1000}, datetime.timezone.utc)}])
now = datetime.datetime.now(datetime.timezone.utc)
stats = cw.get_metric_statistics(Namespace="${namespace}", MetricName="${MetricName}", Dimensions=dimensions, StartTime=now - datetime.timedelta(minutes=5), EndTime=now, Period=3600, Statistics=["Maximum", "SampleCount", "Average"])["Datapoints"]
alarm = cw.describe_alarms(AlarmNames=["shared-${name}"])["MetricAlarms"][0]
try: cw.delete_alarms(AlarmNames=["absent"])
except Exception as error: code = error.response["Error"]["Code"]
answer({"spoken": cw.meta.service_model.resolved_protocol, "stats": stats, "alarm": [alarm["StateValue"], alarm["Threshold"], alarm["Dimensions"], alarm["AlarmConfigurationUpdatedTimestamp"].year], "code": code})
`,
    protocol,
  );

  expect(seen).toMatchObject({
    spoken: protocol,
    stats: [{ Maximum: 6, SampleCount: 4, Average: 5, Unit: "Seconds" }],
    alarm: ["INSUFFICIENT_DATA", 90, Dimensions, now.getFullYear()],
    code: "ResourceNotFound",
  });
  const { Datapoints } = await js().send(
    new GetMetricStatisticsCommand({
      Namespace: namespace,
      MetricName,
      Dimensions,
      StartTime: new Date(now.getTime() - 300_000),
      EndTime: new Date(now.getTime() + 60_000),
      Period: 86_400,
      Statistics: ["Sum"],
    }),
  );
  expect(Datapoints).toEqual([expect.objectContaining({ Sum: 20, Timestamp: expect.any(Date) })]);
});

it("sends the ALARM message to the subscriber of the topic, in the alarm's region", async () => {
  const sns = new SNSClient(client());
  const sqs = new SQSClient(client());
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "pages" }));
  const QueueArn = `arn:aws:sqs:${recovery}:${account}:pages`;
  const Statement = [{ Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: QueueArn }];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "pages", Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: QueueArn }));
  await js().send(alarm("rpo-objects", { AlarmActions: [TopicArn] }));

  await cloudwatch.tick(new Date());

  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
  const envelope = JSON.parse(Messages?.[0]?.Body ?? "{}");
  expect(envelope).toMatchObject({ Type: "Notification", TopicArn, Subject: 'ALARM: "rpo-objects" in EU (Ireland)' });
  expect(JSON.parse(envelope.Message)).toMatchObject({
    AlarmName: "rpo-objects",
    NewStateValue: "ALARM",
    OldStateValue: "INSUFFICIENT_DATA",
    AlarmArn: `arn:aws:cloudwatch:${recovery}:${account}:alarm:rpo-objects`,
    Trigger: { Namespace: namespace, MetricName: "RpoLagSeconds", Dimensions: [{ name: "Store", value: "objects" }] },
  });
  const { AlarmHistoryItems } = await js().send(new DescribeAlarmHistoryCommand({ AlarmName: "rpo-objects" }));
  expect(AlarmHistoryItems?.map((item) => item.HistoryItemType)).toEqual(["Action", "StateUpdate", "ConfigurationUpdate"]);
});

it("evaluates by itself once it is started, and not in a region that is cut off", async () => {
  await js().send(alarm("started"));
  const alarmNow = async () => (await js().send(new DescribeAlarmsCommand({ AlarmNames: ["started"] }))).MetricAlarms?.[0];
  aws.gateway.outage.cut(recovery);
  cloudwatch.start(0.1);
  await sleep(300);
  const restoredAt = new Date();
  aws.gateway.outage.restore(recovery);

  let found = await alarmNow();
  for (let attempt = 0; found?.StateValue !== "ALARM" && attempt < 50; attempt += 1) {
    await sleep(100);
    found = await alarmNow();
  }

  expect(found?.StateValue).toBe("ALARM");
  expect(found?.StateTransitionedTimestamp?.getTime()).toBeGreaterThanOrEqual(restoredAt.getTime());
});

it("is per region, and large data arrive compressed", async () => {
  const MetricData = Array.from({ length: 400 }, (_, index) => ({ MetricName: `Bulk${index}`, Dimensions, Value: index }));
  await js().send(new PutMetricDataCommand({ Namespace: "Bulk", MetricData }));

  const here = await js().send(new ListMetricsCommand({ Namespace: "Bulk" }));
  const there = await new CloudWatchClient(client(primary)).send(new ListMetricsCommand({ Namespace: "Bulk" }));

  expect(here.Metrics).toHaveLength(400);
  expect(there.Metrics).toHaveLength(0);
});

it("answers metric math, tags, dashboards and errors in their shapes", async () => {
  await js().send(alarm("shapes"));
  await js().send(new PutMetricDataCommand({ Namespace: "Math", MetricData: [{ MetricName: "a", Value: 4 }] }));
  const end = new Date(Date.now() + 60_000);
  const { MetricDataResults } = await js().send(
    new GetMetricDataCommand({
      StartTime: new Date(end.getTime() - 600_000),
      EndTime: end,
      MetricDataQueries: [
        { Id: "a", MetricStat: { Metric: { Namespace: "Math", MetricName: "a" }, Period: 60, Stat: "Sum" }, ReturnData: false },
        { Id: "twice", Expression: "a * 2" },
      ],
    }),
  );
  await js().send(new PutDashboardCommand({ DashboardName: "lifeboat", DashboardBody: '{"widgets":[]}' }));

  expect(MetricDataResults).toEqual([expect.objectContaining({ Id: "twice", Values: [8], StatusCode: "Complete" })]);
  const ResourceARN = `arn:aws:cloudwatch:${recovery}:${account}:alarm:shapes`;
  expect((await js().send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([{ Key: "system", Value: "lifeboat" }]);
  expect((await js().send(new GetDashboardCommand({ DashboardName: "lifeboat" }))).DashboardBody).toBe('{"widgets":[]}');
  await expect(js().send(new DeleteAlarmsCommand({ AlarmNames: ["absent"] }))).rejects.toThrow(ResourceNotFound);
});

it("asks the emulator for every caller's signature and policy", async () => {
  const user = await bootstrap(aws.gateway.url).createDeployUser("metrics", {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "cloudwatch:PutMetricData", Resource: "*" }],
  });
  const put = new PutMetricDataCommand({ Namespace: namespace, MetricData: [{ MetricName: "x", Value: 1 }] });

  await new CloudWatchClient(client(recovery, user)).send(put);
  await expect(new CloudWatchClient(client(recovery, user)).send(alarm("denied"))).rejects.toThrow(
    /user\/metrics is not authorized to perform: cloudwatch:PutMetricAlarm/,
  );
  const forged = { ...user, secretAccessKey: "wrong" };
  await expect(new CloudWatchClient(client(recovery, forged)).send(put)).rejects.toThrow(/signature/);
  expect(
    aws.gateway.calls
      .all()
      .slice(-3)
      .map(({ operation, outcome }) => [operation, outcome]),
  ).toEqual([
    ["PutMetricData", "ok"],
    ["PutMetricAlarm", "client-error"],
    ["PutMetricData", "client-error"],
  ]);
});
