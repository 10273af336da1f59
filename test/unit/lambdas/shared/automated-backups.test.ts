import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { RDSClient } from "@aws-sdk/client-rds";
import { isReplicating, rdsAutomatedBackups } from "../../../../lambdas/shared/automated-backups";

/** One backup as RDS writes it; a real server on this machine answers with it, so that the SDK's own parser is in between. */
const xmlOf = (fields: Readonly<Record<string, string>>): string =>
  `<DBInstanceAutomatedBackup>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("")}</DBInstanceAutomatedBackup>`;

const REPLICA = {
  DBInstanceAutomatedBackupsArn: "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1",
  DBInstanceArn: "arn:aws:rds:us-east-1:123456789012:db:acme-postgres",
  DbiResourceId: "db-1",
  DBInstanceIdentifier: "acme-postgres",
  Region: "us-east-1",
  Status: "Replicating",
  EngineVersion: "15.10",
  Encrypted: "true",
  RestoreWindow: "<EarliestTime>2026-11-24T09:00:00Z</EarliestTime><LatestTime>2026-11-24T10:00:00Z</LatestTime>",
};
const HERE = { ...REPLICA, DBInstanceAutomatedBackupsArn: "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-2", Region: "eu-west-1" };

const page = (backups: readonly Readonly<Record<string, string>>[], marker = ""): string =>
  `<DescribeDBInstanceAutomatedBackupsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBInstanceAutomatedBackupsResult>${
    marker === "" ? "" : `<Marker>${marker}</Marker>`
  }<DBInstanceAutomatedBackups>${backups.map(xmlOf).join("")}</DBInstanceAutomatedBackups></DescribeDBInstanceAutomatedBackupsResult></DescribeDBInstanceAutomatedBackupsResponse>`;

const fault = (code: string): string =>
  `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

let server: Server;
let client: RDSClient;
let answers: { readonly status: number; readonly body: string }[];
let asked: URLSearchParams[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
    const { status, body } = answers.shift() ?? { status: 500, body: "" };
    response.writeHead(status, { "content-type": "text/xml" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = new RDSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
});
beforeEach(() => {
  answers = [];
  asked = [];
});
afterAll(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const find = () => rdsAutomatedBackups(client).find("acme-postgres", "us-east-1");

describe("automated backups of another region's instance", () => {
  it("are found by the instance's name and region, with what a restore needs to know of them", async () => {
    answers = [{ status: 200, body: page([HERE, REPLICA]) }];

    const found = await find();

    expect(found).toEqual([
      {
        arn: REPLICA.DBInstanceAutomatedBackupsArn,
        resourceId: "db-1",
        instanceIdentifier: "acme-postgres",
        sourceRegion: "us-east-1",
        status: "replicating",
        engineVersion: "15.10",
        encrypted: true,
        window: { earliest: new Date("2026-11-24T09:00:00Z"), latest: new Date("2026-11-24T10:00:00Z") },
      },
    ]);
    expect(asked.map((request) => [request.get("Action"), request.get("DBInstanceIdentifier")])).toEqual([
      ["DescribeDBInstanceAutomatedBackups", "acme-postgres"],
    ]);
  });

  it("are found on every page", async () => {
    answers = [
      { status: 200, body: page([HERE], "more") },
      { status: 200, body: page([REPLICA]) },
    ];

    const found = await find();

    expect(found.map(({ arn }) => arn)).toEqual([REPLICA.DBInstanceAutomatedBackupsArn]);
    expect(asked.map((request) => request.get("Marker"))).toEqual([null, "more"]);
  });

  it("have no window before the first one has arrived", async () => {
    const { RestoreWindow: _none, ...young } = { ...REPLICA, Status: "pending" };
    answers = [{ status: 200, body: page([young]) }];

    const [found] = await find();

    expect(found).toMatchObject({ status: "pending" });
    expect(found?.window).toBeUndefined();
  });

  it("are none where RDS knows none of that name, and a refusal is not taken for none", async () => {
    answers = [
      { status: 404, body: fault("DBInstanceAutomatedBackupNotFound") },
      { status: 403, body: fault("AccessDenied") },
    ];

    await expect(find()).resolves.toEqual([]);
    await expect(find()).rejects.toThrow();
  });

  it("go on by the words that AWS documents for it, and by no other", () => {
    const [backup] = [{ arn: "a", resourceId: "r", instanceIdentifier: "i", sourceRegion: "s", engineVersion: "15", encrypted: true }];
    const going = ["creating", "active", "pending", "replicating", "retained", "stopped", ""].filter(
      (status) => backup !== undefined && isReplicating({ ...backup, status }),
    );

    expect(going).toEqual(["creating", "active", "pending", "replicating"]);
  });
});
