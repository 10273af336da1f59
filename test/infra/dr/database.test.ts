import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { DatabaseSecret } from "../../../recovery/catalogue/standing";
import type { RecoveryMode } from "../../../recovery/store";
import { PLANNED_DATABASE } from "../support/answers";
import { databaseOf } from "../support/database";
import { deployedDr, STANDING, startDr, worldOf } from "../support/dr";
import { PASSWORD, SOURCE_USERNAME } from "../support/outputs";
import { RECOVERY } from "../support/prod";
import type { Recording } from "../support/recording";
import { INVOCATION, stepsOf } from "../support/steps";

const INSTANCE = "aws:rds/instance:Instance";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const MODES: readonly RecoveryMode[] = ["drill", "failover"];

const recordings: Partial<Record<RecoveryMode, Recording>> = {};
beforeAll(async () => {
  for (const mode of MODES) recordings[mode] = await deployedDr({ mode });
});
const recorded = (mode: RecoveryMode): Recording => {
  const recording = recordings[mode];
  if (recording === undefined) throw new Error(`no recording of ${mode}`);
  return recording;
};

describe.each(MODES)("the restored database in mode %s", (mode) => {
  it("is restored from the pinned backups to the pinned time, and a later change of either replaces nothing", () => {
    const instance = recorded(mode).get(INSTANCE, "postgres");

    expect(instance.inputs).toMatchObject({
      identifier: databaseOf(mode).identifier,
      restoreToPointInTime: {
        sourceDbInstanceAutomatedBackupsArn: PLANNED_DATABASE.automatedBackupsArn,
        restoreTime: PLANNED_DATABASE.asOf,
      },
    });
    expect(instance.ignoreChanges).toEqual(["restoreToPointInTime", "maxAllocatedStorage"]);
    expect(instance.dependencies).toContain(recorded(mode).get(INVOCATION, "resolve").urn);
  });

  it("names every group: a restore that does not gets AWS's defaults", () => {
    const group = recorded(mode).get("aws:ec2/securityGroup:SecurityGroup", "postgres");

    expect(recorded(mode).get(INSTANCE, "postgres").inputs).toMatchObject({
      dbSubnetGroupName: "acme-postgres",
      parameterGroupName: "acme-postgres",
      vpcSecurityGroupIds: [`${RECOVERY}/postgres`],
      port: 5555,
      instanceClass: "db.r7g.large",
      publiclyAccessible: false,
      storageEncrypted: true,
      backupRetentionPeriod: 21,
      copyTagsToSnapshot: true,
      applyImmediately: true,
    });
    expect(group.inputs).toMatchObject({ vpcId: STANDING.postgres?.vpcId });
  });

  it("keeps its password where only the secret's readers see it", () => {
    const recording = recorded(mode);
    const { identifier, secret, endpoint } = databaseOf(mode);
    const { secretString } = z
      .object({ secretString: z.string() })
      .parse(recording.get("aws:secretsmanager/secretVersion:SecretVersion", "postgres").inputs);
    const holding = recording.resources.flatMap(({ type, inputs }) =>
      Object.entries(z.record(z.string(), z.unknown()).parse(inputs)).flatMap(([name, value]) =>
        (JSON.stringify(value) ?? "").includes(PASSWORD) ? [`${type} ${name}`] : [],
      ),
    );

    expect(recording.get("aws:secretsmanager/secret:Secret", "postgres").inputs).toMatchObject({
      name: secret,
      kmsKeyId: STANDING.keyArn,
      recoveryWindowInDays: mode === "drill" ? 0 : 30,
    });
    expect(DatabaseSecret.parse(JSON.parse(secretString))).toEqual({
      engine: "postgres",
      host: endpoint.host,
      port: 5555,
      dbname: "app",
      username: SOURCE_USERNAME,
      password: PASSWORD,
    });
    // Both of these inputs are marked as secret by the provider's own SDK, so that the engine encrypts them in the state.
    expect(holding.sort()).toEqual(["aws:rds/instance:Instance password", "aws:secretsmanager/secretVersion:SecretVersion secretString"]);
    expect(identifier.length).toBeLessThanOrEqual(63);
  });

  it("is asked whether it is usable once the secret has its value and the functions are let in", () => {
    const recording = recorded(mode);
    const step = recording.get(INVOCATION, "postgres-ready");

    expect(stepsOf(recording).get("postgres-ready")?.event).toEqual({
      recoveryId: `${mode}-0a1b2c3d`,
      endpoint: databaseOf(mode).endpoint,
    });
    expect(step.dependencies).toEqual(
      expect.arrayContaining([
        recording.get(INSTANCE, "postgres").urn,
        recording.get("aws:secretsmanager/secretVersion:SecretVersion", "postgres").urn,
        ...recording.all(RULE).map(({ urn }) => urn),
      ]),
    );
  });
});

const rules = (mode: RecoveryMode) =>
  recorded(mode).typed(RULE, z.object({ referencedSecurityGroupId: z.string(), fromPort: z.number(), toPort: z.number() }));

it("a drill lets in the functions alone, is one server, and leaves nothing behind", () => {
  const { inputs, protect } = recorded("drill").get(INSTANCE, "postgres");

  expect(rules("drill").map(({ args }) => args)).toEqual([{ referencedSecurityGroupId: "sg-functions", fromPort: 5555, toPort: 5555 }]);
  expect(inputs).toMatchObject({ multiAz: false, deletionProtection: false, deleteAutomatedBackups: true, skipFinalSnapshot: true });
  expect(protect).toBe(false);
});

it("a failover lets in the cluster too, has its standby, and is kept from deletion in every way", () => {
  const { inputs, protect } = recorded("failover").get(INSTANCE, "postgres");

  expect(rules("failover").map(({ args }) => args.referencedSecurityGroupId)).toEqual([
    STANDING.postgres?.clusterSecurityGroupId,
    "sg-functions",
  ]);
  expect(inputs).toMatchObject({
    multiAz: true,
    deletionProtection: true,
    deleteAutomatedBackups: false,
    skipFinalSnapshot: false,
    finalSnapshotIdentifier: `${databaseOf("failover").identifier}-final`,
  });
  expect(protect).toBe(true);
});

it("no output shows the password, and they say where the database is and what was found", async () => {
  const { deployment, settled } = await startDr({ mode: "failover" }, worldOf());

  const { postgres, postgresEndpoint, ...others } = await deployment;
  const outputs = await new Promise<readonly unknown[]>((resolve) => void pulumi.all([postgres, postgresEndpoint]).apply(resolve));
  await settled();

  expect(outputs).toEqual([expect.objectContaining({ store: "postgres", passed: true }), databaseOf("failover").endpoint]);
  expect(JSON.stringify(outputs)).not.toContain(PASSWORD);
  expect(Object.keys(others).sort()).toEqual(["chroma", "chromaUrl", "cutOver", "documentsBucket", "plan", "recoveryId", "validation"]);
});
