import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { DeleteBucketReplicationCommand, PutBucketReplicationCommand } from "@aws-sdk/client-s3";
import { CreateSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { secretsOf } from "../../lambdas/configuration-export/secrets";
import { METRICS } from "../../recovery/names";
import { aws, begin, end, metrics, prepare, SYSTEM, s3, secrets } from "./support/configuration";
import { primary } from "./support/emulator";

// What S3 replicates, and what CloudWatch in the recovery region is told of it.
beforeAll(begin);
afterAll(end);

const MINUTE_MS = 60_000;

/** The schedule's runs over one secret, ten minutes apart, and replication that a test turns off and on. */
const arrange = async () => {
  const { staging, vault, exporting, sealArrived } = await prepare();
  // It ends before the test's own time does: CloudWatch takes no measurement of the future.
  let time = new Date(Date.now() - 150 * MINUTE_MS);
  await secrets.primary.send(new CreateSecretCommand({ Name: "lag/api", SecretString: "first" }));

  const replicate = async (on: boolean): Promise<void> => {
    const Bucket = staging.bucket;
    const rule = {
      ...{ ID: "configuration", Priority: 1, Status: "Enabled" as const, Filter: { Prefix: "configuration/" } },
      ...{ DeleteMarkerReplication: { Status: "Disabled" as const }, Destination: { Bucket: `arn:aws:s3:::${vault.bucket}` } },
    };
    const ReplicationConfiguration = { Role: "arn:aws:iam::000000000000:role/replication", Rules: [rule] };
    if (on) await s3.primary.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
    else await s3.primary.send(new DeleteBucketReplicationCommand({ Bucket }));
  };
  /** A run, then what the recovery region does with what arrived; the lag that the run told the alarm. */
  const run = async () => {
    const source = secretsOf(secrets.primary, primary, { prefixes: ["lag/"], tags: {} });
    const [done] = (await exporting([source], undefined, () => time)).subjects;
    const lag = await lagAt(time);
    await aws.gateway.replication.idle();
    if (done?.outcome === "exported") await sealArrived(done.pointId);
    time = new Date(time.getTime() + 10 * MINUTE_MS);
    return [done?.outcome, lag];
  };
  const change = () => secrets.primary.send(new PutSecretValueCommand({ SecretId: "lag/api", SecretString: "second" }));
  return { replicate, run, change };
};

/** Minutes, by what was published at this time. */
const lagAt = async (time: Date): Promise<number | undefined> => {
  const { Datapoints = [] } = await metrics.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace: METRICS.namespace, MetricName: METRICS.configurationLag, Period: 60, Statistics: ["Maximum"] },
      ...{ StartTime: new Date(time.getTime() - MINUTE_MS), EndTime: new Date(time.getTime() + MINUTE_MS) },
      Dimensions: [
        { Name: "System", Value: SYSTEM },
        { Name: "Subject", Value: "secrets" },
      ],
    }),
  );
  const seconds = Datapoints[0]?.Maximum;
  return seconds === undefined ? undefined : seconds / 60;
};

it("grows while what is exported does not reach the vault, and is none again when an export does, without any change", async () => {
  const { replicate, run, change } = await arrange();
  await replicate(true);
  const before = [await run(), await run()];
  await replicate(false);
  await change();
  const cutOff = [await run(), await run(), await run()];
  await replicate(true);

  const after = [await run(), await run(), await run()];

  expect(before).toEqual([
    ["exported", 0],
    ["unchanged", 0],
  ]);
  expect(cutOff).toEqual([
    ["exported", 10],
    ["unchanged", 20],
    ["unchanged", 30],
  ]);
  // What was written while there was no rule is never copied: it is exported again, and seen by the run after that.
  expect(after).toEqual([
    ["exported", 40],
    ["unchanged", 0],
    ["unchanged", 0],
  ]);
});
