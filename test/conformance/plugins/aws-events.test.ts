import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { eventsResources } from "../../../local/plugins/aws/events/index";
import { sqsResources } from "../../../local/plugins/aws/sqs/index";
import { region, useAws } from "./aws";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws([...eventsResources, ...sqsResources]);
const events = () => aws.outside().client(EventBridgeClient);

const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";
const ruleOf = (given: Given) => given.rule?.id ?? "";
const queueArn = (given: Given) => String(given.queue?.outputs.arn ?? "");

const rows: ResourceCase[] = [
  {
    type: ruleType,
    about: "schedule",
    inputs: (_, unique) => ({ name: unique, scheduleExpression: "rate(1 minute)", description: "Export", tags: { owner: "test" } }),
    outputs: (_, unique) => ({ arn: `arn:aws:events:${region}:000000000000:rule/${unique}`, state: "ENABLED", tagsAll: { owner: "test" } }),
    update: (_, unique) => ({ name: unique, scheduleExpression: "rate(5 minutes)", state: "DISABLED", tags: { owner: "other" } }),
    replace: { because: "name", inputs: (_, unique) => ({ name: `${unique}-2`, scheduleExpression: "rate(1 minute)" }) },
    drift: async ({ id }) => {
      await events().send(new PutRuleCommand({ Name: id, ScheduleExpression: "rate(1 day)" }));
    },
    notRead: ["forceDestroy"],
  },
  {
    type: ruleType,
    about: "pattern",
    inputs: (_, unique) => ({
      name: unique,
      eventPattern: JSON.stringify({ source: ["aws.s3"], "detail-type": ["Object Created"] }, null, 2),
    }),
    update: (_, unique) => ({ name: unique, eventPattern: JSON.stringify({ source: ["aws.s3"] }) }),
    drift: async ({ id }) => {
      await events().send(new PutRuleCommand({ Name: id, EventPattern: JSON.stringify({ source: ["nothing"] }) }));
    },
    notRead: ["forceDestroy"],
  },
  {
    type: targetType,
    prepare: async (engine, unique) => ({
      rule: await engine.create(ruleType, "rule", { name: unique, scheduleExpression: "rate(1 day)" }),
      queue: await engine.create("aws:sqs/queue:Queue", "queue", { name: unique }),
    }),
    inputs: (given) => ({
      rule: ruleOf(given),
      arn: queueArn(given),
      targetId: "queue",
      input: JSON.stringify({ store: "chroma" }),
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 2 },
    }),
    update: (given) => ({ rule: ruleOf(given), arn: queueArn(given), targetId: "queue", deadLetterConfig: { arn: queueArn(given) } }),
    replace: { because: "targetId", inputs: (given) => ({ rule: ruleOf(given), arn: queueArn(given), targetId: "other" }) },
    drift: async ({ outputs }) => {
      const Targets = [{ Id: "queue", Arn: String(outputs.arn), Input: JSON.stringify({ store: "none" }) }];
      await events().send(new PutTargetsCommand({ Rule: String(outputs.rule), Targets }));
    },
    notRead: ["forceDestroy"],
  },
];

describeResources(aws.plugin, eventsResources, rows);

test("a target with two kinds of input is refused", async () => {
  const inputs = { rule: "rule", arn: "arn:aws:sqs:us-east-1:000000000000:q", input: "{}", inputPath: "$.detail" };

  await expect(aws.plugin().check(targetType, "target", inputs)).rejects.toThrow("inputPath: cannot stand beside input");
});

test("a rule with neither schedule nor pattern is refused", async () => {
  await expect(aws.plugin().create(ruleType, "rule", { name: "empty" })).rejects.toThrow(
    /rule empty has none of scheduleExpression, eventPattern/,
  );
});
