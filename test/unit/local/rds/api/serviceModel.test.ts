import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { RdsError } from "../../../../../local/rds/api/errors";
import type { ServiceModel } from "../../../../../local/rds/api/model";
import { operations } from "../../../../../local/rds/api/operations";
import { decodeQuery } from "../../../../../local/rds/api/query";
import { encodeOutput } from "../../../../../local/rds/api/xml";
import { account, givenRds, keyOf, leastInstance, primary, recovery, serviceModel } from "../givenRds";

const arnOf = (kind: string, name: string, region = primary): string => `arn:aws:rds:${region}:${account}:${kind}:${name}`;
const subnets = { "SubnetIds.SubnetIdentifier.1": "subnet-1a", "SubnetIds.SubnetIdentifier.2": "subnet-1b" };
const parameter = {
  "Parameters.Parameter.1.ParameterName": "max_connections",
  "Parameters.Parameter.1.ParameterValue": 50,
  "Parameters.Parameter.1.ApplyMethod": "pending-reboot",
};
const tagged = { "Tags.Tag.1.Key": "k", "Tags.Tag.1.Value": "v" };
const whole = {
  ...leastInstance,
  DBName: "app",
  DBSubnetGroupName: "subnets",
  DBParameterGroupName: "pg",
  StorageEncrypted: true,
  KmsKeyId: keyOf(primary),
  MaxAllocatedStorage: 100,
  StorageType: "gp3",
  Iops: 3000,
  StorageThroughput: 125,
  ...tagged,
};
const source = { SourceDBInstanceArn: arnOf("db", "db1") };

/** Every operation at least once, in an order in which each succeeds; region, operation, parameters. */
const everything = [
  [primary, "CreateDBSubnetGroup", { DBSubnetGroupName: "subnets", DBSubnetGroupDescription: "d", ...subnets, ...tagged }],
  [primary, "DescribeDBSubnetGroups", {}],
  [primary, "ModifyDBSubnetGroup", { DBSubnetGroupName: "subnets", DBSubnetGroupDescription: "e", ...subnets }],
  [primary, "CreateDBParameterGroup", { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" }],
  [primary, "ModifyDBParameterGroup", { DBParameterGroupName: "pg", ...parameter }],
  [primary, "DescribeDBParameterGroups", {}],
  [primary, "DescribeDBParameters", { DBParameterGroupName: "pg" }],
  [primary, "ResetDBParameterGroup", { DBParameterGroupName: "pg", ResetAllParameters: true }],
  [primary, "DescribeDBEngineVersions", { Engine: "postgres" }],
  [primary, "CreateDBInstance", whole],
  [recovery, "StartDBInstanceAutomatedBackupsReplication", { ...source, KmsKeyId: keyOf(recovery), ...tagged }],
  [primary, "ModifyDBInstance", { DBInstanceIdentifier: "db1", MultiAZ: true, MasterUserPassword: "another-secret" }],
  [primary, "RebootDBInstance", { DBInstanceIdentifier: "db1" }],
  [primary, "CreateDBSnapshot", { DBInstanceIdentifier: "db1", DBSnapshotIdentifier: "s", ...tagged }],
  [
    recovery,
    "CopyDBSnapshot",
    { SourceDBSnapshotIdentifier: arnOf("snapshot", "s"), TargetDBSnapshotIdentifier: "c", KmsKeyId: keyOf(recovery) },
  ],
  [recovery, "DescribeDBSnapshots", {}],
  [recovery, "RestoreDBInstanceFromDBSnapshot", { DBInstanceIdentifier: "db2", DBSnapshotIdentifier: "c" }],
  [
    primary,
    "RestoreDBInstanceToPointInTime",
    { TargetDBInstanceIdentifier: "db3", SourceDBInstanceIdentifier: "db1", UseLatestRestorableTime: true },
  ],
  [
    recovery,
    "CreateDBInstanceReadReplica",
    { DBInstanceIdentifier: "replica", SourceDBInstanceIdentifier: arnOf("db", "db1"), KmsKeyId: keyOf(recovery), ...tagged },
  ],
  [primary, "DescribeDBInstances", {}],
  [recovery, "DescribeDBInstances", {}],
  [primary, "ModifyDBInstance", { DBInstanceIdentifier: "db1", MultiAZ: true, ApplyImmediately: true }],
  [primary, "RebootDBInstance", { DBInstanceIdentifier: "db1", ForceFailover: true }],
  [recovery, "PromoteReadReplica", { DBInstanceIdentifier: "replica", BackupRetentionPeriod: 3 }],
  [primary, "DescribeDBInstanceAutomatedBackups", {}],
  [recovery, "DescribeDBInstanceAutomatedBackups", {}],
  [primary, "AddTagsToResource", { ResourceName: arnOf("db", "db1"), ...tagged }],
  [primary, "ListTagsForResource", { ResourceName: arnOf("db", "db1") }],
  [primary, "RemoveTagsFromResource", { ResourceName: arnOf("db", "db1"), "TagKeys.member.1": "k" }],
  [recovery, "StopDBInstanceAutomatedBackupsReplication", source],
  [recovery, "DeleteDBInstanceAutomatedBackup", { DBInstanceAutomatedBackupsArn: "the copy's" }],
  [primary, "DescribeEvents", {}],
  [recovery, "DeleteDBSnapshot", { DBSnapshotIdentifier: "c" }],
  [primary, "DeleteDBInstance", { DBInstanceIdentifier: "db3", SkipFinalSnapshot: true }],
  [primary, "DeleteDBInstance", { DBInstanceIdentifier: "db1", SkipFinalSnapshot: true }],
  [primary, "DeleteDBParameterGroup", { DBParameterGroupName: "pg" }],
  [primary, "DeleteDBSubnetGroup", { DBSubnetGroupName: "subnets" }],
] as const;

/** What an answer holds that the model does not know, found by reading it as a client does; independent of how it was written. */
const unknownTo = (model: ServiceModel, xml: string, operation: string): readonly string[] => {
  const answer = new XMLParser({ parseTagValue: false, isArray: () => true }).parse(xml)[`${operation}Response`]?.[0] ?? {};
  const output = model.operation(operation)?.output;
  const expected = ["ResponseMetadata", ...(output === undefined ? [] : [output.resultWrapper])];
  const outer = Object.keys(answer).filter((name) => !expected.includes(name));
  const result = output === undefined ? [] : walk(model, answer[output.resultWrapper]?.[0], output.shape, operation);
  return [...outer, ...result];
};

const walk = (model: ServiceModel, node: unknown, name: string, path: string): readonly string[] => {
  const { type, members = {}, member, enum: values } = model.shape(name);
  const children = typeof node === "object" && node !== null ? Object.entries(node as Readonly<Record<string, readonly unknown[]>>) : [];
  if (type === "structure") {
    return children.flatMap(([child, [first, ...more]]) => {
      const known = members[child];
      if (known === undefined || more.length > 0) return [`${path}.${child}`];
      return walk(model, first, known.shape, `${path}.${child}`);
    });
  }
  if (type === "list") {
    const element = member?.locationName ?? "member";
    return children.flatMap(([child, items]) =>
      child === element && member !== undefined
        ? items.flatMap((each) => walk(model, each, member.shape, `${path}.${child}`))
        : [`${path}.${child}`],
    );
  }
  const text = String(node ?? "");
  const fits =
    { boolean: /^(true|false)$/, integer: /^-?\d+$/, long: /^-?\d+$/, timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ }[
      type as "boolean"
    ]?.test(text) ??
    (values === undefined || values.includes(text));
  return fits && children.length === 0 ? [] : [`${path}=${text}`];
};

it("answers every operation with nothing but what the service model has", async () => {
  const model = await serviceModel();
  const { settle, ask } = await givenRds();
  const found: Record<string, readonly string[]> = {};

  for (const [region, operation, given] of everything) {
    const copy = operation === "DeleteDBInstanceAutomatedBackup";
    const arn = copy ? ((await ask(recovery, "DBInstanceAutomatedBackupsArn", "DescribeDBInstanceAutomatedBackups")) ?? "") : "";
    const answer = await settle(region, operation, copy ? { DBInstanceAutomatedBackupsArn: arn } : given);
    expect([operation, answer.status, answer.message]).toEqual([operation, 200, undefined]);
    found[operation] = [...(found[operation] ?? []), ...unknownTo(model, answer.xml, operation)];
  }

  expect(found).toEqual(Object.fromEntries([...operations.keys()].map((operation) => [operation, []])));
});

it("serves no operation that the service model has not", async () => {
  const model = await serviceModel();
  expect([...operations.keys()].filter((operation) => model.operation(operation) === undefined)).toEqual([]);
});

it("refuses to write what the model does not know, and values of other types", async () => {
  const model = await serviceModel();
  const write = (instance: object) => () => encodeOutput(model, "DescribeDBInstances", { DBInstances: [instance] }, "id");

  expect(write({ Colour: "blue" })).toThrow("DescribeDBInstances.DBInstances.0.Colour is not in the service model");
  expect(write({ MultiAZ: "true" })).toThrow('DescribeDBInstances.DBInstances.0.MultiAZ is "true", but a boolean');
  expect(write({ AllocatedStorage: 1.5 })).toThrow("a integer");
  expect(write({ InstanceCreateTime: "2026-01-01" })).toThrow("a timestamp");
  expect(write({ ActivityStreamStatus: "paused" })).toThrow("a string");
  expect(() => encodeOutput(model, "AddTagsToResource", { Colour: 1 }, "id")).toThrow("no output");
});

it("finds the unknown member that it looks for", async () => {
  const model = await serviceModel();
  const xml = encodeOutput(model, "DescribeDBInstances", { DBInstances: [{ MultiAZ: true }] }, "id").toString();
  const spoilt = (from: string, to: string) => unknownTo(model, xml.replaceAll(from, to), "DescribeDBInstances");

  expect(unknownTo(model, xml, "DescribeDBInstances")).toEqual([]);
  expect(spoilt("MultiAZ", "MultiAz")).toEqual(["DescribeDBInstances.DBInstances.DBInstance.MultiAz"]);
  expect(spoilt("DBInstance>", "member>")).toEqual(["DescribeDBInstances.DBInstances.member"]);
  expect(spoilt(">true<", ">yes<")).toEqual(["DescribeDBInstances.DBInstances.DBInstance.MultiAZ=yes"]);
});

const word = fc.string({ minLength: 1, maxLength: 20 });
const settings = fc.record(
  {
    DBInstanceIdentifier: word,
    DBInstanceClass: word,
    Engine: word,
    AllocatedStorage: fc.integer(),
    MultiAZ: fc.boolean(),
    VpcSecurityGroupIds: fc.array(word, { maxLength: 12 }),
    Tags: fc.array(fc.record({ Key: word, Value: word }), { maxLength: 12 }),
  },
  { requiredKeys: ["DBInstanceIdentifier", "DBInstanceClass", "Engine"] },
);

/** As SDKs write it. */
const written = (value: unknown, name: string, element: Readonly<Record<string, string>>): readonly (readonly [string, string])[] => {
  if (Array.isArray(value) && value.length === 0) return [[name, ""]];
  if (Array.isArray(value))
    return value.flatMap((each, index) => written(each, `${name}.${element[name] ?? "member"}.${index + 1}`, element));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, each]) => written(each, `${name}.${key}`, element));
  return [[name, String(value)]];
};

it("reads back whatever a client writes, with its types, in whatever order the fields come", async () => {
  const model = await serviceModel();
  const names = fc.constantFrom<Readonly<Record<string, string>>>({}, { VpcSecurityGroupIds: "VpcSecurityGroupId", Tags: "Tag" });
  await fc.assert(
    fc.asyncProperty(settings, names, fc.infiniteStream(fc.nat()), async (input, element, order) => {
      const fields = Object.entries(input).flatMap(([name, value]) => written(value, name, element));
      const shuffled = fields.map((field) => ({ field, at: order.next().value ?? 0 })).sort((a, b) => a.at - b.at);
      const form = new URLSearchParams([
        ...shuffled.map(({ field: [name, value] }): [string, string] => [name, value]),
        ["Action", "CreateDBInstance"],
        ["Version", "2014-10-31"],
      ]);

      expect(decodeQuery(model, form.toString())).toEqual({ operation: "CreateDBInstance", input });
    }),
  );
});

it("answers any field with a value or an error of the API, never with a fault of its own", async () => {
  const model = await serviceModel();
  const members = fc.constantFrom(...Object.keys(model.shape("CreateDBInstanceMessage").members ?? {}), "Unknown", "__proto__", "");
  const path = fc.array(fc.oneof(members, fc.constantFrom("member", "Tag", "1", "0", "x")), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(path, fc.string()), { maxLength: 6 }), (fields) => {
      const form = new URLSearchParams(fields.map(([steps, value]): [string, string] => [steps.join("."), value]));
      form.set("Action", "CreateDBInstance");
      form.set("Version", "2014-10-31");
      try {
        decodeQuery(model, form.toString());
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(RdsError);
      }
    }),
  );
});
