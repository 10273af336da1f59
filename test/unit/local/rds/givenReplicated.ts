import { account, elementOf, type GivenRds, givenRds, keyOf, leastInstance, primary, recovery } from "./givenRds";

const arn = `arn:aws:rds:${primary}:${account}:db:db1`;
const chosen = {
  ...leastInstance,
  DBName: "app",
  DBSubnetGroupName: "subnets",
  "VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-1",
  DBParameterGroupName: "pg",
  MultiAZ: true,
  DeletionProtection: true,
  CopyTagsToSnapshot: true,
  StorageEncrypted: true,
  KmsKeyId: keyOf(primary),
  PreferredBackupWindow: "10:00-10:30",
  "Tags.Tag.1.Key": "system",
  "Tags.Tag.1.Value": "lifeboat",
};

/** An instance with everything chosen, and its backups in both regions, from 12:00 to 12:10. */
export const givenReplicated = async (): Promise<GivenRds & { readonly replica: string }> => {
  const given = await givenRds();
  const { settle, engine, rds } = given;
  await settle(primary, "CreateDBSubnetGroup", {
    DBSubnetGroupName: "subnets",
    DBSubnetGroupDescription: "d",
    "SubnetIds.SubnetIdentifier.1": "subnet-1a",
    "SubnetIds.SubnetIdentifier.2": "subnet-1b",
  });
  await settle(primary, "CreateDBParameterGroup", { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" });
  await settle(primary, "CreateDBInstance", chosen);
  const { xml } = await settle(recovery, "StartDBInstanceAutomatedBackupsReplication", {
    SourceDBInstanceArn: arn,
    KmsKeyId: keyOf(recovery),
  });
  const [{ resourceId } = { resourceId: "" }] = rds.instances(primary);
  engine.archive({ region: primary, resourceId }, new Date("2026-03-01T12:10:00Z"));
  return { ...given, replica: elementOf(xml, "DBInstanceAutomatedBackupsArn") ?? "" };
};
