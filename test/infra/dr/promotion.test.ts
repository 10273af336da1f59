import { z } from "zod";
import { databaseNames } from "../../../recovery/names";
import { deployedDr, STANDING, worldOf } from "../support/dr";
import { PASSWORD } from "../support/outputs";
import { SYSTEM } from "../support/prod";
import type { Recording } from "../support/recording";
import { stepsOf } from "../support/steps";

const { postgres, ...others } = STANDING;
if (postgres === undefined) throw new Error("the standing parameter names no database");
const REPLICA = { instance: databaseNames(SYSTEM).replica, host: "replica.eu-west-1.rds.example", port: 5555, lagPeriodSeconds: 60 };
const withReplica = () => worldOf({ standing: { ...others, postgres: { ...postgres, replica: REPLICA } } });

const INSTANCE = "aws:rds/instance:Instance";
const eventOf = (recording: Recording, step: string) => stepsOf(recording).get(step)?.event;

describe("a failover to the newest state, where a replica stands", () => {
  let recording: Recording;
  beforeAll(async () => {
    recording = await deployedDr({ mode: "failover" }, withReplica());
  });

  it("promotes it by the function, and owns no database that a later up or destroy could undo", () => {
    expect(eventOf(recording, "resolve")).toMatchObject({ mode: "failover", strategy: "latest", database: "promotion" });
    expect(eventOf(recording, "promote")).toEqual({
      recoveryId: "failover-0a1b2c3d",
      endpoint: { host: REPLICA.host, port: 5555, database: "app", secretArn: expect.stringContaining("recoveries/failover-0a1b2c3d") },
      backupRetentionDays: postgres.backupRetentionDays,
      backupWindow: postgres.backupWindow,
      multiAz: true,
    });
    expect(recording.all(INSTANCE)).toEqual([]);
  });

  it("gives it a password of its own, which is protected with it", () => {
    const secret = recording.get("aws:secretsmanager/secret:Secret", "postgres");
    const { secretString } = z
      .object({ secretString: z.string() })
      .parse(recording.get("aws:secretsmanager/secretVersion:SecretVersion", "postgres").inputs);

    expect(secret.protect).toBe(true);
    expect(JSON.parse(secretString)).toMatchObject({ host: REPLICA.host, port: 5555, username: postgres.username, password: PASSWORD });
  });

  it("waits until it is usable, and sends applications there", () => {
    const endpoint = z.object({ endpoint: z.unknown() }).parse(eventOf(recording, "promote")).endpoint;

    expect(eventOf(recording, "postgres-ready")).toEqual({ recoveryId: "failover-0a1b2c3d", endpoint });
    expect(eventOf(recording, "cut-over")).toMatchObject({ endpoints: { postgres: endpoint } });
  });
});

it.each([
  ["a drill", { mode: "drill" }],
  ["a failover to a time", { mode: "failover", strategy: "point-in-time" }],
])("%s restores beside the replica and does not touch it", async (_what, changes) => {
  const recording = await deployedDr(changes, withReplica());

  expect(eventOf(recording, "resolve")).toMatchObject({ database: "restore" });
  expect(eventOf(recording, "promote")).toBeUndefined();
  expect(recording.all(INSTANCE)).toHaveLength(1);
});
