import { elementOf, type GivenRds, givenRds, leastInstance, primary } from "../givenRds";
import { eventsOf, source } from "../givenReplica";

const givenMultiAz = async (): Promise<GivenRds & { readonly id: string }> => {
  const given = await givenRds();
  await given.settle(primary, "CreateDBInstance", { ...leastInstance, MultiAZ: true });
  return { ...given, id: given.rds.instances(primary)[0]?.resourceId ?? "" };
};

const zonesOf = async ({ call }: GivenRds): Promise<string> => {
  const { xml } = await call(primary, "DescribeDBInstances", source);
  // The subnet group names zones too, by another element.
  return `${elementOf(xml, "AvailabilityZone")} ${elementOf(xml, "SecondaryAvailabilityZone")} ${elementOf(xml, "MultiAZ")}`;
};

const failover = ["Multi-AZ instance failover started.", "DB instance restarted", "Multi-AZ instance failover completed"];

describe("zones", () => {
  it("are told to the engine, and a Multi-AZ instance has a standby in the other one", async () => {
    const given = await givenMultiAz();
    await given.settle(primary, "CreateDBInstance", { ...leastInstance, DBInstanceIdentifier: "b", AvailabilityZone: "zone-b" });

    const asked = given.engine.calls.filter(({ call }) => call === "create").map(({ details }) => details);
    expect(asked).toMatchObject([
      { zone: "zone-a", standbyZone: "zone-b" },
      { zone: "zone-b", standbyZone: undefined },
    ]);
    expect(await zonesOf(given)).toBe("zone-a zone-b true");
  });

  it("must be two for a Multi-AZ instance, in a new one as in a change", async () => {
    const surroundings = {
      keyArn: async () => undefined,
      subnets: async () => [],
      defaultSubnets: async () => [{ id: "subnet-1", vpcId: "vpc-1", availabilityZone: "zone-a" }],
      securityGroups: async () => new Map<string, string>(),
      defaultSecurityGroup: async () => "sg-1",
    };
    const { settle, call, rds } = await givenRds({ surroundings });

    const made = await call(primary, "CreateDBInstance", { ...leastInstance, MultiAZ: true });
    await settle(primary, "CreateDBInstance", leastInstance);
    const changed = await call(primary, "ModifyDBInstance", { ...source, MultiAZ: true, ApplyImmediately: true });

    expect([made.code, changed.code]).toEqual(Array(2).fill("DBSubnetGroupDoesNotCoverEnoughAZs"));
    expect(rds.instances(primary)).toMatchObject([{ status: "available", multiAz: false }]);
  });
});

describe("a standby", () => {
  it("is made and taken away by a change that is applied at once", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", leastInstance);

    await given.settle(primary, "ModifyDBInstance", { ...source, MultiAZ: true });
    const waiting = await zonesOf(given);
    await given.settle(primary, "ModifyDBInstance", { ...source, MultiAZ: true, ApplyImmediately: true });
    const made = await zonesOf(given);
    await given.settle(primary, "ModifyDBInstance", { ...source, MultiAZ: false, ApplyImmediately: true });

    expect([waiting, made, await zonesOf(given)]).toEqual(["zone-a undefined false", "zone-a zone-b true", "zone-a undefined false"]);
    expect(await eventsOf(given, primary, "db1")).toEqual(
      expect.arrayContaining([
        "Applying modification to convert to a Multi-AZ DB instance",
        "Finished applying modification to convert to a Multi-AZ DB instance",
        "Finished applying modification to convert to a standard (Single-AZ) DB instance",
      ]),
    );
  });

  it("that cannot be made leaves the instance Single-AZ", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", leastInstance);
    given.engine.fail("setStandby", new Error("no space left on device"));

    await given.settle(primary, "ModifyDBInstance", { ...source, MultiAZ: true, ApplyImmediately: true });

    expect(await zonesOf(given)).toBe("zone-a undefined false");
    expect(await eventsOf(given, primary, "db1")).toContain("The change failed: no space left on device");
  });

  it("takes over when that is asked for, with the events and categories of RDS", async () => {
    const given = await givenMultiAz();
    const release = given.engine.hold("failOver");

    const { xml } = await given.call(primary, "RebootDBInstance", { ...source, ForceFailover: true });
    release();
    await given.rds.settled();

    const events = (
      await given.call(primary, "DescribeEvents", { SourceType: "db-instance", "EventCategories.EventCategory.1": "failover" })
    ).xml;
    expect(elementOf(xml, "DBInstanceStatus")).toBe("rebooting");
    expect(await zonesOf(given)).toBe("zone-b zone-a true");
    expect((await eventsOf(given, primary, "db1")).slice(-4)).toEqual([...failover, "The user requested a failover of the DB instance."]);
    expect([...events.matchAll(/<Message>/g)]).toHaveLength(3);
    expect(given.rds.instances(primary)).toMatchObject([{ status: "available", server: { zone: "zone-b", standby: { zone: "zone-a" } } }]);
  });

  it("takes over by itself when the primary is lost", async () => {
    const given = await givenMultiAz();

    given.engine.server(given.id).lose();

    expect(await zonesOf(given)).toBe("zone-b undefined true");
    expect((await eventsOf(given, primary, "db1")).slice(-4)).toEqual([
      ...failover,
      "The primary host of the RDS Multi-AZ instance is unhealthy.",
    ]);
  });

  it("is not there for a Single-AZ instance, nor right after a failover", async () => {
    const single = await givenRds();
    await single.settle(primary, "CreateDBInstance", leastInstance);
    const double = await givenMultiAz();
    double.engine.server(double.id).lose();

    const refused = await single.call(primary, "RebootDBInstance", { ...source, ForceFailover: true });
    const early = await double.call(primary, "RebootDBInstance", { ...source, ForceFailover: true });

    expect([refused.code, refused.message]).toEqual([
      "InvalidParameterCombination",
      "ForceFailover cannot be specified since the instance is not configured for MultiAZ.",
    ]);
    expect(early.code).toBe("InvalidDBInstanceState");
  });
});

describe("a zone without power", () => {
  it("has its Multi-AZ instances fail over, and the others wait for it", async () => {
    const given = await givenMultiAz();
    await given.settle(primary, "CreateDBInstance", { ...leastInstance, DBInstanceIdentifier: "single" });
    await given.settle(primary, "CreateDBInstance", { ...leastInstance, DBInstanceIdentifier: "other", AvailabilityZone: "zone-b" });
    const statuses = () => given.rds.instances(primary).map(({ identifier, status }) => `${identifier} ${status}`);

    const pids = await given.rds.loseZone(primary, "zone-a");
    const lost = statuses();
    const change = await given.call(primary, "ModifyDBInstance", { DBInstanceIdentifier: "single", DeletionProtection: true });
    await given.rds.resumeZone(primary, "zone-a");

    expect(pids).toHaveLength(2);
    expect(lost).toEqual(["db1 available", "single rebooting", "other available"]);
    expect(change.code).toBe("InvalidDBInstanceState");
    expect(statuses()).toEqual(["db1 available", "single available", "other available"]);
    expect((await eventsOf(given, primary, "db1")).slice(-4, -1)).toEqual(failover);
    expect((await eventsOf(given, primary, "single")).slice(-2)).toEqual([
      "Recovery of the DB instance has started. Recovery time will vary with the amount of data to be recovered.",
      "Recovery of the DB instance is complete.",
    ]);
  });

  it("keeps an instance from being available when a change ends in it", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", leastInstance);
    const release = given.engine.hold("setMasterPassword");
    await given.call(primary, "ModifyDBInstance", { ...source, MasterUserPassword: "another-secret" });

    await given.rds.loseZone(primary, "zone-a");
    release();
    await given.rds.settled();
    const [lost] = given.rds.instances(primary);
    await given.rds.resumeZone(primary, "zone-a");

    expect(lost?.status).toBe("rebooting");
    expect(given.rds.instances(primary)[0]?.status).toBe("available");
  });

  it("gets no new instance, and no standby", async () => {
    const given = await givenRds();
    await given.rds.loseZone(primary, "zone-a");

    const there = await given.call(primary, "CreateDBInstance", { ...leastInstance, AvailabilityZone: "zone-a" });
    const double = await given.call(primary, "CreateDBInstance", { ...leastInstance, MultiAZ: true });
    await given.settle(primary, "CreateDBInstance", leastInstance);

    expect([there.code, double.code]).toEqual(Array(2).fill("InsufficientDBInstanceCapacity"));
    expect(await zonesOf(given)).toBe("zone-b undefined false");
  });
});
