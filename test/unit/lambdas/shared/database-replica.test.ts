import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { RDSClient } from "@aws-sdk/client-rds";
import fc from "fast-check";
import { cloudWatchReplicaLag, newestLag, rdsReplicas } from "../../../../lambdas/shared/database-replica";

const NAME = "acme-postgres-replica";
const xml = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("");

const STREAMING = { StatusType: "read replication", Normal: "true", Status: "replicating" };
const infos = (info: Readonly<Record<string, string>>): string => `<DBInstanceStatusInfo>${xml(info)}</DBInstanceStatusInfo>`;
const INSTANCE = {
  DBInstanceIdentifier: NAME,
  DBInstanceArn: `arn:aws:rds:eu-west-1:123456789012:db:${NAME}`,
  DbiResourceId: "db-R",
  DBInstanceStatus: "Available",
  ReadReplicaSourceDBInstanceIdentifier: "arn:aws:rds:us-east-1:123456789012:db:acme-postgres",
  StatusInfos: infos(STREAMING),
  Endpoint: "<Address>replica.example</Address><Port>5432</Port>",
  EngineVersion: "15.10",
};
const described = (instance: Readonly<Record<string, string>>): string =>
  `<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBInstancesResult><DBInstances><DBInstance>${xml(
    instance,
  )}</DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>`;
const fault = (code: string): string =>
  `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

let server: Server;
let rds: RDSClient;
let cloudWatch: CloudWatchClient;
let answer: { readonly status: number; readonly type: string; readonly body: string };
let asked: string[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(Buffer.concat(chunks).toString("utf8"));
    response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const settings = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  rds = new RDSClient(settings);
  cloudWatch = new CloudWatchClient(settings);
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  rds.destroy();
  cloudWatch.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const find = (body: string, status = 200) => {
  answer = { status, type: "text/xml", body };
  return rdsReplicas(rds).find(NAME);
};

describe("a read replica", () => {
  it("is what RDS describes under its name", async () => {
    await expect(find(described(INSTANCE))).resolves.toEqual({
      instance: NAME,
      arn: INSTANCE.DBInstanceArn,
      resourceId: "db-R",
      status: "available",
      sourceArn: INSTANCE.ReadReplicaSourceDBInstanceIdentifier,
      replicating: true,
      replicationStatus: "replicating",
      host: "replica.example",
      port: 5432,
      engineVersion: "15.10",
    });
    expect(new URLSearchParams(asked[0]).get("DBInstanceIdentifier")).toBe(NAME);
  });

  it.each([
    ["an error", { ...STREAMING, Normal: "false", Status: "error" }, "error"],
    ["a word that says more than one thing", { ...STREAMING, Status: "replication degraded" }, "replication degraded"],
    ["a good word that RDS does not call normal", { ...STREAMING, Normal: "false" }, "replicating"],
    ["no word on the replication", { ...STREAMING, StatusType: "something else" }, ""],
  ])("does not replicate with %s", async (_what, info, replicationStatus) => {
    await expect(find(described({ ...INSTANCE, StatusInfos: infos(info) }))).resolves.toMatchObject({
      replicating: false,
      replicationStatus,
    });
  });

  it("has no source once it was promoted", async () => {
    const { ReadReplicaSourceDBInstanceIdentifier: _source, StatusInfos: _infos, ...promoted } = INSTANCE;

    const found = await find(described(promoted));

    expect(found).toMatchObject({ replicating: false, replicationStatus: "", resourceId: "db-R" });
    expect(found?.sourceArn).toBeUndefined();
  });

  it("is none where RDS knows none of that name, and a refusal is not taken for none", async () => {
    await expect(find(fault("DBInstanceNotFound"), 404)).resolves.toBeUndefined();
    await expect(find(fault("AccessDenied"), 403)).rejects.toThrow();
  });
});

const NOW = new Date("2026-11-24T22:00:00Z");
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const datum = (secondsAgo: number, lagSeconds: number) => ({ lagSeconds, measuredAt: ago(secondsAgo) });

describe("its lag", () => {
  it("is asked of the replica's own metric for three hours, and the newest datum counts", async () => {
    const datapoints = [datum(90, 3), datum(30, 7)].map(({ lagSeconds, measuredAt }) => ({
      Timestamp: measuredAt.getTime() / 1000,
      Maximum: lagSeconds,
    }));
    answer = { status: 200, type: "application/x-amz-json-1.0", body: JSON.stringify({ Datapoints: datapoints }) };

    await expect(cloudWatchReplicaLag(cloudWatch).newest(NAME, NOW)).resolves.toEqual(datum(30, 7));
    expect(JSON.parse(asked[0] ?? "")).toMatchObject({
      Namespace: "AWS/RDS",
      MetricName: "ReplicaLag",
      Dimensions: [{ Name: "DBInstanceIdentifier", Value: NAME }],
      StartTime: NOW.getTime() / 1000 - 10_800,
      EndTime: NOW.getTime() / 1000,
      Period: 60,
      Statistics: ["Maximum", "Minimum"],
    });
  });

  it("of a minute in which the replication stopped has its age on top", async () => {
    const timestamp = ago(30).getTime() / 1000;
    answer = {
      status: 200,
      type: "application/x-amz-json-1.0",
      body: JSON.stringify({ Datapoints: [{ Timestamp: timestamp, Maximum: 2, Minimum: -1 }] }),
    };

    await expect(cloudWatchReplicaLag(cloudWatch).newest(NAME, NOW)).resolves.toEqual({ ...datum(30, 2), lagSeconds: 32 });
  });

  it.each([
    ["nothing was measured", [], undefined],
    ["only that nothing replicates was measured", [datum(30, -1)], undefined],
    ["a datum of three minutes is not late", [datum(180, 2)], { ...datum(180, 2) }],
    ["a later one has its age on top", [datum(240, 2)], { ...datum(240, 2), lagSeconds: 242 }],
    ["nothing replicates since a minute", [datum(30, -1), datum(90, 2), datum(150, 9)], { ...datum(90, 2), lagSeconds: 92 }],
    ["a datum comes from a clock that is ahead", [datum(-30, 2)], datum(-30, 2)],
  ])("when %s", (_what, data, expected) => {
    expect(newestLag(data, NOW)).toEqual(expected);
  });

  it("is as fine as the metric: a datum is late after three of its periods", () => {
    expect(newestLag([datum(14, 2)], NOW, 5)?.lagSeconds).toBe(2);
    expect(newestLag([datum(20, 2)], NOW, 5)?.lagSeconds).toBe(22);
  });

  it("is never negative, and never less than what the datum that it comes from said", () => {
    const data = fc.array(fc.record({ secondsAgo: fc.integer({ min: -60, max: 10_800 }), lag: fc.integer({ min: -1, max: 5000 }) }));
    fc.assert(
      fc.property(data, (drawn) => {
        const all = drawn.map(({ secondsAgo, lag }) => datum(secondsAgo, lag));

        const found = newestLag(all, NOW);

        expect(found === undefined).toBe(all.every(({ lagSeconds }) => lagSeconds < 0));
        if (found === undefined) return;
        const from = all.filter(({ lagSeconds, measuredAt }) => lagSeconds >= 0 && measuredAt.getTime() === found.measuredAt.getTime());
        expect(found.lagSeconds).toBeGreaterThanOrEqual(Math.min(...from.map(({ lagSeconds }) => lagSeconds)));
      }),
    );
  });
});
