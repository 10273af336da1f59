import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { UnattendedFunction } from "../../../infra/components/functions/unattendedFunction";
import { LockedSnapshots } from "../../../infra/config/lockedSnapshots";
import { deploySnapshots, watchSnapshots } from "../../../infra/stacks/prodSnapshots";
import { startRun } from "../support/mocks";
import { ACCOUNT } from "../support/outputs";
import { PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const VAULT = "aws:backup/vault:Vault";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const PLAN = "aws:backup/plan:Plan";
const Rule = z.object({
  ruleName: z.string(),
  schedule: z.string(),
  targetVaultName: z.string(),
  startWindow: z.number(),
  completionWindow: z.number(),
  lifecycle: z.object({ deleteAfter: z.number() }),
  copyActions: z.array(z.object({ destinationVaultArn: z.string(), lifecycle: z.object({ deleteAfter: z.number() }) })),
});
const Lock = z.object({ minRetentionDays: z.number(), maxRetentionDays: z.number(), changeableForDays: z.number().optional() });

const DAY_HOURS = 24;
const DATABASE_ARN = `arn:aws:rds:${PRIMARY}:${ACCOUNT}:db:acme-postgres`;

interface Asked {
  readonly lockMode?: "GOVERNANCE" | "COMPLIANCE";
  readonly lockedSnapshots?: unknown;
  readonly protection?: "protected" | "disposable";
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/** What the program asks for of AWS Backup. */
const deployed = async (asked: Asked = {}): Promise<Recording> => {
  const { lockMode = "COMPLIANCE", lockedSnapshots = {}, protection = "protected", tags = [] } = asked;
  const { recording, settled } = await startRun({ stack: "prod", system: SYSTEM, world: {} });
  const inRegion = (name: string, region: string) => ({ provider: new aws.Provider(name, { region: region as aws.Region }) });
  deploySnapshots({
    site: { system: SYSTEM, accountId: ACCOUNT, primaryRegion: PRIMARY, recoveryRegion: RECOVERY },
    configuration: {
      vault: { lockMode, backupRetentionDays: 90, documentsRetentionDays: 365, lockedSnapshots: LockedSnapshots.parse(lockedSnapshots) },
      protection,
    },
    resourceArns: [DATABASE_ARN],
    tags,
    keys: { primary: { arn: pulumi.output("arn:key:primary") }, recovery: { arn: pulumi.output("arn:key:recovery") } },
    primary: inRegion("primary", PRIMARY),
    recovery: inRegion("recovery", RECOVERY),
  });
  await settled();
  return recording;
};

let recording: Recording;
beforeAll(async () => {
  recording = await deployed();
});

const rulesOf = (run: Recording) => z.object({ rules: z.array(Rule) }).parse(run.get(PLAN, "snapshots").inputs).rules;
const lockOf = (run: Recording) => Lock.parse(run.get(LOCK, "snapshots-locked").inputs);

describe("locked snapshots", () => {
  it("are taken of the database every hour and every day, under a role of AWS Backup's", () => {
    const selections = recording.all("aws:backup/selection:Selection").map(({ inputs }) => inputs);

    expect(rulesOf(recording).map(({ ruleName, schedule }) => [ruleName, schedule])).toEqual([
      ["hourly", "cron(0 * * * ? *)"],
      ["daily", "cron(30 5 * * ? *)"],
    ]);
    expect(selections).toEqual([
      expect.objectContaining({
        resources: [DATABASE_ARN],
        iamRoleArn: `arn:aws:iam::${ACCOUNT}:role/${SYSTEM}-snapshots`,
      }),
    ]);
    const trust = z.object({ assumeRolePolicy: PolicyText }).parse(recording.get("aws:iam/role:Role", "snapshots").inputs);
    expect(trust.assumeRolePolicy[0]?.Principal).toEqual({ Service: "backup.amazonaws.com" });
  });

  it("are copied into a vault of the recovery region, under its key, so that a locked copy is never a day old", () => {
    const locked = recording.get(VAULT, "snapshots-locked");
    const arn = `arn:aws:backup:${RECOVERY}:${ACCOUNT}:backup-vault:${SYSTEM}-snapshots`;
    const [hourly] = rulesOf(recording);

    expect(locked.place).toBe(RECOVERY);
    expect(locked.inputs).toMatchObject({ kmsKeyArn: "arn:key:recovery" });
    expect(recording.get(VAULT, "snapshots").place).toBe(PRIMARY);
    expect(rulesOf(recording).map(({ copyActions }) => copyActions.map(({ destinationVaultArn }) => destinationVaultArn))).toEqual([
      [arn],
      [arn],
    ]);
    // Due every hour, begun within its window, ended within its time.
    expect(1 + ((hourly?.startWindow ?? Number.NaN) + (hourly?.completionWindow ?? Number.NaN)) / 60).toBeLessThan(DAY_HOURS);
  });

  it("are kept within the lock's bounds, which AWS Backup would refuse otherwise, and copied by nobody before the lock is on", () => {
    const { minRetentionDays, maxRetentionDays, changeableForDays } = lockOf(recording);
    const kept = rulesOf(recording).flatMap(({ copyActions }) => copyActions.map(({ lifecycle }) => lifecycle.deleteAfter));

    expect(kept).toEqual([7, 90]);
    expect([Math.min(...kept), Math.max(...kept)]).toEqual([minRetentionDays, maxRetentionDays]);
    expect(changeableForDays).toBe(3);
    expect(recording.get(PLAN, "snapshots").dependencies).toContain(recording.get(LOCK, "snapshots-locked").urn);
  });

  it("are protected from `destroy`; in governance mode the lock has no grace time, because it can be taken off", async () => {
    const governed = await deployed({ lockMode: "GOVERNANCE", lockedSnapshots: { hourlyDays: 30, dailyDays: 14 } });

    expect(lockOf(governed)).toEqual({ minRetentionDays: 14, maxRetentionDays: 30 });
    expect([...governed.all(VAULT), ...governed.all(LOCK)].map(({ name, protect }) => [name, protect])).toEqual([
      ["snapshots", true],
      ["snapshots-locked", true],
      ["snapshots-locked", true],
    ]);
  });

  it("are taken of whatever has a tag too, in a selection of its own", async () => {
    const tagged = await deployed({ tags: [{ key: "lifeboat", value: "acme-chroma" }] });

    expect(tagged.all("aws:backup/selection:Selection").map(({ name, inputs }) => [name, inputs])).toEqual([
      ["snapshots", expect.objectContaining({ resources: [DATABASE_ARN] })],
      ["snapshots-tagged", expect.objectContaining({ selectionTags: [{ type: "STRINGEQUALS", key: "lifeboat", value: "acme-chroma" }] })],
    ]);
  });

  it("of a disposable system go with it", async () => {
    const disposable = await deployed({ protection: "disposable" });

    expect(disposable.get(VAULT, "snapshots-locked")).toMatchObject({ protect: false, inputs: { forceDestroy: true } });
  });

  it("are left out where they are off: the embedded AWS has no AWS Backup", async () => {
    const without = await deployed({ lockedSnapshots: "off" });

    expect(without.custom().filter(({ type }) => type.startsWith("aws:backup/"))).toEqual([]);
  });
});

describe("a stop of the snapshots or of their copies", () => {
  const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
  const RULE = "aws:cloudwatch/eventRule:EventRule";
  const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
  const watched = async (lockedSnapshots: unknown = {}): Promise<Recording> => {
    const { recording, settled } = await startRun({ stack: "prod", system: SYSTEM, world: {} });
    const inRegion = (name: string, region: string) => ({ provider: new aws.Provider(name, { region: region as aws.Region }) });
    const watch = { arn: pulumi.output("arn:watch"), functionName: pulumi.output("acme-watch") } as unknown as UnattendedFunction;
    watchSnapshots({
      site: { system: SYSTEM, accountId: ACCOUNT, primaryRegion: PRIMARY, recoveryRegion: RECOVERY },
      configuration: {
        vault: {
          ...{ lockMode: "COMPLIANCE", backupRetentionDays: 90, documentsRetentionDays: 365 },
          lockedSnapshots: LockedSnapshots.parse(lockedSnapshots),
        },
        runbooks: "https://runbooks.example",
      },
      functions: { watch },
      topicArn: "arn:topic",
      primary: inRegion("primary", PRIMARY),
      recovery: inRegion("recovery", RECOVERY),
    });
    await settled();
    return recording;
  };
  let alarms: Recording;
  beforeAll(async () => {
    alarms = await watched();
  });

  it("shows in the age of the newest copy, which is overdue when two runs came to nothing, and before it is a day old", () => {
    const age = alarms.get(ALARM, "snapshots-age");

    expect(age.place).toBe(RECOVERY);
    expect(age.inputs).toMatchObject({
      ...{ name: "acme-postgres-locked-copy-age", namespace: "Lifeboat", metricName: "LockedCopyAgeSeconds", statistic: "Maximum" },
      ...{ dimensions: { System: SYSTEM, Store: "postgres" }, treatMissingData: "breaching", comparisonOperator: "GreaterThanThreshold" },
      alarmDescription: expect.stringContaining("https://runbooks.example/locked-copies.md"),
    });
    const [hourly] = rulesOf(recording);
    const runSeconds = 3600 + ((hourly?.startWindow ?? Number.NaN) + (hourly?.completionWindow ?? Number.NaN)) * 60;
    expect(age.inputs).toMatchObject({ threshold: 2 * runSeconds });
    expect(2 * runSeconds).toBeLessThan(DAY_HOURS * 3600);
  });

  it("shows in jobs that fail one after the other, not in those of the hours around RDS's own windows", () => {
    const failures = alarms.get(ALARM, "snapshots-failures");

    expect(failures.place).toBe(RECOVERY);
    expect(failures.inputs).toMatchObject({
      ...{ name: "acme-snapshot-failures", metricName: "SnapshotFailures", statistic: "Sum", threshold: 3, period: 6 * 3600 },
      ...{ dimensions: { System: SYSTEM }, treatMissingData: "notBreaching" },
    });
  });

  it("is told to the function of the recovery region that counts, from both regions, of every end but a good one", () => {
    const Pattern = z.object({
      source: z.array(z.string()),
      "detail-type": z.array(z.string()),
      detail: z.object({ state: z.array(z.string()) }),
    });
    const rules = alarms.typed(RULE, z.object({ eventPattern: z.string() }));
    const targets = alarms.typed(TARGET, z.object({ arn: z.string(), roleArn: z.string().optional() }));

    expect(rules.map(({ place }) => place).sort()).toEqual([RECOVERY, PRIMARY].sort());
    for (const { args } of rules)
      expect(Pattern.parse(JSON.parse(args.eventPattern))).toEqual({
        source: ["aws.backup"],
        "detail-type": ["Backup Job State Change", "Copy Job State Change"],
        detail: { state: ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"] },
      });
    expect(Object.fromEntries(targets.map(({ place, args }) => [place ?? "", args.arn]))).toEqual({
      [PRIMARY]: `arn:aws:events:${RECOVERY}:${ACCOUNT}:event-bus/default`,
      [RECOVERY]: "arn:watch",
    });
  });

  it("may be sent on by EventBridge to that bus, and by it to that function, and nowhere else", () => {
    const { policy } = z.object({ policy: PolicyText }).parse(alarms.get("aws:iam/rolePolicy:RolePolicy", "acme-snapshot-failures").inputs);
    const permission = alarms.get("aws:lambda/permission:Permission", "acme-snapshot-failures");

    expect(policy.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["events:PutEvents"], [`arn:aws:events:${RECOVERY}:${ACCOUNT}:event-bus/default`]],
    ]);
    expect(permission.place).toBe(RECOVERY);
    expect(permission.inputs).toMatchObject({ principal: "events.amazonaws.com", function: "acme-watch" });
    expect(alarms.get(TARGET, "acme-snapshot-failures-recovery").dependencies).toContain(permission.urn);
  });

  it("is nobody's to look at where none are taken", async () => {
    const without = await watched("off");

    expect(without.created().filter(({ type }) => type.startsWith("aws:"))).toEqual([]);
  });
});
