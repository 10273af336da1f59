import { z } from "zod";
import { databaseNames } from "../../../recovery/names";
import { lacking, liveOf, standingOf, variablesOf } from "../support/deployed";
import { companyWorld, INSTANCE_ARN, postgres, SECRET_ARN } from "../support/existing";
import { unguarded } from "../support/guard";
import { deployedProd, PRIMARY, RECOVERY, SYSTEM, startProd } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

let warned: jest.SpyInstance;
beforeAll(() => {
  // Pulumi writes what it has no engine to tell to the console.
  warned = jest.spyOn(console, "warn").mockReturnValue();
});
afterAll(() => warned.mockRestore());

let made: Recording;
let database: Recording;
beforeAll(async () => {
  made = await deployedProd();
});
beforeAll(async () => {
  database = await deployedProd(postgres(), companyWorld());
});

const CronJob = z.object({
  spec: z.object({ jobTemplate: z.object({ spec: z.object({ template: z.object({ spec: z.unknown() }) }) }) }),
});
const jobPodOf = (run: Recording): unknown =>
  CronJob.parse(run.get("kubernetes:batch/v1:CronJob", "job-postgres-dump").inputs).spec.jobTemplate.spec.template.spec;

describe("a database that exists", () => {
  it("is not made, with nothing that belongs to it, and nothing is made instead", () => {
    expect(lacking(database, made)).toEqual([
      `Instance postgres in ${PRIMARY}`,
      `ParameterGroup postgres-primary in ${PRIMARY}`,
      "RandomPassword postgres in undefined",
      `Secret postgres in ${PRIMARY}`,
      `SecretVersion postgres in ${PRIMARY}`,
      `SecurityGroup postgres in ${PRIMARY}`,
      `SecurityGroupIngressRule postgres-cluster in ${PRIMARY}`,
      `SubnetGroup postgres-primary in ${PRIMARY}`,
    ]);
    expect(lacking(made, database)).toEqual([]);
    expect(unguarded(database)).toEqual([]);
  });

  it("has its backups and a standing replica of its own class in the recovery region, in groups of its release", () => {
    const { inputs: backups } = database.get("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "postgres");
    const { inputs: replica, place } = database.get("aws:rds/instance:Instance", "postgres-replica");

    expect(backups).toMatchObject({ sourceDbInstanceArn: INSTANCE_ARN, retentionPeriod: 35 });
    expect(replica).toMatchObject({
      identifier: databaseNames(SYSTEM).replica,
      replicateSourceDb: INSTANCE_ARN,
      instanceClass: "db.r7g.xlarge",
      port: standingOf(made).postgres?.port,
    });
    expect(place).toBe(RECOVERY);
    expect(database.get("aws:rds/parameterGroup:ParameterGroup", "postgres-recovery").inputs).toMatchObject({ family: "postgres14" });
  });

  it("is dumped with programs of its own release, by a job that may read its secret, whichever key that is under", () => {
    const { policy } = z.object({ policy: PolicyText }).parse(database.get("aws:iam/rolePolicy:RolePolicy", "job-postgres-dump").inputs);
    const [, dump] = z.object({ initContainers: z.array(z.looseObject({ image: z.string() })) }).parse(jobPodOf(database)).initContainers;

    expect(dump?.image).toBe("postgres:14");
    expect(policy[0]).toMatchObject({ Action: ["secretsmanager:GetSecretValue"], Resource: [SECRET_ARN] });
    expect(policy.at(-1)).toMatchObject({
      Action: ["kms:Decrypt"],
      Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${PRIMARY}.amazonaws.com` } },
    });
  });

  it("is restored as it is, and applications are told of its own address and secret", () => {
    expect(standingOf(database).postgres).toMatchObject({
      ...{ database: "shop", username: "owner", instanceClass: "db.r7g.xlarge", multiAz: true },
      ...{ backupRetentionDays: 7, backupWindow: "01:00-01:30", replica: { instance: databaseNames(SYSTEM).replica } },
    });
    expect(liveOf(database).postgres).toEqual({ host: "shop.example", port: 5433, database: "shop", secretArn: SECRET_ARN });
  });

  it("is found in the recovery region by its own name", () => {
    const named = (run: Recording) => ["watch", "resolve"].map((name) => variablesOf(run, name).DATABASE_INSTANCE);

    expect(named(database)).toEqual(["shop", "shop"]);
    expect(named(made)).toEqual([databaseNames(SYSTEM).instance, databaseNames(SYSTEM).instance]);
  });

  it("may do without a replica in a tier that its backups can meet", async () => {
    const without = await deployedProd(postgres({ tier: "standard", alarmAt: "45m", replica: false }), companyWorld());

    expect(without.all("aws:rds/instance:Instance")).toEqual([]);
    expect(standingOf(without).postgres?.replica).toBeUndefined();
  });

  it.each([
    ["unencrypted", { storageEncrypted: false }, /not encrypted.*Take a snapshot, copy it with a KMS key/s],
    ["without backups", { backupRetentionPeriod: 0 }, /keeps no automated backups/],
  ])("that is %s is refused with the next step before anything is created", async (_what, changes, why) => {
    const { deployment, settled, recording } = await startProd(postgres(), companyWorld(changes));

    await expect(deployment).rejects.toMatchObject({ code: "target-refused", message: expect.stringMatching(why) });
    await settled();
    expect(recording.created()).toEqual([]);
  });
});
