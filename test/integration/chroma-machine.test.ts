import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { build } from "esbuild";
import { exportStates } from "../../infra/components/chroma/exportStates";
import { readProd } from "../../infra/config/read";
import { bundling } from "../../infra/functions/bundle";
import { functionContext } from "../../infra/functions/context";
import { chromaExport } from "../../infra/functions/definitions/chromaExport";
import { policyDocument } from "../../infra/iam/policy";
import { chromaServer } from "../../lambdas/chroma/server";
import type { ObjectStore } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { waitUntil } from "../../local/process";
import { bucketNames } from "../../recovery/names";
import { furnish, oddRecords, seed } from "../support/chroma-data";
import { readManifest } from "../support/chroma-recovery";
import { startTestChroma, type TestChroma } from "../support/chroma-server";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy";
import { committed } from "../unit/infra/config/stackFiles";
import { primary, recovery, root, startTestAws, type TestAws } from "./support/emulator";
import { zipOf } from "./support/zip";

const SITE = { system: "acme", accountId: "000000000000", primaryRegion: primary, recoveryRegion: recovery };
const STAGING = bucketNames(SITE).staging;

let aws: TestAws;
let chroma: TestChroma;
/** Between the function and the server: it tells what met an outage. */
let proxy: FaultyProxy;
let machineArn: string;
let staging: ObjectStore;

const client = () => ({ endpoint: aws.gateway.url, region: primary, credentials: root });
const trust = (service: string): string =>
  policyDocument([{ actions: ["sts:AssumeRole"], resources: [], principal: { Service: service } }]);

const handlerCode = async (): Promise<string> => {
  const entryPoints = bundling.entryPoints.filter(({ out }) => out === "chroma-export");
  const { outputFiles } = await build({ ...bundling, entryPoints, write: false });
  return outputFiles[0]?.text ?? "";
};

/** The function as `prod` defines it, with the rights that it has there. */
const makeFunction = async (): Promise<string> => {
  const definition = chromaExport(functionContext(SITE, readProd(committed("prod")), "acme-postgres"));
  const iam = new IAMClient(client());
  const name = "acme-chroma-export";
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust("lambda.amazonaws.com") }));
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: name, PolicyDocument: policyDocument(definition.statements) }));
  const { FunctionArn } = await new LambdaClient(client()).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: Role?.Arn,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 120,
      Code: { ZipFile: zipOf("index.js", await handlerCode()) },
      Environment: {
        Variables: {
          LIFEBOAT_SYSTEM: "acme",
          AWS_ENDPOINT_URL: aws.gateway.url,
          CHROMA_URL: proxy.url,
          ...definition.environment,
          // Several pieces of few records.
          PIECE_RECORDS: "120",
        },
      },
    }),
  );
  return FunctionArn ?? "";
};

beforeAll(async () => {
  [aws, chroma] = await Promise.all([startTestAws({ lagSeconds: 0 }), startTestChroma()]);
  proxy = await startFaultyProxy(chroma.url);
  await seed(await furnish(chromaServer({ url: chroma.url })), [
    { name: "articles", space: "l2", records: oddRecords(300, 16, 1) },
    { name: "images", space: "cosine", records: oddRecords(150, 16, 2) },
  ]);
  const s3 = new S3Client({ ...client(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: STAGING }));
  staging = s3Objects(s3, STAGING);
  const functionArn = await makeFunction();
  const { Role } = await new IAMClient(client()).send(
    new CreateRoleCommand({ RoleName: "states", AssumeRolePolicyDocument: trust("states.amazonaws.com") }),
  );
  const created = await new SFNClient(client()).send(
    new CreateStateMachineCommand({
      name: "acme-chroma-export",
      roleArn: Role?.Arn,
      definition: exportStates({ functionArn, callSeconds: 60, maxSeconds: 120, concurrency: 2 }),
    }),
  );
  machineArn = created.stateMachineArn ?? "";
});
afterAll(async () => {
  await proxy?.stop();
  await chroma?.stop();
  await aws?.stop();
});

/** What an execution came to. */
const execute = async (): Promise<{ readonly status?: string; readonly output?: string; readonly cause?: string }> => {
  const states = new SFNClient(client());
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn: machineArn }));
  const describe = () => states.send(new DescribeExecutionCommand({ executionArn }));
  await waitUntil(async () => (await describe()).status !== "RUNNING", { timeoutMs: 120_000, intervalMs: 200, what: "the execution ends" });
  return describe();
};

test("the state machine exports a server in pieces, under the function's own rights", async () => {
  const ended = await execute();

  expect([ended.status, ended.cause]).toEqual(["SUCCEEDED", undefined]);
  const report: { pointId: string } = JSON.parse(ended.output ?? "null");
  expect(report).toMatchObject({ collections: 2, records: 450 });
  const manifest = await readManifest(staging, report.pointId);
  expect(manifest.collections.map(({ countWritten }) => countWritten)).toEqual([300, 150]);
  expect(manifest.collections.map(({ parts }) => parts.length)).toEqual([3, 2]);
});

test("it goes on when the server is away for a while", async () => {
  const before = proxy.unanswered.length;
  const met = () => proxy.unanswered.length > before;
  let restarted: Promise<void> | undefined;
  // Records are being read when it goes, and it stays away until a request has met that.
  proxy.setFault(({ path }) => {
    if (path.endsWith("/get"))
      restarted ??= chroma.restart(() =>
        waitUntil(async () => met(), { timeoutMs: 30_000, intervalMs: 20, what: "a request meets the outage" }),
      );
    return undefined;
  });

  const ended = await execute();
  await restarted;

  expect(met()).toBe(true);
  expect([ended.status, ended.cause]).toEqual(["SUCCEEDED", undefined]);
  const report: { pointId: string } = JSON.parse(ended.output ?? "null");
  expect((await readManifest(staging, report.pointId)).collections.map(({ countWritten }) => countWritten)).toEqual([300, 150]);
});
