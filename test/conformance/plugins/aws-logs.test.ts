import { CloudWatchLogsClient, PutMetricFilterCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { logsResources } from "../../../local/plugins/aws/logs/index";
import { region, useAws } from "./aws";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws(logsResources);
const logs = () => aws.outside().client(CloudWatchLogsClient);

const groupType = "aws:cloudwatch/logGroup:LogGroup";
const groupOf = (given: Given) => given.group?.id ?? "";
const metric = { name: "Failures", namespace: "Lifeboat", value: "1" };

const rows: ResourceCase[] = [
  {
    type: groupType,
    inputs: (_, unique) => ({ name: `/aws/lambda/${unique}`, retentionInDays: 30, tags: { owner: "test" } }),
    outputs: (_, unique) => ({ arn: `arn:aws:logs:${region}:000000000000:log-group:/aws/lambda/${unique}`, tagsAll: { owner: "test" } }),
    update: (_, unique) => ({ name: `/aws/lambda/${unique}`, tags: { owner: "other" } }),
    replace: { because: "name", inputs: (_, unique) => ({ name: `/aws/lambda/${unique}-2`, retentionInDays: 30 }) },
    drift: async ({ id }) => {
      await logs().send(new PutRetentionPolicyCommand({ logGroupName: id, retentionInDays: 1 }));
    },
    notRead: ["skipDestroy"],
  },
  {
    type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    prepare: async (engine, unique) => ({ group: await engine.create(groupType, "group", { name: unique }) }),
    inputs: (given) => ({ name: "failures", logGroupName: groupOf(given), pattern: "{ $.level = ERROR }", metricTransformation: metric }),
    update: (given) => ({
      name: "failures",
      logGroupName: groupOf(given),
      pattern: "",
      metricTransformation: { ...metric, defaultValue: "0", unit: "Count" },
    }),
    replace: {
      because: "name",
      inputs: (given) => ({ name: "other", logGroupName: groupOf(given), pattern: "", metricTransformation: metric }),
    },
    drift: async ({ outputs }) => {
      await logs().send(
        new PutMetricFilterCommand({
          logGroupName: String(outputs.logGroupName),
          filterName: "failures",
          filterPattern: "nothing",
          metricTransformations: [{ metricName: "Failures", metricNamespace: "Lifeboat", metricValue: "0" }],
        }),
      );
    },
  },
];

describeResources(aws.plugin, logsResources, rows);
