import { instanceAutomatedBackupsReplication as replication } from "../../../../../../local/plugins/aws/rds/instanceAutomatedBackupsReplication";
import { Unfinished } from "../../../../../../local/plugins/protocol/resource";
import { type Answers, given, refusal, stubRds } from "./stub";

const source = "arn:aws:rds:us-east-1:000000000000:db:acme-postgres";
const arn = "arn:aws:rds:eu-west-1:000000000000:auto-backup:ab-1";
const inputs = {
  region: "eu-west-1",
  sourceDbInstanceArn: source,
  kmsKeyId: "arn:aws:kms:eu-west-1:000000000000:key/1",
  retentionPeriod: 14,
};
const backup = (Status: string) => ({
  DBInstanceAutomatedBackupsArn: arn,
  DBInstanceArn: source,
  KmsKeyId: inputs.kmsKeyId,
  BackupRetentionPeriod: 14,
  Status,
});
const listing = (...statuses: readonly string[]): Answers["x"] => {
  let asked = 0;
  return () => ({ DBInstanceAutomatedBackups: [backup(statuses[Math.min(asked++, statuses.length - 1)] ?? "")] });
};
const starting = { StartDBInstanceAutomatedBackupsReplication: () => ({ DBInstanceAutomatedBackup: backup("pending") }) };
const { signal } = new AbortController();

describe("a replication of automated backups", () => {
  test("is there when the first copy is", async () => {
    const rds = stubRds({ ...starting, DescribeDBInstanceAutomatedBackups: listing("pending", "Replicating") });

    const { id, outputs } = await replication.create(rds.context, inputs, signal);

    expect(id).toBe(arn);
    expect(outputs).toEqual(inputs);
    expect(given(rds.inputsOf("StartDBInstanceAutomatedBackupsReplication")[0])).toMatchObject({
      SourceDBInstanceArn: source,
      KmsKeyId: inputs.kmsKeyId,
      BackupRetentionPeriod: 14,
    });
  });

  test("that ends by itself while it starts is kept unfinished", async () => {
    const rds = stubRds({ ...starting, DescribeDBInstanceAutomatedBackups: listing("retained") });

    const thrown: unknown = await replication.create(rds.context, inputs, signal).catch((error: unknown) => error);

    expect(thrown).toBeInstanceOf(Unfinished);
    expect(String(thrown)).toMatch(/auto-backup:ab-1 are not replicated.*status gone.*Hint: .*key of this region/);
  });

  test("that only retains what it had is gone", async () => {
    const rds = stubRds({ DescribeDBInstanceAutomatedBackups: listing("RETAINED") });

    expect(await replication.read(rds.context, arn, inputs)).toBeUndefined();
  });

  test("that is deleted is waited for in its source's region", async () => {
    const replications = [[{ DBInstanceAutomatedBackupsArn: arn }], []];
    const rds = stubRds({
      DescribeDBInstanceAutomatedBackups: listing("replicating"),
      StopDBInstanceAutomatedBackupsReplication: () => ({}),
      DescribeDBInstances: () => ({ DBInstances: [{ DBInstanceAutomatedBackupsReplications: replications.shift() }] }),
    });

    await replication.delete(rds.context, arn, inputs);

    expect(rds.sent.map(({ command, region }) => `${command} ${region}`)).toEqual([
      "DescribeDBInstanceAutomatedBackups eu-west-1",
      "StopDBInstanceAutomatedBackupsReplication eu-west-1",
      "DescribeDBInstances us-east-1",
      "DescribeDBInstances us-east-1",
    ]);
  });

  test("whose source is gone, or that ended already, is deleted without an error", async () => {
    for (const [name, message] of [
      ["DBInstanceNotFoundFault", "DBInstance acme-postgres not found"],
      ["InvalidDBInstanceStateFault", "DB instance acme-postgres is not replicating to the current region"],
    ] as const) {
      const rds = stubRds({
        DescribeDBInstanceAutomatedBackups: listing("replicating"),
        StopDBInstanceAutomatedBackupsReplication: () => {
          throw refusal(name, message);
        },
        DescribeDBInstances: () => {
          throw refusal("DBInstanceNotFoundFault", "gone");
        },
      });

      await expect(replication.delete(rds.context, arn, inputs)).resolves.toBeUndefined();
    }
  });

  test("takes no URL of the program's: the property is not implemented", () => {
    expect(Object.keys(replication.inputs)).not.toContain("preSignedUrl");
  });
});
