import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand, KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, DeleteObjectCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { roleSessionArns } from "../../infra/iam/arns";
import { catalogueKeyPolicy } from "../../infra/iam/catalogueKeyPolicy";
import { policyDocument } from "../../infra/iam/policy";
import { sealArrivals } from "../../lambdas/seal/arrivals";
import { kmsAuthenticity } from "../../lambdas/shared/authenticity";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { noDeadline } from "../../lambdas/shared/deadline";
import { getText, type ObjectStore } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { provePoint } from "../../lambdas/verify/proof";
import { READERS } from "../../lambdas/verify/readers";
import { type Authenticator, type Signer, sign } from "../../recovery/catalogue/authenticity";
import { pointKey, proofKeyOf } from "../../recovery/catalogue/keys";
import { selectPoint } from "../../recovery/catalogue/select";
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
let vaultBuckets = 0;

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
  aws = await startTestAws({ lagSeconds: 0 });
  const iam = new IAMClient({ ...clientOf(root), region: "us-east-1" });
  const kms = new KMSClient(clientOf(root));
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }));
  keyArn = KeyMetadata?.Arn ?? "";
  await kms.send(new CreateAliasCommand({ AliasName: "alias/acme-catalogue", TargetKeyId: KeyMetadata?.KeyId }));
  const both = policyDocument([{ actions: ["kms:GenerateMac", "kms:VerifyMac"], resources: [keyArn] }]);
  const mine = await sessionOf(iam, "acme-seal", both);
  const theirs = await sessionOf(iam, "administrator", policyDocument([{ actions: ["kms:*", "s3:*"], resources: ["*"] }]));
  const accountId = keyArn.split(":")[4] ?? "";
  const Policy = catalogueKeyPolicy({ accountId, signerArns: roleSessionArns(accountId, "acme-seal"), disposable: false });
  await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, PolicyName: "default", Policy }));
  signer = kmsAuthenticity(new KMSClient(clientOf(mine)), keyArn);
  attacker = kmsAuthenticity(new KMSClient(clientOf(theirs)), keyArn);
  attackersS3 = new S3Client({ ...clientOf(theirs), forcePathStyle: true });
});
afterAll(() => aws?.stop());

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
