import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { CreateRoleCommand, GetAccountSummaryCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketReplicationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  PutObjectTaggingCommand,
  type ReplicationRule,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { sign } from "aws4";
import { bootstrap } from "../../local/emulator/bootstrap";
import { callsToLostRegion, functionAccessKeyId } from "../../local/gateway";
import { primary, recovery, root, startTestAws, type TestAws } from "./support/emulator";
import { zipOf } from "./support/zip";

const account = "000000000000";
const lagSeconds = 0.3;
const delaySeconds = 0.3;
let aws: TestAws;

beforeAll(async () => {
  aws = await startTestAws({ lagSeconds, delaySeconds });
});
afterAll(() => aws.stop());
afterEach(() => {
  for (const { region } of aws.gateway.outage.current()) aws.gateway.outage.restore(region);
});

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string };
const client = (region: string, credentials: Keys = root, maxAttempts = 1) => ({
  endpoint: aws.gateway.url,
  region,
  credentials,
  maxAttempts,
});
const s3 = (region: string, credentials?: Keys, maxAttempts?: number) =>
  new S3Client({ ...client(region, credentials, maxAttempts), forcePathStyle: true });

const createBucket = async (name: string, region: string, options: { versioned?: boolean; locked?: boolean } = {}): Promise<string> => {
  const CreateBucketConfiguration = region === "us-east-1" ? undefined : ({ LocationConstraint: "eu-west-1" } as const);
  await s3(region).send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration, ObjectLockEnabledForBucket: options.locked }));
  if (options.versioned === true) {
    await s3(region).send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }));
  }
  return name;
};

const rule = (destination: string, changes: Partial<ReplicationRule> = {}): ReplicationRule => ({
  ID: destination,
  Priority: 1,
  Status: "Enabled",
  Filter: { Prefix: "" },
  DeleteMarkerReplication: { Status: "Disabled" },
  Destination: { Bucket: `arn:aws:s3:::${destination}` },
  ...changes,
});

const replicate = (source: string, ...Rules: ReplicationRule[]) =>
  new PutBucketReplicationCommand({
    Bucket: source,
    ReplicationConfiguration: { Role: `arn:aws:iam::${account}:role/replication`, Rules },
  });

/** A queue that a bucket tells of every new object. */
const listen = async (bucket: string, region: string) => {
  const sqs = new SQSClient(client(region));
  const QueueArn = `arn:aws:sqs:${region}:${account}:${bucket}-events`;
  const Statement = [{ Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sqs:SendMessage", Resource: QueueArn }];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${bucket}-events`, Attributes: { Policy } }));
  await s3(region).send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectCreated:*"] }] },
      SkipDestinationValidation: true,
    }),
  );
  return async (): Promise<string> => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
      for (const { Body, ReceiptHandle } of Messages ?? []) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        const key: unknown = JSON.parse(Body ?? "{}").Records?.[0]?.s3?.object?.key;
        if (typeof key === "string") return key;
      }
    }
    throw new Error(`no event of ${bucket} arrived`);
  };
};

describe("replication", () => {
  it("brings a write to every destination after the lag, with everything that belongs to it, and fires the events there", async () => {
    const source = await createBucket("copies-source", primary, { versioned: true });
    const replica = await createBucket("copies-replica", recovery, { versioned: true });
    const vault = await createBucket("copies-vault", recovery, { locked: true });
    const Rule = { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule } as const;
    await s3(recovery).send(new PutObjectLockConfigurationCommand({ Bucket: vault, ObjectLockConfiguration }));
    const nextEvent = await listen(vault, recovery);
    await s3(primary).send(replicate(source, rule(replica), rule(vault, { Priority: 2 })));

    const Key = "reports/2026 é+1.txt";
    await s3(primary).send(
      new PutObjectCommand({
        Bucket: source,
        Key,
        Body: "content",
        ContentType: "text/plain",
        Metadata: { author: "a" },
        Tagging: "kind=report",
      }),
    );
    const before = await s3(primary).send(new HeadObjectCommand({ Bucket: source, Key }));
    const early = await s3(recovery).send(new ListObjectVersionsCommand({ Bucket: replica }));
    await aws.gateway.replication.idle();

    expect(before.ReplicationStatus).toBe("PENDING");
    expect(early.Versions ?? []).toHaveLength(0);
    expect((await s3(primary).send(new HeadObjectCommand({ Bucket: source, Key }))).ReplicationStatus).toBe("COMPLETED");
    for (const Bucket of [replica, vault]) {
      const copy = await s3(recovery).send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
      expect(await copy.Body?.transformToString()).toBe("content");
      expect(copy).toMatchObject({
        ContentType: "text/plain",
        Metadata: { author: "a" },
        ReplicationStatus: "REPLICA",
        ChecksumSHA256: createHash("sha256").update("content").digest("base64"),
      });
      expect(copy.ObjectLockMode).toBe(Bucket === vault ? "GOVERNANCE" : undefined);
      const { TagSet } = await s3(recovery).send(new GetObjectTaggingCommand({ Bucket, Key }));
      expect(TagSet).toEqual([{ Key: "kind", Value: "report" }]);
    }
    expect(decodeURIComponent((await nextEvent()).replaceAll("+", " "))).toBe(Key);
  });

  it("carries on versions in order, markers where a rule says so, tags, and no deletion of a version", async () => {
    const source = await createBucket("order-source", primary, { versioned: true });
    const withMarkers = await createBucket("order-markers", recovery, { versioned: true });
    const without = await createBucket("order-plain", recovery, { versioned: true });
    const markers = { DeleteMarkerReplication: { Status: "Enabled" } } as const;
    await s3(primary).send(replicate(source, rule(withMarkers, markers), rule(without, { Priority: 2 })));

    for (const Body of ["one", "two", "three"]) await s3(primary).send(new PutObjectCommand({ Bucket: source, Key: "k", Body }));
    const { VersionId } = await s3(primary).send(new PutObjectCommand({ Bucket: source, Key: "other", Body: "x" }));
    await s3(primary).send(new PutObjectTaggingCommand({ Bucket: source, Key: "k", Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }));
    await aws.gateway.replication.idle();
    await s3(primary).send(new DeleteObjectCommand({ Bucket: source, Key: "k" }));
    await aws.gateway.replication.idle();
    await s3(primary).send(new DeleteObjectCommand({ Bucket: source, Key: "other", VersionId }));
    await aws.gateway.replication.idle();

    const latest = await s3(recovery).send(new GetObjectCommand({ Bucket: without, Key: "k" }));
    expect(await latest.Body?.transformToString()).toBe("three");
    expect((await s3(recovery).send(new GetObjectTaggingCommand({ Bucket: without, Key: "k" }))).TagSet).toEqual([
      { Key: "a", Value: "b" },
    ]);
    const marked = await s3(recovery).send(new ListObjectVersionsCommand({ Bucket: withMarkers }));
    expect(marked.DeleteMarkers?.map((each) => each.Key)).toEqual(["k"]);
    expect(marked.Versions?.filter((each) => each.Key === "other")).toHaveLength(1);
    expect((await s3(recovery).send(new ListObjectVersionsCommand({ Bucket: without }))).DeleteMarkers ?? []).toHaveLength(0);
  });

  it("carries on uploads in parts, copies and deletions in bulk", async () => {
    const source = await createBucket("parts-source", primary, { versioned: true });
    const replica = await createBucket("parts-replica", recovery, { versioned: true });
    await s3(primary).send(replicate(source, rule(replica, { DeleteMarkerReplication: { Status: "Enabled" } })));
    const upload = { Bucket: source, Key: "parts" };
    const parts = [Buffer.alloc(5 * 1024 * 1024, "a"), Buffer.from("b")];

    const { UploadId } = await s3(primary).send(new CreateMultipartUploadCommand({ ...upload, Metadata: { made: "in parts" } }));
    const Parts = await Promise.all(
      parts.map(async (Body, index) => {
        const part = { ...upload, UploadId, PartNumber: index + 1 };
        return { PartNumber: index + 1, ETag: (await s3(primary).send(new UploadPartCommand({ ...part, Body }))).ETag };
      }),
    );
    await s3(primary).send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }));
    await s3(primary).send(new CopyObjectCommand({ Bucket: source, Key: "copy", CopySource: `${source}/parts` }));
    await aws.gateway.replication.idle();
    await s3(primary).send(new DeleteObjectsCommand({ Bucket: source, Delete: { Objects: [{ Key: "copy" }, { Key: "never-there" }] } }));
    await aws.gateway.replication.idle();

    const arrived = await s3(recovery).send(new GetObjectCommand({ Bucket: replica, Key: "parts" }));
    expect(arrived.Metadata).toEqual({ made: "in parts" });
    expect(Buffer.from((await arrived.Body?.transformToByteArray()) ?? []).equals(Buffer.concat(parts))).toBe(true);
    const { Versions, DeleteMarkers } = await s3(recovery).send(new ListObjectVersionsCommand({ Bucket: replica }));
    expect(Versions?.map((each) => [each.Key, each.Size])).toEqual([
      ["copy", Buffer.concat(parts).length],
      ["parts", Buffer.concat(parts).length],
    ]);
    expect(DeleteMarkers?.map((each) => each.Key)).toEqual(["copy", "never-there"]);
  });

  it("is refused by AWS's rules and by the caller's policy, and is kept when it is accepted", async () => {
    const source = await createBucket("refused-source", primary);
    const replica = await createBucket("refused-replica", recovery);
    const user = await bootstrap(aws.gateway.url).createDeployUser("reader", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:Get*", Resource: "*" }],
    });

    const enable = (Bucket: string, region: string) =>
      s3(region).send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    await expect(s3(primary).send(replicate(source, rule(replica)))).rejects.toThrow(/Versioning must be 'Enabled'/);
    await enable(source, primary);
    await expect(s3(primary).send(replicate(source, rule(replica)))).rejects.toThrow(/Destination bucket must have versioning enabled/);
    await enable(replica, recovery);
    await expect(s3(primary, user).send(replicate(source, rule(replica)))).rejects.toMatchObject({ name: "AccessDenied" });
    const forged = { ...user, secretAccessKey: "wrong" };
    await expect(s3(primary, forged).send(replicate(source, rule(replica)))).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    await expect(s3(primary).send(new GetBucketReplicationCommand({ Bucket: source }))).rejects.toMatchObject({
      name: "ReplicationConfigurationNotFoundError",
    });

    await s3(primary).send(replicate(source, rule(replica)));
    const kept = await s3(primary, user).send(new GetBucketReplicationCommand({ Bucket: source }));
    expect(kept.ReplicationConfiguration?.Rules).toEqual([rule(replica)]);
    await expect(s3(primary, user).send(new DeleteBucketReplicationCommand({ Bucket: source }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await s3(primary).send(new DeleteBucketReplicationCommand({ Bucket: source }));
    await expect(s3(primary).send(new GetBucketReplicationCommand({ Bucket: source }))).rejects.toThrow(/not found/);
  });

  it("loses what is in flight when the source is lost, and waits for a destination that is", async () => {
    const source = await createBucket("flight-source", primary, { versioned: true });
    const replica = await createBucket("flight-replica", recovery, { versioned: true });
    await s3(primary).send(replicate(source, rule(replica)));
    const put = (Key: string) => s3(primary).send(new PutObjectCommand({ Bucket: source, Key, Body: Key }));
    const lostBefore = aws.gateway.replication.statistics.lost;

    aws.gateway.outage.cut(recovery);
    await put("waits");
    await new Promise((done) => setTimeout(done, lagSeconds * 1000 + 200));
    const waiting = aws.gateway.replication.pending();
    aws.gateway.outage.restore(recovery);
    await aws.gateway.replication.idle();
    await put("lost");
    aws.gateway.outage.cut(primary);
    await aws.gateway.replication.idle();

    expect(waiting).toBe(1);
    expect(aws.gateway.replication.statistics.lost - lostBefore).toBe(1);
    const { Versions } = await s3(recovery).send(new ListObjectVersionsCommand({ Bucket: replica }));
    expect(Versions?.map((each) => each.Key)).toEqual(["waits"]);
  });
});

describe("an outage", () => {
  it("refuses what is signed for the region and what lives there, counts every attempt, and lets the rest pass", async () => {
    const bucket = await createBucket("outage-primary", primary);
    const other = await createBucket("outage-recovery", recovery);
    const before = new Date();
    aws.gateway.outage.cut(primary);

    const put = (region: string, Bucket: string, attempts = 1) =>
      s3(region, root, attempts).send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await expect(put(primary, bucket, 3)).rejects.toThrow(/ECONNRESET|socket hang up/);
    await expect(put(recovery, bucket)).rejects.toThrow(/ECONNRESET|socket hang up/);
    await put(recovery, other);

    const lost = callsToLostRegion(aws.gateway.calls.all(), primary, { after: before });
    expect(lost.regional.map(({ region, operation, bucketHome, outcome }) => [region, operation, bucketHome, outcome])).toEqual([
      [primary, "PutObject", primary, "refused"],
      [primary, "PutObject", primary, "refused"],
      [primary, "PutObject", primary, "refused"],
      [recovery, "PutObject", primary, "refused"],
    ]);
    aws.gateway.outage.restore(primary);
    await put(primary, bucket);
  });

  it("refuses changes of global services with us-east-1, and lists their reads apart", async () => {
    const before = new Date();
    aws.gateway.outage.cut(primary);
    const iam = new IAMClient(client(primary));

    await expect(bootstrap(aws.gateway.url).createDeployUser("late", { Version: "2012-10-17", Statement: [] })).rejects.toThrow();
    await iam.send(new GetAccountSummaryCommand({}));

    const lost = callsToLostRegion(aws.gateway.calls.all(), primary, { after: before });
    expect(lost.regional).toHaveLength(0);
    expect(new Set(lost.globalWrites.map(({ operation, outcome }) => `${operation} ${outcome}`))).toEqual(new Set(["CreateUser refused"]));
    expect(lost.globalReads.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual(["GetAccountSummary ok"]);
  });

  it("breaks off what is under way, and drops without an answer", async () => {
    const sqs = new SQSClient(client(primary));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "long-poll" }));
    const poll = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    const broken = expect(poll).rejects.toThrow(/ECONNRESET|socket hang up|aborted/);
    await new Promise((done) => setTimeout(done, 200));
    aws.gateway.outage.cut(primary);
    await broken;

    aws.gateway.outage.cut(primary, "drop");
    const silent = sqs.send(new CreateQueueCommand({ QueueName: "never" }), { abortSignal: AbortSignal.timeout(300) });
    await expect(silent).rejects.toThrow();

    expect(
      aws.gateway.calls
        .all()
        .slice(-2)
        .map(({ operation, outcome }) => [operation, outcome]),
    ).toEqual([
      ["ReceiveMessage", "refused"],
      ["CreateQueue", "dropped"],
    ]);
  });

  it("answers late from a region that is slow, and that one still replicates", async () => {
    const source = await createBucket("slow-source", primary, { versioned: true });
    const replica = await createBucket("slow-replica", recovery, { versioned: true });
    await s3(primary).send(replicate(source, rule(replica)));
    aws.gateway.outage.cut(primary, "delay");
    const started = performance.now();

    await s3(primary).send(new PutObjectCommand({ Bucket: source, Key: "k", Body: "x" }));
    const tookMs = performance.now() - started;
    await aws.gateway.replication.idle();

    // The delay is the least that a call takes; how much more it takes is the machine's affair.
    expect(tookMs).toBeGreaterThanOrEqual(delaySeconds * 1000 - 5);
    expect(aws.gateway.calls.all().at(-1)).toMatchObject({ operation: "PutObject", outcome: "ok", status: 200 });
    expect((await s3(recovery).send(new ListObjectVersionsCommand({ Bucket: replica }))).Versions).toHaveLength(1);
  });

  it("does not let a function of the lost region out, whatever it signs for, and knows it by its key", async () => {
    const bucket = await createBucket("function-target", recovery);
    const iam = new IAMClient(client(primary));
    const role = `arn:aws:iam::${account}:role/writer`;
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    };
    await iam.send(new CreateRoleCommand({ RoleName: "writer", AssumeRolePolicyDocument: JSON.stringify(trust) }));
    const policy = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: `arn:aws:s3:::${bucket}/*` }],
    };
    await iam.send(new PutRolePolicyCommand({ RoleName: "writer", PolicyName: "write", PolicyDocument: JSON.stringify(policy) }));
    const lambda = new LambdaClient(client(primary));
    const { FunctionArn = "" } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "writer",
        Role: role,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Timeout: 20,
        Environment: { Variables: { TARGET: `${aws.gateway.url}/${bucket}/from-function` } },
        Code: { ZipFile: zipOf("index.js", signedPut) },
      }),
    );
    const invoke = async (): Promise<unknown> => {
      const direct = new LambdaClient({ ...client(primary), endpoint: aws.ministack.url });
      const { Payload } = await direct.send(new InvokeCommand({ FunctionName: "writer" }));
      return JSON.parse(Buffer.from(Payload ?? []).toString());
    };

    const alive = await invoke();
    aws.gateway.outage.cut(primary);
    const cutOff = await invoke();

    const key = functionAccessKeyId(FunctionArn, role);
    expect(alive).toEqual({ key, status: 200 });
    expect(cutOff).toMatchObject({ key, error: expect.stringMatching(/ECONNRESET|socket hang up/) });
    const calls = aws.gateway.calls.all().filter((call) => call.accessKeyId === key);
    expect(calls.map(({ caller, region, outcome }) => [caller?.name, caller?.region, region, outcome])).toEqual([
      ["writer", primary, recovery, "ok"],
      ["writer", primary, recovery, "refused"],
    ]);
  });
});

/** A function without an SDK: one PUT, signed for the recovery region with the function's own session key. */
const signedPut = `
const { createHash, createHmac } = require("node:crypto");
const http = require("node:http");
const hash = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
exports.handler = () => new Promise((done) => {
  const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, TARGET } = process.env;
  const url = new URL(TARGET);
  const date = new Date().toISOString().replace(/[-:]|\\.\\d+/g, "");
  const scope = date.slice(0, 8) + "/eu-west-1/s3/aws4_request";
  const headers = { host: url.host, "x-amz-content-sha256": hash("x"), "x-amz-date": date, "x-amz-security-token": token };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => name + ":" + value + "\\n").join("");
  const canonical = ["PUT", url.pathname, "", lines, names, hash("x")].join("\\n");
  const signing = ["eu-west-1", "s3", "aws4_request"].reduce(hmac, hmac("AWS4" + secret, date.slice(0, 8)));
  const signature = hmac(signing, ["AWS4-HMAC-SHA256", date, scope, hash(canonical)].join("\\n")).toString("hex");
  headers.authorization = "AWS4-HMAC-SHA256 Credential=" + key + "/" + scope + ", SignedHeaders=" + names + ", Signature=" + signature;
  const request = http.request(url, { method: "PUT", headers }, (response) => { response.resume(); done({ key, status: response.statusCode }); });
  request.on("error", (error) => done({ key, error: error.message }));
  request.end("x");
});
`;

describe("what passes through", () => {
  it("shows IAM's denials to the client", async () => {
    const bucket = await createBucket("denied", primary);
    const user = await bootstrap(aws.gateway.url).createDeployUser("nobody", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
    });
    aws.gateway.calls.identify(user.accessKeyId, { name: user.name, kind: "user" });

    await expect(s3(primary, user).send(new PutObjectCommand({ Bucket: bucket, Key: "k", Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    expect(aws.gateway.calls.all().at(-1)).toMatchObject({
      operation: "PutObject",
      outcome: "client-error",
      status: 403,
      caller: { name: "nobody" },
    });
  });

  it("reads the region of a presigned address, and refuses it when that region is lost", async () => {
    const bucket = await createBucket("presigned", recovery);
    await s3(recovery).send(new PutObjectCommand({ Bucket: bucket, Key: "k", Body: "content" }));
    const { pathname, port, hostname } = new URL(`${aws.gateway.url}/${bucket}/k`);
    const signed = sign(
      { host: `${hostname}:${port}`, path: `${pathname}?X-Amz-Expires=60`, service: "s3", region: recovery, signQuery: true },
      root,
    );
    const address = `${aws.gateway.url}${signed.path}`;

    expect(await (await fetch(address)).text()).toBe("content");
    expect(aws.gateway.calls.all().at(-1)).toMatchObject({
      region: recovery,
      service: "s3",
      operation: "GetObject",
      signed: true,
      outcome: "ok",
    });
    aws.gateway.outage.cut(recovery);
    await expect(fetch(address)).rejects.toThrow();
  });

  it("answers a call signed for another region as AWS does", async () => {
    const bucket = await createBucket("elsewhere", recovery);

    await expect(s3(primary).send(new GetObjectCommand({ Bucket: bucket, Key: "k" }))).rejects.toMatchObject({
      name: "PermanentRedirect",
      $response: { statusCode: 301, headers: { "x-amz-bucket-region": recovery } },
    });
  });

  it("carries large bodies, chunked with a trailing checksum, unchanged", async () => {
    const bucket = await createBucket("large", primary, { versioned: true });
    const replica = await createBucket("large-replica", recovery, { versioned: true });
    await s3(primary).send(replicate(bucket, rule(replica)));
    const content = Buffer.concat(Array.from({ length: 12 }, (_, index) => Buffer.alloc(1024 * 1024, `chunk ${index}`)));
    const chunks = Array.from({ length: 12 }, (_, index) => content.subarray(index * 1024 * 1024, (index + 1) * 1024 * 1024));
    await s3(primary).send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: "k",
        Body: Readable.from(chunks),
        ContentLength: content.length,
        ChecksumAlgorithm: "SHA256",
      }),
    );
    await aws.gateway.replication.idle();

    for (const [region, Bucket] of [
      [primary, bucket],
      [recovery, replica],
    ] as const) {
      const { Body } = await s3(region).send(new GetObjectCommand({ Bucket, Key: "k" }));
      expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(content)).toBe(true);
    }
  });

  it("carries a thousand small writes, each logged", async () => {
    const bucket = await createBucket("many", primary);
    const many = s3(primary);
    const worker = async (first: number): Promise<void> => {
      for (let index = first; index < 1000; index += 16)
        await many.send(new PutObjectCommand({ Bucket: bucket, Key: `k/${index}`, Body: "x" }));
    };

    await Promise.all(Array.from({ length: 16 }, (_, index) => worker(index)));

    const logged = aws.gateway.calls.all().filter((call) => call.bucket === bucket && call.operation === "PutObject");
    expect(logged).toHaveLength(1000);
    expect(logged.every((call) => call.outcome === "ok")).toBe(true);
  });
});
