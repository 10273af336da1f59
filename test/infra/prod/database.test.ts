import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { readProd } from "../../../infra/config/read";
import { deployProd } from "../../../infra/stacks/prod";
import { DatabaseSecret, LiveEndpoints, Standing } from "../../../recovery/catalogue/standing";
import { databaseNames } from "../../../recovery/names";
import { committed } from "../../unit/infra/config/stackFiles";
import { existing } from "../cluster/existing";
import { startRun } from "../support/mocks";
import { ACCOUNT, PASSWORD } from "../support/outputs";
import { deployedProd, POSTGRES, PRIMARY, RECOVERY, SYSTEM, VPCS } from "../support/prod";
import type { Recording } from "../support/recording";

const { clusters: values } = readProd(committed("prod"));
const clusters = { primary: existing(values.primary), recovery: existing(values.recovery) };
const postgres = POSTGRES;
const { instance: NAME, group: GROUP, secret: SECRET } = databaseNames(SYSTEM);
const keyArn = (region: string, name: string): string => `arn:aws:kms:${region}:${ACCOUNT}:key/${region}-${name}`;
const INSTANCE_ARN = `arn:aws:rds:${PRIMARY}:${ACCOUNT}:db:${NAME}`;
const SECRET_ARN = `arn:aws:secretsmanager:${PRIMARY}:${ACCOUNT}:secret:${SECRET}-AbCdEf`;
const ADDRESS = `${NAME}.${PRIMARY}.rds.example`;

const Instance = z.looseObject({
  password: z.string().optional(),
  vpcSecurityGroupIds: z.array(z.string()),
  dbSubnetGroupName: z.string(),
  parameterGroupName: z.string(),
});

let recording: Recording;
let disposable: Recording;
beforeAll(async () => {
  recording = await deployedProd();
  disposable = await deployedProd({ protection: "disposable" });
});

const instanceOf = (run: Recording) => {
  const instance = run.typed("aws:rds/instance:Instance", Instance).find(({ name }) => name === "postgres");
  if (instance === undefined) throw new Error("no instance");
  return instance;
};

const parameterOf = (name: string): unknown =>
  JSON.parse(z.object({ value: z.string() }).parse(recording.get("aws:ssm/parameter:Parameter", name).inputs).value);

describe("the database", () => {
  it("is an encrypted PostgreSQL in the primary region, as configured, that nobody reaches from outside", () => {
    const { args, place } = instanceOf(recording);

    expect(place).toBe(PRIMARY);
    expect(args).toMatchObject({
      identifier: NAME,
      engine: "postgres",
      engineVersion: "15",
      instanceClass: postgres.instanceClass,
      allocatedStorage: postgres.allocatedStorage,
      maxAllocatedStorage: postgres.maxAllocatedStorage,
      storageEncrypted: true,
      kmsKeyId: keyArn(PRIMARY, "primary-key"),
      multiAz: true,
      publiclyAccessible: false,
      dbName: postgres.database,
      username: postgres.username,
      port: postgres.port,
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      applyImmediately: true,
    });
  });

  it("can be taken back to a time, in its window of the day", () => {
    expect(instanceOf(recording).args).toMatchObject({
      backupRetentionPeriod: postgres.backupRetentionDays,
      backupWindow: postgres.backupWindow,
      maintenanceWindow: postgres.maintenanceWindow,
    });
  });

  it("keeps its backups and a last snapshot when somebody deletes it, which somebody has to unprotect first", () => {
    const { args, protect } = instanceOf(recording);

    expect(protect).toBe(true);
    expect(args).toMatchObject({
      deletionProtection: true,
      deleteAutomatedBackups: false,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: `${NAME}-final`,
    });
  });

  it("of a disposable system leaves nothing behind", () => {
    const { args, protect } = instanceOf(disposable);

    expect(protect).toBe(false);
    expect(args).toMatchObject({ deletionProtection: false, deleteAutomatedBackups: true, skipFinalSnapshot: true });
    expect(args.finalSnapshotIdentifier).toBeUndefined();
  });

  it("stands in groups of its own, each passed by name", () => {
    const { args, dependencies } = instanceOf(recording);
    const groups = [
      recording.get("aws:rds/subnetGroup:SubnetGroup", "postgres-primary"),
      recording.get("aws:rds/parameterGroup:ParameterGroup", "postgres-primary"),
      recording.get("aws:ec2/securityGroup:SecurityGroup", "postgres"),
    ];

    expect([args.dbSubnetGroupName, args.parameterGroupName]).toEqual([GROUP, GROUP]);
    expect(args.vpcSecurityGroupIds).toEqual([`${PRIMARY}/postgres`]);
    expect(dependencies).toEqual(expect.arrayContaining(groups.map(({ urn }) => urn)));
  });

  it("lets the cluster in to its port, and nobody else, and goes out to nobody", () => {
    const Rule = z.object({
      securityGroupId: z.string(),
      referencedSecurityGroupId: z.string(),
      ipProtocol: z.string(),
      fromPort: z.number(),
      toPort: z.number(),
    });
    const Group = z.strictObject({ vpcId: z.string(), description: z.string(), tags: z.unknown() });
    const id = `${PRIMARY}/postgres`;

    const rules = recording
      .typed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", Rule)
      .flatMap(({ args: { securityGroupId, referencedSecurityGroupId, ipProtocol, fromPort, toPort } }) =>
        securityGroupId === id ? [{ referencedSecurityGroupId, ipProtocol, fromPort, toPort }] : [],
      );
    const leaving = recording
      .typed("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", z.object({ securityGroupId: z.string() }))
      .filter(({ args }) => args.securityGroupId === id);

    expect(Group.parse(recording.get("aws:ec2/securityGroup:SecurityGroup", "postgres").inputs).vpcId).toBe(clusters.primary.vpcId);
    expect(rules).toEqual([
      {
        referencedSecurityGroupId: clusters.primary.securityGroupId,
        ipProtocol: "tcp",
        fromPort: postgres.port,
        toPort: postgres.port,
      },
    ]);
    expect(leaving).toEqual([]);
  });
});

describe("groups of both regions", () => {
  const Subnets = z.object({ name: z.string(), subnetIds: z.array(z.string()) });
  const Parameters = z.object({
    name: z.string(),
    family: z.string(),
    parameters: z.array(z.object({ name: z.string(), value: z.string(), applyMethod: z.string() })),
  });

  it("have the same names, and the subnets of their region's cluster", () => {
    const groups = recording.typed("aws:rds/subnetGroup:SubnetGroup", Subnets).map(({ args, place }) => [place, args.name, args.subnetIds]);

    expect(groups).toEqual([
      [PRIMARY, GROUP, clusters.primary.subnetIds],
      [RECOVERY, GROUP, clusters.recovery.subnetIds],
    ]);
  });

  it("have the same parameters, the program's own and those that are configured", async () => {
    const run = await deployedProd({ postgres: { alarmAt: "10m", engineVersion: "15.10", parameters: { work_mem: "65536" } } });

    const groups = run.typed("aws:rds/parameterGroup:ParameterGroup", Parameters);

    const applyMethod = "pending-reboot";
    const common = {
      name: GROUP,
      family: "postgres15",
      parameters: [
        { name: "rds.force_ssl", value: "1", applyMethod },
        { name: "track_commit_timestamp", value: "1", applyMethod },
        { name: "work_mem", value: "65536", applyMethod },
      ],
    };
    expect(groups.map(({ place }) => place)).toEqual([PRIMARY, RECOVERY]);
    expect(groups.map(({ args }) => args)).toMatchObject([common, common]);
  });
});

describe("automated backups in the recovery region", () => {
  const TYPE = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";

  it("are replicated there under that region's key, for as long as configured", () => {
    const replications = recording.all(TYPE);

    expect(replications.map(({ place, inputs }) => [place, inputs])).toEqual([
      [
        RECOVERY,
        {
          sourceDbInstanceArn: INSTANCE_ARN,
          kmsKeyId: keyArn(RECOVERY, "recovery-key"),
          retentionPeriod: postgres.recoveryRetentionDays,
        },
      ],
    ]);
  });

  it("are not given up by a change of key or retention that nobody has looked at", () => {
    expect(recording.all(TYPE).map(({ protect }) => protect)).toEqual([true]);
    expect(disposable.all(TYPE).map(({ protect }) => protect)).toEqual([false]);
  });
});

describe("the database's secret", () => {
  const Replicated = z.looseObject({ replicas: z.array(z.object({ region: z.string(), kmsKeyId: z.string() })) });
  const secretOf = (run: Recording) => Replicated.parse(run.get("aws:secretsmanager/secret:Secret", "postgres").inputs);

  it("has a copy in the recovery region, under that region's key", () => {
    expect(secretOf(recording)).toMatchObject({
      name: SECRET,
      kmsKeyId: keyArn(PRIMARY, "primary-key"),
      replicas: [{ region: RECOVERY, kmsKeyId: keyArn(RECOVERY, "recovery-key") }],
      forceOverwriteReplicaSecret: false,
      recoveryWindowInDays: 30,
    });
    expect(secretOf(disposable)).toMatchObject({ forceOverwriteReplicaSecret: true, recoveryWindowInDays: 0 });
  });

  it("says all that a client needs, in the form of AWS's own rotation functions", () => {
    const { secretString } = z
      .object({ secretString: z.string() })
      .parse(recording.get("aws:secretsmanager/secretVersion:SecretVersion", "postgres").inputs);

    expect(DatabaseSecret.parse(JSON.parse(secretString))).toEqual({
      engine: "postgres",
      host: ADDRESS,
      port: postgres.port,
      dbname: postgres.database,
      username: postgres.username,
      password: PASSWORD,
    });
  });

  it("is drawn of letters and digits, which RDS takes and no URL has to quote", () => {
    expect(recording.get("random:index/randomPassword:RandomPassword", "postgres").inputs).toEqual({ length: 32, special: false });
  });

  // Both of these inputs are marked as secret by the provider's own SDK, so that the engine encrypts them in the state.
  it("stands in the database's password and in the secret's value, in no other input of any resource, and in no output of the stack", async () => {
    const configuration = readProd(committed("prod"));
    const run = await startRun({ stack: "prod", system: configuration.system, world: { vpcs: VPCS } });

    const exported = await deployProd(configuration);
    const outputs = await new Promise<unknown>((resolve) => void pulumi.output(exported).apply(resolve));
    await run.settled();

    const holding = run.recording.resources.flatMap(({ type, inputs }) =>
      Object.entries(z.record(z.string(), z.unknown()).parse(inputs)).flatMap(([name, value]) =>
        (JSON.stringify(value) ?? "").includes(PASSWORD) ? [`${type} ${name}`] : [],
      ),
    );
    expect(holding.sort()).toEqual(["aws:rds/instance:Instance password", "aws:secretsmanager/secretVersion:SecretVersion secretString"]);
    expect(JSON.stringify(outputs)).not.toContain(PASSWORD);
    expect(outputs).toMatchObject({ databaseAddress: ADDRESS, automatedBackups: `${RECOVERY}/postgres` });
  });
});

describe("what recoveries and applications are told", () => {
  it("a recovery: everything that a restore would otherwise take a default for", () => {
    const standing = Standing.parse(parameterOf("parameters-standing"));

    expect(standing.stores).toEqual(["postgres", "objects", "chroma"]);
    expect(standing.postgres).toEqual({
      instance: NAME,
      database: postgres.database,
      username: postgres.username,
      port: clusters.recovery.databasePort,
      instanceClass: postgres.instanceClass,
      multiAz: postgres.multiAz,
      backupRetentionDays: postgres.backupRetentionDays,
      backupWindow: postgres.backupWindow,
      replica: {
        instance: databaseNames(SYSTEM).replica,
        host: `${databaseNames(SYSTEM).replica}.${RECOVERY}.rds.example`,
        port: clusters.recovery.databasePort,
        securityGroupId: `${RECOVERY}/postgres-replica`,
        lagPeriodSeconds: 60,
      },
      subnetGroupName: GROUP,
      parameterGroupName: GROUP,
      vpcId: clusters.recovery.vpcId,
      functionsSecurityGroupId: `${RECOVERY}/${SYSTEM}-functions-recovery`,
      clusterSecurityGroupId: clusters.recovery.securityGroupId,
    });
  });

  it("applications: where the database is and where its secret is, and not the secret", () => {
    const live = LiveEndpoints.parse(parameterOf("parameters-live"));

    expect(live.postgres).toEqual({ host: ADDRESS, port: postgres.port, database: postgres.database, secretArn: SECRET_ARN });
  });

  // https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
  it("both fit into a standard parameter of 4 KB", () => {
    for (const name of ["parameters-standing", "parameters-live"])
      expect(Buffer.byteLength(JSON.stringify(parameterOf(name)))).toBeLessThanOrEqual(4096);
  });
});
