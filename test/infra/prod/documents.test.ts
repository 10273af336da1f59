import { z } from "zod";
import { readProd } from "../../../infra/config/read";
import { METRICS } from "../../../recovery/names";
import { committed } from "../../unit/infra/config/stackFiles";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const { documents } = readProd(committed("prod"));
const TOPIC = `arn:aws:sns:${RECOVERY}:${ACCOUNT}:${SYSTEM}-alarms`;
const DOCUMENTS = `${SYSTEM}-documents-${ACCOUNT}-${PRIMARY}`;
const REPLICA = `${SYSTEM}-documents-${ACCOUNT}-${RECOVERY}`;
const LOCKED = `${SYSTEM}-documents-vault-${ACCOUNT}-${RECOVERY}`;
const reportsIn = (region: string): string => `${SYSTEM}-reports-${ACCOUNT}-${region}`;

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

describe("the documents' checks", () => {
  const Rule = z.object({ name: z.string(), scheduleExpression: z.string().optional() });

  it("run in the recovery region, as often as configured", () => {
    const schedules = recording
      .typed("aws:cloudwatch/eventRule:EventRule", Rule)
      .map(({ args, place }) => [args.name, place, args.scheduleExpression]);

    expect(schedules).toContainEqual([`${SYSTEM}-compare-documents`, RECOVERY, documents.comparison.schedule.expression]);
    expect(schedules).toContainEqual([`${SYSTEM}-renew-locks`, RECOVERY, documents.renewals.expression]);
  });

  const Alarm = z.object({
    name: z.string(),
    alarmDescription: z.string(),
    metricName: z.string(),
    dimensions: z.record(z.string(), z.string()),
    threshold: z.number(),
    period: z.number(),
    evaluationPeriods: z.number(),
    treatMissingData: z.string(),
    alarmActions: z.array(z.string()),
    okActions: z.array(z.string()),
  });
  const alarms = () =>
    recording
      .typed("aws:cloudwatch/metricAlarm:MetricAlarm", Alarm)
      .filter(({ args }) => args.name.startsWith(`${SYSTEM}-documents-`))
      .map(({ args, place }) => ({ ...args, place }));

  it("wake people in the recovery region for each kind of finding, until a later comparison says otherwise", () => {
    const findings = alarms().filter(({ metricName }) => metricName !== METRICS.comparisonAge);

    expect(findings.map(({ name, metricName }) => [name, metricName]).sort()).toEqual([
      [`${SYSTEM}-documents-differing`, METRICS.documentsDiffering],
      [`${SYSTEM}-documents-missing`, METRICS.documentsMissing],
      [`${SYSTEM}-documents-pending`, METRICS.documentsPending],
      [`${SYSTEM}-documents-undeleted`, METRICS.documentsUndeleted],
      [`${SYSTEM}-documents-unlocked`, METRICS.documentsUnlocked],
    ]);
    for (const alarm of findings)
      expect(alarm).toMatchObject({
        place: RECOVERY,
        dimensions: { System: SYSTEM, Store: "objects" },
        threshold: 0,
        period: documents.comparison.schedule.intervalSeconds,
        treatMissingData: "ignore",
        alarmActions: [TOPIC],
        okActions: [TOPIC],
      });
  });

  it("wake people where nothing is compared any more, whether it fails or is not called", () => {
    expect(alarms().filter(({ metricName }) => metricName === METRICS.comparisonAge)).toEqual([
      expect.objectContaining({ threshold: documents.comparison.staleAfter, evaluationPeriods: 2, treatMissingData: "breaching" }),
    ]);
  });

  it("and where the functions fail", () => {
    const Errors = z.object({ metricName: z.string(), dimensions: z.record(z.string(), z.string()) });
    const watched = recording
      .typed("aws:cloudwatch/metricAlarm:MetricAlarm", Errors)
      .flatMap(({ args }) => (args.metricName === "Errors" ? (args.dimensions.FunctionName ?? []) : []));

    expect(watched).toEqual(expect.arrayContaining([`${SYSTEM}-compare-documents`, `${SYSTEM}-renew-locks`]));
  });

  it("their functions are among those that may write the catalogue", () => {
    const { policy } = z.object({ policy: PolicyText }).parse(recording.get("aws:s3/bucketPolicy:BucketPolicy", "vault").inputs);
    const writers = JSON.stringify(policy.find(({ Sid }) => Sid === "FunctionsWriteTheCatalogue"));

    expect(writers).toContain(`role/${SYSTEM}-compare-documents`);
    expect(writers).toContain(`role/${SYSTEM}-renew-locks`);
  });
});

describe("S3 Inventory", () => {
  const Inventory = z.object({
    bucket: z.string(),
    name: z.string(),
    includedObjectVersions: z.string(),
    schedule: z.object({ frequency: z.string() }),
    optionalFields: z.array(z.string()),
    destination: z.object({
      bucket: z.object({
        format: z.string(),
        bucketArn: z.string(),
        accountId: z.string(),
        prefix: z.string(),
        encryption: z.object({ sseS3: z.object({}) }),
      }),
    }),
  });

  it("reports daily on the documents and both of their copies, each in its own region", () => {
    const inventories = recording.typed("aws:s3/inventory:Inventory", Inventory);

    expect(inventories.map(({ args, place }) => [args.bucket, place, args.destination.bucket.bucketArn]).sort()).toEqual(
      [
        [DOCUMENTS, PRIMARY, `arn:aws:s3:::${reportsIn(PRIMARY)}`],
        [REPLICA, RECOVERY, `arn:aws:s3:::${reportsIn(RECOVERY)}`],
        [LOCKED, RECOVERY, `arn:aws:s3:::${reportsIn(RECOVERY)}`],
      ].sort(),
    );
    for (const { args } of inventories)
      expect(args).toMatchObject({
        includedObjectVersions: "Current",
        schedule: { frequency: "Daily" },
        optionalFields: expect.arrayContaining(["Size", "LastModifiedDate", "ObjectLockRetainUntilDate"]),
        destination: { bucket: { format: "CSV", accountId: ACCOUNT, prefix: "inventory" } },
      });
  });

  it("S3 alone may write the reports, on behalf of these buckets of this account", () => {
    for (const [bucket, sources] of [
      ["reports-primary", [DOCUMENTS]],
      ["reports-recovery", [REPLICA, LOCKED]],
    ] as const) {
      const { policy } = z.object({ policy: PolicyText }).parse(recording.get("aws:s3/bucketPolicy:BucketPolicy", bucket).inputs);
      const region = bucket === "reports-primary" ? PRIMARY : RECOVERY;

      expect(policy.filter(({ Effect }) => Effect === "Allow")).toEqual([
        {
          Sid: "InventoryReports",
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: ["s3:PutObject"],
          Resource: [`arn:aws:s3:::${reportsIn(region)}/inventory/*`],
          Condition: {
            StringEquals: { "aws:SourceAccount": ACCOUNT },
            ArnLike: { "aws:SourceArn": sources.map((source) => `arn:aws:s3:::${source}`) },
          },
        },
      ]);
    }
  });
});

describe("old versions and storage classes", () => {
  const Lifecycle = z.object({
    rules: z.array(
      z.object({
        id: z.string(),
        filter: z.object({ prefix: z.string().optional(), objectSizeGreaterThan: z.number().optional() }),
        transitions: z.array(z.object({ days: z.number(), storageClass: z.string() })).optional(),
        noncurrentVersionTransitions: z.array(z.object({ noncurrentDays: z.number(), storageClass: z.string() })).optional(),
        noncurrentVersionExpiration: z.object({ noncurrentDays: z.number() }).optional(),
      }),
    ),
  });
  const rulesOf = (bucket: string) =>
    Lifecycle.parse(recording.get("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", bucket).inputs).rules;

  it("versions that are no longer current stay 30 days in the primary region and a year in the recovery region", () => {
    const daysOf = (bucket: string) => rulesOf(bucket).flatMap((rule) => rule.noncurrentVersionExpiration?.noncurrentDays ?? []);

    expect([daysOf("documents"), daysOf("documents-replica"), daysOf("documents-vault")]).toEqual([[30], [365], [365]]);
  });

  it("what verification reads back daily stays in STANDARD: retrievals would cost more than the storage saves", () => {
    for (const bucket of ["documents", "documents-replica", "documents-vault"])
      expect(rulesOf(bucket).filter(({ transitions }) => transitions !== undefined)).toEqual([]);
  });

  it("what it reads back every 90 days goes to Glacier Instant Retrieval, from the size on from which that saves something", async () => {
    const quarterly = await deployedProd({ verify: { schedule: "rate(15 minutes)", rotationRuns: 8640 } });

    const rules = Lifecycle.parse(
      quarterly.get("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "documents-vault").inputs,
    ).rules;
    const [tier] = rules.filter(({ transitions }) => transitions !== undefined);
    expect(tier).toEqual({
      id: "locked-copies",
      filter: { objectSizeGreaterThan: 256 * 1024 - 1 },
      transitions: [{ days: 0, storageClass: "GLACIER_IR" }],
      noncurrentVersionTransitions: [{ noncurrentDays: 1, storageClass: "GLACIER_IR" }],
    });
  });

  it("exports that verification reads daily stay in STANDARD", () => {
    expect(rulesOf("vault").filter(({ transitions }) => transitions !== undefined)).toEqual([]);
  });
});
