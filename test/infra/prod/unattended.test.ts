import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readProd } from "../../../infra/config/read";
import { EXPORT_KINDS } from "../../../recovery/catalogue/kinds";
import { METRICS, replicationAlarmName } from "../../../recovery/names";
import { committed } from "../../unit/infra/config/stackFiles";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const configuration = readProd(committed("prod"));
const functionArn = (region: string, name: string): string => `arn:aws:lambda:${region}:${ACCOUNT}:function:${SYSTEM}-${name}`;
const machineArn = (name: string): string => `arn:aws:states:${PRIMARY}:${ACCOUNT}:stateMachine:${SYSTEM}-${name}`;
const TOPIC = `arn:aws:sns:${RECOVERY}:${ACCOUNT}:${SYSTEM}-alarms`;

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

const Permission = z.object({
  action: z.string(),
  function: z.string(),
  principal: z.string(),
  sourceArn: z.string(),
  sourceAccount: z.string().optional(),
});
const permissions = () => recording.typed("aws:lambda/permission:Permission", Permission);

describe("schedules", () => {
  const Rule = z.object({ name: z.string(), scheduleExpression: z.string().optional() });
  const Target = z.object({ rule: z.string(), arn: z.string() });

  it("call these functions, as often as configured", () => {
    const targets = recording.typed("aws:cloudwatch/eventTarget:EventTarget", Target);
    const scheduled = recording
      .typed("aws:cloudwatch/eventRule:EventRule", Rule)
      .filter(({ args }) => args.scheduleExpression !== undefined);
    const calls = scheduled.map(({ args, place }) => ({
      place,
      expression: args.scheduleExpression,
      called: targets.filter((target) => target.place === place && target.args.rule === args.name).map((target) => target.args.arn),
    }));

    const { objects, chroma, watch, verify, documents, configuration: exported, coverage, sets } = configuration;
    expect(calls).toEqual([
      { place: PRIMARY, expression: objects.canary.expression, called: [functionArn(PRIMARY, "canary")] },
      { place: PRIMARY, expression: chroma.schedule.expression, called: [machineArn("chroma-export")] },
      { place: RECOVERY, expression: documents.comparison.schedule.expression, called: [functionArn(RECOVERY, "compare-documents")] },
      { place: PRIMARY, expression: exported.schedule.expression, called: [functionArn(PRIMARY, "configuration-export")] },
      { place: RECOVERY, expression: coverage.schedule.expression, called: [functionArn(RECOVERY, "coverage")] },
      { place: RECOVERY, expression: sets.schedule.expression, called: [functionArn(RECOVERY, "recovery-set")] },
      { place: RECOVERY, expression: documents.renewals.expression, called: [functionArn(RECOVERY, "renew-locks")] },
      { place: RECOVERY, expression: verify.schedule.expression, called: [functionArn(RECOVERY, "seal")] },
      { place: RECOVERY, expression: verify.schedule.expression, called: [functionArn(RECOVERY, "verify")] },
      { place: RECOVERY, expression: watch.schedule.expression, called: [functionArn(RECOVERY, "watch")] },
    ]);
  });

  it("each target may call its function, for its own rule only, before it is made", () => {
    const targets = recording
      .typed("aws:cloudwatch/eventTarget:EventTarget", Target)
      .filter(({ args }) => args.arn.startsWith("arn:aws:lambda:"));

    const permitted = targets.map(({ args, place, dependencies }) =>
      permissions().some(
        (permission) =>
          permission.place === place &&
          permission.args.action === "lambda:InvokeFunction" &&
          permission.args.principal === "events.amazonaws.com" &&
          functionArn(place ?? "", permission.args.function.slice(SYSTEM.length + 1)) === args.arn &&
          permission.args.sourceArn === `arn:aws:events:${place}:${ACCOUNT}:rule/${args.rule}` &&
          dependencies.includes(permission.urn),
      ),
    );

    expect(permitted.length).toBeGreaterThan(2);
    expect(permitted.filter((isPermitted) => !isPermitted)).toEqual([]);
  });
});

describe("arrivals in the vault", () => {
  const VAULT = `${SYSTEM}-vault-${ACCOUNT}-${RECOVERY}`;
  const Notification = z.object({
    bucket: z.string(),
    lambdaFunctions: z.array(z.object({ lambdaFunctionArn: z.string(), events: z.array(z.string()), filterPrefix: z.string() })),
  });

  it("exports call the sealing function and entries the verifying one, from one notification", () => {
    const notifications = recording.typed("aws:s3/bucketNotification:BucketNotification", Notification);

    const events = ["s3:ObjectCreated:*"];
    expect(notifications.map(({ args }) => args)).toEqual([
      {
        bucket: VAULT,
        lambdaFunctions: [
          ...EXPORT_KINDS.map(({ prefix }) => ({ lambdaFunctionArn: functionArn(RECOVERY, "seal"), events, filterPrefix: prefix })),
          { lambdaFunctionArn: functionArn(RECOVERY, "verify"), events, filterPrefix: "catalogue/points/" },
        ],
      },
    ]);
  });

  it("S3 may call both, for this bucket of this account only, before the notification is made", () => {
    const fromS3 = permissions().filter(({ args }) => args.principal === "s3.amazonaws.com");
    const [notification] = recording.all("aws:s3/bucketNotification:BucketNotification");

    expect(fromS3.map(({ args }) => [args.function, args.sourceArn, args.sourceAccount])).toEqual([
      ...EXPORT_KINDS.map(() => [`${SYSTEM}-seal`, `arn:aws:s3:::${VAULT}`, ACCOUNT]),
      [`${SYSTEM}-verify`, `arn:aws:s3:::${VAULT}`, ACCOUNT],
    ]);
    expect(notification?.dependencies).toEqual(expect.arrayContaining(fromS3.map(({ urn }) => urn)));
  });
});

describe("alarms", () => {
  const Alarm = z.object({
    name: z.string(),
    alarmDescription: z.string(),
    namespace: z.string(),
    metricName: z.string(),
    dimensions: z.record(z.string(), z.string()),
    threshold: z.number(),
    comparisonOperator: z.string(),
    statistic: z.string(),
    period: z.number(),
    treatMissingData: z.string(),
    alarmActions: z.array(z.string()),
    okActions: z.array(z.string()),
  });
  const alarms = () => recording.typed("aws:cloudwatch/metricAlarm:MetricAlarm", Alarm).map(({ args }) => args);
  const alarmsOn = (metric: string) => alarms().filter(({ metricName }) => metricName === metric);

  it("one a store watches its lag, before its objective is missed; no measurement is an alarm", () => {
    const watched = alarmsOn(METRICS.rpoLag).map(
      ({ dimensions, threshold, namespace, comparisonOperator, statistic, treatMissingData }) => ({
        ...{ dimensions, threshold, namespace, comparisonOperator, statistic, treatMissingData },
      }),
    );

    const common = {
      namespace: "Lifeboat",
      comparisonOperator: "GreaterThanThreshold",
      statistic: "Maximum",
      treatMissingData: "breaching",
    };
    expect(watched).toEqual([
      { ...common, dimensions: { System: SYSTEM, Store: "chroma" }, threshold: configuration.chroma.alarmAt },
      { ...common, dimensions: { System: SYSTEM, Store: "objects" }, threshold: configuration.objects.alarmAt },
      { ...common, dimensions: { System: SYSTEM, Store: "postgres" }, threshold: configuration.postgres.alarmAt },
    ]);
  });

  it("a page tells the objective and where its runbook is", () => {
    const [chroma, objects, postgres] = alarmsOn(METRICS.rpoLag).map(({ alarmDescription }) => alarmDescription);

    expect(objects).toContain("Objective (tier standard): RPO 1 h, RTO 4 h.");
    expect(postgres).toContain("Objective (tier critical): RPO 15 min, RTO 1 h.");
    expect(chroma).toContain("Objective (tier non-critical): RPO 1 d, RTO 1 d.");
    for (const { alarmDescription } of alarms()) expect(alarmDescription).toMatch(/Runbook: https:\/\/\S+\/[a-z-]+\.md$/);
    for (const description of [objects, chroma, postgres]) expect(description).toContain(`${configuration.runbooks}/region-loss.md`);
  });

  it("one watches the status of the database's replication: stopped, or a status that nobody can read", () => {
    const watched = alarmsOn(METRICS.replicationStopped);

    expect(watched).toEqual([
      expect.objectContaining({
        name: replicationAlarmName(SYSTEM, "postgres"),
        namespace: "Lifeboat",
        dimensions: { System: SYSTEM, Store: "postgres" },
        statistic: "Maximum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "breaching",
      }),
    ]);
    expect(watched[0]?.alarmDescription).toContain(`${configuration.runbooks}/replication-stopped.md`);
    expect(watched[0]?.period).toBeGreaterThanOrEqual(configuration.watch.schedule.intervalSeconds);
  });

  it("a period holds a measurement", () => {
    for (const { period } of alarmsOn(METRICS.rpoLag)) expect(period).toBeGreaterThanOrEqual(configuration.watch.schedule.intervalSeconds);
  });

  it("failures of what runs unattended in the recovery region are told, and every refused point", () => {
    expect(alarmsOn("Errors").map(({ dimensions }) => dimensions)).toEqual(
      ["compare-documents", "coverage", "recovery-set", "renew-locks", "seal", "verify", "watch"].map((name) => ({
        FunctionName: `${SYSTEM}-${name}`,
      })),
    );
    expect(alarmsOn(METRICS.refusedPoints).map(({ dimensions, threshold }) => [dimensions, threshold])).toEqual([[{ System: SYSTEM }, 0]]);
  });

  it("what nobody protects is told, and a day in which nobody looked", () => {
    expect(alarmsOn(METRICS.uncovered)).toEqual([
      expect.objectContaining({
        name: `${SYSTEM}-uncovered`,
        dimensions: { System: SYSTEM },
        threshold: 0,
        comparisonOperator: "GreaterThanThreshold",
        statistic: "Maximum",
        treatMissingData: "breaching",
        period: 86_400,
        alarmDescription: expect.stringContaining(`${configuration.runbooks}/uncovered.md`),
      }),
    ]);
    expect(configuration.coverage.schedule.intervalSeconds).toBeLessThan(86_400);
  });

  it("sets that lack a store are told, when it is more than one in a row", () => {
    const [incomplete] = recording
      .typed("aws:cloudwatch/metricAlarm:MetricAlarm", Alarm.extend({ evaluationPeriods: z.number() }))
      .filter(({ args }) => args.metricName === METRICS.missingFromSet)
      .map(({ args }) => args);

    expect(incomplete).toMatchObject({
      name: `${SYSTEM}-set-incomplete`,
      dimensions: { System: SYSTEM },
      ...{
        threshold: 0,
        comparisonOperator: "GreaterThanThreshold",
        statistic: "Minimum",
        evaluationPeriods: 2,
        treatMissingData: "ignore",
      },
      period: configuration.sets.schedule.intervalSeconds,
      alarmDescription: expect.stringContaining(`${configuration.runbooks}/set-incomplete.md`),
    });
  });

  it("whoever wrote into the catalogue without being allowed to is told, and that nobody looked", () => {
    const [forged] = alarmsOn(METRICS.forgedObjects);

    expect(forged).toMatchObject({
      name: `${SYSTEM}-forged`,
      dimensions: { System: SYSTEM },
      ...{ threshold: 0, comparisonOperator: "GreaterThanThreshold", statistic: "Maximum", treatMissingData: "breaching" },
      alarmDescription: expect.stringContaining(`${configuration.runbooks}/forged.md`),
    });
    // One run that begins late is no missing one.
    expect(forged?.period).toBe(2 * configuration.sets.schedule.intervalSeconds);
  });

  it("damage to vectors and documents is told under the name that speaks of it, and rows that fell under one that takes no database back", () => {
    const signs = alarmsOn(METRICS.damageSigns);

    expect(signs.map(({ name, dimensions }) => [dimensions.Store, name])).toEqual([
      ["chroma", `${SYSTEM}-chroma-corruption`],
      ["objects", `${SYSTEM}-objects-corruption`],
      ["postgres", `${SYSTEM}-postgres-rows-fell`],
    ]);
    for (const sign of signs) expect(sign).toMatchObject({ threshold: 0, statistic: "Maximum", treatMissingData: "ignore" });
  });

  it("each is in the architecture's table, and its runbook in the checkout", () => {
    const docs = join(__dirname, "..", "..", "..", "docs");
    const rows = readFileSync(join(docs, "architecture.md"), "utf8")
      .split("\n")
      .filter((line) => /^\| `<system>-/.test(line));
    const named = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ""));
    // A name that begins with a hyphen stands for the end of one.
    const patterns = named.map(
      (name) => new RegExp(`${name.startsWith("-") ? "" : "^"}${name.replace("<system>", SYSTEM).replace(/<\w+>/, ".+")}$`),
    );
    const inTable = (name: string): boolean => patterns.some((pattern) => pattern.test(name));

    expect(alarms().length).toBeGreaterThan(25);
    expect(alarms().flatMap(({ name }) => (inTable(name) ? [] : [name]))).toEqual([]);
    const runbooks = alarms().map(({ alarmDescription }) => alarmDescription.split("/").at(-1) ?? "");
    expect(runbooks.filter((page) => !existsSync(join(docs, "runbooks", page)))).toEqual([]);
  });

  it("each tells the recovery region's topic, when it begins and when it ends", () => {
    for (const { alarmActions, okActions } of alarms()) expect([alarmActions, okActions]).toEqual([[TOPIC], [TOPIC]]);
  });

  it("the topic takes messages of this account's alarms, encrypted under a key that CloudWatch may use, and passes them on", () => {
    const topic = z.object({ kmsMasterKeyId: z.string() }).parse(recording.get("aws:sns/topic:Topic", "alarms").inputs);
    const { policy } = z.object({ policy: PolicyText }).parse(recording.get("aws:sns/topicPolicy:TopicPolicy", "alarms").inputs);
    const key = z.object({ policy: PolicyText }).parse(recording.get("aws:kms/key:Key", "recovery-key").inputs);
    const Subscription = z.object({ topic: z.string(), protocol: z.string(), endpoint: z.string() });

    expect(topic.kmsMasterKeyId).toBe(`arn:aws:kms:${RECOVERY}:${ACCOUNT}:key/${RECOVERY}-recovery-key`);
    expect(policy).toEqual([
      expect.objectContaining({
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: [TOPIC],
        Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
      }),
    ]);
    expect(key.policy).toContainEqual({
      Sid: "AlarmsNotify",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: ["*"],
      Condition: {
        StringEquals: { "aws:SourceAccount": ACCOUNT },
        ArnLike: { "aws:SourceArn": `arn:aws:cloudwatch:${RECOVERY}:${ACCOUNT}:alarm:*` },
      },
    });
    expect(recording.typed("aws:sns/topicSubscription:TopicSubscription", Subscription).map(({ args }) => args)).toEqual(
      configuration.notifications.map((subscription) => ({ topic: TOPIC, ...subscription })),
    );
  });
});
