import { z } from "zod";
import { Standing } from "../../../recovery/catalogue/standing";
import { bucketNames, type FunctionName } from "../../../recovery/names";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, MADE_FUNCTIONS, PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import { functionsOf } from "../support/reachability";
import { PolicyText, type Recording } from "../support/recording";

const names = bucketNames({ system: SYSTEM, accountId: ACCOUNT, primaryRegion: PRIMARY, recoveryRegion: RECOVERY });

/** What reads or writes the company's live stores stands where they are. */
const AT_THE_STORES: readonly FunctionName[] = ["canary", "chroma-export", "configuration-export", "kubernetes-read"];

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

/** A resource's inputs as text, without a function's code: the SDK in it knows every region. */
const settingsText = (inputs: unknown): string =>
  JSON.stringify(inputs, (name, value: unknown) => (name === "index.js" ? undefined : value));

const placesOf = (type: string) =>
  Object.fromEntries(recording.all(type).map(({ name, place }): [string, string | undefined] => [name, place]));

describe("what a recovery needs stands in the recovery region", () => {
  it("functions: all but those that read or write the live stores", () => {
    expect(placesOf("aws:lambda/function:Function")).toEqual(
      Object.fromEntries(MADE_FUNCTIONS.map((name) => [name, AT_THE_STORES.includes(name) ? PRIMARY : RECOVERY])),
    );
  });

  it("the copies of the data", () => {
    const places = recording
      .typed("aws:s3/bucket:Bucket", z.object({ bucket: z.string() }))
      .map(({ args, place }): [string, string | undefined] => [args.bucket, place]);

    expect(Object.fromEntries(places)).toEqual({
      [names.documents]: PRIMARY,
      [names.staging]: PRIMARY,
      [names.documentsReplica]: RECOVERY,
      [names.documentsVault]: RECOVERY,
      [names.vault]: RECOVERY,
      // Inventories are reported in the region of the bucket that they are of.
      [`${SYSTEM}-reports-${ACCOUNT}-${PRIMARY}`]: PRIMARY,
      [`${SYSTEM}-reports-${ACCOUNT}-${RECOVERY}`]: RECOVERY,
    });
  });

  it("a key of its own, under the alias that its functions know, and those of the catalogue and of the sealed secrets", () => {
    const ofRecovery = { "recovery-key": RECOVERY, "catalogue-key": RECOVERY, "sealed-secrets-key": RECOVERY };
    const places = { "primary-key": PRIMARY, ...ofRecovery };
    expect(placesOf("aws:kms/key:Key")).toEqual(places);
    expect(placesOf("aws:kms/alias:Alias")).toEqual(places);
  });

  it.each([
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:ssm/parameter:Parameter",
    "aws:s3/bucketNotification:BucketNotification",
  ])("every %s", (type) => {
    const places = Object.values(placesOf(type));

    expect(places.length).toBeGreaterThan(0);
    expect(new Set(places)).toEqual(new Set([RECOVERY]));
  });

  it("the schedules of all that watches, verifies and compares", () => {
    expect(placesOf("aws:cloudwatch/eventRule:EventRule")).toEqual({
      "acme-canary": PRIMARY,
      "acme-chroma-export": PRIMARY,
      "acme-configuration-export": PRIMARY,
      "acme-compare-documents": RECOVERY,
      "acme-coverage": RECOVERY,
      "acme-recovery-set": RECOVERY,
      "acme-renew-locks": RECOVERY,
      "acme-watch": RECOVERY,
      "acme-seal": RECOVERY,
      "acme-verify": RECOVERY,
      // Jobs of AWS Backup that fail are told of from where they ran to where people are told.
      "acme-snapshot-failures": PRIMARY,
      "acme-snapshot-failures-recovery": RECOVERY,
    });
  });

  // Who is replicated, who is told apart by its region, and where applications are served now: all three work without that region.
  it("nothing there refers to the primary region, but what names the protected database's, what compares both, and the live parameter", () => {
    const there = recording.created().filter(({ place }) => place === RECOVERY);

    const referring = there.filter(({ inputs }) => settingsText(inputs).includes(PRIMARY));

    expect(there.length).toBeGreaterThan(50);
    expect(referring.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "Function compare-documents",
      "Function coverage",
      "Function recovery-set",
      "Function resolve",
      "Function watch",
      "Instance postgres-replica",
      "InstanceAutomatedBackupsReplication postgres",
      "Parameter parameters-live",
      "RolePolicy compare-documents",
      "RolePolicy coverage",
    ]);
  });

  it("nothing there waits for what is made in the primary region, but what is replicated of the database and that parameter", () => {
    const primary = new Set(
      recording
        .created()
        .filter(({ place }) => place?.endsWith(PRIMARY))
        .map(({ urn }) => urn),
    );

    const waiting = recording
      .created()
      .filter(({ place, dependencies }) => place === RECOVERY && dependencies.some((urn) => primary.has(urn)));

    expect(primary.size).toBeGreaterThan(20);
    expect(waiting.map(({ name }) => name).sort()).toEqual(["parameters-live", "postgres", "postgres-replica"]);
  });
});

describe("what a recovery is told", () => {
  const standing = () =>
    Standing.parse(
      JSON.parse(z.object({ value: z.string() }).parse(recording.get("aws:ssm/parameter:Parameter", "parameters-standing").inputs).value),
    );

  it("names functions, buckets, key and topic that are there", () => {
    const { functions, buckets, keyArn, topicArn } = standing();

    const deployed = functionsOf(recording).map(({ args, name }): [string, string] => [name, args.name]);
    expect(functions).toEqual(Object.fromEntries(deployed));
    expect(buckets).toEqual({ vault: names.vault, documentsReplica: names.documentsReplica, documentsVault: names.documentsVault });
    expect([keyArn, topicArn]).toEqual([
      `arn:aws:kms:${RECOVERY}:${ACCOUNT}:key/${RECOVERY}-recovery-key`,
      `arn:aws:sns:${RECOVERY}:${ACCOUNT}:${SYSTEM}-alarms`,
    ]);
  });

  it("a cut-over's value of the live endpoints stays: a later `up` does not send applications back", () => {
    expect(recording.get("aws:ssm/parameter:Parameter", "parameters-live").ignoreChanges).toEqual(["value"]);
    expect(recording.get("aws:ssm/parameter:Parameter", "parameters-standing").ignoreChanges).toEqual([]);
  });
});

describe("roles", () => {
  const Role = z.object({ name: z.string(), assumeRolePolicy: PolicyText });

  it("each function has one of its own, which only Lambda may assume", () => {
    const roles = new Map(recording.typed("aws:iam/role:Role", Role).map(({ args }) => [args.name, args]));
    const used = recording.typed("aws:lambda/function:Function", z.object({ name: z.string(), role: z.string() }));

    expect(used.map(({ args }) => args.role)).toEqual(used.map(({ args }) => `arn:aws:iam::${ACCOUNT}:role/${args.name}`));
    for (const { args } of used)
      expect(roles.get(args.name)?.assumeRolePolicy).toEqual([
        expect.objectContaining({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: ["sts:AssumeRole"] }),
      ]);
  });

  it("a function waits for its policy and its log group", () => {
    for (const { name, dependencies } of functionsOf(recording)) {
      const policy = recording.get("aws:iam/rolePolicy:RolePolicy", name).urn;
      const logs = recording.get("aws:cloudwatch/logGroup:LogGroup", name).urn;
      expect(dependencies).toEqual(expect.arrayContaining([policy, logs]));
    }
  });
});
