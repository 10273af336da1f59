import { readProd } from "../../../../infra/config/read";
import { functionDefinitions } from "../../../../infra/functions/definitions";
import { CoverageSettings } from "../../../../lambdas/coverage/protected";
import { bucketNames, FUNCTIONS } from "../../../../recovery/names";
import { committed } from "../config/stackFiles";

const site = { system: "acme", accountId: "123456789012", primaryRegion: "us-east-1", recoveryRegion: "eu-west-1" };
const definitions = functionDefinitions(site, readProd(committed("prod")), "acme-postgres");

describe("function definitions", () => {
  test("there is one for each function, but the one that only a bucket that exists needs", () => {
    expect(definitions.map(({ name }) => name).sort()).toEqual(FUNCTIONS.filter((name) => name !== "protect-bucket").sort());
  });

  test("no function of the recovery region may touch anything of the primary region, but those whose job is to compare both", () => {
    const { documents, staging } = bucketNames(site);
    const comparing = ["coverage", "compare-documents"];
    const recovery = definitions.filter(({ home, name }) => home === "recovery" && !comparing.includes(name));

    const text = JSON.stringify(
      recovery.map(({ environment: { PRIMARY_REGION: _name, ...environment }, ...rest }) => ({ ...rest, environment })),
    );

    expect(recovery.length).toBeGreaterThan(0);
    expect(text).not.toContain(documents);
    expect(text).not.toContain(staging);
    expect(text).not.toContain(site.primaryRegion);
  });

  test("what compares both regions only reads in the primary one, and only the documents and their inventories", () => {
    const { documents } = bucketNames(site);
    const compare = definitions.find(({ name }) => name === "compare-documents");
    const [ours, primarys] = [site.recoveryRegion, site.primaryRegion];
    const reached = (compare?.statements ?? []).filter(({ resources }) =>
      resources.some((arn) => arn.includes(documents) || (arn.includes(primarys) && !arn.includes(ours))),
    );

    const reading = ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion"];
    expect([...new Set(reached.flatMap(({ actions }) => actions))].sort()).toEqual(
      [...reading, "kms:Decrypt", "kms:GenerateDataKey"].sort(),
    );
    expect([...new Set(reached.flatMap(({ resources }) => resources))]).toEqual([
      `arn:aws:s3:::${documents}`,
      `arn:aws:s3:::${documents}/*`,
      "arn:aws:kms:us-east-1:123456789012:key/*",
      "arn:aws:s3:::acme-reports-123456789012-us-east-1",
      "arn:aws:s3:::acme-reports-123456789012-us-east-1/inventory/*",
    ]);
  });

  test("functions of the primary region may read in the vault what proves their own points, and write nothing", () => {
    const { vault } = bucketNames(site);
    const reached = definitions
      .filter(({ home }) => home === "primary")
      .flatMap(({ name, statements }) =>
        statements
          .filter(({ resources }) => resources.some((arn) => arn.includes(vault)))
          .map(({ actions, resources }) => [name, actions, resources]),
      );

    expect(reached).toEqual([
      ["configuration-export", ["s3:ListBucket"], [`arn:aws:s3:::${vault}`]],
      ["configuration-export", ["s3:GetObject"], [`arn:aws:s3:::${vault}/catalogue/proofs/configuration/*`]],
    ]);
  });

  test("the primary region's name is known to those alone that tell the backups of its database by it, or compare with what is there", () => {
    const knowing = definitions.flatMap(({ name, environment }) =>
      environment.PRIMARY_REGION === undefined ? [] : [[name, environment.PRIMARY_REGION]],
    );

    expect(knowing).toEqual([
      ["watch", site.primaryRegion],
      ["compare-documents", site.primaryRegion],
      ["recovery-set", site.primaryRegion],
      ["resolve", site.primaryRegion],
    ]);
  });

  test("the database's backups are found by its identifier, whoever gave it one", () => {
    const told = functionDefinitions(site, readProd(committed("prod")), "shop").flatMap(({ name, environment }) =>
      environment.DATABASE_INSTANCE === undefined ? [] : [[name, environment.DATABASE_INSTANCE]],
    );

    expect(told).toEqual([
      ["watch", "shop"],
      ["recovery-set", "shop"],
      ["resolve", "shop"],
    ]);
  });

  test("the secrets of recoveries may be read by the functions that connect with them, the exported ones by their export, and no secret by any other", () => {
    const readers = definitions.flatMap(({ name, statements }) =>
      statements
        .filter(({ actions }) => actions.includes("secretsmanager:GetSecretValue"))
        .map(({ actions, resources }) => [name, actions, resources]),
    );

    const recoveries = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:lifeboat/acme/recoveries/*"];
    const exported = ["lifeboat/acme/", "acme/"].map((prefix) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${prefix}*`);
    const read = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:GetResourcePolicy"];
    expect(readers).toEqual([
      ["configuration-export", read, exported],
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
    const copies = ["arn:aws:rds:eu-west-1:123456789012:snapshot:*", "arn:aws:rds:eu-west-1:123456789012:db:*"];
    expect(statements).toEqual([
      ["watch", ["rds:DescribeDBInstanceAutomatedBackups"], resources],
      ["watch", ["rds:DescribeDBInstances"], replica],
      ["watch", ["rds:DescribeDBSnapshots"], copies],
      ["recovery-set", ["rds:DescribeDBInstanceAutomatedBackups"], resources],
      ["recovery-set", ["rds:DescribeDBInstances"], replica],
      ["coverage", ["rds:DescribeDBInstanceAutomatedBackups"], resources],
      ["coverage", ["rds:DescribeDBInstances", "s3:ListAllMyBuckets", "ec2:DescribeVolumes", "secretsmanager:ListSecrets"], ["*"]],
      ["resolve", ["rds:DescribeDBInstanceAutomatedBackups"], resources],
      ["resolve", ["rds:DescribeDBInstances"], replica],
      ["promote", ["rds:DescribeDBInstances"], replica],
      ["promote", ["rds:PromoteReadReplica", "rds:ModifyDBInstance"], replica],
    ]);
  });

  test("those that write entries and proofs make the catalogue's codes, those that choose by them check them, and no other may", () => {
    const using = definitions.flatMap(({ name, catalogue }) => (catalogue === undefined ? [] : [[name, catalogue]]));

    expect(using).toEqual(
      expect.arrayContaining([
        ["seal", "writes"],
        ["verify", "writes"],
        ["watch", "reads"],
        ["resolve", "reads"],
      ]),
    );
    expect(definitions.filter(({ catalogue, home }) => catalogue !== undefined && home === "primary")).toEqual([]);
  });

  test("what exists is listed in both regions by one function, which reads no secret, no row and no document", () => {
    const coverage = definitions.find(({ name }) => name === "coverage");
    const actions = coverage?.statements.flatMap((statement) => statement.actions) ?? [];
    const objects = coverage?.statements.flatMap((statement) => (statement.actions.includes("s3:GetObject") ? statement.resources : []));

    expect(actions.filter((action) => /GetSecretValue|rds-db|Put(?!MetricData)|Create|Modify/.test(action))).toEqual([]);
    expect(objects).toEqual([
      "arn:aws:s3:::acme-vault-123456789012-eu-west-1/*",
      "arn:aws:s3:::acme-documents-123456789012-eu-west-1/.lifeboat/canary.json",
    ]);
    // Whether a replica is in step only its secret knows, in the primary region; what it holds is not described.
    expect(coverage?.statements.find((statement) => statement.actions.includes("secretsmanager:DescribeSecret"))).toEqual({
      actions: ["secretsmanager:DescribeSecret"],
      resources: ["arn:aws:secretsmanager:us-east-1:123456789012:secret:*"],
    });
    expect(CoverageSettings.parse(coverage?.settings).oldest.chroma.seconds).toBe(25 * 3600);
  });

  test("no function may delete, shorten a lock or do everything", () => {
    const actions = definitions.flatMap(({ statements }) => statements.flatMap((statement) => statement.actions));

    expect(actions.filter((action) => /Delete|Bypass|\*$/.test(action))).toEqual([]);
  });

  test("no function runs longer than AWS lets it", () => {
    expect(definitions.filter(({ timeoutSeconds }) => timeoutSeconds > 900)).toEqual([]);
  });
});
