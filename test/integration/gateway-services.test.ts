import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { bootstrap } from "../../local/emulator/bootstrap";
import type { ServiceEndpoint } from "../../local/gateway";
import { primary, recovery, startTestAws, type TestAws } from "./support/emulator";

const EMPTY =
  "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances/></DescribeDBInstancesResult></DescribeDBInstancesResponse>";

/** A service that notes what reaches it. */
class NotingService implements ServiceEndpoint {
  readonly calls: string[] = [];
  readonly suspended = new Set<string>();

  async handle({ region, body }: Parameters<ServiceEndpoint["handle"]>[0]) {
    this.calls.push(`${region} ${new URLSearchParams(body.toString()).get("Action")}`);
    return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(EMPTY) };
  }

  suspend(region: string): void {
    this.suspended.add(region);
  }

  resume(region: string): void {
    this.suspended.delete(region);
  }
}

describe("a service of our own behind the gateway", () => {
  const service = new NotingService();
  const clients: RDSClient[] = [];
  let aws: TestAws;

  beforeAll(async () => {
    aws = await startTestAws({ lagSeconds: 0, rds: service });
  });

  afterEach(() => {
    for (const { region } of aws.gateway.outage.current()) aws.gateway.outage.restore(region);
    service.calls.length = 0;
  });

  afterAll(async () => {
    for (const client of clients) client.destroy();
    await aws.stop();
  });

  const clientOf = async (user: string, action: string, region: string): Promise<RDSClient> => {
    const statement = { Effect: "Allow" as const, Action: [action], Resource: "*" };
    const credentials = await bootstrap(aws.gateway.url).createDeployUser(user, { Version: "2012-10-17", Statement: [statement] });
    const client = new RDSClient({ endpoint: aws.gateway.url, region, credentials, maxAttempts: 1 });
    clients.push(client);
    return client;
  };

  test("answers a call that the caller's policy allows, in the region that it is signed for", async () => {
    const client = await clientOf("allowed", "rds:DescribeDBInstances", recovery);

    const { DBInstances } = await client.send(new DescribeDBInstancesCommand({}));

    expect(DBInstances).toEqual([]);
    expect(service.calls).toEqual([`${recovery} DescribeDBInstances`]);
  });

  test("never sees a call that no policy allows, or whose signature is wrong", async () => {
    const other = await clientOf("other", "s3:GetObject", recovery);
    const { accessKeyId } = await other.config.credentials();
    const forged = new RDSClient({
      endpoint: aws.gateway.url,
      region: recovery,
      credentials: { accessKeyId, secretAccessKey: "guessed" },
      maxAttempts: 1,
    });
    clients.push(forged);

    await expect(other.send(new DescribeDBInstancesCommand({}))).rejects.toThrow(/not authorized to perform: rds:DescribeDBInstances/);
    await expect(forged.send(new DescribeDBInstancesCommand({}))).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });

    expect(service.calls).toEqual([]);
  });

  test("a lost region is suspended and does not answer; the other one does", async () => {
    const lost = await clientOf("in-primary", "rds:DescribeDBInstances", primary);
    const standing = await clientOf("in-recovery", "rds:DescribeDBInstances", recovery);

    aws.gateway.outage.cut(primary);

    expect([...service.suspended]).toEqual([primary]);
    await expect(lost.send(new DescribeDBInstancesCommand({}))).rejects.toThrow();
    await expect(standing.send(new DescribeDBInstancesCommand({}))).resolves.toBeDefined();
    aws.gateway.outage.restore(primary);
    expect([...service.suspended]).toEqual([]);
    expect(service.calls).toEqual([`${recovery} DescribeDBInstances`]);
  });
});
