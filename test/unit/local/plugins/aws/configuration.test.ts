import { S3Client } from "@aws-sdk/client-s3";
import { settingsOf } from "../../../../../local/plugins/aws/configuration";
import { AwsClients } from "../../../../../local/plugins/aws/context";

test("the region comes from the configuration, then from the environment", () => {
  expect(settingsOf({ region: "eu-west-1" }, { AWS_REGION: "us-east-1" }).region).toBe("eu-west-1");
  expect(settingsOf({}, { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-west-2" }).region).toBe("us-east-1");
  expect(() => new AwsClients(settingsOf({}, {}))).toThrow(/no region.*aws:region/);
});

test("the endpoint of a service comes from the nearest place that names it", () => {
  const environment = { AWS_ENDPOINT_URL: "http://all", AWS_ENDPOINT_URL_S3: "http://s3", AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: "http://logs" };
  const settings = settingsOf({ endpoints: '[{"kms":"http://kms","events":"http://events"}]' }, environment);
  expect(settings.endpointOf("KMSClient")).toBe("http://kms");
  expect(settings.endpointOf("EventBridgeClient")).toBe("http://events");
  expect(settings.endpointOf("S3Client")).toBe("http://s3");
  expect(settings.endpointOf("CloudWatchLogsClient")).toBe("http://logs");
  expect(settings.endpointOf("IAMClient")).toBe("http://all");
  expect(settingsOf({}, {}).endpointOf("S3Client")).toBeUndefined();
});

test("default tags and retries are read from text too, as the engine sends them", () => {
  const settings = settingsOf({ defaultTags: '{"tags":{"system":"lifeboat"}}', maxRetries: "4" }, {});
  expect(settings.defaultTags).toEqual({ system: "lifeboat" });
  expect(settings.maxAttempts).toBe(5);
});

test("a setting that is not implemented is refused by its name", () => {
  const given = { region: "us-east-1", assumeRoles: "[]", version: "7.48.0" };
  expect(() => settingsOf(given, {})).toThrow(/assumeRoles.*local\/plugins\/aws\/configuration\.ts/);
});

test("half a pair of keys is refused", () => {
  expect(() => settingsOf({ accessKey: "AKIA" }, {})).toThrow(/only one of accessKey and secretKey/);
});

test("a client is made once for each region, with path style", async () => {
  const clients = new AwsClients(
    settingsOf({ region: "us-east-1", accessKey: "a", secretKey: "b" }, { AWS_ENDPOINT_URL: "http://127.0.0.1:9" }),
  );
  const first = clients.client(S3Client);
  expect(clients.client(S3Client, "us-east-1")).toBe(first);
  const other = clients.client(S3Client, "eu-west-1");
  expect(other).not.toBe(first);
  expect(await other.config.region()).toBe("eu-west-1");
  expect(first.config.forcePathStyle).toBe(true);
});
