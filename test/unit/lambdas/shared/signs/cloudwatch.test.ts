import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { type AlarmInAlarm, alarmSigns, cloudWatchAlarms } from "../../../../../lambdas/shared/signs/alarms";
import { cloudWatchRefusals, refusalSigns } from "../../../../../lambdas/shared/signs/refusals";

let server: Server;
let client: CloudWatchClient;
let answers: object[];
let asked: Record<string, unknown>[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answers.shift() ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

const seconds = (time: string): number => Date.parse(`2026-11-24T${time}Z`) / 1000;
const at = (time: string): Date => new Date(`2026-11-24T${time}Z`);

describe("alarms in CloudWatch", () => {
  it("are those of the prefix in state ALARM, on every page, metric alarms and composite ones", async () => {
    answers = [
      {
        MetricAlarms: [
          {
            AlarmName: "acme-a",
            StateTransitionedTimestamp: seconds("21:00:00"),
            StateReason: "Threshold",
            Period: 60,
            EvaluationPeriods: 5,
          },
        ],
        NextToken: "more",
      },
      { CompositeAlarms: [{ AlarmName: "acme-b", StateUpdatedTimestamp: seconds("20:00:00") }] },
    ];

    await expect(cloudWatchAlarms(client).inAlarm("acme-")).resolves.toEqual([
      { name: "acme-a", since: at("21:00:00"), windowSeconds: 300, reason: "Threshold" },
      { name: "acme-b", since: at("20:00:00"), windowSeconds: 0, reason: "" },
    ]);
    expect(asked).toMatchObject([
      { AlarmNamePrefix: "acme-", StateValue: "ALARM", AlarmTypes: ["MetricAlarm", "CompositeAlarm"] },
      { NextToken: "more" },
    ]);
  });
});

describe("alarms as signs", () => {
  const signsOf = (...names: readonly string[]) => {
    const alarms = names.map((name): AlarmInAlarm => ({ name, since: at("21:00:00"), windowSeconds: 300, reason: "Threshold crossed." }));
    return alarmSigns({ inAlarm: async (prefix) => alarms.filter(({ name }) => name.startsWith(prefix)) }, "acme");
  };

  it("leave out those on lag and on a stopped replication", async () => {
    await expect(
      signsOf("acme-postgres-rpo-lag", "acme-objects-replication-stopped", "acme-uncovered", "other-postgres-corruption"),
    ).resolves.toEqual([]);
  });

  it("leave out what is backed up late or not at all, unless a corruption alarm has such a name", async () => {
    const late = [
      ...["acme-postgres-dump-age", "acme-postgres-locked-copy-age", "acme-snapshot-failures", "acme-postgres-dump-failed"],
      "acme-set-incomplete",
      "acme-configuration-repositories-shop-lag",
    ];
    expect(await signsOf(...late)).toEqual([]);

    const damage = await signsOf(
      ...late,
      "acme-postgres-corruption-check-failed",
      "acme-postgres-rows-fell",
      "acme-forged",
      "acme-chroma-corruption",
    );
    expect(damage.map(({ store }) => store)).toEqual(["postgres", undefined, undefined, "chroma"]);
  });

  it("speak of a store by the name of a corruption alarm alone, and begin where its data begin", async () => {
    const found = await signsOf(
      "acme-postgres-corruption",
      "acme-postgres-corruption-orders",
      "acme-postgres-replica-cpu",
      "acme-seal-errors",
    );

    expect(found.map(({ store }) => store)).toEqual(["postgres", "postgres", undefined, undefined]);
    expect(found[0]).toMatchObject({
      kind: "alarm",
      since: at("20:55:00"),
      evidence: "alarm acme-postgres-corruption is on: Threshold crossed",
    });
  });
});

describe("refused points", () => {
  it("are counted by the hour over a day, under the system's dimension", async () => {
    answers = [
      {
        Datapoints: [
          { Timestamp: seconds("20:00:00"), Sum: 2 },
          { Timestamp: seconds("09:00:00"), Sum: 1 },
          { Timestamp: seconds("08:00:00"), Sum: 0 },
        ],
      },
    ];

    await expect(refusalSigns(cloudWatchRefusals(client), "acme", at("22:00:00"))).resolves.toMatchObject([
      { kind: "refused-points", since: at("09:00:00"), evidence: expect.stringMatching(/^3 refusals/) },
    ]);
    expect(asked).toMatchObject([
      {
        Namespace: "Lifeboat",
        MetricName: "RefusedPoints",
        Dimensions: [{ Name: "System", Value: "acme" }],
        StartTime: seconds("22:00:00") - 86_400,
        Period: 3600,
        Statistics: ["Sum"],
      },
    ]);
  });

  it("that were not counted are no sign", async () => {
    await expect(refusalSigns(cloudWatchRefusals(client), "acme", at("22:00:00"))).resolves.toEqual([]);
  });
});
