import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { AttachRolePolicyCommand, CreateRoleCommand, GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyRotationCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { connectAws } from "../../ops/lifeboat/bootstrap/aws";
import { type BootstrapReport, bootstrap, isComplete } from "../../ops/lifeboat/bootstrap/bootstrap";
import { parseBootstrapOptions } from "../../ops/lifeboat/bootstrap/options";
import { connectRegion } from "../../ops/lifeboat/preflight/aws";
import { fits, preflight } from "../../ops/lifeboat/preflight/preflight";
import { readSettings, type Settings } from "../../ops/lifeboat/settings";
import { stateNames } from "../../recovery/backend";
import type { Standing } from "../../recovery/catalogue/standing";
import { parameterNames } from "../../recovery/names";
import { primary, recovery, root, startTestAws, type TestAws } from "./support/emulator";

const PROJECT = resolve(__dirname, "..", "..");
const ACCOUNT = "000000000000";
let aws: TestAws;

beforeAll(async () => {
  aws = await startTestAws({ lagSeconds: 0 });
  // The command gets its AWS from the SDK's own variables: nothing else says here that this one is embedded.
  process.env.AWS_ENDPOINT_URL = aws.gateway.url;
  process.env.AWS_ACCESS_KEY_ID = root.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = root.secretAccessKey;
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await aws.stop();
});

const clients: { destroy(): void }[] = [];
const kept = <T extends { destroy(): void }>(client: T): T => {
  clients.push(client);
  return client;
};
const s3 = (region: string, credentials?: Keys) => kept(new S3Client({ region, ...(credentials === undefined ? {} : { credentials }) }));
const iam = (credentials?: Keys) => kept(new IAMClient({ region: primary, ...(credentials === undefined ? {} : { credentials }) }));
const kms = (region: string) => kept(new KMSClient({ region }));
interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const settingsOf = (system: string): Settings => ({ ...readSettings(PROJECT), system });
const namesOf = (system: string) => ({
  prod: stateNames(system, "prod", ACCOUNT, primary),
  dr: stateNames(system, "dr", ACCOUNT, recovery),
});

/** The command on a system of the test's own. */
const run = async (system: string, argv: readonly string[], backendUrl?: string): Promise<BootstrapReport> => {
  const connection = connectAws();
  try {
    return await bootstrap({
      aws: connection,
      settings: settingsOf(system),
      options: parseBootstrapOptions(argv),
      loggedIn: async () => undefined,
      ...(backendUrl === undefined ? {} : { environmentUrl: backendUrl }),
    });
  } finally {
    connection.close();
  }
};

const READS = /^(Get|List|Head|Describe|AssumeRole)/;
const writesOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const before = aws.gateway.calls.all().length;
  await work();
  const made = aws.gateway.calls.all().slice(before);
  return made
    .filter(({ operation }) => !READS.test(operation))
    .map(({ service, operation, region }) => `${region} ${service} ${operation}`);
};
const results = ({ outcomes }: BootstrapReport) => outcomes.map(({ stack, part, result }) => `${stack} ${part}: ${result}`);
const every = (result: string) => ["prod", "dr"].flatMap((stack) => ["key", "bucket", "role"].map((part) => `${stack} ${part}: ${result}`));

const command = (argv: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly error: string }> =>
  new Promise((done) => {
    const child = spawn(process.execPath, ["--import=tsx", "ops/lifeboat/main.ts", ...argv], { cwd: PROJECT, env: process.env });
    let [out, error] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      error += String(chunk);
    });
    child.once("close", (code) => done({ code, out, error }));
  });

describe("bootstrap", () => {
  it("makes what is missing, finds it the second time, and writes nothing then nor in a check", async () => {
    const checked = await writesOf(async () => expect(results(await run("fresh", ["--check"]))).toEqual(every("would make")));
    const made = await writesOf(async () => expect(results(await run("fresh", []))).toEqual(every("made")));
    const again = await writesOf(async () => {
      const report = await run("fresh", []);
      expect(results(report)).toEqual(every("found"));
      expect(isComplete(report)).toBe(true);
    });

    expect(checked).toEqual([]);
    expect(made).toHaveLength(22);
    expect(made.filter((call) => call.startsWith(recovery))).toHaveLength(9);
    expect(again).toEqual([]);
  });

  it("gives each state bucket what it must have, in its own region", async () => {
    await run("whole", []);

    const { prod, dr } = namesOf("whole");
    for (const [region, { bucket: Bucket }] of [[primary, prod] as const, [recovery, dr] as const]) {
      const client = s3(region);
      const { ServerSideEncryptionConfiguration: encryption } = await client.send(new GetBucketEncryptionCommand({ Bucket }));
      const rule = encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
      const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));

      expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
      expect(rule?.SSEAlgorithm).toBe("aws:kms");
      expect(rule?.KMSMasterKeyID).toContain(`arn:aws:kms:${region}:${ACCOUNT}:key/`);
      expect((await client.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(Rules?.map(({ NoncurrentVersionExpiration }) => NoncurrentVersionExpiration?.NoncurrentDays)).toEqual([365]);
    }
  });

  it("goes on where it was broken off", async () => {
    const interrupt = new AbortController();
    const connection = connectAws();
    const settings = settingsOf("broken");
    const args = { settings, options: parseBootstrapOptions([]), loggedIn: async () => undefined, signal: interrupt.signal };
    const keys = (region: string) => {
      const real = connection.keys(region);
      const name: typeof real.name = async () => interrupt.abort(new Error("interrupted"));
      return { ...real, name };
    };
    await expect(bootstrap({ ...args, aws: { ...connection, keys } })).rejects.toThrow("interrupted");
    connection.close();
    const made = await writesOf(async () => expect(results(await run("broken", []))).toEqual(every("made")));

    expect(made.filter((call) => call.endsWith("CreateKey"))).toEqual([`${recovery} kms CreateKey`]);
  });

  it("is a command whose last word is the exit code", async () => {
    const [empty, unknown] = await Promise.all([command(["bootstrap", "--check", "--json"]), command(["bootstrapp"])]);

    expect(empty.error).toBe("");
    expect(JSON.parse(empty.out)).toMatchObject({ system: "acme", accountId: ACCOUNT, complete: false });
    expect(empty.code).toBe(1);
    expect(unknown.code).toBe(1);
    expect(unknown.error).toContain("There is no such command. Received: bootstrapp. Allowed: bootstrap, preflight");
  });
});

describe("drift", () => {
  it("is shown by a check and tightened by the next run, with what others added kept", async () => {
    await run("loosened", []);
    const { bucket: Bucket, keyAlias } = namesOf("loosened").dr;
    const client = s3(recovery);
    const theirs = { Sid: "Auditors", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "s3:GetObject" };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ ...theirs, Resource: `arn:aws:s3:::${Bucket}/*` }] });
    const rules = [
      { ID: "short", Status: "Enabled" as const, Filter: { Prefix: "" }, NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
      { ID: "parts", Status: "Enabled" as const, Filter: { Prefix: "" }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } },
    ];
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }));
    await client.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await client.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }] },
      }),
    );
    await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: rules } }));
    const key = await connectAws().keys(recovery).find(keyAlias);
    await kms(recovery).send(new DisableKeyRotationCommand({ KeyId: key?.keyId }));

    const checked = await writesOf(async () => {
      const report = await run("loosened", ["--check", "--stack", "dr"]);
      expect(results(report).filter((line) => line.endsWith("would tighten"))).toHaveLength(6);
      expect(isComplete(report)).toBe(false);
    });
    const mended = await run("loosened", []);
    const again = await writesOf(async () => expect(results(await run("loosened", []))).toEqual(every("found")));

    expect(checked).toEqual([]);
    expect(mended.outcomes.filter(({ result }) => result === "tightened").map(({ detail }) => detail)).toEqual([
      "does not rotate",
      "is not versioned",
      "is not encrypted with the stack's key",
      "public access is not blocked",
      "its policy lacks TlsOnly, NoCustomerKeys, VersionsStay, OneStackOnly",
      "keeps old versions for 30 days only",
    ]);
    expect(again).toEqual([]);
    expect((await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toContain("Auditors");
    const lifecycle = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(lifecycle.Rules?.map(({ ID }) => ID)).toEqual(["short", "parts"]);
  });

  it("of a role is taken back where it allows more, and left where it allows less, until a person says so", async () => {
    await run("roles", []);
    const { role } = namesOf("roles").dr;
    const policyOf = async (RoleName: string) =>
      decodeURIComponent((await iam().send(new GetRolePolicyCommand({ RoleName, PolicyName: "lifeboat-deploy" }))).PolicyDocument ?? "");
    const written = await policyOf(role);
    const put = (statements: readonly unknown[]) =>
      iam().send(
        new PutRolePolicyCommand({
          RoleName: role,
          PolicyName: "lifeboat-deploy",
          PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
        }),
      );
    const statements: readonly unknown[] = JSON.parse(written).Statement;

    await put([...statements, { Effect: "Allow", Action: "s3:DeleteBucket", Resource: "*" }]);
    const wider = await run("roles", ["--stack", "dr"]);
    const takenBack = await policyOf(role);
    await put(statements.slice(1));
    const narrower = await run("roles", ["--stack", "dr"]);
    const left = await policyOf(role);
    const granted = await run("roles", ["--stack", "dr", "--grant"]);
    await iam().send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }));
    const attached = await run("roles", ["--stack", "dr"]);

    expect(wider.outcomes.at(-1)).toMatchObject({ result: "tightened", detail: "may do more than it needs: s3:DeleteBucket on *" });
    expect(JSON.parse(takenBack)).toEqual(JSON.parse(written));
    expect(narrower.outcomes.at(-1)).toMatchObject({
      result: "left as it is",
      detail: expect.stringMatching(/^lacks s3:\* on .*--grant gives it$/),
    });
    expect(JSON.parse(left).Statement).toHaveLength(statements.length - 1);
    expect(isComplete(narrower)).toBe(false);
    expect(granted.outcomes.at(-1)).toMatchObject({ result: "tightened" });
    expect(attached.outcomes.at(-1)).toMatchObject({ result: "left as it is", detail: "has further policies: AdministratorAccess" });
  });
});

describe("refusals, each before anything is made", () => {
  const refusal = async (system: string): Promise<string> => {
    let message = "";
    const writes = await writesOf(async () => {
      message = await run(system, []).then(
        () => "accepted",
        (error: Error) => error.message,
      );
    });
    expect(writes).toEqual([]);
    return message;
  };

  it("refuses a bucket of dr that is in the primary region", async () => {
    await s3(primary).send(new CreateBucketCommand({ Bucket: namesOf("misplaced").dr.bucket }));

    expect(await refusal("misplaced")).toMatch(/\[target-refused\] .* Received: it is in us-east-1\. Hint: A bucket cannot move/);
  });

  it("refuses a bucket that another account owns", async () => {
    const theirs = kept(
      new S3Client({ endpoint: aws.ministack.url, region: primary, credentials: { accessKeyId: "111111111111", secretAccessKey: "test" } }),
    );
    await theirs.send(new CreateBucketCommand({ Bucket: namesOf("foreign").prod.bucket }));

    expect(await refusal("foreign")).toMatch(/\[target-refused\] .* Received: another account owns it/);
  });

  it("refuses a key that is about to be deleted", async () => {
    const { KeyMetadata } = await kms(recovery).send(new CreateKeyCommand({}));
    await kms(recovery).send(new CreateAliasCommand({ AliasName: namesOf("ransomed").dr.keyAlias, TargetKeyId: KeyMetadata?.KeyId }));
    await kms(recovery).send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId, PendingWindowInDays: 7 }));

    expect(await refusal("ransomed")).toMatch(/Received: key \S+, PendingDeletion\. .* aws kms cancel-key-deletion --region eu-west-1/);
  });
});

describe("the deploy role of dr", () => {
  it("keeps its state, and nothing else, with the primary region lost", async () => {
    await run("roled", []);
    const { prod, dr } = namesOf("roled");
    await s3(primary).send(new PutObjectCommand({ Bucket: prod.bucket, Key: ".pulumi/meta.yaml", Body: "prod" }));
    aws.gateway.outage.cut(primary, "refuse");
    const sts = kept(new STSClient({ region: recovery }));
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/${dr.role}`, RoleSessionName: "recovery" }),
    );
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken,
    };
    const own = s3(recovery, session);
    const state = { Bucket: dr.bucket, Key: ".pulumi/stacks/lifeboat/dr.json" };

    const { VersionId } = await own.send(new PutObjectCommand({ ...state, Body: "{}" }));
    await own.send(new DeleteObjectCommand(state));
    const destroyed = own.send(new DeleteObjectCommand({ ...state, VersionId }));
    await expect(destroyed).rejects.toThrow(expect.objectContaining({ name: "AccessDenied" }));
    await expect(own.send(new DeleteBucketPolicyCommand({ Bucket: dr.bucket }))).rejects.toThrow(
      expect.objectContaining({ name: "AccessDenied" }),
    );
    aws.gateway.outage.restore(primary);

    const others = s3(primary, session).send(new PutObjectCommand({ Bucket: prod.bucket, Key: "k", Body: "x" }));
    await expect(others).rejects.toThrow(expect.objectContaining({ name: "AccessDenied" }));
    const identity = iam(session).send(new CreateRoleCommand({ RoleName: "roled-more", AssumeRolePolicyDocument: "{}" }));
    await expect(identity).rejects.toThrow(expect.objectContaining({ name: "AccessDenied" }));
  });
});

describe("the wrong backend", () => {
  it("is seen by the URL, by where the bucket really is, and by what lies in it", async () => {
    await run("strayed", []);
    const { prod, dr } = namesOf("strayed");
    const state = { Key: ".pulumi/stacks/lifeboat/dr.json", Body: "{}" };
    const ownUrl = `s3://${dr.bucket}?region=${recovery}`;
    const good = await run("strayed", ["--check"], ownUrl);
    const lying = await run("strayed", ["--check", "--stack", "dr"], `s3://${prod.bucket}?region=${recovery}`);
    await s3(primary).send(new PutObjectCommand({ Bucket: prod.bucket, ...state }));
    const strayed = await run("strayed", ["--check"], ownUrl);
    await s3(recovery).send(new PutObjectCommand({ Bucket: dr.bucket, Key: ".pulumi/stacks/lifeboat/prod.json.gz", Body: "z" }));
    await s3(recovery).send(new PutObjectCommand({ Bucket: dr.bucket, ...state }));
    const shared = await run("strayed", ["--check"], ownUrl);
    const local = await run("strayed", ["--check", "--stack", "dr"], "file:///home/somebody");

    expect(good.backends?.problems).toEqual([]);
    expect(good.backends?.notes).toContain(`PULUMI_BACKEND_URL: ${dr.bucket} in ${recovery}, with no stack`);
    expect(isComplete(good)).toBe(true);
    expect(lying.backends?.problems).toEqual([
      `PULUMI_BACKEND_URL: the state of dr is in us-east-1 (s3://${prod.bucket}), not in the recovery region eu-west-1`,
      `PULUMI_BACKEND_URL: ${prod.bucket} is prod's backend, and dr has one of its own`,
      `PULUMI_BACKEND_URL: the URL says eu-west-1, and the bucket ${prod.bucket} is in us-east-1`,
    ]);
    expect(strayed.backends?.problems).toEqual([`the state of dr lies in ${prod.bucket}, which is prod's: its loss is the loss of both`]);
    expect(shared.backends?.problems).toContain(
      `PULUMI_BACKEND_URL: prod and dr share the bucket ${dr.bucket}: its loss is the loss of both`,
    );
    expect(local.backends?.problems[0]).toMatch(
      /the state of dr is in file:\/\/\/home\/somebody: nobody can tell that it outlives us-east-1/,
    );
    expect([lying, strayed, shared, local].some(isComplete)).toBe(false);
  });
});

describe("preflight", () => {
  it("says unknown where this AWS does not answer, and never that it fits", async () => {
    const settings = settingsOf("flown");
    const standing: Standing = {
      schema: "lifeboat/standing/1",
      system: "flown",
      recoveryRegion: recovery,
      buckets: { vault: "v", documentsReplica: "r", documentsVault: "d" },
      keyArn: "k",
      functions: { resolve: "flown-resolve", validate: "flown-validate" },
      stores: ["chroma", "objects"],
      chroma: { port: 8000, clientCidr: "10.0.0.0/16" },
      topicArn: "t",
    };
    const ssm = kept(new SSMClient({ region: recovery }));
    await ssm.send(new PutParameterCommand({ Name: parameterNames("flown").standing, Value: JSON.stringify(standing), Type: "String" }));
    // What this AWS does not know, it does not know the third time either.
    process.env.AWS_MAX_ATTEMPTS = "1";
    const region = connectRegion(settings, () => new Date());

    const report = await preflight(region, settings);
    region.close();

    expect(report.lines.length).toBeGreaterThan(5);
    expect(report.lines.filter(({ verdict }) => verdict !== "unknown")).toEqual([]);
    expect(report.lines.every(({ detail }) => /limit: the service does not answer as AWS's does \(HTTP 400\)$/.test(detail))).toBe(true);
    expect(report.lines.find(({ what }) => what.startsWith("General purpose buckets"))?.used).toMatch(/^\d+$/);
    expect(fits(report)).toBe(true);
    await expect(
      preflight(
        connectRegion(settingsOf("nobody"), () => new Date()),
        settings,
      ),
    ).rejects.toThrow(/no parameter \/lifeboat\/nobody\/standing/);
  });
});
