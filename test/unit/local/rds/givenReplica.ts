import { account, type GivenRds, givenRds, keyOf, leastInstance, primary, recovery } from "./givenRds";

export const sourceArn = `arn:aws:rds:${primary}:${account}:db:db1`;
export const replicaArn = `arn:aws:rds:${recovery}:${account}:db:replica`;
export const source = { DBInstanceIdentifier: "db1" };
export const replica = { DBInstanceIdentifier: "replica" };

/** An encrypted source, and its replica in the other region. */
export const givenReplica = async (): Promise<GivenRds & { readonly ids: { readonly source: string; readonly replica: string } }> => {
  const given = await givenRds();
  await given.settle(primary, "CreateDBInstance", { ...leastInstance, DBName: "app", StorageEncrypted: true, KmsKeyId: keyOf(primary) });
  await given.settle(recovery, "CreateDBInstanceReadReplica", {
    ...replica,
    SourceDBInstanceIdentifier: sourceArn,
    KmsKeyId: keyOf(recovery),
  });
  const idIn = (region: string) => given.rds.instances(region)[0]?.resourceId ?? "";
  return { ...given, ids: { source: idIn(primary), replica: idIn(recovery) } };
};

/** What RDS says of the replica's replication: normal or not, and its status. */
export const replicationOf = async ({ call }: GivenRds, region = recovery): Promise<string | undefined> => {
  const { xml } = await call(region, "DescribeDBInstances", replica);
  const [, normal, status] = /<Normal>(\w+)<\/Normal><Status>(\w+)<\/Status>/.exec(xml) ?? [];
  return status === undefined ? undefined : `${normal} ${status}`;
};

/** The messages of one instance's events, oldest first. */
export const eventsOf = async ({ call }: GivenRds, region: string, SourceIdentifier: string): Promise<readonly string[]> => {
  const { xml } = await call(region, "DescribeEvents", { SourceType: "db-instance", SourceIdentifier });
  return [...xml.matchAll(/<Message>([^<]*)<\/Message>/g)].map(([, message]) => message ?? "");
};
