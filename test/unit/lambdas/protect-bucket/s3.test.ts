import { createServer } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";
import { ListJobsCommand } from "@aws-sdk/client-s3-control";
import { s3BucketSettings } from "../../../../lambdas/protect-bucket/s3-settings";
import { s3ControlClient } from "../../../../lambdas/shared/s3-control";

const RULE = `<Rule><ID>offsite</ID><Priority>1</Priority><Filter><And><Prefix>a &amp; b</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter><Status>Enabled</Status><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication><Destination><Bucket>arn:aws:s3:::offsite</Bucket></Destination></Rule>`;
const configuration = (rule: string): string =>
  `<ReplicationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Role>arn:role</Role>${rule}</ReplicationConfiguration>`;

type Answer = readonly [status: number, body: string, headers?: Readonly<Record<string, string>>];

/** An S3 that gives the same answer to everything, and notes what it was asked. */
const answering = async (answer: Answer, work: (endpoint: string, asked: string[]) => Promise<void>): Promise<void> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers["x-amz-account-id"] ?? request.headers["x-amz-expected-bucket-owner"]}`);
    const [status, body, headers] = answer;
    response.writeHead(status, { "content-type": "application/xml", ...headers }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, asked);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
};

const settingsAt = (endpoint: string) => {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const client = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true, maxAttempts: 1 });
  return { client, settings: s3BucketSettings(client, "docs", "123456789012") };
};

describe("a bucket's replication", () => {
  it("is read as it is, as this account's", () =>
    answering([200, configuration(RULE)], async (endpoint, asked) => {
      const { client, settings } = settingsAt(endpoint);

      const read = await settings.replication();
      const again = await settings.replication();

      expect(read?.role).toBe("arn:role");
      expect(read?.rules).toMatchObject([{ ID: "offsite", Filter: { And: { Prefix: "a & b", Tags: [{ Key: "k", Value: "v" }] } } }]);
      expect(again).toEqual(read);
      expect(asked[0]).toBe("GET /docs/?replication= 123456789012");
      client.destroy();
    }));

  it("is refused by name when it has what this client would lose", () =>
    answering([200, configuration(RULE.replace("</Rule>", "<Newest><Mode>x</Mode></Newest></Rule>"))], async (endpoint) => {
      const { client, settings } = settingsAt(endpoint);

      await expect(settings.replication()).rejects.toThrow(/does not know; nothing was changed\. Received: Newest, Mode/);
      client.destroy();
    }));

  it("is nothing where there is none", () =>
    answering([404, "<Error><Code>ReplicationConfigurationNotFoundError</Code><Message>no</Message></Error>"], async (endpoint) => {
      const { client, settings } = settingsAt(endpoint);

      expect(await settings.replication()).toBeUndefined();
      client.destroy();
    }));
});

describe("a bucket", () => {
  it("that lives elsewhere is found there, and nothing else is asked of it", () =>
    answering([301, "", { "x-amz-bucket-region": "eu-west-1" }], async (endpoint, asked) => {
      const { client, settings } = settingsAt(endpoint);

      expect((await settings.facts()).region).toBe("eu-west-1");
      expect(asked).toEqual(["HEAD /docs/ 123456789012"]);
      client.destroy();
    }));

  it("that does not exist is said to be missing", () =>
    answering([404, ""], async (endpoint) => {
      const { client, settings } = settingsAt(endpoint);

      expect(await settings.exists()).toBe(false);
      await expect(settings.facts()).rejects.toThrow("The bucket docs does not exist; nothing was changed");
      client.destroy();
    }));
});

describe("S3 Control", () => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it("is called at an endpoint that is an IP address, without the account before it", () =>
    answering([200, "<ListJobsResult><Jobs/></ListJobsResult>"], async (endpoint, asked) => {
      Object.assign(process.env, {
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "a",
        AWS_SECRET_ACCESS_KEY: "b",
      });
      const client = s3ControlClient();

      await client.send(new ListJobsCommand({ AccountId: "123456789012" }));

      expect(asked).toEqual(["GET /v20180820/jobs 123456789012"]);
      client.destroy();
    }));

  it("is called by AWS's rules otherwise", async () => {
    const client = s3ControlClient();

    const { url } = client.config.endpointProvider({ Region: "eu-west-1", AccountId: "123456789012", RequiresAccountId: true });

    expect(url.host).toBe("123456789012.s3-control.eu-west-1.amazonaws.com");
  });
});
