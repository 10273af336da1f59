import { readDr, readProd } from "../../../../infra/config/read";
import { messageOf } from "../../../../recovery/errors";
import { changed, committed } from "./stackFiles";

const failureOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return messageOf(error);
  }
  return "";
};

describe("prod configuration", () => {
  test("the committed stack file is valid and meets its objectives", () => {
    const configuration = readProd(committed("prod"));

    expect(configuration.system).toBe("acme");
    expect(configuration.chroma.schedule.intervalSeconds).toBe(12 * 3600);
    expect(configuration.protections.map(({ store }) => store)).toEqual(["postgres", "objects", "chroma"]);
  });

  test("every failure is reported at once, conflicts among readable values included", () => {
    const raw = changed("prod", {
      regions: { primary: "us-east-1", recovery: "us-east-1" },
      objects: { tier: "gold", canary: "rate(1 minute)", alarmAt: "30m" },
      chroma: { tier: "non-critical", schedule: "rate(1 day)", maxDuration: "15m", alarmAt: "18h" },
      vault: undefined,
      bogus: "1",
    });

    const message = failureOf(() => readProd(raw));

    expect(message).toContain("5 failures; nothing was created");
    expect(message).toContain('primary and recovery are both "us-east-1"');
    expect(message).toContain('objects.tier: "gold" is not a tier; there are critical, standard, non-critical');
    expect(message).toContain(
      'chroma: interval 1 d + duration 15 min + lag 75 min = 1530 min cannot meet the RPO of tier "non-critical", 1 d',
    );
    expect(message).toContain("vault:");
    expect(message).toContain("bogus");
    expect(message).toContain("Hint: Mend Pulumi.prod.yaml");
  });

  test("an alarm that would come after its objective is missed is refused", () => {
    const raw = changed("prod", { objects: { tier: "standard", canary: "rate(1 minute)", alarmAt: "2h" } });

    expect(failureOf(() => readProd(raw))).toContain("objects.alarmAt: 2 h comes after the RPO of 1 h");
  });

  test("samples that do not fit into their schedule are refused", () => {
    const raw = changed("prod", { watch: { schedule: "rate(1 minute)", samplesPerRun: 4, sampleInterval: "20s" } });

    expect(failureOf(() => readProd(raw))).toContain("watch: 4 samples every 20 s do not fit into 1 min");
  });

  test("a rotation that does not come to a point while it is kept is refused", () => {
    const raw = changed("prod", { verify: { schedule: "rate(1 day)", rotationRuns: 100 } });

    expect(failureOf(() => readProd(raw))).toContain("verify.rotationRuns: 100 runs every 1 d take longer than the 90 days");
  });

  test("PostgreSQL in tier critical is refused with the numbers where no replica stands: replicated automated backups cannot meet it", () => {
    const raw = changed("prod", { postgres: { tier: "critical", alarmAt: "10m", replica: false } });

    const message = failureOf(() => readProd(raw));

    expect(message).toContain("a failure; nothing was created");
    expect(message).toContain('postgres: interval 0 s + duration 0 s + lag 30 min = 30 min cannot meet the RPO of tier "critical", 15 min');
  });

  test("a database is whole with an alarm's threshold alone, and the documented lag is planned with where none is given", () => {
    const { postgres, protections } = readProd(
      changed("prod", { postgres: { alarmAt: "10m" }, lags: { replication: "15m", verification: "1h" } }),
    );

    expect(postgres).toMatchObject({
      tier: "critical",
      replica: true,
      engineVersion: "15",
      multiAz: true,
      port: 5432,
      recoveryRetentionDays: 35,
    });
    expect(protections.find(({ store }) => store === "postgres")?.lagSeconds).toBe(300);
  });

  test("of a database that exists, what it stands in and on is not checked: only where it is recovered", () => {
    const existing = {
      instanceArn: "arn:aws:rds:us-east-1:123456789012:db:shop",
      secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf",
    };
    const postgres = { alarmAt: "10m", existing };
    const clusters = { primary: { ...lonely, context: "one" }, recovery: { ...lonely, subnetIds: ["subnet-1", "subnet-2"] } };
    const configuration = {};

    expect(readProd(changed("prod", { postgres, clusters, configuration })).postgres).toMatchObject({
      tier: "critical",
      replica: true,
      existing,
    });
    expect(failureOf(() => readProd(changed("prod", { postgres, configuration, clusters: { ...clusters, recovery: lonely } })))).toContain(
      "a failure; nothing was created:\n  - clusters.recovery.subnetIds: a database needs subnets",
    );
    expect(failureOf(() => readProd(changed("prod", { postgres: { ...postgres, replica: false } })))).toContain(
      'cannot meet the RPO of tier "critical"',
    );
  });

  test("a bucket and a server that exist stand in the place of those that are made", () => {
    const server = { existing: { url: "http://chroma.company.internal:8000" } };
    const configuration = readProd(
      changed("prod", {
        objects: { canary: "rate(1 minute)", alarmAt: "30m", existing: { bucket: "company-documents" } },
        chroma: { schedule: "rate(12 hours)", maxDuration: "15m", alarmAt: "18h", server },
      }),
    );

    expect(configuration.objects.existing).toEqual({ bucket: "company-documents", enableVersioning: false });
    expect(configuration.chroma.server).toEqual(server);
  });

  const alarmAt = "10m";
  const lonely = { vpcId: "vpc-1", subnetIds: ["subnet-1"], securityGroupId: "sg-1", s3Access: "existing" };
  test.each<[string, Record<string, unknown>, string]>([
    ["no database", { postgres: undefined }, "postgres:"],
    ["more days than RDS keeps", { postgres: { alarmAt, recoveryRetentionDays: 36 } }, "postgres.recoveryRetentionDays:"],
    ["no day at all", { postgres: { alarmAt, backupRetentionDays: 0 } }, "postgres.backupRetentionDays:"],
    ["a user of PostgreSQL's own", { postgres: { alarmAt, username: "postgres" } }, "postgres.username:"],
    ["a release as a number", { postgres: { alarmAt, engineVersion: 15 } }, "postgres.engineVersion:"],
    [
      "TLS made optional",
      { postgres: { alarmAt, parameters: { "rds.force_ssl": "0" } } },
      "postgres.parameters: rds.force_ssl and track_commit_timestamp are Lifeboat's own",
    ],
    ["no room to grow", { postgres: { alarmAt, allocatedStorage: 100, maxAllocatedStorage: 109 } }, "109 GiB is less than a tenth above"],
    [
      "one subnet",
      { clusters: { primary: { ...lonely, context: "one" }, recovery: lonely } },
      "clusters.recovery.subnetIds: a database needs subnets in two availability zones at least; there is subnet-1 only",
    ],
    ["a name that no database may have", { system: "ac--me" }, "system:"],
  ])("%s is refused", (_name, changes, expected) => {
    expect(failureOf(() => readProd(changed("prod", changes)))).toContain(expected);
  });

  test("a tier of the company's own is planned with", () => {
    const raw = changed("prod", {
      tiers: { nightly: { rto: "1d", rpo: "2d" } },
      chroma: { tier: "nightly", schedule: "cron(0 3 * * ? *)", maxDuration: "15m", alarmAt: "30h" },
    });

    expect(readProd(raw).tiers.nightly).toEqual({ rtoSeconds: 86_400, rpoSeconds: 172_800 });
  });
});

describe("dr configuration", () => {
  test("the committed stack file is valid and is a drill", () => {
    expect(readDr(committed("dr")).mode).toBe("drill");
  });

  test("strategy point-in-time takes a time, or the newest one", () => {
    const time = "2026-11-24T22:00:00+01:00";

    expect(readDr(changed("dr", { strategy: "point-in-time", time })).time).toBe(time);
    expect(readDr(changed("dr", { strategy: "point-in-time" })).time).toBeUndefined();
  });

  test("references lead from vectors to documents, and from rows to both", () => {
    const references = [
      { collection: "chunks", metadataField: "source", timeField: "writtenAt" },
      { table: "sales.orders", column: "document_key", to: "documents" },
      { table: "chunks", column: "vector_id", timeColumn: "written_at", to: { collection: "chunks" } },
    ];

    expect(readDr(changed("dr", { references })).references).toEqual(references);
  });

  test.each([
    [
      "a time without its zone",
      { strategy: "point-in-time", time: "2026-11-24T10:00:00" },
      'time: a time with its zone, such as 2026-11-24T21:00:00Z or 2026-11-24T22:00:00+01:00; received "2026-11-24T10:00:00"',
    ],
    [
      "a reference that is neither from vectors nor from rows",
      { references: [{ table: "orders" }] },
      "references.0: a reference from vectors",
    ],
    [
      "a time without quotes, as the engine passes it",
      { strategy: "point-in-time", time: "2026-11-24 10:00:00 +0000 UTC" },
      'or 2026-11-24T22:00:00+01:00, in quotes; received "2026-11-24 10:00:00 +0000 UTC"',
    ],
    ["a time with latest", { time: "2026-11-24T10:00:00Z" }, "strategy latest takes no time"],
    ["an unknown mode", { mode: "practice" }, "mode:"],
  ])("%s is refused", (_name, changes, expected) => {
    const raw = changed("dr", changes);

    expect(failureOf(() => readDr(raw))).toContain(expected);
  });
});
