import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand, KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, DeleteObjectCommand, PutBucketPolicyCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { roleSessionArns } from "../../infra/iam/arns";
import { bucketPolicy } from "../../infra/iam/bucketPolicy";
import { catalogueKeyPolicy } from "../../infra/iam/catalogueKeyPolicy";
import { policyDocument } from "../../infra/iam/policy";
import { stagingWriters } from "../../infra/stacks/prodStaging";
import { lookForForgeries } from "../../lambdas/recovery-set/forgeries";
import { sealArrivals } from "../../lambdas/seal/arrivals";
import { kmsAuthenticity } from "../../lambdas/shared/authenticity";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { noDeadline } from "../../lambdas/shared/deadline";
import { cloudWatchMetrics } from "../../lambdas/shared/metrics";
import { getText, type ObjectStore } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { provePoint } from "../../lambdas/verify/proof";
import { READERS } from "../../lambdas/verify/readers";
import { type CloudWatch, createCloudWatch } from "../../local/cloudwatch";
import { type Authenticator, type Signer, sign } from "../../recovery/catalogue/authenticity";
import { pointKey, proofKeyOf, readingKey } from "../../recovery/catalogue/keys";
import { selectPoint } from "../../recovery/catalogue/select";
import { setKey } from "../../recovery/catalogue/set";
import { forgedAlarmName, METRICS } from "../../recovery/names";
import { exportedPoint, fiveRecords, SYSTEM } from "../unit/lambdas/support/chroma-point";
import { memoryLog } from "../unit/lambdas/support/log";
import { recovery, root, startTestAws, type TestAws } from "./support/emulator";

// What KMS and IAM decide: who makes codes, who checks them, and what an attacker with everything else can do.
let aws: TestAws;
let keyArn: string;
/** As the function that seals, and as somebody whose own policy lets them do everything. */
let signer: Signer & Authenticator;
let attacker: Signer & Authenticator;
let attackersS3: S3Client;
/** As the function that exports Chroma. */
let exportersS3: S3Client;
let accountId: string;
let vaultBuckets = 0;
let cloudwatch: CloudWatch;
/** The alarms' time: nothing waits for a period to pass. */
let alarmsNow = new Date();

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const clientOf = (credentials: Credentials) => ({ endpoint: aws.gateway.url, region: recovery, credentials });

/** A session of a role with this policy, as a function has one. */
const sessionOf = async (iam: IAMClient, RoleName: string, PolicyDocument: string): Promise<Credentials> => {
  const trust = policyDocument([{ actions: ["sts:AssumeRole"], resources: [], principal: "*" }]);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: RoleName, PolicyDocument }));
  const sts = new STSClient(clientOf(root));
  const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "test" }));
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken: sessionToken = "" } = given ?? {};
  return { accessKeyId, secretAccessKey, sessionToken };
};

beforeAll(async () => {
  cloudwatch = createCloudWatch({ clock: { now: () => alarmsNow }, account: "000000000000", publish: async () => undefined });
  aws = await startTestAws({ lagSeconds: 0, cloudwatch: () => cloudwatch });
  const iam = new IAMClient({ ...clientOf(root), region: "us-east-1" });
  const kms = new KMSClient(clientOf(root));
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }));
  keyArn = KeyMetadata?.Arn ?? "";
  await kms.send(new CreateAliasCommand({ AliasName: "alias/acme-catalogue", TargetKeyId: KeyMetadata?.KeyId }));
  const both = policyDocument([{ actions: ["kms:GenerateMac", "kms:VerifyMac"], resources: [keyArn] }]);
  const mine = await sessionOf(iam, "acme-seal", both);
  const theirs = await sessionOf(iam, "administrator", policyDocument([{ actions: ["kms:*", "s3:*"], resources: ["*"] }]));
  accountId = keyArn.split(":")[4] ?? "";
  const Policy = catalogueKeyPolicy({ accountId, signerArns: roleSessionArns(accountId, "acme-seal"), disposable: false });
  await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, PolicyName: "default", Policy }));
  signer = kmsAuthenticity(new KMSClient(clientOf(mine)), keyArn);
  attacker = kmsAuthenticity(new KMSClient(clientOf(theirs)), keyArn);
  const exporting = policyDocument([{ actions: ["s3:PutObject"], resources: ["*"] }]);
  exportersS3 = new S3Client({ ...clientOf(await sessionOf(iam, "acme-chroma-export", exporting)), forcePathStyle: true });
  attackersS3 = new S3Client({ ...clientOf(theirs), forcePathStyle: true });
});
afterAll(async () => {
  await cloudwatch?.stop();
  await aws?.stop();
});

describe("the catalogue's key", () => {
  it("makes codes for those that write the catalogue, and for no administrator", async () => {
    expect(Buffer.from(await signer.mac("message"), "base64")).toHaveLength(32);

    await expect(attacker.mac("message")).rejects.toThrow(/AccessDenied|not authorized/);
  });

  it("lets everybody check them whose own policy says so: its own are authentic, and no others", async () => {
    const code = await signer.mac("message");
    const other = Buffer.alloc(32, 1).toString("base64");

    expect(await attacker.isAuthentic("message", code)).toBe(true);
    expect(await attacker.isAuthentic("another message", code)).toBe(false);
    expect(await attacker.isAuthentic("message", other)).toBe(false);
    expect(await attacker.isAuthentic("message", "x")).toBe(false);
  });
});

describe("staging", () => {
  it("takes an export from its exporter, and a whole one that is made up from nobody else, whose own policy may say anything", async () => {
    const Bucket = "acme-staging";
    const s3 = new S3Client({ ...clientOf(root), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: recovery } }));
    const writers = stagingWriters({ system: SYSTEM, accountId });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: bucketPolicy(Bucket, writers) }));
    const put = (client: S3Client, key: string) => s3Objects(client, Bucket).put(key, "{}", { contentType: "application/json" });
    const manifest = "chroma/chroma-20251124T100000Z-1a2b/manifest.json";

    expect(await put(exportersS3, manifest)).toMatchObject({ written: true });
    expect(await put(exportersS3, "checkpoints/chroma/chroma-20251124T100000Z-1a2b/plan.json")).toMatchObject({ written: true });
    await expect(put(exportersS3, manifest.replaceAll("chroma", "postgres"))).rejects.toThrow(/AccessDenied|not authorized/);
    for (const key of [manifest, "postgres/p/manifest.json", "configuration/c/manifest.json", "checkpoints/chroma/p/plan.json"])
      await expect(put(attackersS3, key)).rejects.toThrow(/AccessDenied|not authorized/);
    // What the policy leaves to their own ones, which is no export.
    expect(await put(attackersS3, "other/key")).toMatchObject({ written: true });
  });
});

describe("a vault whose writer was taken over", () => {
  const OLD = exportedPoint("chroma-20251124T100000Z-1a2b", fiveRecords, {
    startedAt: "2025-11-24T10:00:00.000Z",
    finishedAt: "2025-11-24T10:00:20.000Z",
  });
  const NEW = exportedPoint("chroma-20251124T110000Z-2b3c", fiveRecords, {
    startedAt: "2025-11-24T11:00:00.000Z",
    finishedAt: "2025-11-24T11:00:20.000Z",
  });
  const NEWEST = exportedPoint("chroma-20251124T120000Z-3c4d", fiveRecords, {
    startedAt: "2025-11-24T12:00:00.000Z",
    finishedAt: "2025-11-24T12:00:20.000Z",
  });
  const now = () => new Date();

  /** Two proven points, and the vault as the attacker has it: may write and delete names there, without the key. */
  const prepare = async () => {
    vaultBuckets += 1;
    const Bucket = `vault-${vaultBuckets}`;
    const s3 = new S3Client({ ...clientOf(root), forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: recovery } as const;
    await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true, CreateBucketConfiguration }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    const vault = s3Objects(s3, Bucket);
    const { log, messages } = memoryLog();
    const refusals: Date[] = [];
    const tools = {
      ...{ vault, signer, authenticator: signer, catalogue: catalogueOf(vault, signer), readers: READERS },
      ...{ log, now, deadline: noDeadline, refused: async () => void refusals.push(now()) },
    };
    const seal = async (point: typeof OLD) => {
      const arrivals = [];
      for (const { key, body } of point.objects) {
        const { versionId } = await vault.put(key, body, { contentType: "application/octet-stream" });
        arrivals.push({ bucket: Bucket, key, ...(versionId === undefined ? {} : { versionId }), arrivedAt: now() });
      }
      const sealed = await sealArrivals(tools, { system: SYSTEM, lockMode: "GOVERNANCE", backupRetentionDays: 30 }, arrivals);
      return sealed.points[0]?.entryKey ?? "";
    };
    const prove = async (entryKey: string) => {
      await provePoint(tools, SYSTEM, entryKey);
      return entryKey;
    };
    const keys = { old: await prove(await seal(OLD)), new: await prove(await seal(NEW)) };
    return { keys, messages, refusals, seal, theirs: s3Objects(attackersS3, Bucket), tools, vault };
  };

  const chosen = (vault: ObjectStore) => selectPoint(catalogueOf(vault, attacker), SYSTEM, "chroma");
  const overwrite = (vault: ObjectStore, key: string, text: string) => vault.put(key, text, { contentType: "application/json" });
  const hide = (vault: ObjectStore, Key: string) => attackersS3.send(new DeleteObjectCommand({ Bucket: vault.bucket, Key }));

  it("offers the newest point before anything happens", async () => {
    const { keys, vault } = await prepare();

    expect((await chosen(vault)).chosen?.key).toBe(keys.new);
  });

  it("is not misled by entries and proofs that are overwritten, and by names that are deleted", async () => {
    const { keys, theirs, vault } = await prepare();
    for (const key of Object.values(keys)) {
      await overwrite(theirs, key, JSON.stringify({ signed: {}, mac: "AAAA" }));
      await hide(theirs, key);
      await hide(theirs, proofKeyOf(key));
    }

    const { chosen: found, passedOver } = await chosen(vault);

    expect(found?.key).toBe(keys.new);
    expect(passedOver).toEqual([]);
  });

  it("passes over and names an old entry under a newer key, an edited one, and one of another key, with proofs to match", async () => {
    const { keys, messages, refusals, theirs, tools, vault } = await prepare();
    const old = (await getText(vault, keys.old)) ?? "";
    const proof = (await getText(vault, proofKeyOf(keys.old))) ?? "";
    const otherKey = await foreignKey();
    const forgeries = {
      [pointKey("chroma", "2025-11-24T12:00:00.000Z", OLD.pointId)]: old,
      [pointKey("chroma", "2025-11-24T13:00:00.000Z", "edited")]: old.replace('"written":5', '"written":6'),
      [pointKey("chroma", "2025-11-24T14:00:00.000Z", "signed")]: await sign(otherKey, keys.new, { any: "thing" }),
    };
    for (const [key, text] of Object.entries(forgeries)) {
      await overwrite(theirs, key, text);
      await overwrite(theirs, proofKeyOf(key), proof);
    }

    const { chosen: found, passedOver } = await chosen(vault);
    const verified = [];
    for (const key of Object.keys(forgeries)) verified.push((await provePoint(tools, SYSTEM, key)).outcome);

    expect(found?.key).toBe(keys.new);
    expect(passedOver.map(({ key }) => key).sort()).toEqual(Object.keys(forgeries).sort());
    for (const { reason } of passedOver) expect(reason).toContain("not authentic");
    expect(verified).toEqual(["unreadable", "unreadable", "unreadable"]);
    expect(refusals).toHaveLength(3);
    expect(messages("error")).toHaveLength(3);
  });

  describe("a scheduled look", () => {
    const alarms = () => new CloudWatchClient(clientOf(root));
    /** The alarm as the program declares it, of an hourly look. */
    const declareAlarm = () =>
      alarms().send(
        new PutMetricAlarmCommand({
          ...{ AlarmName: forgedAlarmName(SYSTEM), Namespace: METRICS.namespace, MetricName: METRICS.forgedObjects },
          ...{ Dimensions: [{ Name: "System", Value: SYSTEM }], Statistic: "Maximum", ComparisonOperator: "GreaterThanThreshold" },
          ...{ Threshold: 0, Period: 7_200, EvaluationPeriods: 1, TreatMissingData: "breaching" },
        }),
      );
    const stateAfter = async (minutes: number) => {
      alarmsNow = new Date(Date.now() + minutes * 60_000);
      await cloudwatch.tick(alarmsNow);
      const { MetricAlarms = [] } = await alarms().send(new DescribeAlarmsCommand({ AlarmNames: [forgedAlarmName(SYSTEM)] }));
      return MetricAlarms[0]?.StateValue;
    };
    const look = (vault: ObjectStore) => {
      const { log, lines } = memoryLog();
      const tools = { system: SYSTEM, vault, authenticator: signer, metrics: cloudWatchMetrics(alarms()), log, now };
      return lookForForgeries(tools).then((found) => ({ found, lines }));
    };

    it("alarms on every forged, edited and replayed entry, proof, reading and set, hidden or not, and names its key; and where nobody looks", async () => {
      const { keys, theirs, vault } = await prepare();
      const reading = readingKey("2025-11-24T11:00:00.000Z", "1a2b");
      const set = setKey("2025-11-24T11:00:00.000Z", "set-20251124T110000Z-1a2b");
      for (const key of [reading, set]) await overwrite(vault, key, await sign(signer, key, { of: key }));
      await declareAlarm();
      expect(await stateAfter(1)).toBe("ALARM");

      expect((await look(vault)).found).toEqual([]);
      expect(await stateAfter(2)).toBe("OK");

      const textOf = async (key: string) => (await getText(vault, key)) ?? "";
      const replayed = setKey("2025-11-24T12:00:00.000Z", "set-20251124T120000Z-2b3c");
      const forgeries: Readonly<Record<string, string>> = {
        [keys.new]: (await textOf(keys.new)).replace('"written":5', '"written":6'),
        [proofKeyOf(keys.new)]: await textOf(proofKeyOf(keys.old)),
        [reading]: JSON.stringify({ signed: { of: reading } }),
        [set]: await sign(await foreignKey(), set, { of: set }),
        [replayed]: await textOf(set),
      };
      for (const [key, text] of Object.entries(forgeries)) await overwrite(theirs, key, text);
      await hide(theirs, replayed);
      const { found, lines } = await look(vault);

      expect(found.map(({ key }) => key).sort()).toEqual(Object.keys(forgeries).sort());
      expect(lines.flatMap(({ level, fields }) => (level === "error" ? [fields?.key] : [])).sort()).toEqual(Object.keys(forgeries).sort());
      expect(await stateAfter(3)).toBe("ALARM");
      // What counts is untouched all the same.
      expect((await chosen(vault)).chosen?.key).toBe(keys.new);
    });
  });

  it("takes no other point's proof, and no proof of another key, for a point that was not read back", async () => {
    const { keys, seal, theirs, vault } = await prepare();
    const unproven = await seal(NEWEST);
    const proof = (await getText(vault, proofKeyOf(keys.new))) ?? "";

    for (const forged of [proof, await sign(await foreignKey(), proofKeyOf(unproven), { passed: true })]) {
      await overwrite(theirs, proofKeyOf(unproven), forged);
      const { chosen: found, passedOver } = await chosen(vault);
      expect(found?.key).toBe(keys.new);
      expect(passedOver).toEqual([expect.objectContaining({ key: unproven, reason: expect.stringContaining("its proof cannot be used") })]);
    }
  });
});

/** A key that the attacker made and may use: codes of the same form. */
const foreignKey = async (): Promise<Signer & Authenticator> => {
  const kms = new KMSClient(clientOf(root));
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }));
  return kmsAuthenticity(kms, KeyMetadata?.Arn ?? "");
};
