import { CloudWatchClient, DisableAlarmActionsCommand, PutDashboardCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { cloudwatchResources } from "../../../local/plugins/aws/cloudwatch/index";
import { region } from "./aws";
import { useCloudWatch } from "./cloudwatch";
import { describeResources, type ResourceCase } from "./suite";

const aws = useCloudWatch(cloudwatchResources);
const cloudwatch = () => aws.outside().client(CloudWatchClient);

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const topic = (name: string) => `arn:aws:sns:${region}:000000000000:${name}`;

const lagAlarm = (name: string) => ({
  name,
  alarmDescription: "RPO lag of the objects. Runbook: docs/runbooks/rpo.md",
  namespace: "Lifeboat",
  metricName: "RpoLagSeconds",
  dimensions: { Store: "objects", System: "acme" },
  comparisonOperator: "GreaterThanThreshold",
  threshold: 90,
  statistic: "Maximum",
  period: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: "breaching",
  alarmActions: [topic("pages")],
  okActions: [topic("pages")],
  tags: { owner: "test" },
});

const metricOf = (metricName: string) => ({
  namespace: "Lifeboat",
  metricName,
  dimensions: { Store: "objects" },
  period: 60,
  stat: "Maximum",
});

const expressionAlarm = (name: string, expression: string) => ({
  name,
  comparisonOperator: "GreaterThanThreshold",
  threshold: 1,
  evaluationPeriods: 1,
  metricQueries: [
    { id: "ratio", expression, label: "Lag by objective", returnData: true },
    { id: "lag", metric: metricOf("RpoLagSeconds") },
    { id: "objective", metric: metricOf("RpoObjectiveSeconds") },
  ],
});

const dashboardBody = (title: string) => ({
  widgets: [{ type: "text", x: 0, y: 0, width: 6, height: 3, properties: { markdown: title } }],
});

const rows: ResourceCase[] = [
  {
    type: alarmType,
    inputs: (_, unique) => lagAlarm(unique),
    outputs: (_, unique) => ({
      arn: expect.stringMatching(new RegExp(`^arn:aws:cloudwatch:${region}:000000000000:alarm:${unique}$`)),
      actionsEnabled: true,
    }),
    update: (_, unique) => ({ ...lagAlarm(unique), threshold: 120, insufficientDataActions: [topic("pages")], tags: { tier: "critical" } }),
    replace: { because: "name", inputs: (_, unique) => lagAlarm(`${unique}-2`) },
    drift: async ({ id }) => {
      await cloudwatch().send(
        new PutMetricAlarmCommand({
          AlarmName: id,
          Namespace: "Lifeboat",
          MetricName: "RpoLagSeconds",
          Statistic: "Maximum",
          Period: 60,
          EvaluationPeriods: 3,
          Threshold: 1e9,
          ComparisonOperator: "GreaterThanThreshold",
          ActionsEnabled: false,
        }),
      );
    },
  },
  {
    type: alarmType,
    about: "on an expression",
    inputs: (_, unique) => expressionAlarm(unique, "lag / objective"),
    update: (_, unique) => expressionAlarm(unique, "100 * lag / objective"),
    drift: async ({ id }) => {
      await cloudwatch().send(new DisableAlarmActionsCommand({ AlarmNames: [id] }));
    },
  },
  {
    type: "aws:cloudwatch/dashboard:Dashboard",
    inputs: (_, unique) => ({ dashboardName: unique, dashboardBody: JSON.stringify(dashboardBody("first"), null, 2) }),
    update: (_, unique) => ({ dashboardName: unique, dashboardBody: JSON.stringify(dashboardBody("second")) }),
    replace: {
      because: "dashboardName",
      inputs: (_, unique) => ({ dashboardName: `${unique}-2`, dashboardBody: JSON.stringify(dashboardBody("first")) }),
    },
    drift: async ({ id }) => {
      const DashboardBody = JSON.stringify(dashboardBody("hijacked"));
      await cloudwatch().send(new PutDashboardCommand({ DashboardName: id, DashboardBody }));
    },
  },
];

describeResources(aws.plugin, cloudwatchResources, rows);

test("an alarm on one metric and on an expression at once is refused", async () => {
  const inputs = { ...lagAlarm("both"), metricQueries: [{ id: "m", expression: "1 + 1", returnData: true }] };

  await expect(aws.plugin().check(alarmType, "alarm", inputs)).rejects.toThrow("metricName: cannot stand beside metricQueries");
});

test("a comparison that AWS does not know is an error that lists those it knows", async () => {
  const inputs = { ...lagAlarm("typo"), comparisonOperator: "GreaterThan" };

  await expect(aws.plugin().create(alarmType, "alarm", inputs)).rejects.toThrow(
    /comparisonOperator.*GreaterThan.*Allowed: GreaterThanOrEqualToThreshold/,
  );
});
