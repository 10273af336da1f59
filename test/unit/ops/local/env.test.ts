import { environmentOf } from "../../../../ops/local/endpoints";
import { changesFor } from "../../../../ops/local/env";
import { homeOf } from "../../../../ops/local/home";
import type { LiveEndpoints } from "../../../../recovery/catalogue/standing";
import { facts, state } from "./fixtures";

const live: LiveEndpoints = {
  schema: "lifeboat/live/1",
  system: "acme",
  region: "eu-west-1",
  documentsBucket: "acme-documents-000000000000-eu-west-1",
  chromaUrl: "http://127.0.0.1:8000",
  postgres: { host: "127.0.0.1", port: 5432, database: "acme", secretArn: "arn" },
};
const secret = { engine: "postgres", host: "h", port: 1, dbname: "acme", username: "master", password: "it's secret" } as const;
const database = { identifier: "acme-postgres", status: "available", multiAz: false, host: "127.0.0.1", port: 5432 };
const question = {
  home: homeOf("/checkout", {}),
  state,
  facts: facts({ regions: { "us-east-1": { lost: false, databases: [database], pods: [] } } }),
  live: undefined,
  existingBuckets: ["acme-pulumi-state-prod", "acme-vault-000000000000-eu-west-1"],
  path: "/nowhere",
};

describe("the environment as JSON", () => {
  test("before prod is deployed no store has an endpoint", () => {
    const { liveRegion, endpoints } = environmentOf(question);

    expect(liveRegion).toBeNull();
    expect(endpoints["us-east-1"]).toMatchObject({ aws: state.awsUrl, postgres: null, chroma: null, databases: [database] });
    expect(endpoints["eu-west-1"]).toMatchObject({ aws: state.awsUrl, postgres: null, chroma: null, databases: [] });
  });

  test("afterwards the region that serves has them", () => {
    const { liveRegion, endpoints } = environmentOf({ ...question, live });

    expect(liveRegion).toBe("eu-west-1");
    expect(endpoints["eu-west-1"]).toMatchObject({ postgres: live.postgres, chroma: live.chromaUrl });
    expect(endpoints["us-east-1"]).toMatchObject({ postgres: null, chroma: null });
  });

  test("buckets with their regions, and whether they are there", () => {
    const { buckets, otherBuckets } = environmentOf(question);

    expect(buckets.vault).toEqual({ name: "acme-vault-000000000000-eu-west-1", region: "eu-west-1", exists: true });
    expect(buckets.documents).toEqual({ name: "acme-documents-000000000000-us-east-1", region: "us-east-1", exists: false });
    expect(otherBuckets).toEqual(["acme-pulumi-state-prod"]);
  });

  test("names every access key and no secret", () => {
    const environment = environmentOf({ ...question, live });

    expect(environment.credentials.map(({ accessKeyId }) => accessKeyId)).toEqual(["AKIAPROD", "AKIADR", "AKIAAPP"]);
    expect(JSON.stringify(environment)).not.toMatch(/secret-/);
  });
});

describe("the environment for a shell", () => {
  test("is the chosen stack's", () => {
    const { set, path } = changesFor({ state, stack: "dr", inherited: [] });

    expect(set).toEqual(state.stacks.dr.variables);
    expect(path).toEqual(state.path);
  });

  test("names the database once there is one", () => {
    const { set } = changesFor({ state, stack: "prod", database: { live, secret }, inherited: [] });

    expect(set).toMatchObject({ PGHOST: "127.0.0.1", PGPORT: "5432", PGDATABASE: "acme", PGUSER: "master", PGPASSWORD: "it's secret" });
  });

  test("takes a person's own session away, and nothing else", () => {
    const inherited = [
      "HOME",
      "AWS_PROFILE",
      "AWS_REGION",
      "PULUMI_ACCESS_TOKEN",
      "PGHOST",
      "PGSSLMODE",
      "KUBECONFIG",
      "PAGER",
      "PG_COLOR",
    ];

    const { unset } = changesFor({ state, stack: "prod", inherited });

    expect(unset).toEqual(["AWS_PROFILE", "KUBECONFIG", "PGHOST", "PGSSLMODE", "PULUMI_ACCESS_TOKEN"]);
  });
});
