import { type CloudWatch, createCloudWatch } from "../../../../local/cloudwatch";
import { decodeCbor, encodeCbor } from "../../../../local/cloudwatch/protocol/cbor";

const now = new Date("2026-03-01T12:00:30Z");
const region = "eu-west-1";
const Dimensions = [{ Name: "DBInstanceIdentifier", Value: "replica" }];
const metric = { Namespace: "AWS/RDS", MetricName: "ReplicaLag", Dimensions };
const at = (seconds: number) => new Date(Date.parse("2026-03-01T12:00:00Z") + seconds * 1000);
const window = { StartTime: at(0), EndTime: at(60) };

const given = (): CloudWatch => {
  const cloudwatch = createCloudWatch({ clock: { now: () => now }, publish: async () => undefined, account: "123456789012" });
  const datum = (seconds: number, Value: number) => ({
    MetricName: "ReplicaLag",
    Dimensions,
    Timestamp: at(seconds),
    Value,
    Unit: "Seconds",
    StorageResolution: 1,
  });
  cloudwatch.put(region, { Namespace: "AWS/RDS", MetricData: [datum(5, 2.5), datum(15, -1)] });
  return cloudwatch;
};

type Call = (cloudwatch: CloudWatch, operation: string, input: object, where?: string) => Promise<unknown>;

/** As the JavaScript client speaks. */
const json: Call = async (cloudwatch, operation, input, where = region) => {
  const seconds = (_: string, value: unknown) =>
    typeof value === "string" && /^\d{4}-.*Z$/.test(value) ? Date.parse(value) / 1000 : value;
  const headers = { "x-amz-target": `GraniteServiceVersion20100801.${operation}` };
  const answer = await cloudwatch.handle({ region: where, path: "/", headers, body: Buffer.from(JSON.stringify(input, seconds)) });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body.toString(), (name, value) =>
    name === "Timestamp" ? new Date(value * 1000) : name === "Timestamps" ? value.map((each: number) => new Date(each * 1000)) : value,
  );
};

/** As boto3 speaks. */
const cbor: Call = async (cloudwatch, operation, input, where = region) => {
  const path = `/service/GraniteServiceVersion20100801/operation/${operation}`;
  const answer = await cloudwatch.handle({ region: where, path, headers: {}, body: encodeCbor(input) });
  expect(answer.status).toBe(200);
  return decodeCbor(answer.body);
};

describe.each([
  ["JSON", json],
  ["CBOR", cbor],
])("what another service put, read in %s", (_, call) => {
  it("has statistics of its own second, and of the minute", async () => {
    const cloudwatch = given();
    const statistics = { ...metric, ...window, Statistics: ["Maximum", "Minimum"] };

    const fine = await call(cloudwatch, "GetMetricStatistics", { ...statistics, Period: 5 });
    const coarse = await call(cloudwatch, "GetMetricStatistics", { ...statistics, Period: 60 });

    expect(fine).toEqual({
      Label: "ReplicaLag",
      Datapoints: [
        { Timestamp: at(5), Maximum: 2.5, Minimum: 2.5, Unit: "Seconds" },
        { Timestamp: at(15), Maximum: -1, Minimum: -1, Unit: "Seconds" },
      ],
    });
    expect(coarse).toMatchObject({ Datapoints: [{ Timestamp: at(0), Maximum: 2.5, Minimum: -1, Unit: "Seconds" }] });
  });

  it("answers a query of one metric, newest first", async () => {
    const query = { Id: "lag", MetricStat: { Metric: metric, Period: 5, Stat: "Maximum" } };

    const answer = await call(given(), "GetMetricData", { ...window, MetricDataQueries: [query] });

    expect(answer).toEqual({
      MetricDataResults: [{ Id: "lag", Label: "ReplicaLag", Timestamps: [at(15), at(5)], Values: [-1, 2.5], StatusCode: "Complete" }],
      Messages: [],
    });
  });

  it("is seen in its region only, and under its exact dimensions only", async () => {
    const cloudwatch = given();
    const asked = { ...metric, ...window, Period: 60, Statistics: ["Average"] };

    const elsewhere = await call(cloudwatch, "GetMetricStatistics", asked, "us-east-1");
    const another = await call(cloudwatch, "GetMetricStatistics", { ...asked, Dimensions: [] });

    expect([elsewhere, another]).toEqual(Array(2).fill({ Label: "ReplicaLag", Datapoints: [] }));
  });
});
