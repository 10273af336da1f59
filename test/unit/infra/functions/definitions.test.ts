import { readProd } from "../../../../infra/config/read";
import { functionDefinitions } from "../../../../infra/functions/definitions";
import { bucketNames, FUNCTIONS } from "../../../../recovery/names";
import { committed } from "../config/stackFiles";

const site = { system: "acme", accountId: "123456789012", primaryRegion: "us-east-1", recoveryRegion: "eu-west-1" };
const definitions = functionDefinitions(site, readProd(committed("prod")), "acme-postgres");

describe("function definitions", () => {
  test("there is one for each function, but the one that only a bucket that exists needs", () => {
    expect(definitions.map(({ name }) => name).sort()).toEqual(FUNCTIONS.filter((name) => name !== "protect-bucket").sort());
  });

  test("no function of the recovery region may touch anything of the primary region", () => {
    const { documents, staging } = bucketNames(site);
    const recovery = definitions.filter(({ home }) => home === "recovery");

    const text = JSON.stringify(
      recovery.map(({ environment: { PRIMARY_REGION: _name, ...environment }, ...rest }) => ({ ...rest, environment })),
    );

    expect(recovery.length).toBeGreaterThan(0);
    expect(text).not.toContain(documents);
    expect(text).not.toContain(staging);
    expect(text).not.toContain(site.primaryRegion);
  });

  test("the primary region's name is known to those alone that tell the backups of its database by it", () => {
    const knowing = definitions.flatMap(({ name, environment }) =>
      environment.PRIMARY_REGION === undefined ? [] : [[name, environment.PRIMARY_REGION]],
    );

    expect(knowing).toEqual([
      ["watch", site.primaryRegion],
      ["resolve", site.primaryRegion],
    ]);
  });

  test("the database's backups are found by its identifier, whoever gave it one", () => {
    const told = functionDefinitions(site, readProd(committed("prod")), "shop").flatMap(({ name, environment }) =>
      environment.DATABASE_INSTANCE === undefined ? [] : [[name, environment.DATABASE_INSTANCE]],
    );

    expect(told).toEqual([
      ["watch", "shop"],
      ["resolve", "shop"],
    ]);
  });

  test("the secrets of recoveries may be read by the functions that connect with them, and no secret by any other", () => {
    const readers = definitions.flatMap(({ name, statements }) =>
      statements
        .filter(({ actions }) => actions.some((action) => action.startsWith("secretsmanager:")))
        .map(({ actions, resources }) => [name, actions, resources]),
    );

    const recoveries = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:lifeboat/acme/recoveries/*"];
    expect(readers).toEqual([
      ["promote", ["secretsmanager:GetSecretValue"], recoveries],
      ["postgres-ready", ["secretsmanager:GetSecretValue"], recoveries],
      ["validate", ["secretsmanager:GetSecretValue"], recoveries],
    ]);
  });

  test("automated backups are described by those that measure and choose, in the recovery region, and nothing of RDS is changed but the standing replica, by its promotion", () => {
    const statements = definitions.flatMap((definition) =>
      definition.statements
        .filter(({ actions }) => actions.some((action) => action.startsWith("rds:")))
        .map(({ actions, resources }) => [definition.name, actions, resources]),
    );

    const resources = ["arn:aws:rds:eu-west-1:123456789012:auto-backup:*", "arn:aws:rds:eu-west-1:123456789012:db:*"];
    const replica = ["arn:aws:rds:eu-west-1:123456789012:db:acme-postgres-replica"];
    expect(statements).toEqual([
      ["watch", ["rds:DescribeDBInstanceAutomatedBackups"], resources],
      ["watch", ["rds:DescribeDBInstances"], replica],
      ["resolve", ["rds:DescribeDBInstanceAutomatedBackups"], resources],
      ["resolve", ["rds:DescribeDBInstances"], replica],
      ["promote", ["rds:DescribeDBInstances"], replica],
      ["promote", ["rds:PromoteReadReplica", "rds:ModifyDBInstance"], replica],
    ]);
  });

  test("no function may delete, shorten a lock or do everything", () => {
    const actions = definitions.flatMap(({ statements }) => statements.flatMap((statement) => statement.actions));

    expect(actions.filter((action) => /Delete|Bypass|\*$/.test(action))).toEqual([]);
  });

  test("no function runs longer than AWS lets it", () => {
    expect(definitions.filter(({ timeoutSeconds }) => timeoutSeconds > 900)).toEqual([]);
  });
});
