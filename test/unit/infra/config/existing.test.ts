import { z } from "zod";
import { ChromaServer } from "../../../../infra/config/chroma";
import { createOrExisting, ExistingBucket, ExistingChromaValues, ExistingPostgresValues } from "../../../../infra/config/existing";
import { PostgresValues } from "../../../../infra/config/postgres";
import { committed } from "./stackFiles";

const Postgres = z.object({ postgres: createOrExisting(PostgresValues, ExistingPostgresValues) });
const EXISTING = {
  instanceArn: "arn:aws:rds:us-east-1:123456789012:db:shop",
  secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop",
};

const failuresOf = (postgres: unknown): readonly string[] =>
  (Postgres.safeParse({ postgres }).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("a store that is made or that exists", () => {
  it("is read as before without `existing`", () => {
    const today: unknown = JSON.parse(committed("prod").postgres ?? "{}");

    expect(Postgres.parse({ postgres: today }).postgres).toEqual(PostgresValues.parse(today));
  });

  it("takes with `existing` what its recovery needs", () => {
    const { postgres } = Postgres.parse({ postgres: { alarmAt: "10m", existing: EXISTING } });

    expect(postgres).toMatchObject({ alarmAt: 600, recoveryRetentionDays: 35, existing: EXISTING });
    expect(postgres).not.toHaveProperty("engineVersion");
  });

  it("says of the one that is meant what is wrong with it, and nothing of the other", () => {
    expect(failuresOf({ engineVersion: "9" })).toEqual([
      expect.stringMatching(/^postgres\.alarmAt: /),
      "postgres.engineVersion: a major release such as 15, or a minor one such as 15.10",
    ]);
    expect(failuresOf({ alarmAt: "10m", existing: { instanceArn: EXISTING.instanceArn }, engineVersion: "15" })).toEqual([
      expect.stringMatching(/^postgres\.existing\.secretArn: /),
      expect.stringMatching(/^postgres: .*engineVersion/),
    ]);
  });

  it("has a default where its store has one", () => {
    const server = createOrExisting(ChromaServer, ExistingChromaValues).prefault({});

    expect(server.parse(undefined)).toEqual(ChromaServer.parse({}));
    expect(server.parse({ existing: { url: "http://chroma:8000" } })).toEqual({ existing: { url: "http://chroma:8000" } });
  });

  it("is described with the values of both, each once", () => {
    const { properties } = z
      .object({ properties: z.record(z.string(), z.unknown()) })
      .parse(z.toJSONSchema(createOrExisting(PostgresValues, ExistingPostgresValues), { io: "input" }));

    expect(Object.keys(properties).sort()).toEqual([...Object.keys(PostgresValues.shape), "existing"].sort());
  });
});

describe("an existing bucket", () => {
  it("has a name at least, and is changed in nothing by default", () => {
    expect(ExistingBucket.parse({ bucket: "company-docs" })).toEqual({ bucket: "company-docs", enableVersioning: false });
  });

  it.each([
    ["bucket", { bucket: "Company_Docs" }],
    ["keyArn", { bucket: "docs", keyArn: "arn:aws:kms:us-east-1:123456789012:alias/company" }],
    ["replicationRoleArn", { bucket: "docs", replicationRoleArn: "company" }],
  ])("is refused with an unusable %s", (name, value) => {
    expect(ExistingBucket.safeParse(value).error?.issues.map(({ path }) => path.join("."))).toEqual([name]);
  });
});

it.each(["http://chroma:8000/api", "http://user:secret@chroma:8000", "chroma:8000", "ftp://chroma"])(
  "refuses %s as the URL of a Chroma server",
  (url) => {
    expect(ExistingChromaValues.safeParse({ existing: { url } }).success).toBe(false);
  },
);
